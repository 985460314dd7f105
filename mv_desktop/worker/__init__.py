"""Background jobs on the shared database."""
