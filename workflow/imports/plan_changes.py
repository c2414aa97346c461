"""What a plan changes in a project that the books know: into the plan, or what a newer file says."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import Connection

from config.rulebook import Rulebook
from states.facts import Json
from states.labels import deed_name
from states.lifecycle import FINAL
from states.mailbox import mailbox
from states.outlook import ENDS
from states.terms import Action, Amendment, Role, State, Text, deed_of
from workflow.deeds import Deed, Refused
from workflow.engine import amend, perform_in
from workflow.identity import alike
from workflow.imports.outcome import Imported
from workflow.imports.plan_facts import FIXED_ONCE_HELD, NAMES, SCHEDULE, plan_facts
from workflow.imports.plan_known import Known
from workflow.imports.rows import PlanRow, Remark
from workflow.people import Actor

OPERATOR = Actor("", "导入", ((Role.PROVINCE, ""),))


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


def into_plan(taking: Taking, there: Known, row: PlanRow) -> bool:
    """A reviewed application that the published plan names is put in the plan; False if not."""
    pairs = {"number": row.number, "document_number": row.document_number}
    given = {"category": row.category, **{k: v for k, v in pairs.items() if v is not None}}
    deed = Deed(Action.PLAN, OPERATOR, given, {}, taking.today, machine=True)
    said, differing = plan_facts(row), _differing(there.stored, plan_facts(row))
    if row.opens_earliest is None:  # the days of the application are not the plan's
        said |= {name: None for name in SCHEDULE if name not in said}
    # What the plan decides is no difference to what was applied for.
    differs = {name: value for name, value in differing.items() if name not in given}
    what = Amendment.DIFFERS if differs else Amendment.NOTED
    try:
        if there.state is not State.REVIEWED:
            raise Refused([])
        asked = (taking.connection, taking.book, there.id, deed)
        with taking.connection.begin_nested():  # both or neither
            if row.opens_earliest is None:  # no step may plan a class without a time; a plan does
                perform_in(*asked, announce=False, **taking.when)
            _amend(taking, there, {**said, "untold": True}, row, what, _said(there, differs))
            if row.opens_earliest is not None:
                perform_in(*asked, announce=False, **taking.when)
    except Refused as error:
        said_why = [finding.message for finding in error.findings]
        message = said_why[0] if said_why else NOT_REVIEWED.format(state=there.state.label)
        taking.result.rejected.append(Remark(row.row, None, message))
        return False
    taking.result.changed += 1
    taking.result.differences.append(Remark(row.row, None, PUT_IN))
    taking.result.differences += [Remark(row.row, None, text) for text in _said(there, differs)]
    return True


def take_over(taking: Taking, there: Known, row: PlanRow) -> bool:
    """Take over what this file says differently from the files before it; False if refused."""
    new = plan_facts(row)
    differing = _differing(there.stored, new)
    changes = {
        name: value for name, value in differing.items() if name in _differing(there.said, new)
    }
    if not changes:
        return True
    frozen = set(changes) & set(FIXED_ONCE_HELD)
    if there.state in FINAL or (frozen and there.state not in (State.PLANNED, State.FILED)):
        message = TOO_FAR.format(state=there.state.label)
        taking.result.rejected.append(Remark(row.row, None, message))
        return False
    differs = _said(there, changes)
    if there.stored.get("pending"):
        deed = deed_of(there.stored["pending"]["deed"])
        category = taking.book.policy(there.stored["policy"]).categories[there.stored["category"]]
        said = ENDS.format(deed=deed_name(deed, there.state, category))
        taking.result.differences.append(Remark(row.row, None, said))
    if not set(changes).isdisjoint(SCHEDULE):
        changes |= _to_tell_again(there)
    taking.result.differences += [Remark(row.row, None, text) for text in differs]
    _amend(taking, there, changes, row, Amendment.REISSUED, differs)
    taking.result.changed += 1
    return True


def _to_tell_again(there: Known) -> Json:
    """Who knows of the plan is told of its new dates; who is still to hear of it hears of these."""
    if there.stored.get("untold"):
        return {}
    told = there.stored.get("announced_on") or there.stored.get("planned_on")
    return {"untold": True, "announced_on": told or there.stored.get("known_on")}


def _differing(known: Json, new: Json) -> Json:
    """What a row says otherwise than is known. Spelling is no difference, nor is another way of
    writing the same days; dates go together, an end that is gone included."""
    found = {name: value for name, value in new.items() if not _same(name, known.get(name), value)}
    days = [name for name in SCHEDULE if name != "schedule_text"]
    if all(known.get(name) == new.get(name) for name in days):
        return {name: value for name, value in found.items() if name not in SCHEDULE}
    return found | {name: new.get(name) for name in SCHEDULE}


def _same(name: str, known: Any, value: Any) -> bool:
    if name in NAMES and known is not None:
        return alike(str(known)) == alike(str(value))
    if name.endswith("_email") and known and value:
        return mailbox(str(known)) == mailbox(str(value))
    return bool(known == value)


def _amend(
    taking: Taking,
    there: Known,
    changes: Json,
    row: PlanRow,
    what: Amendment,
    differs: Iterable[Text],
) -> None:
    told = "；".join(text.zh for text in differs)
    how = {"what": what, "row": row.row, "differs": told, **taking.when}
    amend(taking.connection, taking.book, there.id, changes, **how)


def _said(there: Known, changes: Json) -> list[Text]:
    return [_difference(name, there.stored, changes) for name in changes]


def _difference(name: str, before: Mapping[str, Any], changes: Mapping[str, Any]) -> Text:
    old, new = before.get(name), changes[name]
    return Text(
        f"{LABELS.get(name, name)}：{old or '（空）'} → {new or '（空）'}",
        f"{name}: {old or '(empty)'} -> {new or '(empty)'}",
    )


PUT_IN = Text("已由“已审核推荐”列入年度计划", "Moved from reviewed into the plan")
LABELS = {
    "name": "项目名称",
    "host": "承办单位",
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
