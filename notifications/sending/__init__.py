"""From the outbox to the SMTP server: claims, one connection a process, answers on record."""
