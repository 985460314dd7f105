"""The comment bank beside the pages."""
