"""The journal: what this machine has handed to a server, beside the database and apart from it.

A database that is restored from a backup has forgotten what was sent since. The journal has not: a
file a year in the data folder, only ever appended to, a line a mail: when, and the fingerprints of
the mail and of what it told. Lines reach the system at once, so a kill loses none, and the disk
with each batch. The workers of a machine write into one file, each line by one call, so that lines
stand apart; where one was torn, by a power cut or a kill, the next on its line is read all the same.
Each machine that sends has its own; one that has none has nothing to say.
"""

from __future__ import annotations

import os
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from itertools import takewhile
from pathlib import Path

BLOCK = 64 * 1024  # bytes read at a time, from the end
LINE = re.compile(
    r"(\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d{1,6})?\+00:00)((?: [0-9a-f]{32})+)\Z", re.ASCII
)


@dataclass(frozen=True, slots=True)
class Sent:
    """A mail that a server has taken: when, its token, the fingerprints of what it told."""

    at: datetime
    token: str
    tells: tuple[str, ...]


class Journal:
    """The journal of a data folder. Files are made when something is first sent."""

    def __init__(self, data_dir: Path) -> None:
        self.folder = data_dir / "sent"
        self._files: dict[int, int] = {}  # year -> descriptor

    def open(self, at: datetime) -> None:
        """Make ready to note what is sent now: before anything is, so that a folder that cannot
        be written to holds up mail and does not lose it. Raises OSError."""
        year = at.astimezone(UTC).year
        if year in self._files:
            return
        self.folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        path = self.folder / f"{year}.log"
        self._files[year] = os.open(
            path, os.O_WRONLY | os.O_CREAT | os.O_APPEND | os.O_NOFOLLOW, 0o600
        )

    def note(self, sent: Sent) -> None:
        """Add a line. Raises OSError."""
        self.open(sent.at)
        moment = sent.at.astimezone(UTC)
        line = " ".join((moment.isoformat(), sent.token, *sent.tells)) + "\n"
        os.write(self._files[moment.year], line.encode())

    def sync(self) -> None:
        """Have all of it on disk. Raises OSError."""
        for descriptor in self._files.values():
            os.fdatasync(descriptor)

    def close(self) -> None:
        """Have all of it on disk and let go of the files. Raises OSError."""
        try:
            self.sync()
        finally:
            while self._files:
                os.close(self._files.popitem()[1])

    def shows(self, token: str, *, since: datetime) -> bool:
        """Whether a mail was sent at that time or later, here, by whichever worker."""
        return any(
            line.token == token and line.at >= since
            for path in self.files()
            for block in takewhile(lambda block: _reaches(block, since), backwards(path))
            for line in block
        )

    def files(self) -> list[Path]:
        return sorted(self.folder.glob("[0-9][0-9][0-9][0-9].log"))


def backwards(path: Path) -> Iterator[list[Sent]]:
    """What a file says, a block at a time, the latest block first."""
    try:
        with path.open("rb") as file:
            end, rest = file.seek(0, os.SEEK_END), b""
            while end:
                start = max(0, end - BLOCK)
                file.seek(start)
                lines = (file.read(end - start) + rest).split(b"\n")
                rest, end = (lines.pop(0) if start else b""), start
                yield list(_read(lines))
    except FileNotFoundError:
        return


def _read(lines: Sequence[bytes]) -> Iterator[Sent]:
    for line in lines:
        if found := LINE.search(line.decode("ascii", "replace")):
            token, *tells = found[2].split()
            yield Sent(datetime.fromisoformat(found[1]), token, tuple(tells))


def _reaches(block: Sequence[Sent], since: datetime) -> bool:
    """Whether any of it is as late; lines of several workers stand in order but for moments."""
    return not block or max(line.at for line in block) >= since
