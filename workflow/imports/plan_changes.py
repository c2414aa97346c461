"""What a plan changes in a project that the books know: into the plan, or what a newer file says."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import Connection, select

from config.rulebook import Rulebook
from states.facts import Json, merge
from states.lifecycle import FINAL
from states.policy import Policy
from states.terms import Action, Role, State, Text
from workflow.deeds import Deed, Refused
from workflow.engine import amend, perform_in
from workflow.imports.outcome import Imported
from workflow.imports.plan_facts import FIXED_ONCE_HELD, SCHEDULE, plan_facts
from workflow.imports.rows import PlanRow, Remark
from workflow.people import Actor
from workflow.tables import EVENT, PROJECT

OPERATOR = Actor("", "导入", ((Role.PROVINCE, ""),))


@dataclass(frozen=True, slots=True)
class Known:
    """A project that the books know."""

    id: int
    state: State
    stored: Json
    said: Json  # what earlier files said


@dataclass(frozen=True, slots=True)
class Taking:
    """An import as it goes on: inside its transaction, with what it has come to so far."""

    connection: Connection
    book: Rulebook
    result: Imported
    today: date  # the Chinese calendar day
    at: datetime

    @property
    def when(self) -> dict[str, Any]:
        return {"today": self.today, "at": self.at}


def known_projects(connection: Connection, policy: Policy) -> dict[str, Known]:
    """The projects of the policy's year, by their identity."""
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
        row.identity: Known(row.id, State(row.state), json.loads(row.facts), said.get(row.id, {}))
        for row in rows
    }


def into_plan(taking: Taking, there: Known, row: PlanRow) -> bool:
    """A reviewed application that the published plan names is put in the plan; False if not."""
    pairs = {"number": row.number, "document_number": row.document_number}
    given = {"category": row.category, **{k: v for k, v in pairs.items() if v is not None}}
    deed = Deed(Action.PLAN, OPERATOR, given, {}, taking.today, machine=True)
    try:
        if there.state is not State.REVIEWED:
            raise Refused([])
        with taking.connection.begin_nested():  # both or neither
            _amend(taking, there, plan_facts(row), row)
            asked = (taking.connection, taking.book, there.id, deed)
            perform_in(*asked, announce=False, **taking.when)
    except Refused as error:
        said = [finding.message for finding in error.findings]
        message = said[0] if said else NOT_REVIEWED.format(state=there.state.label)
        taking.result.rejected.append(Remark(row.row, None, message))
        return False
    taking.result.changed += 1
    said_so = Text("已由“已审核推荐”列入年度计划", "Moved from reviewed into the plan")
    taking.result.differences.append(Remark(row.row, None, said_so))
    return True


def take_over(taking: Taking, there: Known, row: PlanRow) -> bool:
    """Take over what this file says differently from the files before it; False if refused."""
    new = plan_facts(row)
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
        taking.result.rejected.append(Remark(row.row, None, message))
        return False
    taking.result.differences += [
        Remark(row.row, None, _difference(name, there.stored, changes)) for name in changes
    ]
    _amend(taking, there, changes, row)
    taking.result.changed += 1
    return True


def _amend(taking: Taking, there: Known, changes: Json, row: PlanRow) -> None:
    amend(taking.connection, taking.book, there.id, changes, row=row.row, **taking.when)


def _difference(name: str, before: Mapping[str, Any], changes: Mapping[str, Any]) -> Text:
    old, new = before.get(name), changes[name]
    return Text(
        f"{LABELS.get(name, name)}：{old or '（空）'} → {new or '（空）'}",
        f"{name}: {old or '(empty)'} -> {new or '(empty)'}",
    )


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
NOT_REVIEWED = Text(
    "该项目现为“{state}”，尚未审核推荐，不能列入计划，请先办理审核",
    "The project is “{state}”, not yet reviewed; review it before it enters the plan",
)
TOO_FAR = Text(
    "该项目现为“{state}”，不能再由导入修改，请在系统中用“更正”办理",
    "The project is “{state}”; an import can no longer change it, use `correct`",
)
