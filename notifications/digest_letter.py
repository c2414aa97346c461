"""The digest (what is late, due, waiting, new) and the alarm (a mail that did not arrive)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from states.terms import Role, Text

MOST_ROWS = 50  # of one section; the rest is counted


@dataclass(frozen=True)
class DigestRow:
    """One line of a section. `what` and `note` in both languages, the rest as typed."""

    project_id: int | None
    number: int | None
    name: str
    host: str
    what: Text
    by: date | None = None
    note: Text = Text("", "")


@dataclass(frozen=True)
class Digest:
    """What one person hears of all projects in scope: the sections in the order of the letter."""

    to_name: str
    to_email: str
    role: Role
    today: date
    language: str = "zh"
    overdue: tuple[DigestRow, ...] = ()
    due_this_week: tuple[DigestRow, ...] = ()
    waiting: tuple[DigestRow, ...] = ()
    new: tuple[DigestRow, ...] = ()
    died: tuple[DigestRow, ...] = ()
    openings: tuple[DigestRow, ...] = ()
    ask: str = ""
    link: str = ""


@dataclass(frozen=True)
class Alarm:
    """Mail to one person did not arrive, and somebody must see to it.

    `what`: "bounced" (returned later), "dead" (refused by the server, or given up) or "marked"
    (nothing more is sent to the address).
    """

    to_name: str
    to_email: str
    role: Role
    today: date
    what: str
    person: str  # to whom the mail was written
    address: str
    project: str = ""  # its name; empty where the mail was about several or none
    number: int | None = None
    host: str = ""
    subject: str = ""  # of the mail
    said: str = ""  # the server's words
    language: str = "zh"
    ask: str = ""
    link: str = ""
