"""What every other folder may use and that knows nothing of marking."""
