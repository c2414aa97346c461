"""What the mails say, as values: reminders, results, and what they come to when rendered.

No field exists for trainees, accounts, ID numbers or attachments. All texts stand in the reader's
language already; how they become subject, text and HTML is in reminder_letter.py, notice_letter.py
and digest_letter.py.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date

from states.terms import Kind, Role

Pairs = tuple[tuple[str, str], ...]  # label, value


@dataclass(frozen=True)
class Item:
    """One reminder: one row of a letter. For `recording`, `due_on` is the planned last day, for
    `opening` the planned first."""

    project_id: int
    number: int | None
    name: str
    host: str
    category: str
    kind: Kind
    step: str  # the rung: D-7, D-0, D+3
    due_on: date
    advised_on: date
    provisional: bool
    advisory: bool
    place: str
    opens: str  # the planned time as text
    papers: tuple[str, ...]
    clause: str  # the citation, ready to print
    rule: str
    mend_items: str  # what was sent back; empty for all other kinds
    consequence: str  # empty where the notice names none
    addressee: str  # where the papers go
    originals: str = ""  # the postal address of their destination
    copies: str = ""  # its mailbox
    national: bool = False  # the ministry's money: 报销 and 资助, for nobody else
    role: Role | None = None  # the reader's in this project; None: the letter's
    flagged: bool = False  # of what is to be mended: it was flagged, and nothing was sent back
    submitted: bool = False  # of an application: the department has it, and is to review it
    beside: tuple[str, ...] = ()  # what is due with it besides the papers
    department: str = ""
    after_window: bool = False  # of an application: it came late, the province alone may take it
    late_plan: bool = False  # of a filing: the plan came after it was due, nobody is late
    link: str = ""  # to the form that answers it, or to the project
    # While dates are provisional: the day by the earliest opening, once it has passed and nobody is
    # late; `due_on` is then that of the latest one, or the same where the window names none.
    earliest_on: date | None = None


@dataclass(frozen=True)
class Letter:
    """Everything due of which one person is told on one day."""

    to_name: str
    to_email: str
    role: Role
    today: date
    items: tuple[Item, ...]
    ask: str  # the office to ask
    link: str  # to the one matter, else to the workplace; empty for who has no way there
    language: str = "zh"
    reach: str = ""  # how to ask it: telephone and mailbox


@dataclass(frozen=True)
class DueRow:
    """A deadline in the table of a result mail."""

    what: str
    due_on: date
    advised_on: date
    clause: str  # where it stands; empty where no notice asks for it
    provisional: bool = False
    was_on: date | None = None  # the day that this one takes the place of
    advisory: bool = False  # no notice asks for it
    kind: Kind | None = None  # of the deadline, where it is one
    hand_in: str = ""  # the papers and where they go, for who cannot hand them in here


@dataclass(frozen=True)
class Notice:
    """The result of one step, act or milestone of one project.

    `notice` names the wording, `tag` stands in the subject's 【】, `values` are for the wording.
    """

    to_name: str
    to_email: str
    role: Role
    today: date
    project_id: int
    number: int | None
    name: str
    host: str
    notice: str
    tag: str
    lines: Pairs
    clause: str
    ask: str
    link: str
    language: str = "zh"
    reach: str = ""
    button: str = ""  # what the link does, where it does not lead to the project
    places: Pairs = ()  # of several projects: the name and the link of each
    applied: bool = False  # before the plan a project is 申报的, later 承办的
    due: tuple[DueRow, ...] = ()
    due_title: str = ""
    values: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Rendered:
    """A mail's content; the subject is always one line."""

    subject: str
    text: str
    html: str
