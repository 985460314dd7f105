"""Canvas tools, one a file."""
