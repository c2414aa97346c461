"""What a project looks like to a program: its parts, and how they are read from the queries."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import fields
from datetime import date, datetime
from typing import Any

from pydantic import BaseModel, Field

from states.terms import Force, Kind, Role, State, Text
from web.api.describing import both
from workflow.lists.rows import Due, ProjectRow
from workflow.mail.desk import status_label
from workflow.mail.log import reason_label


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


class NextDue(BaseModel):
    """The next thing that a notice asks for."""

    kind: Kind
    label: str
    due_on: date
    provisional: bool
    late: int = Field(description=both("逾期天数，0为未逾期", "days late; 0: not late"))
    blameless: bool = Field(
        description=both("计划下达晚于截止日", "the plan itself came after the day")
    )


class ListedProject(Summary):
    """A project as lists show it, with what is due and open."""

    category_label: str
    place: str
    due: NextDue | None
    flags: int = Field(description=both("待核定提示数", "open flags"))
    waits: list[str] = Field(
        description=both("待主管（推荐）单位或省厅办理", "what waits for the offices")
    )
    amount: int | None = Field(description=both("补助金额（分）", "subsidy in fen"))
    unreadable: str = Field(
        description=both(
            "所依据政策文件有误的说明，空为正常；其余按已存内容列出",
            "why its policy cannot be read, empty: it can; the rest is as stored",
        )
    )


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
    late_days: int = Field(description=both("逾期完成的天数", "days by which it was met late"))


class Flag(BaseModel):
    """What was flagged, until a person disposes of it."""

    key: str = Field(description=both("核定时作为 flag 填写", "the `flag` of `dispose`"))
    clause: str
    consequence: str = Field(
        description=both("写明后果的条款，可能为空", "the clause of what may follow, or empty")
    )
    message: str
    on: date
    disposed: dict[str, Any] | None


NO_FILE: dict[str, Any] = {"name": "", "size": 0, "sha256": "", "received": ""}
HOW = both(
    "未存电子件的：original 纸质原件、mailbox 在收件邮箱；存有文件的为空",
    "where no file is kept: original (on paper), mailbox; empty where there is one",
)


class Paper(BaseModel):
    """A paper as it stands; its content is at `projects/{id}/papers/{key}`."""

    key: str
    name: str
    size: int
    sha256: str
    received: str = Field(description=HOW)
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
    let_in_by: str = Field(
        description=both(
            "登录方式由他人设置的，为其登录名",
            "login of who made the way in by which it was done, if that was somebody else",
        )
    )
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
    papers = [{"key": key, **NO_FILE, **paper} for key, paper in shown.get("papers", {}).items()]
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


def listed_out(row: ProjectRow, language: str, *, overdue: bool) -> ListedProject:
    names = ("id", "year", "number", "name", "host", "department", "opens", "ends", "schedule")
    more = ("provisional", "version", "place", "flags", "amount")
    return ListedProject(
        **{name: getattr(row, name) for name in (*names, *more)},
        category=row.facts.category,
        category_label=row.category.in_(language),
        state=row.facts.state,
        state_label=row.state_label.in_(language),
        policy=row.facts.policy,
        overdue=overdue,
        due=_due_out(row.due, language) if row.due else None,
        waits=[what.in_(language) for what in row.waits],
        unreadable=row.unreadable.in_(language) if row.unreadable else "",
    )


def _due_out(due: Due, language: str) -> NextDue:
    return NextDue(
        kind=due.kind,
        label=due.kind.label.in_(language),
        due_on=due.on,
        provisional=due.provisional,
        late=due.late,
        blameless=due.blameless,
    )


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


def fields_of(row: Any, language: str) -> dict[str, Any]:
    """The fields of a dataclass, with their texts in one language."""
    return said({one.name: getattr(row, one.name) for one in fields(row)}, language)


def said(row: Mapping[str, Any], language: str) -> dict[str, Any]:
    """A row with its texts in one language."""
    return {key: _in(value, language) for key, value in row.items()}


def _in(value: Any, language: str) -> Any:
    if isinstance(value, Text):
        return value.in_(language)
    if isinstance(value, tuple | list):
        return [_in(one, language) for one in value]
    return value
