"""What a project looks like to a program: its parts, and how they are read from the queries."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime
from typing import Any

from pydantic import BaseModel, Field

from states.terms import Force, Kind, Role, State, Text
from web.api.describing import both
from workflow.mail_desk import status_label
from workflow.mail_log import reason_label


class Summary(BaseModel):
    """A project as lists show it."""

    id: int
    year: int
    number: int | None = Field(description=both("计划序号", "number in the plan"))
    name: str
    category: str
    state: State
    state_label: str
    host: str
    department: str
    opens: date | None
    ends: date | None
    schedule: str = Field(description=both("办班时间原文", "when, as written in the plan"))
    provisional: bool = Field(description=both("日期待确认", "dates are not exact yet"))
    overdue: bool
    policy: str
    version: int = Field(description=both("办理时作为 seen 传回", "give it back as `seen`"))


class Deadline(BaseModel):
    """A deadline with how it was computed."""

    kind: Kind
    label: str
    due_on: date = Field(description=both("截止日", "the last day that counts"))
    advised_on: date = Field(description=both("建议报送日", "the day by which it is advised"))
    force: Force
    provisional: bool
    clause: str
    trace: list[str]


class Standing(Deadline):
    """A deadline of a project, as it stands."""

    round: int
    standing: str
    standing_label: str
    late_after: date
    met_on: date | None
    plan_came_late: bool


class Flag(BaseModel):
    """What was flagged, until a person disposes of it."""

    key: str = Field(description=both("核定时作为 flag 填写", "the `flag` of `dispose`"))
    clause: str
    message: str
    on: date
    disposed: dict[str, Any] | None


class Paper(BaseModel):
    """A paper as it stands; its content is at `projects/{id}/papers/{key}`."""

    key: str
    name: str
    size: int
    sha256: str
    on: date
    version: int


class Event(BaseModel):
    """One entry of the history."""

    seq: int
    recorded_at: datetime
    on: date = Field(description=both("计算期限所依据的日期", "the date that counts"))
    deed: str
    label: str
    source: State
    target: State
    person: str = Field(description=both("登录名", "login; empty: the system, or not told"))
    role: Role | None
    on_behalf: bool
    machine: bool
    given: dict[str, Any]
    policy: str
    hash: str


class Mail(BaseModel):
    """A mail and what became of it, without its text."""

    id: int
    project_id: int | None
    purpose: str
    notice: str
    to_name: str
    to_email: str
    to_role: str
    on: date
    status: str
    status_label: str
    reason: str
    reason_label: str
    subject: str
    created_at: datetime
    sent_at: datetime | None


class Project(Summary):
    """One project in full, as the caller may see it."""

    category_label: str
    facts: dict[str, Any] = Field(description=both("全部已知事实", "all that is known"))
    deadlines: list[Standing]
    flags: list[Flag]
    papers: list[Paper]
    history: list[Event]
    mail: list[Mail]


ASIDE = ("flags", "papers")  # shown by themselves


def project_out(shown: Mapping[str, Any], stored: Mapping[str, Any], language: str) -> Project:
    """Of queries.project as it may be told, and of its facts."""
    papers = [{"key": key, **paper} for key, paper in shown.get("papers", {}).items()]
    return Project(
        **summary_of(shown, language),
        category_label=shown["category_label"].in_(language),
        facts={k: v for k, v in stored.items() if k not in ASIDE},
        deadlines=[standing_out(row, language) for row in shown["deadlines"]],
        flags=[Flag(**said(row, language)) for row in shown["findings"]],
        papers=[Paper.model_validate(paper) for paper in papers],
        history=[event_out(row, language) for row in shown["history"]],
        mail=[mail_out(row, language) for row in shown["mail"]],
    )


def summary_of(row: Mapping[str, Any], language: str) -> dict[str, Any]:
    return {k: v for k, v in said(row, language).items() if k in Summary.model_fields}


def standing_out(row: Mapping[str, Any], language: str) -> Standing:
    kind = Kind(row["kind"])
    return Standing(**said(row, language) | {"kind": kind, "label": kind.label.in_(language)})


def event_out(row: Mapping[str, Any], language: str) -> Event:
    known = said(row, language)
    label = known["deed_label"]
    return Event(**known | {"on": row["on_date"], "label": label, "role": row["role"] or None})


def mail_out(row: Mapping[str, Any], language: str) -> Mail:
    return Mail(
        **said(row, language)
        | {
            "on": row["on_date"],
            "status_label": status_label(row["status"], row["reason"]).in_(language),
            "reason_label": reason_label(row["reason"]).in_(language),
        }
    )


def said(row: Mapping[str, Any], language: str) -> dict[str, Any]:
    """A row with its texts in one language."""
    return {key: _in(value, language) for key, value in row.items()}


def _in(value: Any, language: str) -> Any:
    if isinstance(value, Text):
        return value.in_(language)
    if isinstance(value, tuple | list):
        return [_in(one, language) for one in value]
    return value
