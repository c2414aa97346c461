"""A copy of an installation in one file, and its way back."""
