"""Reproducible figures: `make bench` prints them as a table and writes bench/results.json."""
