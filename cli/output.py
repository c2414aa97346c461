"""What the commands print: JSON on stdout if asked for, else tables; messages on stderr.

Names, reasons and servers' words may hold what acts on a terminal instead of being seen; nothing
but this module prints such text (a lint rule holds that).
"""

from __future__ import annotations

import json
import sys
import unicodedata
from collections.abc import Callable, Iterable, Sequence
from datetime import date, datetime
from enum import Enum
from typing import Any

from states.form_reading import UNSEEN
from states.terms import Text

DONE, REFUSED, USAGE, LOST_RACE = 0, 1, 2, 3


class Printer:
    """Prints in one language, as JSON or for people."""

    def __init__(self, language: str, as_json: bool) -> None:
        self.language, self.as_json = language, as_json

    def say(self, text: Text) -> str:
        return text.in_(self.language)

    def data(self, value: Any) -> None:
        """The command's result, on stdout."""
        dumped = json.dumps(self._plain(value), ensure_ascii=False, indent=2)
        print(_each_unseen(dumped, lambda character: json.dumps(character)[1:-1]))

    def message(self, text: Text) -> None:
        """A sentence for people, on stderr."""
        self.note(self.say(text))

    def note(self, text: str) -> None:
        """What is not in our words, for people, on stderr."""
        print(visible(text), file=sys.stderr)

    def line(self, text: Text) -> None:
        """A sentence of the result, on stdout, where no JSON is asked for."""
        self.text(self.say(text))

    def text(self, text: str = "") -> None:
        """What is in one language already, on stdout; without an argument an empty line."""
        print(visible(text))

    def table(self, heads: Sequence[Text], rows: Iterable[Sequence[Any]]) -> None:
        """Columns that line up, Chinese included; never cut when not on a screen."""
        from rich import box
        from rich.console import Console
        from rich.table import Table

        table = Table(box=box.SIMPLE_HEAD, show_edge=False, pad_edge=False, highlight=False)
        for head in heads:
            table.add_column(self.say(head), overflow="fold")
        for row in rows:
            table.add_row(*(self._cell(value) for value in row))
        console = Console(markup=False, emoji=False, soft_wrap=False)
        if not console.is_terminal:
            console = Console(markup=False, emoji=False, width=200)
        console.print(table)

    def _cell(self, value: Any) -> str:
        plain = self._plain(value)
        return "" if plain is None else visible(str(plain))

    def _plain(self, value: Any) -> Any:
        if isinstance(value, Text):
            return self.say(value)
        if isinstance(value, Enum):
            return value.value
        if isinstance(value, datetime | date):
            return value.isoformat()
        if isinstance(value, dict):
            return {str(key): self._plain(inner) for key, inner in value.items()}
        if isinstance(value, list | tuple | set | frozenset):
            return [self._plain(inner) for inner in value]
        return value


def visible(text: str) -> str:
    """The text without control and direction characters, but for the ends of lines."""
    return _each_unseen(text, lambda character: " " if character == "\t" else "")


def _each_unseen(text: str, written: Callable[[str], str]) -> str:
    if text.replace("\n", "").isprintable():
        return text
    return "".join(
        written(one) if one != "\n" and unicodedata.category(one) in UNSEEN else one for one in text
    )
