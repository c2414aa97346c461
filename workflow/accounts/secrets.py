"""Secrets that are handed out once and only compared afterwards."""

from __future__ import annotations

from hashlib import sha256
from secrets import choice, token_urlsafe


def new_secret() -> str:
    """256 bits, as 43 characters that may stand in a URL."""
    return token_urlsafe(32)


LETTERS = "abcdefghjkmnpqrstuvwxyz23456789"  # none that is taken for another


def new_password() -> str:
    """59 bits, to be read out and typed: three groups of four."""
    return "-".join("".join(choice(LETTERS) for _ in range(4)) for _ in range(3))


def kept(secret: str) -> str:
    """What is stored of a secret. It has full entropy, so a fast hash is enough."""
    return sha256(secret.encode()).hexdigest()
