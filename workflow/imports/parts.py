"""The parts of a workbook that a reader needs, opened as leniently as Excel and WPS open them.

Only relations, list of sheets, texts and looks are read, by the local names of their elements:
strict files have other namespaces. Properties, themes, fills' details, validations and extensions
are never looked at, so that nothing in them can stop a plan. A document type is refused before
anything that it declares could be expanded.
"""

from __future__ import annotations

import posixpath
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, NamedTuple
from xml.etree.ElementTree import XMLParser
from zipfile import ZipFile

PIECE = 65_536
NO = frozenset({"0", "false", "none"})
WORKBOOK = "xl/workbook.xml"


class Broken(Exception):
    """A part is not what it has to be."""


class Written(NamedTuple):
    """A shared or inline text. `struck`: what of it is struck through; all, if `seen` is that."""

    seen: str
    struck: str = ""


class Listed(NamedTuple):
    """A sheet as the workbook lists it; `part` None: it holds no cells (a chart)."""

    title: str
    visible: bool
    part: str | None


@dataclass(frozen=True, slots=True)
class Contents:
    """Where in a package is what; `from_1904`: days count from there."""

    archive: ZipFile
    sheets: tuple[Listed, ...]
    from_1904: bool
    texts: str | None
    styles: str | None


class Target:
    """What an XML parser calls. Names come without their namespace."""

    def doctype(self, *_: object) -> None:
        raise Broken("a document type")

    def start(self, tag: str, given: Mapping[str, str]) -> None:
        self.open(tag.rpartition("}")[2], given)

    def end(self, tag: str) -> None:
        self.shut(tag.rpartition("}")[2])

    def open(self, name: str, given: Mapping[str, str]) -> None: ...

    def shut(self, name: str) -> None: ...

    def data(self, text: str) -> None: ...

    def close(self) -> None: ...


def feed(archive: ZipFile, part: str, target: Target) -> Iterator[None]:
    """Parse a part piece by piece; the caller may stop after any of them."""
    parser = XMLParser(target=target)  # noqa: S314 every target refuses a document type
    with archive.open(part) as stream:
        while piece := stream.read(PIECE):
            parser.feed(piece)
            yield
    parser.close()
    yield


def take(archive: ZipFile, part: str, target: Target) -> None:
    """Parse a part to its end."""
    for _ in feed(archive, part, target):
        pass


def find_contents(archive: ZipFile) -> Contents:
    """The workbook's own part and what it leads to. Broken, or what zipfile and expat raise."""
    names = {name.replace("\\", "/").lower(): name for name in archive.namelist()}
    own = _relations(archive, names, "")
    root = next((r.target for r in own.values() if r.kind == "officeDocument"), WORKBOOK)
    if root.lower() not in names:
        raise Broken(root)
    related = _relations(archive, names, root)
    book = _Book()
    take(archive, names[root.lower()], book)
    places = {key: related.get(key) for _, _, key in book.sheets}
    by_kind = {relation.kind: relation.target for relation in related.values()}
    sheets = tuple(
        Listed(title, visible, _part(names, places[key], number))
        for number, (title, visible, key) in enumerate(book.sheets, 1)
    )
    texts, styles = (
        names.get(by_kind.get(kind, f"xl/{kind}.xml").lower())
        for kind in ("sharedStrings", "styles")
    )
    return Contents(archive, sheets, book.from_1904, texts, styles)


class Relation(NamedTuple):
    kind: str
    target: str  # from the package's root


def _part(names: Mapping[str, str], relation: Relation | None, number: int) -> str | None:
    """The part of a sheet; by its number where the relation is missing."""
    if relation is None:
        return names.get(f"xl/worksheets/sheet{number}.xml")
    if relation.kind != "worksheet":
        return None
    if relation.target.lower() not in names:
        raise Broken(relation.target)
    return names[relation.target.lower()]


def _relations(archive: ZipFile, names: Mapping[str, str], of: str) -> dict[str, Relation]:
    folder, name = posixpath.split(of)
    part = names.get(posixpath.join(folder, "_rels", f"{name}.rels").lower())
    found = _Relations(folder)
    if part is not None:
        take(archive, part, found)
    return found.all


class _Relations(Target):
    def __init__(self, folder: str) -> None:
        self.folder, self.all = folder, dict[str, Relation]()

    def open(self, name: str, given: Mapping[str, str]) -> None:
        if name != "Relationship" or given.get("TargetMode") == "External":
            return
        target = given.get("Target", "").replace("\\", "/")
        whole = target[1:] if target.startswith("/") else posixpath.join(self.folder, target)
        kind = given.get("Type", "").rpartition("/")[2]
        self.all[given.get("Id", "")] = Relation(kind, posixpath.normpath(whole))


class _Book(Target):
    def __init__(self) -> None:
        self.sheets: list[tuple[str, bool, str]] = []
        self.from_1904 = False

    def open(self, name: str, given: Mapping[str, str]) -> None:
        if name == "workbookPr":
            self.from_1904 = given.get("date1904", "0").lower() not in NO
        elif name == "sheet":
            key = next((v for k, v in given.items() if k.rpartition("}")[2] == "id"), "")
            visible = given.get("state", "visible") == "visible"
            self.sheets.append((given.get("name", ""), visible, key))


class Runs:
    """Collects one text from its runs: what is struck through, and what is not."""

    def __init__(self) -> None:
        self.seen: list[str] = []
        self.struck: list[str] = []
        self.crossed = self.reading = self.aside = False

    def open(self, name: str, given: Mapping[str, str]) -> None:
        if name == "r":
            self.crossed = False
        elif name in ("strike", "dstrike"):
            self.crossed = given.get("val", "1").lower() not in NO
        elif name == "rPh":  # how it is pronounced
            self.aside = True
        elif name == "t":
            self.reading = not self.aside

    def shut(self, name: str) -> None:
        if name == "rPh":
            self.aside = False
        elif name == "t":
            self.reading = False

    def data(self, text: str) -> None:
        if self.reading:
            (self.struck if self.crossed else self.seen).append(text)

    def text(self) -> Written:
        seen, struck = "".join(self.seen), "".join(self.struck)
        return Written(seen if seen.strip() else struck or seen, struck)


class _Texts(Target):
    def __init__(self) -> None:
        self.all: list[Written] = []
        self.runs = Runs()

    def open(self, name: str, given: Mapping[str, str]) -> None:
        if name == "si":
            self.runs = Runs()
        self.runs.open(name, given)

    def shut(self, name: str) -> None:
        self.runs.shut(name)
        if name == "si":
            self.all.append(self.runs.text())

    def data(self, text: str) -> None:
        self.runs.data(text)


def read_texts(contents: Contents) -> list[Written] | None:
    """The shared texts; None where the file has none."""
    if contents.texts is None:
        return None
    found = _Texts()
    take(contents.archive, contents.texts, found)
    return found.all


def attribute(given: Mapping[str, Any], name: str) -> int:
    """A number; 0 where it is missing or no number."""
    value = given.get(name, "0")
    return int(value) if value.isdecimal() else 0
