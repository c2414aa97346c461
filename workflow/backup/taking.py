"""Takes a backup while everybody goes on working: database, papers, the office's own rules.

The database comes first: a paper is stored before the history names it, so every paper that the
copy names is there. The keys go into a file of their own, for whoever has both could act for
others.
"""

from __future__ import annotations

import json
import os
import re
import secrets
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from hashlib import sha256
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path

from states.terms import Text
from workflow.backup.archive import DATABASE, PAPER, RULES, Archive, BackupRefused, Packer
from workflow.backup.copying import copy_out
from workflow.database import Database
from workflow.installation_key import read_secret
from workflow.migrations import REVISION
from workflow.whole_files import sync_folder, write_whole

KEYS_FORMAT = "yanxiu-keys"


@dataclass(frozen=True, slots=True)
class Taken:
    """What went in: papers and rules counted; where the keys are, None where there are none."""

    size: int
    papers: int
    rules: int
    keys: Path | None


def take(db: Database, data_dir: Path, target: Path, *, at: datetime) -> Taken:
    """Write a backup to `target`, whole or not at all, and read it again. Raises BackupRefused,
    OSError."""
    keys_file, secret = keys_beside(target), read_secret(data_dir)
    keys = json.dumps({"format": KEYS_FORMAT, "key": secret.hex()}).encode() if secret else b""
    for path in (target, keys_file):
        if (path.exists() or path.is_symlink()) and not _is_ours(path, keys):
            raise BackupRefused(IN_THE_WAY.format(path=path))
    _clear_away(target.parent, before=at - A_DAY)
    mark = secrets.token_hex(8)
    copy, partial = (target.with_name(f".{mark}.{end}") for end in ("db", "part"))
    try:
        copy_out(db, copy)
        names = list(_files(data_dir))
        descriptor = os.open(partial, os.O_RDWR | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(descriptor, "w+b") as file:
            packer = Packer(file)
            packer.add(DATABASE, copy)
            for name in names:
                packer.add(name, data_dir / name)
            packer.finish(
                program=program_version(),
                revision=REVISION,
                taken_at=at.isoformat(),
                database="sqlite" if db.is_sqlite else "postgresql",
                key=key_mark(secret),
            )
            file.flush()
            os.fsync(file.fileno())
        archive = Archive(partial)
        try:
            archive.check()
        finally:
            archive.close()
        size = partial.stat().st_size
        if keys:
            write_whole(keys_file, keys)
        partial.replace(target)
        sync_folder(target.parent)
    finally:
        for path in (copy, copy.with_name(f"{copy.name}-journal"), partial):
            path.unlink(missing_ok=True)
    papers = sum(1 for name in names if PAPER.fullmatch(name))
    return Taken(size, papers, len(names) - papers, keys_file if secret else None)


LEFT_OVER = re.compile(r"\.[0-9a-f]{16}\.(?:part|db|db-journal)")
A_DAY = timedelta(days=1)  # no backup takes as long


def _clear_away(folder: Path, *, before: datetime) -> None:
    """Delete what backups left behind that were killed: it holds what people told the office."""
    for path in folder.iterdir():
        if LEFT_OVER.fullmatch(path.name) and path.lstat().st_mtime < before.timestamp():
            path.unlink(missing_ok=True)


def _is_ours(path: Path, keys: bytes) -> bool:
    """Whether it is the file of these keys: a backup that was killed has left it behind."""
    return bool(keys) and path.is_file() and not path.is_symlink() and path.read_bytes() == keys


def _files(data_dir: Path) -> Iterator[str]:
    """What belongs to the office in a data folder, by its name in the archive."""
    for pattern in ("papers/*/*", "policies/*.toml", "calendars/*.toml", "ladders.toml"):
        for path in sorted(data_dir.glob(pattern)):
            name = path.relative_to(data_dir).as_posix()
            if path.is_file() and not path.is_symlink():
                if PAPER.fullmatch(name) or RULES.fullmatch(name):
                    yield name


def keys_beside(target: Path) -> Path:
    """Where the keys of a backup are kept, unless somebody has put them away."""
    return target.with_name(f"{target.name}.keys")


def key_mark(secret: bytes | None) -> str:
    """Tells whether a file of keys belongs to a backup, and nothing else."""
    return sha256(b"yanxiu key:" + secret).hexdigest()[:16] if secret else ""


def program_version() -> str:
    try:
        return version("yanxiu")
    except PackageNotFoundError:
        return "0"


IN_THE_WAY = Text(
    "已有文件 {path}；备份不覆盖已有文件，请换一个文件名。",
    "There is a file {path}; a backup overwrites none, choose another name.",
)
