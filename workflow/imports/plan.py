"""Applies a plan that was read: new projects, the plan's own changes, nothing by halves.

A file is compared with what earlier files said, not with what has happened since: a host that has
confirmed its dates does not lose them because the same plan is imported again.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import date, datetime

from sqlalchemy import Connection, select

from config.rulebook import Rulebook
from states.policy import Policy
from states.terms import BEFORE_PLAN, Entry, Kind, State, Text, day_label
from workflow.admission import Newcomer, admit
from workflow.announcing import announce, untold
from workflow.database import Database
from workflow.identity import called
from workflow.imports.outcome import Imported
from workflow.imports.plan_changes import Taking, into_plan, take_over
from workflow.imports.plan_facts import as_stored, books_complete
from workflow.imports.plan_file import PlanFile
from workflow.imports.plan_known import NO_CHOICES, Choices, Pairing, known_projects
from workflow.imports.rows import PlanRow, Remark
from workflow.people import OPERATOR, Clerks, know_contacts
from workflow.tables import DEADLINE


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
    choices: Choices = NO_CHOICES,
    notify: bool = False,
) -> Imported:
    """Bring the plan into the database in one transaction; mails nobody, unless `notify`: then the
    hosts whose projects come into the plan are told (workflow/announcing.py).

    With rejected rows nothing is written, unless `skip_bad_rows`; rows that cannot be applied
    (the project is too far on) count as rejected too, and so do rows that look like a project of
    the books, until `choices` says what they are. `dry_run` reports and writes nothing.
    """
    result = Imported(warnings=list(plan.warnings), rejected=list(plan.rejected))
    with db.write() as connection:
        _apply(connection, book, policy, plan, choices, result, today, at)
        refused = is_refused(result, skip_bad_rows)
        if notify and not refused:
            done = announce(connection, book, OPERATOR, result.to_tell, today=today, at=at)
            result.told, result.to_tell = list(done.told), []
        if refused or dry_run:
            connection.rollback()
        if refused:
            result.imported = result.changed = 0
        if refused or dry_run:
            result.to_tell = []
    return result


def is_refused(result: Imported, skip_bad_rows: bool) -> bool:
    """Whether nothing is taken: a fault of the whole file cannot be skipped like a row."""
    whole = any(remark.row is None for remark in result.rejected)
    return whole or (bool(result.rejected) and not skip_bad_rows)


def _apply(
    connection: Connection,
    book: Rulebook,
    policy: Policy,
    plan: PlanFile,
    choices: Choices,
    result: Imported,
    today: date,
    at: datetime,
) -> None:
    pairing = Pairing(known_projects(connection, policy), plan.named, choices)
    result.rejected += pairing.rejected
    unclear = {remark.row for remark in pairing.rejected}
    rows = [row for row in plan.rows if row.row not in unclear]
    taking = Taking(connection, book, result, today, at)
    entry = Entry.OPEN_BOOKS if any(_from_the_past(row) for row in rows) else Entry.IMPORT
    newcomers = []
    contacts: dict[tuple[str, str, str], None] = {}  # address, name and unit
    for row in rows:
        there = pairing.found.get(row.row)
        if there is None:
            if not books_complete(row, result, today):
                continue
            newcomers.append(Newcomer(entry, as_stored(row, policy, entry, today)))
        elif there.state in BEFORE_PLAN and row.state not in BEFORE_PLAN:
            if not into_plan(taking, there, row):
                continue
        elif not take_over(taking, there, row):
            continue
        if there is None:  # those of known projects follow a change, and else are known
            contacts[row.contact_email or "", row.contact_name or row.host, row.host] = None
            contacts["", "", row.department or ""] = None
    _warn_of_shared(connection, rows, result)
    know_contacts(connection, contacts)
    ids = admit(connection, book, newcomers, person="", today=today, at=at)
    result.imported = len(ids)
    result.to_tell = untold(connection, among=[*ids, *(one.id for one in pairing.found.values())])
    _warn_of_late_plan(connection, ids, newcomers, result, today)
    result.warnings += _remarks(pairing, rows)


def _remarks(pairing: Pairing, rows: list[PlanRow]) -> Iterator[Remark]:
    """What the books have and the file has not: projects, and who had a row's number before. A
    published plan is taken as it is, so that both are only said."""
    for one in pairing.vanished():
        yield Remark(None, None, VANISHED.format(project=one.label))
    left = {one.number: one for one in pairing.without_row() if one.number is not None}
    for row in rows:
        if row.number in left:
            said = NUMBER_KNOWN.format(number=row.number, project=left[row.number].label)
            yield Remark(row.row, None, said)


def _warn_of_shared(connection: Connection, rows: Iterable[PlanRow], result: Imported) -> None:
    """A second person at a mailbox stays a person; that it is meant so is to be looked at."""
    there = Clerks(connection)
    seen: dict[str, dict[str, str]] = {}
    for row in rows:
        email, name = row.contact_email or "", row.contact_name or ""
        if not (email and name):
            continue
        known = seen.setdefault(email, {called(one): one for one in there.names(email)})
        others = [one for key, one in known.items() if key != called(name)]
        is_new = called(name) not in known
        known.setdefault(called(name), name)
        if others and is_new:
            said = SHARED.format(email=email, name=name, others="、".join(others[:3]))
            result.warnings.append(Remark(row.row, CONTACT, said))


CONTACT = "联系邮箱"
SHARED = Text(
    "邮箱 {email} 已登记为{others}，本行联系人是{name}：按两人共用邮箱处理，各自登录；"
    "如系同一人，请统一姓名",
    "The mailbox {email} is known as that of {others}, the contact here is {name}: taken for two "
    "people who share it; if it is one person, write the name alike",
)


def _from_the_past(row: PlanRow) -> bool:
    """Whether a row opens the books in mid-season, and with it all that come in the same file."""
    return row.state not in (None, State.PLANNED) or row.actual_opens is not None


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


VANISHED = Text(
    "本文件中没有{project}；计划已取消该项目的，请在系统中办理取消，属漏列的，请补入后重新导入",
    "This file has no {project}; if the plan dropped it, cancel it here, else add the row",
)
NUMBER_KNOWN = Text(
    "序号{number}在系统中已由{project}使用，请核对",
    "Number {number} is already that of {project}; check it",
)
LATE_PLAN = Text(
    "计划下达晚于备案期限：{n}个项目的开班前报送截止日已过（最早{first}），不归责于承办单位",
    "The plan came after the filing date of {n} project(s), the first on {first}: "
    "not the hosts' fault",
)
