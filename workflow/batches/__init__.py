"""Decisions on many projects that are prepared together and done at once or not at all."""
