"""Marking scripts a second time, without anything of the first marking."""
