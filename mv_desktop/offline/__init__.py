"""The teacher's own copy: what she did, what the server said, and what she therefore sees."""
