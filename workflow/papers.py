"""Papers are kept by the hash of their content: the same file is stored once, none is overwritten."""

from __future__ import annotations

from collections.abc import Iterator
from hashlib import sha256
from pathlib import Path

from states.facts import Json
from states.terms import Text
from workflow.whole_files import write_whole

LARGEST = 50 * 1024 * 1024


class PaperRefused(Exception):
    """A file cannot be taken; `text` says why."""

    def __init__(self, text: Text) -> None:
        self.text = text
        super().__init__(text.en)


def store(folder: Path, source: Path) -> Json:
    """Copy a file into `folder` under its hash; what the history keeps of it.

    Durable before it returns, so that an event never names a paper that is not there. For the same
    reason a paper of a deed that is then refused stays: another deed may just be naming it.
    """
    if source.stat().st_size > LARGEST:  # before it is read
        raise PaperRefused(WRONG_SIZE.format(name=source.name, mb=LARGEST // 1024 // 1024))
    return store_bytes(folder, source.name, source.read_bytes())


def store_bytes(folder: Path, name: str, content: bytes) -> Json:
    """The same for what came over the network under that name."""
    if not 0 < len(content) <= LARGEST:
        raise PaperRefused(WRONG_SIZE.format(name=name, mb=LARGEST // 1024 // 1024))
    digest = sha256(content).hexdigest()
    target = path_of(folder, digest)
    if not target.exists():
        target.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        write_whole(target, content)
    return {"sha256": digest, "name": name[:200], "size": len(content)}


def path_of(folder: Path, digest: str) -> Path:
    """Where the content of that hash is kept, if it is."""
    return folder / digest[:2] / digest


def named(value: object, key: str = "") -> Iterator[tuple[str, Json]]:
    """Each paper that an entry of the history names, in whatever place, with its key."""
    if isinstance(value, dict):
        if isinstance(value.get("sha256"), str):
            yield key, value
        for name, inner in value.items():
            yield from named(inner, name)
    elif isinstance(value, list):
        for inner in value:
            yield from named(inner, key)


def intact(folder: Path, digest: str) -> bool:
    """Whether the file of that hash is there, and still is what was stored."""
    path = path_of(folder, digest)
    return path.is_file() and sha256(path.read_bytes()).hexdigest() == digest


WRONG_SIZE = Text(
    "文件“{name}”是空的或超过{mb}MB，请核对。", "“{name}” is empty or larger than {mb} MB."
)
