"""What went wrong with scripts, one case after another, and what is decided about each."""
