"""What is known of one project: a fold over its history.

An event carries the facts that it changed, as JSON; `merge` lays them over the older ones, and
`Facts.read` gives the rules a typed view. The row in the database is this fold and no more.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, fields
from datetime import date
from typing import Any, TypeAlias

from states.calculus import Dates
from states.mailbox import mailbox
from states.terms import BEFORE_PLAN, Kind, Labelled, State

Json: TypeAlias = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Facts:
    """All that a rule may look at. Dates are Chinese calendar days, amounts whole fen."""

    state: State
    policy: str
    year: int
    name: str
    host: str
    category: str
    number: int | None = None
    department: str = ""
    place: str = ""
    planned_trainees: int | None = None
    contact_name: str = ""
    contact_phone: str = ""
    contact_email: str = ""
    office_email: str = ""  # the host's office, written to besides the contact
    document_number: str = ""
    # When the class is: as written, as a window, as it was.
    schedule_text: str = ""
    opens_earliest: date | None = None
    opens_latest: date | None = None
    planned_ends: date | None = None
    actual_opens: date | None = None
    actual_ends: date | None = None
    dates_before: Json = field(default_factory=dict)  # event -> what it put out of force, and when
    trainees: int | None = None
    online_trainees: int | None = None
    staff: int | None = None
    # When what was done; the first time counts for filing and reporting.
    known_on: date | None = None
    submitted_on: date | None = None
    reviewed_on: date | None = None
    planned_on: date | None = None
    # A plan that was imported: its host is to be told of it, or of dates that a newer file moved;
    # when it was told; and when it said that it heard.
    untold: bool = False
    announced_on: date | None = None
    acknowledged_on: date | None = None
    filed_on: date | None = None
    held_on: date | None = None
    reported_on: date | None = None
    ended_on: date | None = None
    # Mending: what was sent back, until when.
    mend_in: State | None = None
    mend_from: date | None = None
    mend_by: date | None = None
    mend_items: str = ""
    mend_round: int = 0
    mended_on: date | None = None
    # What the province granted or the host put off: kind -> {due_on, reason, on}; when, why.
    extended: Json = field(default_factory=dict)
    postponed: Json = field(default_factory=dict)
    # Money, in fen, and where to: name, number, bank, as the host reported them.
    amount: int | None = None
    account: Json = field(default_factory=dict)
    # Where the last step came from: for reinstatement and for undoing it.
    came_from: State | None = None
    force_majeure: bool = False
    rejected: Json = field(default_factory=dict)
    pending: Json = field(default_factory=dict)
    papers: Json = field(default_factory=dict)
    promised: Json = field(default_factory=dict)
    milestones: Json = field(default_factory=dict)
    changes: Json = field(default_factory=dict)
    inspections: Json = field(default_factory=dict)
    # When somebody means to call again; a step of the host's makes it idle.
    follow_up: date | None = None
    flags: Json = field(default_factory=dict)

    @classmethod
    def read(cls, stored: Mapping[str, Any]) -> Facts:
        """From stored JSON; an unknown key is a TypeError, as it would be lost silently."""
        typed = {key: READ[key](value) for key, value in stored.items() if key in READ and value}
        return cls(**{**stored, **typed})

    @property
    def dates(self) -> Dates:
        moved = (date.fromisoformat(gone["until"]) for gone in self.dates_before.values())
        return Dates(
            self.opens_earliest,
            self.opens_latest,
            self.planned_ends,
            self.actual_opens,
            self.actual_ends,
            max(filter(None, (self.known_on, *moved)), default=None),
        )

    def awaits(self, deed: str) -> bool:
        """Whether this deed has been proposed and waits for a second person."""
        return bool(self.pending) and self.pending["deed"] == deed

    @property
    def news(self) -> str:
        """How far the news of an imported plan is on its way to the host; empty where nothing is
        left to do, as once the host has filed."""
        if self.untold and self.state in (State.PLANNED, State.FILED):
            return MOVED if self.announced_on else UNTOLD
        waits = self.announced_on and not self.acknowledged_on and self.state is State.PLANNED
        return UNANSWERED if waits else ""

    @property
    def open_flags(self) -> list[str]:
        return [key for key, flag in self.flags.items() if not flag.get("disposed")]

    @property
    def to_dispose(self) -> list[str]:
        """The flags that somebody may decide on: also anew, where one was to be mended."""
        flags = self.flags.items()
        return [k for k, f in flags if f.get("disposed", {}).get("outcome", TO_MEND) == TO_MEND]

    @property
    def unsettled(self) -> list[str]:
        """The flags that nobody has decided on, or that are still to be mended."""
        return [key for key, flag in self.flags.items() if not _is_settled(flag)]


def _is_settled(flag: Json) -> bool:
    disposed = flag.get("disposed")
    if not disposed:
        return False
    return bool(disposed["outcome"] != TO_MEND or disposed.get("mended_on"))


TO_MEND = "mend"  # the outcome of a flag that asks its host for something
# Of an imported plan: its host knows nothing yet; knew, but a newer file has moved its dates; was told.
UNTOLD, MOVED, UNANSWERED = "untold", "moved", "unanswered"
TO_TELL = (UNTOLD, MOVED)
DATE_FIELDS = tuple(f.name for f in fields(Facts) if f.type == "date | None")
STATE_FIELDS = ("state", "came_from", "mend_in")
READ: dict[str, Callable[[str], Any]] = {
    **dict.fromkeys(DATE_FIELDS, date.fromisoformat),
    **dict.fromkeys(STATE_FIELDS, State),
    **dict.fromkeys(("contact_email", "office_email"), mailbox),  # older events have any case
}
# What no rule looks at: a change of nothing else leaves every judgement as it was.
UNJUDGED = frozenset({"follow_up"})
MAPS = frozenset(f.name for f in fields(Facts) if f.type == "Json")


def merge(stored: Mapping[str, Any], changes: Mapping[str, Any]) -> Json:
    """Lay `changes` over `stored`. A map merges key by key; None removes."""
    merged = dict(stored)
    for key, value in changes.items():
        if value is None:
            merged.pop(key, None)
        elif key in MAPS:
            inner = {**merged.get(key, {}), **value}
            merged[key] = {k: v for k, v in inner.items() if v is not None}
        else:
            merged[key] = value
    return merged


def as_json(value: Any) -> Any:
    """A form's value as it is stored: dates as ISO text, all else as it is."""
    return value.isoformat() if isinstance(value, date) else value


class Standing(Labelled):
    """How a deadline stands. Only an open one is announced."""

    OPEN = "open", "待办", "Open"
    AHEAD = "ahead", "预计", "Ahead"
    MET = "met", "已完成", "Met"
    LIFTED = "lifted", "不再适用", "Lifted"
    SUPERSEDED = "superseded", "已被新日期取代", "Superseded"


@dataclass(frozen=True, slots=True)
class Span:
    """Where in the life a kind of deadline comes up, is live, and what meets it."""

    ahead: frozenset[State]
    live: frozenset[State]
    met_by: str


BEFORE_HELD = BEFORE_PLAN | {State.PLANNED, State.FILED}
SPANS: dict[Kind, Span] = {
    Kind.APPLICATION: Span(frozenset(), frozenset({State.DRAFTED, State.SUBMITTED}), "reviewed_on"),
    Kind.FILING: Span(BEFORE_PLAN, frozenset({State.PLANNED}), "filed_on"),
    Kind.COMPLETION: Span(BEFORE_PLAN, frozenset({State.PLANNED, State.FILED}), "held_on"),
    Kind.RECORDING: Span(BEFORE_PLAN, frozenset({State.PLANNED, State.FILED}), "held_on"),
    Kind.OPENING: Span(BEFORE_PLAN, frozenset({State.PLANNED, State.FILED}), "held_on"),
    Kind.REIMBURSEMENT: Span(BEFORE_HELD, frozenset({State.HELD}), "reported_on"),
}


def silence(standing: Standing) -> str:
    """Why a deadline that is no longer open is not announced."""
    return {Standing.MET: "met", Standing.SUPERSEDED: "moved"}.get(standing, "lifted")


def standing(kind: Kind, facts: Facts) -> tuple[Standing, date | None]:
    """How the deadline stands for these facts, and on which day it was met."""
    if kind is Kind.MENDING:
        if facts.mended_on:
            return Standing.MET, facts.mended_on
        live = facts.state is facts.mend_in
        return (Standing.OPEN if live else Standing.LIFTED), None
    span = SPANS[kind]
    met_on = getattr(facts, span.met_by)
    if met_on:
        return Standing.MET, met_on
    if facts.state in span.live:
        return Standing.OPEN, None
    return (Standing.AHEAD if facts.state in span.ahead else Standing.LIFTED), None
