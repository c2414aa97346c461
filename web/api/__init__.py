"""`/api/v1`: what the pages can do, for programs. One small module a resource."""
