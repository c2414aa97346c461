"""Text of cells: cut for quoting, and what cannot be read in them."""

from __future__ import annotations

from states.terms import Text
from workflow.identity import tidy

QUOTED = 40


class ReadingError(Exception):
    """What was given cannot be read; `text` says what and what to do."""

    def __init__(self, text: Text) -> None:
        super().__init__(text.en)
        self.text = text


class CellError(ReadingError):
    """One cell is refused; the caller knows row and column."""

    @property
    def sentence(self) -> Text:
        """For where it stands alone."""
        return Text(f"{self.text.zh}。", f"{self.text.en}.")


def short(value: object) -> str:
    """A cell's content for quoting in a message, on one line and not too long."""
    text = tidy(str(value))
    return text if len(text) <= QUOTED else text[: QUOTED - 1] + "…"
