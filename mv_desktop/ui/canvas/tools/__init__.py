"""What the pointer does on the page, one tool a file."""
