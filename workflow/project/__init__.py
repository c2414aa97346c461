"""One project: as its page shows it, what can be done with it, by whom, and what stands against it."""
