"""The marking screen."""
