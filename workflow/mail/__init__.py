"""Mail as rows: to whom, when, what became of it, and what people do about it. Nothing is sent here."""
