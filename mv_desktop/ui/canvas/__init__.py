"""The page view."""
