"""Text as it comes out of cells: tidied for keeping, squeezed for comparing, cut for quoting."""

from __future__ import annotations

import re
from unicodedata import normalize

from states.terms import Text

# Excel writes control characters as _x000D_; zero-width and direction marks are invisible.
GAPS = re.compile(r"(?:[\s\x00-\x20\x7f-\xa0]|_x00[01][0-9A-Fa-f]_)+")
INVISIBLE = re.compile("[\u00ad\u200b-\u200f\u202a-\u202e\u2060-\u206f\ufe00-\ufe0f\ufeff]")
QUOTED = 40


class ReadingError(Exception):
    """What was given cannot be read; `text` says what and what to do."""

    def __init__(self, text: Text) -> None:
        super().__init__(text.en)
        self.text = text


class CellError(ReadingError):
    """One cell is refused; the caller knows row and column."""


def tidy(text: str) -> str:
    """As written, but without invisible characters and with every gap as one space."""
    return GAPS.sub(" ", INVISIBLE.sub("", text)).strip()


def squeeze(text: str) -> str:
    """For comparing: full-width to half-width (NFKC), no gaps at all."""
    return GAPS.sub("", normalize("NFKC", tidy(text)))


def identity(name: str, host: str) -> str:
    """The key by which a project is known again within a year: name and host, spelling aside."""
    return " ".join(squeeze(squeeze(part).casefold()) for part in (name, host))


def short(value: object) -> str:
    """A cell's content for quoting in a message, on one line and not too long."""
    text = tidy(str(value))
    return text if len(text) <= QUOTED else text[: QUOTED - 1] + "…"
