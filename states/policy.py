"""What a policy file says, as values that the law can read. config/ loads and checks the files."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum

from states.contact import Contact, Desk
from states.terms import Action, Basis, Force, Kind, Role, Severity, State, Text


class Anchor(StrEnum):
    OPENS = "opens"
    ENDS = "ends"
    FIXED = "fixed"


class Unit(StrEnum):
    MONTH = "month"
    DAY = "day"
    WORKING_DAY = "working_day"


NOT_ASKED = Text("", "")


class DutyDay(StrEnum):
    """By which day a host's duty beside its papers is due, or makes sense."""

    FILING = "filing"
    OPENS = "opens"
    ENDS = "ends"
    REPORT = "report"


@dataclass(frozen=True, slots=True)
class Clause:
    """Where a rule stands and what it says, in our own words."""

    id: str
    document: Text  # as it is cited
    part: str
    paragraph: str
    rule: Text
    basis: Basis = Basis.STATED  # assumed: of a document that does not speak of this year
    since: date | None = None  # the document's day; None: not known

    def existed(self, on: date) -> bool:
        """Whether it can be cited for what was done on a day."""
        return self.since is None or self.since <= on

    @property
    def place(self) -> str:
        return f"{self.document.zh}{self.part}{self.paragraph}"


@dataclass(frozen=True, slots=True)
class Figure:
    """A number with all that it must never travel without. `value` None: the notice is silent.

    Amounts are whole fen, shares are percent, lengths are days, head-counts are persons.
    """

    value: int | None
    unit: str
    severity: Severity
    basis: Basis
    clause: str | None


@dataclass(frozen=True, slots=True)
class Document:
    """A notice that a policy rests on, or that it names. `at_hand`: whether its text is known."""

    key: str
    title: Text
    number: str  # empty where no copy shows it
    issued_on: date | None
    basis: Basis
    at_hand: bool


@dataclass(frozen=True, slots=True)
class DeadlineRule:
    """How one deadline follows from its anchor. A negative offset counts backwards."""

    kind: Kind
    anchor: Anchor
    offset: int
    unit: Unit
    fixed_on: date | None
    inclusive: bool  # whether the last day itself still counts
    rolls: bool  # whether a due day off moves to the next working day (forward counting only)
    force: Force
    basis: Basis
    clause: str
    forfeit: str | None = None  # the clause under which missing it may cost the subsidy
    note: Text | None = None  # said in place of the clause's rule where the basis is assumed


@dataclass(frozen=True, slots=True)
class PaperRule:
    """A paper that a step asks for."""

    key: str
    label: Text
    severity: Severity
    may_follow: bool  # may be promised with a date instead
    basis: Basis
    clause: str


@dataclass(frozen=True, slots=True)
class MilestoneRule:
    """A dated check item inside a state; a missing one is a flag at the step `flag_at`."""

    key: str
    label: Text
    by: Role
    flag_at: Action | None
    basis: Basis
    clause: str
    ask: Text = NOT_ASKED  # as what is to be done, not as what was
    due: DutyDay | None = None  # by when it makes sense; None: nobody is asked for it
    dated: bool = False  # whether the notice gives that day


@dataclass(frozen=True, slots=True)
class Fund:
    """Where a subsidy comes from. Only a provincial fund is checked for room."""

    key: str
    label: Text
    provincial: bool
    budget: Figure


@dataclass(frozen=True, slots=True)
class ReasonCode:
    """A reason to reject, and the states in which it may be given."""

    key: str
    label: Text
    states: tuple[State, ...]
    clause: str
    basis: Basis
    categories: tuple[str, ...] = ()  # keys; none named: all

    @property
    def shown(self) -> Text:
        """The label, and that no document stands behind it where none does."""
        return self.label if self.basis is Basis.STATED else ASSUMED.format(label=self.label)


# In brackets of its own: a label may hold some.
ASSUMED = Text("{label}【系统推定】", "{label} [assumed]")


@dataclass(frozen=True, slots=True, eq=False)  # one object per policy: compared by identity
class Category:
    """The rules of one category of projects in one year."""

    key: str
    label: Text
    names: tuple[str, ...]  # as plans and notices write it
    funding: str  # "funded" or "self_funded": tells categories of one name apart
    level: str  # "national" or "provincial"
    basis: Basis
    ends_in: State
    deadlines: tuple[DeadlineRule, ...]
    figures: Mapping[str, Figure]
    papers: Mapping[Action, tuple[PaperRule, ...]]
    milestones: tuple[MilestoneRule, ...]
    cap: Figure
    fund: str | None
    addressee: Text  # whom the report goes to
    contact: Contact | None = None  # of another desk of the office; None: the policy's
    report_contact: Contact | None = None  # where the report goes, if not to the office
    # Reason -> what the end is called by it, where that is not how the stage calls it.
    outcomes: Mapping[str, Text] = field(default_factory=dict)

    def figure(self, key: str) -> Figure | None:
        """The figure, or None where the notice does not give one."""
        found = self.figures.get(key)
        return found if found is not None and found.value is not None else None

    @property
    def usual_days(self) -> int:
        """The usual length of a class; one day where the notice gives none."""
        figure = self.figure("usual_days")
        return figure.value if figure and figure.value else 1

    def deadline(self, kind: Kind) -> DeadlineRule | None:
        return next((rule for rule in self.deadlines if rule.kind is kind), None)


@dataclass(frozen=True, slots=True)
class Announced:
    """The totals as published; they need not add up, and are never corrected."""

    total: Figure
    by_name: Mapping[str, int]  # published name of the category -> count
    clause: str


@dataclass(frozen=True, slots=True)
class Policy:
    """One year of one province."""

    id: str
    title: Text
    province: str
    year: int
    programme: tuple[str, ...]  # names under which the programme is known, the current first
    office: Text  # whom to ask
    contact: Contact  # how to reach it
    documents: Mapping[str, Document]
    clauses: Mapping[str, Clause]
    categories: Mapping[str, Category]
    funds: Mapping[str, Fund]
    reasons: Mapping[str, ReasonCode]
    duties: Mapping[str, str]  # rule -> clause; a rule without one does not apply
    announced: Announced | None
    one_document: bool  # only one of those that are cited speaks of the year
    digest: str  # SHA-256 of the file, so that an event can say under which text it was decided

    def desk(self, category: Category) -> Contact:
        """How the office is reached about a category."""
        return category.contact or self.contact

    def asked_about(self, category: str) -> Desk:
        """Whom to ask about a project of that category: the foot of its pages."""
        return Desk(self.office, self.desk(self.categories[category]))

    def reports_to(self, category: Category) -> Contact:
        """Where the report of a category goes."""
        return category.report_contact or self.desk(category)

    @property
    def contact_missing(self) -> tuple[Text, ...]:
        """What hosts should be told of an office, and nobody has entered yet; each once."""
        desks = [self.desk(one) for one in self.categories.values()]
        others = [one.report_contact for one in self.categories.values() if one.report_contact]
        found = [gap for desk in (self.contact, *desks, *others) for gap in desk.missing]
        return tuple(dict.fromkeys(found))

    def clause_on(self, clause: str, on: date) -> Clause | None:
        """The clause of that id, if its document existed on that day."""
        found = self.clauses.get(clause)
        return found if found and found.existed(on) else None
