"""The demonstration's hosts are told that they are in the plan, and most of them confirm it."""

from __future__ import annotations

from collections.abc import Iterator

from cli.demo_acts import HOST, ONE, Line, line
from states.terms import Act

LEFT_ALONE = frozenset({2, 4, 6, 10, 16})  # the README leads them
PLANNED = range(1, 86)
SILENT = frozenset({39, 74, 84})  # nobody there has confirmed: they are on the call list


def news() -> Iterator[Line]:
    """One press of 通知承办单位, which nearly all confirm on the next day."""
    for number in PLANNED:
        if number not in LEFT_ALONE:
            yield line(number, "2025-02-24", ONE, Act.ANNOUNCE)
            if number not in SILENT:
                yield line(number, "2025-02-25", HOST, Act.ACKNOWLEDGE)
