"""How cells look: as a day or a month, struck through, or so that nobody can see them."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import NamedTuple

from workflow.imports.parts import NO, Contents, Target, attribute, take

# Excel's own formats of dates; those from 27 on are what Chinese editions write without a code.
BUILT_IN = {
    **dict.fromkeys((14, 30), "m-d-yy"),
    **dict.fromkeys((15,), "d-mmm-yy"),
    **dict.fromkeys((16,), "d-mmm"),
    **dict.fromkeys((17,), "mmm-yy"),
    **dict.fromkeys((22,), "m/d/yy h:mm"),
    **dict.fromkeys((31,), "yyyy年m月d日"),
    **dict.fromkeys((27, 36, 50, 52, 57), "yyyy年m月"),
    **dict.fromkeys((28, 29, 51, 53, 54, 58), "m月d日"),
}
LITERAL = re.compile(r'"[^"]*"|\\.|_.|\*.|\[[^\]]*\]|general|standard|g/通用格式|e[+-]')
WHITE = frozenset({"FFFFFFFF", "00FFFFFF", "FFFFFF"})


class Look(NamedTuple):
    """What a cell's style says. `day`, `month`, `year`: the parts of a date that it shows."""

    day: bool = False
    month: bool = False
    year: bool = False
    struck: bool = False
    unseen: bool = False

    @property
    def is_date(self) -> bool:
        return self.day or self.month or self.year


PLAIN = Look()


class _Font(NamedTuple):
    struck: bool = False
    white: bool = False


class _Styles(Target):
    def __init__(self) -> None:
        self.path: list[str] = []
        self.formats: dict[int, str] = {}
        self.fonts: list[_Font] = []
        self.filled: list[bool] = []  # whether a fill is a colour on which white can be read
        self.used: list[tuple[int, int, int]] = []

    def open(self, name: str, given: Mapping[str, str]) -> None:
        within = self.path[1] if len(self.path) > 1 else ""
        depth = len(self.path)
        self.path.append(name)
        if within == "numFmts" and name == "numFmt":
            self.formats[attribute(given, "numFmtId")] = given.get("formatCode", "")
        elif within == "fonts":
            self._font(name, given, depth)
        elif within == "fills":
            self._fill(name, given, depth)
        elif within == "cellXfs" and name == "xf":
            ids = ("numFmtId", "fontId", "fillId")
            number, font, fill = (attribute(given, key) for key in ids)
            self.used.append((number, font, fill))

    def _font(self, name: str, given: Mapping[str, str], depth: int) -> None:
        if depth == 2:
            self.fonts.append(_Font())
        elif self.fonts and name == "strike" and given.get("val", "1").lower() not in NO:
            self.fonts[-1] = self.fonts[-1]._replace(struck=True)
        elif self.fonts and name == "color" and _is_white(given):
            self.fonts[-1] = self.fonts[-1]._replace(white=True)

    def _fill(self, name: str, given: Mapping[str, str], depth: int) -> None:
        if depth == 2:
            self.filled.append(False)
        elif self.filled and name == "patternFill":
            self.filled[-1] = given.get("patternType", "none") != "none"
        elif self.filled and name == "fgColor" and _is_white(given):
            self.filled[-1] = False
        elif self.filled and name == "gradientFill":
            self.filled[-1] = True

    def shut(self, name: str) -> None:
        assert self.path.pop() == name


def _is_white(given: Mapping[str, str]) -> bool:
    if "rgb" in given:
        return given["rgb"].upper() in WHITE
    return given.get("theme") == "0" and "tint" not in given


def read_looks(contents: Contents) -> list[Look]:
    """A look for each style that a cell can name."""
    if contents.styles is None:
        return []
    found = _Styles()
    take(contents.archive, contents.styles, found)
    return [_look(found, *ids) for ids in found.used]


def _look(found: _Styles, number: int, font: int, fill: int) -> Look:
    code = found.formats.get(number, BUILT_IN.get(number, ""))
    day, month, year = shown(code)
    face = found.fonts[font] if font < len(found.fonts) else _Font()
    filled = fill < len(found.filled) and found.filled[fill]
    unseen = (face.white and not filled) or code.replace(" ", "") == ";;;"
    return Look(day, month, year, face.struck, unseen)


def shown(code: str) -> tuple[bool, bool, bool]:
    """Whether a number format shows day, month, year. The m of minutes is no month."""
    letters = LITERAL.sub("", code.lower().split(";")[0])
    day, year = "d" in letters or "aaa" in letters, "y" in letters or "e" in letters
    clock = "h" in letters or "s" in letters
    return day, "m" in letters and (day or not clock), year
