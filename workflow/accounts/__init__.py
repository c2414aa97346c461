"""Signing in: passwords, sessions, links that work once, keys for programs."""
