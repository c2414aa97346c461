"""The law: terms, lifecycle, deadline calculus, rules. No clock, no SQL, no files."""
