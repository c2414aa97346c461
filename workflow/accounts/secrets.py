"""Secrets that are handed out once and only compared afterwards."""

from __future__ import annotations

from hashlib import sha256
from secrets import token_urlsafe


def new_secret() -> str:
    """256 bits, as 43 characters that may stand in a URL."""
    return token_urlsafe(32)


def kept(secret: str) -> str:
    """What is stored of a secret. It has full entropy, so a fast hash is enough."""
    return sha256(secret.encode()).hexdigest()
