"""The demonstration's hosts are told that they are in the plan, and most of them confirm it."""

from __future__ import annotations

from collections.abc import Collection, Iterator

from cli.demo_acts import HOST, ONE, Line, line
from states.terms import Act

LEFT_ALONE = frozenset({2, 4, 6, 10, 16})  # the README leads them
PLANNED = range(1, 86)


def news(lines: Collection[Line]) -> Iterator[Line]:
    """One press of 通知承办单位; who acts later in the story has confirmed at once."""
    acting = {one.project for one in lines if one.who == HOST}
    for number in PLANNED:
        if number not in LEFT_ALONE:
            yield line(number, "2025-02-24", ONE, Act.ANNOUNCE)
            if number in acting:
                yield line(number, "2025-02-25", HOST, Act.ACKNOWLEDGE)
