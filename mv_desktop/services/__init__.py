"""Use cases on the shared database: a Session in, plain dataclasses out; one file a subject."""
