"""The rules of marking, on plain data: no database, no Qt, no files."""
