"""All Qt, and only Qt."""
