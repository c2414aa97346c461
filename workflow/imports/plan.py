"""Applies a plan that was read: new projects, the plan's own changes, nothing by halves.

A file is compared with what earlier files said, not with what has happened since: a host that has
confirmed its dates does not lose them because the same plan is imported again.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

from sqlalchemy import Connection, select

from config.rulebook import Rulebook
from states.effects import LED_TO
from states.facts import Json, as_json, merge
from states.lifecycle import FINAL
from states.policy import Policy
from states.terms import BEFORE_PLAN, Action, Entry, Kind, Role, State, Text, day_label
from workflow.admission import Newcomer, admit
from workflow.database import Database
from workflow.deadlines import TABLE as DEADLINE
from workflow.engine import TABLE as PROJECT
from workflow.engine import Deed, Refused, amend, perform_in
from workflow.identity import identity
from workflow.imports.plan_file import PlanFile, PlanRow, Remark
from workflow.people import Actor, know_contacts
from workflow.tables import Event

EVENT = Event.__table__  # type: ignore[attr-defined]
# The columns of a plan that may differ in a later file. Dates go together.
SCHEDULE = ("schedule_text", "opens_earliest", "opens_latest", "planned_ends")
CONTACT = ("contact_name", "contact_phone", "contact_email", "office_email")
SOFT = ("number", "department", *CONTACT, "document_number")
FIXED_ONCE_HELD = ("category", "place", "planned_trainees", *SCHEDULE)
OPERATOR = Actor("", "导入", ((Role.PROVINCE, ""),))


@dataclass
class Imported:
    """What an import did: new projects, changed ones, what differs, warnings, rejected rows."""

    imported: int = 0
    changed: int = 0
    differences: list[Remark] = field(default_factory=list)
    warnings: list[Remark] = field(default_factory=list)
    rejected: list[Remark] = field(default_factory=list)


def apply_plan(
    db: Database,
    book: Rulebook,
    policy: Policy,
    plan: PlanFile,
    *,
    today: date,
    at: datetime,
    skip_bad_rows: bool = False,
    dry_run: bool = False,
) -> Imported:
    """Bring the plan into the database in one transaction; mails nobody.

    With rejected rows nothing is written, unless `skip_bad_rows`; rows that cannot be applied
    (the project is too far on) count as rejected too. `dry_run` reports and writes nothing.
    """
    result = Imported(warnings=list(plan.warnings), rejected=list(plan.rejected))
    with db.write() as connection:
        _apply(connection, book, policy, plan.rows, result, today, at)
        refused = is_refused(result, skip_bad_rows)
        if refused or dry_run:
            connection.rollback()
        if refused:
            result.imported = result.changed = 0
    return result


def is_refused(result: Imported, skip_bad_rows: bool) -> bool:
    """Whether nothing is taken: a fault of the whole file cannot be skipped like a row."""
    whole = any(remark.row is None for remark in result.rejected)
    return whole or (bool(result.rejected) and not skip_bad_rows)


@dataclass(frozen=True, slots=True)
class _Known:
    id: int
    state: State
    stored: Json
    said: Json  # what earlier files said


def _apply(
    connection: Connection,
    book: Rulebook,
    policy: Policy,
    rows: Iterable[PlanRow],
    result: Imported,
    today: date,
    at: datetime,
) -> None:
    known = _known(connection, policy)
    rows = list(rows)
    entry = Entry.OPEN_BOOKS if any(_from_the_past(row) for row in rows) else Entry.IMPORT
    newcomers = []
    contacts: dict[tuple[str, str], str] = {}  # address and unit -> name
    for row in rows:
        there = known.get(identity(row.name, row.host))
        if there is None:
            if not _books_complete(row, result, today):
                continue
            newcomers.append(Newcomer(entry, _stored(row, policy, today)))
        elif there.state in BEFORE_PLAN:
            if not _into_plan(connection, book, there, row, result, today, at):
                continue
        elif not _update(connection, book, there, row, result, today, at):
            continue
        host = there.stored["host"] if there else row.host  # the spelling that is on record
        contacts.setdefault((row.contact_email or "", host), row.contact_name or host)
        contacts.setdefault(("", row.department or ""), "")
    know_contacts(connection, [(email, name, unit) for (email, unit), name in contacts.items()])
    ids = admit(connection, book, newcomers, person="", today=today, at=at)
    result.imported = len(ids)
    _warn_of_late_plan(connection, ids, newcomers, result, today)


def _known(connection: Connection, policy: Policy) -> dict[str, _Known]:
    said: dict[int, Json] = {}
    query = (
        select(EVENT.c.project_id, EVENT.c.changes)
        .join_from(EVENT, PROJECT, EVENT.c.project_id == PROJECT.c.id)
        .where(PROJECT.c.year == policy.year, EVENT.c.machine)
        .order_by(EVENT.c.project_id, EVENT.c.seq)
    )
    for project_id, changes in connection.execute(query):
        said[project_id] = merge(said.get(project_id, {}), json.loads(changes))
    columns = (PROJECT.c.id, PROJECT.c.identity, PROJECT.c.state, PROJECT.c.facts)
    rows = connection.execute(select(*columns).where(PROJECT.c.year == policy.year))
    return {
        row.identity: _Known(row.id, State(row.state), json.loads(row.facts), said.get(row.id, {}))
        for row in rows
    }


def _plan_facts(row: PlanRow) -> Json:
    """What the file says, as facts; what it leaves out is not there."""
    names = (*SOFT, *FIXED_ONCE_HELD)
    pairs = ((name, as_json(getattr(row, name))) for name in names)
    return {name: value for name, value in pairs if value is not None}


def _from_the_past(row: PlanRow) -> bool:
    """Whether a row opens the books in mid-season, and with it all that come in the same file."""
    return row.state not in (None, State.PLANNED) or row.actual_opens is not None


def _stored(row: PlanRow, policy: Policy, today: date) -> Json:
    """The facts of a project that the books do not know."""
    state = row.state or State.PLANNED
    day = today.isoformat()
    stored: Json = {
        "state": state.value,
        "policy": policy.id,
        "year": policy.year,
        "name": row.name,
        "host": row.host,
        "known_on": day,
        **_plan_facts(row),
    }
    if state not in BEFORE_PLAN:
        stored["planned_on"] = day
    if state in AFTER_CLASS and row.actual_opens:
        ends = row.actual_ends or row.actual_opens
        stored |= {
            "actual_opens": row.actual_opens.isoformat(),
            "actual_ends": ends.isoformat(),
            "held_on": ends.isoformat(),
        }
    if stamp := DONE_BY.get(state):  # the file does not say when: known as of today
        stored[stamp] = day
    if state is State.SUBSIDISED and row.amount is not None:
        stored["amount"] = row.amount
    if state in FINAL:
        stored["ended_on"] = day
    return stored


DONE_BY = {State.FILED: "filed_on", State.REPORTED: "reported_on"}
AFTER_CLASS = frozenset(LED_TO)  # the class has been held


def _books_complete(row: PlanRow, result: Imported, today: date) -> bool:
    """A state from paper should come with what belongs to it; False if it cannot be admitted."""
    if row.state in AFTER_CLASS:
        ended = row.actual_ends or row.actual_opens
        if ended is None:
            said = NO_ACTUAL_DATES.format(state=row.state.label)
            result.rejected.append(Remark(row.row, None, said))
            return False
        if ended > today:
            result.rejected.append(Remark(row.row, None, NOT_ENDED.format(ends=day_label(ended))))
            return False
    if row.state is State.SUBSIDISED and row.amount is None:
        result.warnings.append(Remark(row.row, None, NO_AMOUNT))
    return True


def _into_plan(
    connection: Connection,
    book: Rulebook,
    there: _Known,
    row: PlanRow,
    result: Imported,
    today: date,
    at: datetime,
) -> bool:
    """A reviewed application that the published plan names is put in the plan; False if not."""
    pairs = {"number": row.number, "document_number": row.document_number}
    given = {"category": row.category, **{k: v for k, v in pairs.items() if v is not None}}
    deed = Deed(Action.PLAN, OPERATOR, given, {}, today, machine=True)
    try:
        if there.state is not State.REVIEWED:
            raise Refused([])
        with connection.begin_nested():  # both or neither
            amend(connection, book, there.id, _plan_facts(row), row=row.row, today=today, at=at)
            perform_in(connection, book, there.id, deed, today=today, at=at, announce=False)
    except Refused as error:
        said = [finding.message for finding in error.findings]
        message = said[0] if said else NOT_REVIEWED.format(state=there.state.label)
        result.rejected.append(Remark(row.row, None, message))
        return False
    result.changed += 1
    said_so = Text("已由“已审核推荐”列入年度计划", "Moved from reviewed into the plan")
    result.differences.append(Remark(row.row, None, said_so))
    return True


def _update(
    connection: Connection,
    book: Rulebook,
    there: _Known,
    row: PlanRow,
    result: Imported,
    today: date,
    at: datetime,
) -> bool:
    """Take over what this file says differently from the files before it; False if refused."""
    new = _plan_facts(row)
    changes = {
        name: value
        for name, value in new.items()
        if there.said.get(name) != value and there.stored.get(name) != value
    }
    if set(changes) & set(SCHEDULE):  # dates go together, an end that is gone included
        changes |= {name: new.get(name) for name in SCHEDULE}
    if not changes:
        return True
    frozen = set(changes) & set(FIXED_ONCE_HELD)
    if there.state in FINAL or (frozen and there.state not in (State.PLANNED, State.FILED)):
        message = TOO_FAR.format(state=there.state.label)
        result.rejected.append(Remark(row.row, None, message))
        return False
    result.differences += [
        Remark(row.row, None, _difference(name, there.stored, changes)) for name in changes
    ]
    amend(connection, book, there.id, changes, row=row.row, today=today, at=at)
    result.changed += 1
    return True


def _difference(name: str, before: Mapping[str, Any], changes: Mapping[str, Any]) -> Text:
    old, new = before.get(name), changes[name]
    return Text(
        f"{LABELS.get(name, name)}：{old or '（空）'} → {new or '（空）'}",
        f"{name}: {old or '(empty)'} -> {new or '(empty)'}",
    )


def _warn_of_late_plan(
    connection: Connection,
    ids: list[int],
    newcomers: list[Newcomer],
    result: Imported,
    today: date,
) -> None:
    """A plan that comes after a filing date is not the host's fault, and must be seen at once."""
    planned = {
        project_id
        for project_id, new in zip(ids, newcomers, strict=True)
        if new.stored["state"] == State.PLANNED
    }
    rows = connection.execute(
        select(DEADLINE.c.project_id, DEADLINE.c.late_after)
        .where(DEADLINE.c.kind == Kind.FILING.value, DEADLINE.c.late_after < today)
        .where(DEADLINE.c.force == "stated")
    )
    late = [row for row in rows if row.project_id in planned]
    if late:
        first = min(row.late_after for row in late)
        message = LATE_PLAN.format(n=len(late), first=day_label(first))
        result.warnings.append(Remark(None, None, message))


LABELS = {
    "number": "序号",
    "category": "项目类别",
    "department": "主管部门",
    "place": "举办地点",
    "planned_trainees": "计划人数",
    "contact_name": "联系人",
    "contact_phone": "联系电话",
    "contact_email": "联系邮箱",
    "office_email": "单位邮箱",
    "document_number": "文号",
    "schedule_text": "举办时间",
    "opens_earliest": "最早开班日",
    "opens_latest": "最晚开班日",
    "planned_ends": "计划结束日",
}
NO_ACTUAL_DATES = Text(
    "状态为“{state}”，须在“实际日期”列填写实际办班日期",
    "State “{state}” needs the actual dates in the column 实际日期",
)
NOT_ENDED = Text(
    "实际办班到{ends}才结束，结束后方可按已办班导入，请核对日期",
    "The class ends on {ends}, still to come; import it as held afterwards, or check the date",
)
NO_AMOUNT = Text(
    "补助已审定，但没有填写金额，请补充", "The subsidy is decided but no amount is given"
)
NOT_REVIEWED = Text(
    "该项目现为“{state}”，尚未审核推荐，不能列入计划，请先办理审核",
    "The project is “{state}”, not yet reviewed; review it before it enters the plan",
)
TOO_FAR = Text(
    "该项目现为“{state}”，不能再由导入修改，请在系统中用“更正”办理",
    "The project is “{state}”; an import can no longer change it, use `correct`",
)
LATE_PLAN = Text(
    "计划下达晚于备案期限：{n}个项目的开班前报送截止日已过（最早{first}），不归责于承办单位",
    "The plan came after the filing date of {n} project(s), the first on {first}: "
    "not the hosts' fault",
)
