"""The board of who coordinates: everybody's queues against the clock, and work moved between them."""
