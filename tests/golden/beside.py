"""Several texts in one file: the first of a kind whole, the others as what differs from it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from difflib import SequenceMatcher

LEFT_OUT = 16  # so much of a line that another text has not is enough to know it by


def chapter(title: str, texts: Iterable[tuple[str, str]]) -> str:
    """A heading and named texts: the first whole, the others beside it, those alike together."""
    named: dict[str, list[str]] = {}
    for name, text in texts:
        named.setdefault(text.rstrip("\n"), []).append(name)
    first = next(iter(named), "")
    said = [f"######## {title}"]
    for text, names in named.items():
        said += [f"==== {'; '.join(names)}", text if text is first else beside(first, text)]
    return "\n".join(said) + "\n"


def beside(first: str, other: str) -> str:
    """What the other has not (-) and has instead (+), in order; all of it where that is shorter."""
    found = "\n".join(_differing(first.splitlines(), other.splitlines()))
    return min(found, other, key=len)


def _differing(was: list[str], now: list[str]) -> Iterator[str]:
    for what, a, b, c, d in SequenceMatcher(None, was, now, autojunk=False).get_opcodes():
        if what != "equal":
            yield from (f"- {line[:LEFT_OUT]}" for line in was[a:b])
            yield from (f"+ {line}" for line in now[c:d])
