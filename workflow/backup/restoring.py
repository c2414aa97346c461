"""Puts a backup back: all of it is unpacked, brought to this version and verified aside before
anything in the data folder changes. What was there is moved aside, never deleted.

While things are moved a mark stands in the folder, and no command opens the database; whoever is
killed there restores again.
"""

from __future__ import annotations

import errno
import json
import os
import re
import secrets
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from sqlalchemy import inspect, select

from config.rulebook import reread
from states.terms import Text
from workflow.backup.archive import DATABASE, NEWER, Archive, BackupRefused
from workflow.backup.copying import copy_into, database_at, whole
from workflow.backup.mark import MARK, half_restored
from workflow.backup.taking import KEYS_FORMAT, key_mark, keys_beside
from workflow.database import Database
from workflow.installation_key import SECRET_BYTES, key_path, make_key, read_secret
from workflow.mail.halt import RESTORED, halt
from workflow.migrations import is_current, revisions, upgrade
from workflow.refresh import refresh
from workflow.schema import metadata
from workflow.storage import STORAGE, sqlite_module
from workflow.tables import PERSON, PROJECT
from workflow.verify import verify
from workflow.whole_files import sync_folder, write_whole

ASIDE = re.compile(r"replaced-[0-9]{8}-[0-9]{6}-[0-9a-f]{4}")
RULES = ("policies", "calendars", "ladders.toml")


@dataclass(frozen=True, slots=True)
class Restored:
    """`aside`: where what was there before is now, None if nothing was. `keys`: whether the key is
    the backup's own."""

    taken_at: str
    projects: int
    papers: int
    aside: Path | None
    keys: bool
    problems: tuple[Text, ...]


class NotVerified(Exception):
    """What is in the backup does not hold together; `problems` says where."""

    def __init__(self, problems: tuple[Text, ...]) -> None:
        self.problems = problems
        super().__init__(f"{len(problems)} problems")


@dataclass(frozen=True, slots=True)
class Place:
    """Where a backup goes: the data folder and the database that belongs to it."""

    data_dir: Path
    url: str

    @property
    def file(self) -> Path | None:
        """The database's file; None for a server."""
        db = Database(self.url)
        try:
            return Path(str(db.url.database)) if db.is_sqlite else None
        finally:
            db.close()


def restore(
    source: Path,
    place: Place,
    *,
    replace: bool,
    keys: Path | None,
    at: datetime,
    despite: bool = False,
) -> Restored:
    """Put a backup in place. `replace`: also where there is something; `keys`: the file of keys,
    beside the backup by default; `despite`: also with problems that `verify` finds.

    Raises BackupRefused, NotVerified, OSError; then nothing has changed.
    """
    archive = Archive(source)
    try:
        if archive.manifest.revision not in revisions():
            raise BackupRefused(NEWER.format(program=archive.manifest.program))
        secret = _secret(archive, keys or keys_beside(source), asked=keys is not None)
        occupied = _occupied(place)
        if occupied and not replace and not half_restored(place.data_dir):
            raise BackupRefused(OCCUPIED.format(folder=place.data_dir))
        place.data_dir.mkdir(mode=0o700, parents=True, exist_ok=True)
        with _aside(place.data_dir) as stage:
            _unpack(archive, stage)
            projects, problems = _proven(archive, stage, at)
            if problems and not despite:
                raise NotVerified(problems)
            former = _take_place(place, stage, secret, at)
        papers = sum(name.startswith("papers/") for name in archive.manifest.files)
        kept = key_mark(read_secret(place.data_dir)) == archive.manifest.key
        return Restored(archive.manifest.taken_at, projects, papers, former, kept, problems)
    finally:
        archive.close()


def _secret(archive: Archive, path: Path, *, asked: bool) -> bytes | None:
    """The key in a file of keys; None where there is no such file and none was asked for."""
    if not asked and not path.exists():
        return None
    try:
        told = json.loads(path.read_bytes()[:10_000])
        secret = bytes.fromhex(told["key"]) if told["format"] == KEYS_FORMAT else b""
    except (ValueError, TypeError, KeyError):
        secret = b""
    if len(secret) != SECRET_BYTES or key_mark(secret) != archive.manifest.key:
        raise BackupRefused(OTHER_KEYS.format(keys=path.name, file=archive.path.name))
    return secret


def _occupied(place: Place) -> bool:
    """Whether there is anything that a restore would take the place of."""
    file = place.file
    if file is not None and not file.exists():
        return False
    db = Database(place.url)
    try:
        with db.engine.connect() as connection:
            found = set(inspect(connection).get_table_names())
            return any(
                table.name in found and connection.execute(select(table.c.id).limit(1)).first()
                for table in (PROJECT, PERSON)
            )
    except STORAGE:
        if file is None:
            raise
        return True  # damaged, perhaps: all the more to be kept
    finally:
        db.close()


@contextmanager
def _aside(data_dir: Path) -> Iterator[Path]:
    """A folder beside the rest, gone afterwards; also what an earlier, killed restore has left."""
    for left in data_dir.glob(f".{MARK}-*"):
        shutil.rmtree(left, ignore_errors=True)
    stage = data_dir / f".{MARK}-{secrets.token_hex(8)}"
    stage.mkdir(mode=0o700)
    try:
        yield stage
    finally:
        shutil.rmtree(stage, ignore_errors=True)


def _unpack(archive: Archive, stage: Path) -> None:
    needed = sum(entry.size for entry in archive.manifest.files.values())
    if needed * 1.1 > shutil.disk_usage(stage).free:
        raise BackupRefused(NO_ROOM.format(mb=needed // 1_000_000 + 1))
    for name in archive.manifest.files:
        target = stage / name
        target.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        descriptor = os.open(target, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(descriptor, "wb") as file:
            for block in archive.content(name):
                file.write(block)
            file.flush()
            os.fsync(file.fileno())


def _proven(archive: Archive, stage: Path, at: datetime) -> tuple[int, tuple[Text, ...]]:
    """Bring the copy to this version, halt its mail, and verify it: how many projects, and what
    does not hold. Raises BackupRefused for what is no database of ours."""
    path = stage / DATABASE
    try:
        if not _plain(path, archive.manifest.revision):
            raise BackupRefused(NO_DATABASE.format(file=archive.path.name))
        db = database_at(path)
        try:
            changed = upgrade(db)
            if not is_current(db) or not _complete(db):
                raise BackupRefused(NO_DATABASE.format(file=archive.path.name))
            book = reread(stage)
            refresh(db, book, anew=changed)
            with db.write() as connection:
                halt(connection, RESTORED, at=at)
            with db.read() as connection:
                projects = len(connection.execute(select(PROJECT.c.id)).all())
            problems = tuple(verify(db, book, stage / "papers"))
        finally:
            db.close()
        whole(path)
    except STORAGE as error:
        raise BackupRefused(NO_DATABASE.format(file=archive.path.name)) from error
    return projects, problems


def _complete(db: Database) -> bool:
    """Whether all tables and columns are there."""
    with db.engine.connect() as connection:
        found = inspect(connection)
        names = set(found.get_table_names())
        return all(
            table.name in names
            and set(table.columns.keys()) <= {one["name"] for one in found.get_columns(table.name)}
            for table in metadata.sorted_tables
        )


def _plain(path: Path, revision: str) -> bool:
    """Whether it is a whole SQLite file of that revision, with tables and indexes only: nothing in
    it acts."""
    connection = sqlite_module().connect(f"{path.absolute().as_uri()}?mode=ro", uri=True)
    try:
        acting = connection.execute(
            "SELECT count(*) FROM sqlite_master WHERE type NOT IN ('table', 'index')"
        ).fetchone()[0]
        checked = connection.execute("PRAGMA quick_check(1)").fetchone()[0]
        known = connection.execute("SELECT version_num FROM alembic_version").fetchall()
        return bool(acting == 0 and checked == "ok" and known == [(revision,)])
    finally:
        connection.close()


def _take_place(place: Place, stage: Path, secret: bytes | None, at: datetime) -> Path | None:
    """Change places under the mark. Papers are called by their hash and only join what is there."""
    data_dir, file = place.data_dir, place.file
    aside = _aside_of_an_interrupted(data_dir)
    if aside is None:
        aside = data_dir / f"replaced-{at:%Y%m%d-%H%M%S}-{secrets.token_hex(2)}"
        write_whole(data_dir / MARK, aside.name.encode())
    (data_dir / "papers").mkdir(mode=0o700, exist_ok=True)
    for paper in sorted((stage / "papers").glob("*/*")):
        _move(paper, data_dir / "papers" / paper.parent.name / paper.name)
    for name in RULES:
        _move_aside(data_dir / name, aside)
        if (stage / name).exists():
            _move(stage / name, data_dir / name)
    for name in ("policies", "calendars", "mailbox"):
        (data_dir / name).mkdir(mode=0o700, exist_ok=True)
    if secret is not None and read_secret(data_dir) != secret:
        _move_aside(key_path(data_dir), aside)
        key_path(data_dir).parent.mkdir(mode=0o700, exist_ok=True)
        write_whole(key_path(data_dir), secret)
    make_key(data_dir)
    if file is not None:
        for end in ("-wal", "-shm", ""):
            _move_aside(file.with_name(file.name + end), aside)
        _move(stage / DATABASE, file)
        sync_folder(file.parent)
    else:
        _into_server(place, stage / DATABASE)
    sync_folder(data_dir)
    (data_dir / MARK).unlink()
    sync_folder(data_dir)
    return aside if aside.exists() else None


def _aside_of_an_interrupted(data_dir: Path) -> Path | None:
    """Where an interrupted restore had begun to put things: all of what was there goes together."""
    mark = data_dir / MARK
    name = mark.read_text() if mark.exists() else ""
    return data_dir / name if ASIDE.fullmatch(name) else None


def _move_aside(path: Path, aside: Path) -> None:
    if not path.exists() and not path.is_symlink():
        return
    if (aside / path.name).exists():  # an interrupted restore had put its own in this place
        shutil.rmtree(path) if path.is_dir() else path.unlink()
        return
    aside.mkdir(mode=0o700, exist_ok=True)
    _move(path, aside / path.name)


def _move(path: Path, target: Path) -> None:
    """Rename; where the two lie on different disks, copy whole and then rename."""
    target.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    try:
        path.replace(target)
    except OSError as error:
        if error.errno != errno.EXDEV or not path.is_file():
            raise
        partial = target.with_name(f".{target.name}.part")
        shutil.copyfile(path, partial)
        with partial.open("rb+") as file:
            os.fsync(file.fileno())
        partial.chmod(0o600)
        partial.replace(target)
        path.unlink()


def _into_server(place: Place, copy: Path) -> None:
    source, target = database_at(copy), Database(place.url)
    try:
        upgrade(target)
        copy_into(source, target)
    finally:
        source.close()
        target.close()


OCCUPIED = Text(
    "{folder} 已有数据，没有恢复任何内容。确要替换，请加 --replace：原有数据会移到其中的 replaced-… 目录保留。",
    "There is something in {folder} already; nothing was restored. To replace it, add --replace: "
    "what is there is moved into a folder replaced-… and kept.",
)
OTHER_KEYS = Text(
    "密钥文件“{keys}”不属于备份“{file}”或已损坏，没有恢复任何内容。",
    "The keys “{keys}” do not belong to the backup “{file}”, or are damaged; nothing was restored.",
)
NO_ROOM = Text(
    "磁盘空间不足：恢复需要约{mb}MB，没有恢复任何内容。",
    "There is no room: about {mb} MB are needed; nothing was restored.",
)
NO_DATABASE = Text(
    "备份“{file}”中的数据库已损坏或不是本系统的，没有恢复任何内容。",
    "The database in the backup “{file}” is damaged or not of this system; nothing was restored.",
)
