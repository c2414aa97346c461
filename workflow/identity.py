"""By what a project is known again within a year: its name and its host, spelling aside."""

from __future__ import annotations

import re
from functools import lru_cache
from unicodedata import normalize

# Excel writes control characters as _x000D_; zero-width and direction marks are invisible.
GAPS = re.compile(r"(?:[\s\x00-\x20\x7f-\xa0]|_x00[01][0-9A-Fa-f]_)+")
INVISIBLE = re.compile("[\u00ad\u200b-\u200f\u202a-\u202e\u2060-\u206f\ufe00-\ufe0f\ufeff]")


def tidy(text: str) -> str:
    """As written, but without invisible characters and with every gap as one space."""
    return GAPS.sub(" ", INVISIBLE.sub("", text)).strip()


def squeeze(text: str) -> str:
    """For comparing: full-width to half-width (NFKC), no gaps at all."""
    return GAPS.sub("", normalize("NFKC", tidy(text)))


@lru_cache(maxsize=65536)  # a whole plan, which asks for each several times
def identity(name: str, host: str) -> str:
    """The key of a project within its year."""
    return " ".join(squeeze(squeeze(part).casefold()) for part in (name, host))
