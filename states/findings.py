"""What the rules speak in: a case to judge, and findings that cite."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from states.calculus import Deadline
from states.calendar import WorkCalendar
from states.facts import Facts
from states.in_force import deadline_on
from states.policy import Category, Figure, Policy
from states.terms import Act, Action, Kind, Role, Severity, Text
from states.wanted import deadlines_for


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that a rule has to say. `earliest`: the first day on which it would not.

    What is flagged is kept and read by all: its message says what is so, asks nobody for anything
    and forbids nothing. What can be done about it is told by the reader's side (states/remedy.py).
    """

    rule: str
    clause: str  # "" for what the system itself needs
    severity: Severity
    fact: str
    message: Text
    who: tuple[Role, ...] = ()
    earliest: date | None = None
    consequence: str = ""  # the clause that states what may follow, where the message says it

    @property
    def clauses(self) -> tuple[str, ...]:
        """What it cites: the clause of the duty, then that of the consequence."""
        return tuple(dict.fromkeys(one for one in (self.clause, self.consequence) if one))

    def others(self, readers: Collection[Role]) -> tuple[Role, ...]:
        """Who can settle it, to be told to somebody in these roles: nobody is sent to himself."""
        return () if any(role in readers for role in self.who) else self.who

    @property
    def key(self) -> str:
        """Under which a flag is kept and disposed of."""
        return f"{self.rule}.{self.fact}" if self.rule in ITEMISED else self.rule


# Rules that can speak of several papers, milestones or inspections.
ITEMISED = frozenset(
    {"papers_present", "milestones_recorded", "promises_kept", "mending_after_inspection"}
)


@dataclass(frozen=True, slots=True)
class Case:
    """A deed that somebody wants to do, with all that the rules may look at."""

    facts: Facts
    policy: Policy
    calendar: WorkCalendar
    deed: Action | Act
    role: Role
    today: date
    on: date  # the date that counts: of the deed, or on which the paper came in
    given: Mapping[str, Any] = field(default_factory=dict)
    papers: frozenset[str] = frozenset()  # attached with this deed
    without_file: frozenset[str] = frozenset()  # those of them of which no file is kept here
    on_behalf: bool = False  # entered from paper for the host
    same_hand: bool = False  # whoever does it has entered or submitted what it judges
    fund_left: int | None = None  # fen; None: the fund's budget is not known
    supposed: bool = False  # only looked at: what is found would be so, it has not happened

    @property
    def category(self) -> Category:
        known = self.policy.categories  # rules.category_known refuses any other
        return known.get(self.given.get("category") or "") or known[self.facts.category]

    def deadline(self, kind: Kind) -> Deadline | None:
        found = deadlines_for(self.facts, self.category, self.calendar)
        return next((deadline for deadline in found if deadline.kind is kind), None)

    def deadline_on(self, kind: Kind, day: date) -> Deadline | None:
        """The deadline that was in force on a day."""
        return deadline_on(kind, self.facts, self.category, self.calendar, day)

    def now(self, name: str, fact: str = "") -> Any:
        """A field as it will stand after this deed: as given, else the fact of that name."""
        given = self.given.get(name)
        return getattr(self.facts, fact or name) if given is None else given

    def has_paper(self, key: str) -> bool:
        return key in self.papers or key in self.facts.papers

    def duty(self, rule: str) -> str | None:
        """The clause that puts this rule in force, or None where the policy is silent."""
        return self.policy.duties.get(rule)


def block(rule: str, clause: str, fact: str, message: Text, **more: Any) -> Finding:
    return Finding(rule, clause, Severity.BLOCK, fact, message, **more)


def flag(rule: str, clause: str, fact: str, message: Text, **more: Any) -> Finding:
    return Finding(rule, clause, Severity.FLAG, fact, message, **more)


def by_figure(rule: str, figure: Figure, fact: str, message: Text) -> Finding:
    """A finding as severe as its figure says, under the figure's clause."""
    return Finding(rule, figure.clause or "", figure.severity, fact, message)


Rule = Callable[[Case], Iterable[Finding]]
