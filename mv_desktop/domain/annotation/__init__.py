"""What a teacher draws and writes on a page (`docs/annotation.md`)."""
