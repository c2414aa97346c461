"""Where delivery reports arrive: what every source gives, and a folder of .eml files."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import partial
from pathlib import Path
from stat import S_ISREG
from typing import Protocol

from notifications.returns.bounces import LARGEST
from states.terms import Text

SETTLED, SKEW = timedelta(seconds=10), timedelta(hours=1)


class BounceProblem(Exception):
    """Reports cannot be fetched; `text` says why in one sentence."""

    def __init__(self, text: Text) -> None:
        self.text = text
        super().__init__(text.en)


# A mail, and what is to be called once it was looked at: with True if it was taken in, with False
# if it is left to people.
Arrival = tuple[bytes, Callable[[bool], None]]


def never() -> bool:
    """Nobody tells us to stop."""
    return False


class BounceSource(Protocol):
    """Where reports arrive. `place`: what people call it."""

    @property
    def place(self) -> str: ...

    def __iter__(self) -> Iterator[Arrival]: ...

    def check(self) -> None: ...


@dataclass(frozen=True, slots=True)
class Folder:
    """A folder into which a mail server or a person puts .eml files."""

    path: Path
    at: datetime  # aware; a file changed just before it may still be being written

    def __iter__(self) -> Iterator[Arrival]:
        """By name. A file that was taken in goes to done/, what is left to people to other/, one that
        cannot be read or is too large to failed/; one that was changed a moment ago waits for the
        next reading."""
        for file in self._waiting():
            try:
                found = file.lstat()  # a pipe or a device would hold us for ever
                if self._young(found.st_mtime):
                    continue
                readable = S_ISREG(found.st_mode) and found.st_size <= LARGEST
                raw = file.read_bytes() if readable else None
            except FileNotFoundError:  # another worker was quicker
                continue
            except OSError:
                raw = None
            if raw is None:
                self._move(file, "failed")
            else:
                yield raw, partial(self._looked_at, file)

    def _looked_at(self, file: Path, taken_in: bool) -> None:
        self._move(file, "done" if taken_in else "other")

    @property
    def place(self) -> str:
        return self.path.name

    def _young(self, changed: float) -> bool:
        """Further in the future than any two machines differ: we go by a demonstration's clock."""
        age = timedelta(seconds=self.at.timestamp() - changed)
        return -SKEW < age < SETTLED

    def check(self) -> None:
        """BounceProblem if the folder cannot be used."""
        self._waiting()

    def _waiting(self) -> list[Path]:
        try:
            for part in ("done", "other", "failed"):
                (self.path / part).mkdir(exist_ok=True)
            return sorted(path for path in self.path.iterdir() if path.suffix.lower() == ".eml")
        except OSError as error:
            raise BounceProblem(NO_FOLDER.format(path=self.path, said=error.strerror)) from error

    def _move(self, file: Path, part: str) -> None:
        target, number = self.path / part / file.name, 1
        while target.exists():  # nothing is overwritten
            number += 1
            target = target.with_name(f"{file.stem}-{number}{file.suffix}")
        try:
            file.rename(target)
        except FileNotFoundError:
            return
        except OSError as error:
            raise BounceProblem(NO_FOLDER.format(path=self.path, said=error.strerror)) from error


NO_FOLDER = Text(
    "退信文件夹{path}无法读写：{said}", "The folder of returned mail, {path}, fails: {said}"
)
