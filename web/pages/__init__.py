"""Pages, one module a room. Each parses, calls one function below, renders."""
