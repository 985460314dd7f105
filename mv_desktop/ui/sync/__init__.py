"""The Sync page: where the work is, and what is to be decided of it."""
