"""The pages: their list, one view or two of them, and what is read."""
