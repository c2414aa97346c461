"""Webhooks on their way: one HTTP request an event, signed, in order per project, tried again."""
