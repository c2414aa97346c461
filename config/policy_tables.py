"""The tables of a policy file, and the frozen values that the law reads from them."""

from __future__ import annotations

import re
from dataclasses import replace
from typing import Annotated, Literal, TypeVar

from pydantic import AfterValidator, Field, StringConstraints, model_validator

from config.errors import ConfigError, refusal
from config.policy_values import (
    UNITS,
    Classes,
    ClauseId,
    ClauseTable,
    Days,
    Deadline,
    DocumentTable,
    Key,
    Known,
    Label,
    Lax,
    MilestoneLabel,
    Percent,
    Persons,
    Table,
    Words,
    Yuan,
    one_of,
)
from states import policy as law
from states.contact import Contact
from states.lifecycle import LIFECYCLE
from states.terms import Action, Basis, Role, Severity, State, Text

T = TypeVar("T")
REJECTABLE = {step.source for step in LIFECYCLE if step.action is Action.REJECT}


def _once(rows: list[T]) -> list[T]:
    keys = [getattr(row, "key", None) or getattr(row, "kind", row) for row in rows]
    if len(set(keys)) < len(keys):
        raise refusal(TWICE)
    return rows


def _rejectable(states: list[State]) -> list[State]:
    if not set(states) <= REJECTABLE:
        raise refusal(NOT_REJECTABLE)
    return states


def _an_address(text: str) -> str:
    if not MAILBOX.fullmatch(text):
        raise refusal(NO_MAILBOX)
    return text


Once = AfterValidator(_once)
MAILBOX = re.compile(r"[^@\s<>,;，；]+@[^@\s<>,;，；]+\.[^@\s<>,;，；]+")


class Paper(Table):
    key: Key
    severity: Annotated[Severity, Lax] = Severity.BLOCK
    may_follow: bool = False
    basis: Known = Basis.STATED
    clause: ClauseId

    def to_law(self, label: Text) -> law.PaperRule:
        return law.PaperRule(
            self.key, label, self.severity, self.may_follow, self.basis, self.clause
        )


class Milestone(Table):
    key: Key
    by: Annotated[Role, Lax, one_of(Role.HOST, Role.PROVINCE)]
    flag_at: Annotated[Action, Lax, one_of(Action.HOLD, Action.REPORT, Action.CLOSE)] | None = None
    basis: Known = Basis.STATED
    clause: ClauseId
    due: Annotated[law.DutyDay, Lax] | None = None
    dated: bool = False

    def to_law(self, label: MilestoneLabel) -> law.MilestoneRule:
        known = (self.key, label.text, self.by, self.flag_at, self.basis, self.clause)
        return law.MilestoneRule(*known, label.asked, self.due, self.dated)


class FundTable(Table):
    label: Label
    provincial: bool
    budget: Yuan

    def to_law(self, key: str) -> law.Fund:
        return law.Fund(key, self.label.text, self.provincial, self.budget.to_law("yuan"))


class Reason(Table):
    label: Label
    states: Annotated[
        list[Annotated[State, Lax]], Field(min_length=1), Once, AfterValidator(_rejectable)
    ]
    categories: Annotated[list[Key], Once] = Field(default_factory=list)
    outcome: Label | None = None  # what the end is called, where no money is refused by it
    basis: Known = Basis.STATED
    clause: ClauseId

    def to_law(self, key: str) -> law.ReasonCode:
        states, categories = tuple(self.states), tuple(self.categories)
        label = self.label.text
        return law.ReasonCode(key, label, states, self.clause, self.basis, categories)


class Duty(Table):
    basis: Known = Basis.STATED
    clause: ClauseId


class Duties(Table):
    """The rules that apply only where a clause puts them in force."""

    enterprise_qualified: Duty | None = None
    held_as_planned: Duty | None = None
    host_kept: Duty | None = None
    change_in_advance: Duty | None = None
    mending_after_inspection: Duty | None = None


class ContactTable(Table):
    """How an office is reached. What is left out is not known."""

    telephone: Words | None = None
    post: Label | None = None  # where originals go
    mailbox: Annotated[Words, AfterValidator(_an_address)] | None = None  # where copies go
    sample: bool = False

    def to_law(self) -> Contact:
        post = self.post.text if self.post else Text("", "")
        return Contact(self.telephone or "", post, self.mailbox or "", self.sample)


class AnnouncedTable(Table):
    total: Classes
    by_name: dict[Words, Annotated[int, Field(ge=0, le=100_000)]] = Field(default_factory=dict)
    clause: ClauseId

    def to_law(self) -> law.Announced:
        return law.Announced(self.total.to_law("class"), dict(self.by_name), self.clause)


PaperStep = Annotated[
    Action, Lax, one_of(Action.SUBMIT, Action.FILE, Action.HOLD, Action.REPORT, Action.CLOSE)
]


class CategoryTable(Table):
    label: Label
    names: Annotated[list[Words], Field(min_length=1), Once]
    funding: Literal["funded", "self_funded"]
    level: Literal["national", "provincial"]
    basis: Known
    ends_in: Annotated[State, Lax, one_of(State.SUBSIDISED, State.CLOSED)]
    addressee: Label
    contact: ContactTable | None = None  # of another desk of the office
    report_contact: ContactTable | None = None  # where the report goes, if not to the office
    min_trainees: Persons | None = None
    max_trainees: Persons | None = None
    min_days: Days | None = None
    usual_days: Days | None = None
    usual_days_around: Days | None = None  # how far from the usual length is still 左右
    staff_share_percent: Percent | None = None
    max_staff: Persons | None = None
    online_share_percent: Percent | None = None
    fee_from_trainees: Yuan | None = None
    cap: Yuan
    fund: Key | None = None
    deadlines: Annotated[list[Deadline], Once] = Field(default_factory=list)
    papers: dict[PaperStep, Annotated[list[Paper], Once]] = Field(default_factory=dict)
    milestones: Annotated[list[Milestone], Once] = Field(default_factory=list)

    @model_validator(mode="after")
    def money_fits(self) -> CategoryTable:
        if self.cap.to_law("yuan").value:
            if self.ends_in is State.CLOSED:
                raise refusal(CAP_WITHOUT_SUBSIDY)
            if self.fund is None:
                raise refusal(CAP_WITHOUT_FUND)
        return self

    def figures(self) -> dict[str, law.Figure]:
        given = {key: getattr(self, key) for key in UNITS}
        return {key: given[key].to_law(unit) for key, unit in UNITS.items() if given[key]}


class PolicyTable(Table):
    id: Annotated[str, StringConstraints(pattern=r"^[a-z0-9][a-z0-9-]{0,39}$")]
    title: Label
    province: Words
    year: Annotated[int, Field(ge=2000, le=2100)]
    programme: Annotated[list[Words], Field(min_length=1), Once]
    office: Label
    contact: ContactTable = ContactTable()
    documents: dict[Words, DocumentTable]
    clauses: dict[ClauseId, ClauseTable]
    papers: dict[Key, Label] = Field(default_factory=dict)
    milestones: dict[Key, MilestoneLabel] = Field(default_factory=dict)
    funds: dict[Key, FundTable] = Field(default_factory=dict)
    reasons: dict[Key, Reason] = Field(default_factory=dict)
    duties: Duties = Duties()
    announced: AnnouncedTable | None = None
    categories: Annotated[dict[Key, CategoryTable], Field(min_length=1)]

    def policy(self, digest: str) -> law.Policy:
        """The policy as the law reads it; `digest` is that of the file's bytes."""
        return law.Policy(
            id=self.id,
            title=self.title.text,
            province=self.province,
            year=self.year,
            programme=tuple(self.programme),
            office=self.office.text,
            contact=self.contact.to_law(),
            documents={key: one.to_law(key) for key, one in self.documents.items()},
            clauses={key: self._clause(key) for key in self.clauses},
            categories=_Categories.of(
                self.id, {key: self._category(key) for key in self.categories}
            ),
            funds={key: fund.to_law(key) for key, fund in self.funds.items()},
            reasons={key: reason.to_law(key) for key, reason in self.reasons.items()},
            duties={key: duty.clause for key, duty in self.duties if duty},
            announced=self.announced.to_law() if self.announced else None,
            one_document=len(self._of_the_year()) == 1,
            digest=digest,
        )

    def _of_the_year(self) -> set[Text]:
        """The documents that are cited and speak of the year, as they are cited."""
        cited = map(self._clause, self.clauses)
        return {one.document for one in cited if one.basis is Basis.STATED}

    def _clause(self, id_: str) -> law.Clause:
        table = self.clauses[id_]
        document = self.documents[table.document]
        cited_as = Text(document.cited_as, document.cited_as_en or document.title.en)
        place = (cited_as, table.part, table.paragraph)
        since = document.issued_on or document.not_before
        return law.Clause(id_, *place, table.rule.text, document.basis, since)

    def _category(self, key: str) -> law.Category:
        table = self.categories[key]
        return law.Category(
            key=key,
            label=table.label.text,
            names=tuple(table.names),
            funding=table.funding,
            level=table.level,
            basis=table.basis,
            ends_in=table.ends_in,
            deadlines=tuple(deadline.to_law() for deadline in table.deadlines),
            figures=table.figures(),
            papers={
                step: tuple(paper.to_law(self.papers[paper.key].text) for paper in papers)
                for step, papers in table.papers.items()
            },
            milestones=tuple(m.to_law(self.milestones[m.key]) for m in table.milestones),
            # Whatever its line says: the engine decides no more than the cap (amount_within_cap).
            cap=replace(table.cap.to_law("yuan"), severity=Severity.BLOCK),
            fund=table.fund,
            addressee=table.addressee.text,
            contact=table.contact.to_law() if table.contact else None,
            report_contact=table.report_contact.to_law() if table.report_contact else None,
            outcomes={k: one.outcome.text for k, one in self.reasons.items() if one.outcome},
        )


TWICE = Text("同一项写了两次。", "The same thing is listed twice.")
NOT_REJECTABLE = Text(
    "所列状态中有不能作不予通过处理的。", "One of these states is none to reject from."
)
NO_MAILBOX = Text("不是一个邮箱地址。", "It is no e-mail address.")
CAP_WITHOUT_FUND = Text(
    "有补助上限（cap），但没有写明经费来源（fund）。", "There is a cap but no fund that pays."
)
CAP_WITHOUT_SUBSIDY = Text(
    "以办结（closed）为终点的类别不能有补助上限。", "A category that ends closed pays no subsidy."
)


class _Categories(dict[str, law.Category]):
    """The categories of a policy; one that projects have and the file has lost is a fault of it."""

    policy = ""  # not an argument: dataclasses.asdict makes another one of its own kind

    @classmethod
    def of(cls, policy: str, known: dict[str, law.Category]) -> _Categories:
        made = cls(known)
        made.policy = policy
        return made

    def __missing__(self, key: str) -> law.Category:
        raise ConfigError(f"{self.policy}.toml", f"categories.{key}", LOST)


LOST = Text(
    "这一类别已不在文件中，而仍有项目属于它，请补回。",
    "The category is gone from the file, and projects belong to it; put it back.",
)
