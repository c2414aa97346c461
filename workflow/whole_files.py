"""Writes a file whole or not at all, for its owner alone, and only where a file may stand."""

from __future__ import annotations

import errno
import os
import secrets
import stat
from pathlib import Path


def write_whole(path: Path, content: bytes) -> None:
    """Put `content` at `path`, on disk before this returns; a plain file there is replaced.

    Never through a link, whoever planted it, and never over a folder or a device. The file can be
    read by its owner only. Raises OSError, which names `path`.
    """
    try:
        _free_or_plain(path)
        partial = path.with_name(f".{secrets.token_hex(8)}.part")
        flags = os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW
        descriptor = os.open(partial, flags, 0o600)
        try:
            with os.fdopen(descriptor, "wb") as file:
                file.write(content)
                file.flush()
                os.fsync(file.fileno())
            partial.replace(path)
        finally:
            partial.unlink(missing_ok=True)
        sync_folder(path.parent)
    except OSError as error:
        raise OSError(error.errno, error.strerror, str(path)) from error


def _free_or_plain(path: Path) -> None:
    """Raises OSError where something stands that is no plain file."""
    try:
        mode = path.lstat().st_mode
    except FileNotFoundError:
        return
    if not stat.S_ISREG(mode):
        number = LINK if stat.S_ISLNK(mode) else FOLDER if stat.S_ISDIR(mode) else DEVICE
        raise OSError(number, os.strerror(number))


def sync_folder(folder: Path) -> None:
    """Make new names in a folder durable."""
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


LINK, FOLDER, DEVICE = errno.ELOOP, errno.EISDIR, errno.EEXIST
