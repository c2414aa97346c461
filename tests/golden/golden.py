"""Holds a text against a file of this folder, or writes the file."""

from __future__ import annotations

import json
from dataclasses import dataclass
from difflib import unified_diff
from pathlib import Path
from typing import Any

import pytest
from fixed import fixed

HERE = Path(__file__).parent


@dataclass(frozen=True)
class Golden:
    """`accepts`: what there is now is right, and is written."""

    accepts: bool

    def __call__(self, name: str, text: str) -> None:
        path, now = HERE / name, fixed(text).rstrip("\n") + "\n"
        known = path.read_bytes().decode() if path.exists() else ""
        if now == known:
            return
        if not self.accepts:
            pytest.fail(differing(name, known, now), pytrace=False)
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(now.encode())

    def holds(self, folder: str, names: set[str]) -> None:
        """The folder has these files and no others: one that nothing compares holds nothing."""
        for path in (HERE / folder).glob("*"):
            if path.name not in names:
                assert self.accepts, f"no test compares tests/golden/{folder}/{path.name}: {ACCEPT}"
                path.unlink()


def differing(name: str, known: str, now: str) -> str:
    """What differs, and how to accept it."""
    lines = [text.splitlines(keepends=True) for text in (known, now)]
    diff = "".join(unified_diff(*lines, fromfile=f"tests/golden/{name}", tofile="now"))
    return f"{diff}\ntests/golden/{name} is not what there is now: {ACCEPT}"


ACCEPT = "if that is meant, run `pytest tests/golden --golden` and read the diff of the files."


def as_json(value: Any, *, sort_keys: bool = False) -> str:
    """JSON for people: Chinese as it is, a text of several lines as the list of them; keys in their
    own order unless they are to be sorted."""
    return json.dumps(_in_lines(value), ensure_ascii=False, indent=2, sort_keys=sort_keys)


def _in_lines(value: Any) -> Any:
    if isinstance(value, dict):
        return {key: _in_lines(inner) for key, inner in value.items()}
    if isinstance(value, list):
        return [_in_lines(inner) for inner in value]
    return value.split("\n") if isinstance(value, str) and "\n" in value else value
