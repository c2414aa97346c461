"""The secret of an installation: what it signs with it, nobody else can make.

Addresses of calendar feeds and of kept files, and the identities of mails, are signed with it.
"""

from __future__ import annotations

import os
import secrets
from contextlib import suppress
from pathlib import Path

SECRET_BYTES = 32


def key_path(data_dir: Path) -> Path:
    """Where an installation keeps its key."""
    return data_dir / "keys" / "feed.key"


def make_key(data_dir: Path) -> None:
    """Make the key where there is none yet: a new one would end every feed. Raises OSError."""
    path = key_path(data_dir)
    path.parent.mkdir(mode=0o700, exist_ok=True)
    partial = path.with_name(f".{path.name}.{secrets.token_hex(4)}")
    descriptor = os.open(partial, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    try:
        with os.fdopen(descriptor, "wb") as file:
            file.write(secrets.token_bytes(SECRET_BYTES))
            file.flush()
            os.fsync(file.fileno())
        with suppress(FileExistsError):
            path.hardlink_to(partial)  # whole or not at all; the first of two stays
    finally:
        partial.unlink()


def read_secret(data_dir: Path) -> bytes | None:
    """The secret; None where it is missing or cut short."""
    try:
        secret = key_path(data_dir).read_bytes()
    except FileNotFoundError:
        return None
    return secret if len(secret) == SECRET_BYTES else None
