"""The backup file: a zip whose members are stored as they are, with a manifest of their hashes.

Stored, not packed: what is in it can never be larger than the file, and a cut shows at once. A file
that comes from elsewhere is looked at whole before anything of it is believed.
"""

from __future__ import annotations

import json
import re
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from hashlib import sha256
from pathlib import Path
from typing import IO, Any

from states.terms import Text

FORMAT, VERSION = "yanxiu-backup", 1
MANIFEST, DATABASE = "manifest.json", "yanxiu.db"
LARGEST_MANIFEST = 64 * 1024 * 1024
BLOCK = 1024 * 1024
PAPER = re.compile(r"papers/([0-9a-f]{2})/(\1[0-9a-f]{62})")
RULES = re.compile(
    r"(?:policies|calendars)/[^/\\\x00-\x1f.][^/\\\x00-\x1f]{0,150}\.toml|ladders\.toml"
)
HASH = re.compile(r"[0-9a-f]{64}")
MOMENT = (1980, 1, 1, 0, 0, 0)  # of every member; when it was taken stands in the manifest


class BackupRefused(Exception):
    """A backup cannot be taken or restored; `text` says why in one sentence."""

    def __init__(self, text: Text) -> None:
        self.text = text
        super().__init__(text.en)


@dataclass(frozen=True, slots=True)
class Entry:
    sha256: str
    size: int


@dataclass(frozen=True, slots=True)
class Manifest:
    """What a backup says of itself. `key`: a digest of the installation's key, which is apart."""

    program: str
    revision: str
    taken_at: str
    database: str
    key: str
    files: dict[str, Entry]


class Packer:
    """Writes an archive: members first, the manifest last."""

    def __init__(self, file: IO[bytes]) -> None:
        self._zip = zipfile.ZipFile(file, "w", zipfile.ZIP_STORED, allowZip64=True)
        self.files: dict[str, Entry] = {}

    def add(self, name: str, source: Path) -> None:
        digest, size = sha256(), 0
        with source.open("rb") as read, self._zip.open(_member(name), "w", force_zip64=True) as out:
            while block := read.read(BLOCK):
                digest.update(block)
                size += len(block)
                out.write(block)
        self.files[name] = Entry(digest.hexdigest(), size)

    def finish(self, **about: str) -> None:
        files = {name: [one.sha256, one.size] for name, one in self.files.items()}
        told: dict[str, Any] = {"format": FORMAT, "version": VERSION, **about, "files": files}
        self._zip.writestr(_member(MANIFEST), json.dumps(told, ensure_ascii=False, indent=1))
        self._zip.close()


def _member(name: str) -> zipfile.ZipInfo:
    info = zipfile.ZipInfo(name, MOMENT)
    info.external_attr = 0o600 << 16
    return info


class Archive:
    """An archive that was looked at: its names, sizes and manifest are as they should be. Its
    content is held against the manifest as it is read. Raises BackupRefused."""

    def __init__(self, path: Path) -> None:
        self.path = path
        try:
            self._zip = zipfile.ZipFile(path)
        # NotImplementedError: a way of compressing that the library does not know.
        except (zipfile.BadZipFile, ValueError, EOFError, NotImplementedError) as error:
            raise BackupRefused(_unlike_a_zip(path)) from error
        try:
            self._members = self._looked_at()
            self.manifest = self._read_manifest()
            self._complete()
        except BaseException:
            self._zip.close()
            raise

    def close(self) -> None:
        self._zip.close()

    def _looked_at(self) -> dict[str, zipfile.ZipInfo]:
        infos = self._zip.infolist()
        if MANIFEST not in {info.filename for info in infos}:
            raise BackupRefused(FOREIGN.format(file=self.path.name))
        members: dict[str, zipfile.ZipInfo] = {}
        for info in infos:
            plain = info.compress_type == zipfile.ZIP_STORED and not info.flag_bits & 1
            if not plain or info.file_size != info.compress_size or info.filename in members:
                raise self._odd(info.filename)
            if info.orig_filename != info.filename or not _known(info.filename):
                raise self._odd(info.filename)
            members[info.filename] = info
        if sum(info.file_size for info in infos) > self.path.stat().st_size:
            raise self._odd(MANIFEST)
        return members

    def _read_manifest(self) -> Manifest:
        if self._members[MANIFEST].file_size > LARGEST_MANIFEST:
            raise self._odd(MANIFEST)
        try:
            told = json.loads(b"".join(self._blocks(MANIFEST)))
            if told["format"] != FORMAT:
                raise BackupRefused(FOREIGN.format(file=self.path.name))
            if told["version"] > VERSION:
                raise BackupRefused(NEWER.format(program=str(told["program"])[:40]))
            files = {
                str(name): Entry(str(d), int(size)) for name, (d, size) in told["files"].items()
            }
            datetime.fromisoformat(told["taken_at"])
            about = ("program", "revision", "taken_at", "database", "key")
            return Manifest(**{name: str(told[name])[:100] for name in about}, files=files)
        except (ValueError, TypeError, KeyError, AttributeError, RecursionError) as error:
            raise BackupRefused(FOREIGN.format(file=self.path.name)) from error

    def _complete(self) -> None:
        """Members and manifest name the same, in the same sizes; a paper is called by its hash."""
        files = self.manifest.files
        if DATABASE not in files:
            raise self._damaged(DATABASE)
        for name in sorted({*files, *self._members} - {MANIFEST}):
            entry, info = files.get(name), self._members.get(name)
            if entry is None or info is None or entry.size != info.file_size:
                raise self._damaged(name)
            paper = PAPER.fullmatch(name)
            if not HASH.fullmatch(entry.sha256) or (paper and paper[2] != entry.sha256):
                raise self._damaged(name)

    def check(self) -> None:
        """Read all of it. Raises BackupRefused where something is not what was put in."""
        for name in self.manifest.files:
            for _ in self.content(name):
                pass

    def content(self, name: str) -> Iterator[bytes]:
        """The content of a member; BackupRefused at its end at the latest if it was changed."""
        entry, digest, size = self.manifest.files[name], sha256(), 0
        for block in self._blocks(name):
            digest.update(block)
            size += len(block)
            if size > entry.size:
                break
            yield block
        if size != entry.size or digest.hexdigest() != entry.sha256:
            raise self._damaged(name)

    def _blocks(self, name: str) -> Iterator[bytes]:
        try:
            with self._zip.open(self._members[name]) as member:
                while block := member.read(BLOCK):
                    yield block
        # NotImplementedError: a way of compressing that the library does not know.
        except (zipfile.BadZipFile, EOFError, NotImplementedError, RuntimeError) as error:
            raise self._damaged(name) from error

    def _damaged(self, name: str) -> BackupRefused:
        return BackupRefused(DAMAGED.format(file=self.path.name, name=_shown(name)))

    def _odd(self, name: str) -> BackupRefused:
        return BackupRefused(ODD.format(file=self.path.name, name=_shown(name)))


def _known(name: str) -> bool:
    return name in (MANIFEST, DATABASE) or bool(PAPER.fullmatch(name) or RULES.fullmatch(name))


def _shown(name: str) -> str:
    return "".join(one if one.isprintable() else "?" for one in name)[:80]


def _unlike_a_zip(path: Path) -> Text:
    """Cut off, if it begins as one of ours does; else something else altogether."""
    with path.open("rb") as file:
        begins = file.read(4)
    said = CUT if begins == b"PK\x03\x04" else FOREIGN
    return said.format(file=path.name)


FOREIGN = Text(
    "“{file}”不是本系统的备份文件，没有恢复任何内容。",
    "“{file}” is no backup of this system; nothing was restored.",
)
CUT = Text(
    "备份文件“{file}”不完整（可能没有复制完），没有恢复任何内容。",
    "The backup “{file}” is cut off; nothing was restored.",
)
DAMAGED = Text(
    "备份文件“{file}”中的 {name} 已损坏，没有恢复任何内容。",
    "In the backup “{file}” {name} is damaged; nothing was restored.",
)
ODD = Text(
    "备份文件“{file}”中的 {name} 不是本系统写入的，可能被改动过，没有恢复任何内容。",
    "In the backup “{file}” {name} was not written by this system; nothing was restored.",
)
NEWER = Text(
    "备份由更新版本的程序（{program}）制作，请先升级本程序再恢复。",
    "The backup was made by a newer version ({program}); upgrade this program first.",
)
