"""The teacher's queue."""
