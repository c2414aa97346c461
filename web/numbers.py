"""Numbers as addresses and forms bring them: those that a row can have, and no others."""

from __future__ import annotations

from typing import Annotated

from fastapi import Path, Query

from workflow.tables import LARGEST_ID

# Of a row, in an address: any other is a page that is not there.
Id = Annotated[int, Path(ge=1, le=LARGEST_ID)]
# Of the row before which a page of a list begins.
Key = Annotated[int | None, Query(ge=1, le=LARGEST_ID)]


def number_of(text: str) -> int | None:
    """The number of a row as it was written; None for anything that no row can have."""
    known = text.isascii() and text.isdecimal() and len(text) <= len(str(LARGEST_ID))
    return int(text) if known and 0 < int(text) <= LARGEST_ID else None
