"""What a policy looks like to a program: every value with its clause."""

from __future__ import annotations

from datetime import date
from typing import Any

from pydantic import BaseModel, Field

from states.comparing import Difference
from states.contact import Contact
from states.policy import Category, Document, Figure, Policy
from states.terms import Action, Basis, Kind, Role, Severity, State
from web.api.describing import both


class PolicySummary(BaseModel):
    id: str
    title: str
    province: str
    year: int
    categories: list[str]
    digest: str = Field(description=both("政策文件的SHA-256", "SHA-256 of its file"))


class ContactOut(BaseModel):
    """How an office is reached: originals by post, copies by e-mail."""

    telephone: str
    post: str
    mailbox: str
    sample: bool = Field(description=both("示例数据，不得使用", "made up, not to be used"))


class DocumentOut(BaseModel):
    key: str
    title: str
    number: str
    issued_on: date | None
    basis: Basis
    at_hand: bool = Field(description=both("是否收录正文", "whether its text is known"))


class ClauseOut(BaseModel):
    id: str
    place: str
    rule: str


class FigureOut(BaseModel):
    key: str
    value: int | None = Field(description=both("金额以分计", "amounts in fen"))
    unit: str
    severity: Severity
    basis: Basis
    clause: str


class DeadlineRuleOut(BaseModel):
    kind: Kind
    anchor: str
    offset: int
    unit: str
    fixed_on: date | None
    force: str
    basis: Basis
    clause: str


class PaperRuleOut(BaseModel):
    step: Action
    key: str
    label: str
    severity: Severity
    may_follow: bool
    basis: Basis
    clause: str


class MilestoneOut(BaseModel):
    key: str
    label: str
    by: Role
    flag_at: Action | None
    clause: str


class CategoryOut(BaseModel):
    key: str
    label: str
    funding: str
    level: str
    ends_in: State
    deadlines: list[DeadlineRuleOut]
    figures: list[FigureOut]
    papers: list[PaperRuleOut]
    milestones: list[MilestoneOut]
    contact: ContactOut | None = Field(description=both("空为政策的", "null: the policy's"))
    report_contact: ContactOut | None


class PolicyOut(BaseModel):
    """A policy, every value with its clause."""

    id: str
    title: str
    province: str
    year: int
    digest: str
    office: str
    contact: ContactOut
    documents: list[DocumentOut]
    categories: list[CategoryOut]
    clauses: list[ClauseOut]
    reasons: dict[str, str] = Field(description=both("不予通过的理由代码", "codes of `reject`"))


class DifferenceOut(BaseModel):
    category: str = Field(description=both("空为全部适用", "empty: holds for all"))
    key: str
    old: str | None
    new: str | None
    clause: str


def summary_out(policy: Policy, language: str) -> PolicySummary:
    return PolicySummary(
        id=policy.id,
        title=policy.title.in_(language),
        province=policy.province,
        year=policy.year,
        categories=list(policy.categories),
        digest=policy.digest,
    )


def policy_out(found: Policy, language: str) -> PolicyOut:
    clauses = [
        ClauseOut(id=c.id, place=c.place, rule=c.rule.in_(language)) for c in found.clauses.values()
    ]
    return PolicyOut(
        id=found.id,
        title=found.title.in_(language),
        province=found.province,
        year=found.year,
        digest=found.digest,
        office=found.office.in_(language),
        contact=_contact(found.contact, language),
        documents=[_document(one, language) for one in found.documents.values()],
        categories=[category_out(c, language) for c in found.categories.values()],
        clauses=clauses,
        reasons={code.key: code.label.in_(language) for code in found.reasons.values()},
    )


def difference_out(one: Difference) -> DifferenceOut:
    return DifferenceOut(**_of(one, "category", "key", "old", "new", "clause"))


def category_out(category: Category, language: str) -> CategoryOut:
    papers = [
        PaperRuleOut(
            step=step,
            **_of(p, "key", "severity", "may_follow", "basis", "clause"),
            label=p.label.in_(language),
        )
        for step, listed in category.papers.items()
        for p in listed
    ]
    milestones = [
        MilestoneOut(**_of(m, "key", "by", "flag_at", "clause"), label=m.label.in_(language))
        for m in category.milestones
    ]
    own, elsewhere = category.contact, category.report_contact
    names = ("kind", "anchor", "offset", "unit", "fixed_on", "force", "basis", "clause")
    return CategoryOut(
        **_of(category, "key", "funding", "level", "ends_in"),
        label=category.label.in_(language),
        deadlines=[DeadlineRuleOut(**_of(rule, *names)) for rule in category.deadlines],
        figures=[_figure(k, f) for k, f in {**category.figures, "cap": category.cap}.items()],
        papers=papers,
        milestones=milestones,
        contact=_contact(own, language) if own else None,
        report_contact=_contact(elsewhere, language) if elsewhere else None,
    )


def _contact(contact: Contact, language: str) -> ContactOut:
    known = _of(contact, "telephone", "mailbox", "sample")
    return ContactOut(post=contact.post.in_(language), **known)


def _document(document: Document, language: str) -> DocumentOut:
    known = _of(document, "key", "number", "issued_on", "basis", "at_hand")
    return DocumentOut(title=document.title.in_(language), **known)


def _of(thing: object, *names: str) -> dict[str, Any]:
    return {name: getattr(thing, name) for name in names}


def _figure(key: str, figure: Figure) -> FigureOut:
    known = _of(figure, "value", "unit", "severity", "basis")
    return FigureOut(key=key, clause=figure.clause or "", **known)
