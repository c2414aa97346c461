"""Whether the worker itself is well: its clock, its heartbeat, its scheduler."""
