"""Replays the history against the rows, and the reminder ledger against the deadlines.

Nothing here trusts a stored figure: facts are folded again, hashes computed again, deadlines
derived again from the policy. A difference is reported with table, project and what differs.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Sequence
from contextlib import suppress
from datetime import date
from functools import partial
from itertools import groupby
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, and_, func, or_, select, union

from config.rulebook import Rulebook
from states.facts import Facts, Json, Standing, merge
from states.machine import move
from states.policy import Policy
from states.terms import Act, Action, Amendment, Entry, State, Text
from states.wanted import Wanted, wanted
from workflow.columns import drawn
from workflow.database import Database
from workflow.deadlines import expected_next
from workflow.history import NO_EVENT, dump, event_hash
from workflow.mail.outbox import names_address
from workflow.mail_tables import MAIL, REMINDER, MailStatus, ReminderStatus
from workflow.papers import intact, named
from workflow.policy_texts import lost_texts
from workflow.refresh import rules_changed
from workflow.storage import DAMAGED, DatabaseProblem
from workflow.storage_check import damage
from workflow.stored_values import misspelt
from workflow.tables import DEADLINE, EVENT, PROJECT

Row = Any  # a row of SQLAlchemy, whose columns are attributes


def verify(db: Database, book: Rulebook, papers: Path | None = None) -> Iterator[Text]:
    """Everything that does not hold, a sentence each; nothing at all when all is well.

    `papers`: the folder of stored papers, whose content is then held against the history too.
    """
    for found in damage(db, thorough=True):
        yield Text(f"{DAMAGED.zh}（{found}）", f"{DAMAGED.en} ({found})")
    try:
        yield from _content(db, book, papers)
    except DatabaseProblem as problem:  # what cannot be read is a finding too
        yield Text(f"{problem.text.zh}（{problem.detail}）", str(problem))


def _content(db: Database, book: Rulebook, papers: Path | None) -> Iterator[Text]:
    seen: dict[str, bool] = {}  # of each stored paper, whether it is intact
    with db.read() as connection:
        known = union(select(EVENT.c.project_id), select(PROJECT.c.id))
        for project_id in connection.execute(known.order_by("project_id")).scalars().all():
            yield from _project(connection, book, project_id)
            if papers:
                yield from _papers(connection, project_id, papers, seen)
        rules = partial(_rules, db=db, book=book)
        for check in (_ledger, _mails, misspelt, rules):
            try:
                yield from check(connection)
            except Exception as error:  # as below: a tampered value can be anything
                said = f"{type(error).__name__}: {str(error)[:120]}"
                yield Text(f"台账无法解读（{said}）。", f"The ledger cannot be read ({said}).")


def _said(project_id: int, zh: str, en: str) -> Text:
    return Text(f"项目{project_id}：{zh}。", f"Project {project_id} {en}.")


def _project(connection: Connection, book: Rulebook, project_id: int) -> Iterator[Text]:
    try:
        its = EVENT.c.project_id == project_id
        events = connection.execute(select(EVENT).where(its).order_by(EVENT.c.seq)).all()
        row = connection.execute(select(PROJECT).where(PROJECT.c.id == project_id)).first()
        facts = yield from _history(project_id, events)
        if row is None:
            yield _said(project_id, "有历史记录，但没有项目行", "has a history but no row")
        elif not events:
            yield _said(project_id, "没有任何历史记录", "has no history")
        else:
            yield from _row(book, project_id, row, events, facts)
            yield from _deadlines(connection, book, project_id, facts)
    except Exception as error:  # a tampered value can be anything, and must still be reported
        said = f"{type(error).__name__}: {str(error)[:120]}"
        yield _said(project_id, f"记录无法解读（{said}）", f"cannot be read ({said})")


def _papers(
    connection: Connection, project_id: int, folder: Path, seen: dict[str, bool]
) -> Iterator[Text]:
    """Every paper that any entry of the history names is there as it was: versions that a later
    one has taken the place of, too."""
    its = select(EVENT.c.seq, EVENT.c.changes).where(EVENT.c.project_id == project_id)
    for seq, changes in connection.execute(its.order_by(EVENT.c.seq)):
        with suppress(ValueError):  # what cannot be read is reported with the history
            for key, paper in named(json.loads(changes)):
                digest = paper["sha256"]
                if digest not in seen:
                    seen[digest] = intact(folder, digest)
                if not seen[digest]:
                    yield _said(
                        project_id,
                        f"第{seq}条历史记录的材料 {key} 的文件缺失或已被改动",
                        f"has lost its paper {key} of event {seq}, or it was changed",
                    )


def _history(project_id: int, events: Sequence[Row]) -> Any:
    """Check each event against the one before; the facts that all of them add up to."""
    facts: Json = {}
    before = NO_EVENT
    for number, event in enumerate(events, start=1):
        where = f"event {project_id}/{event.seq}"
        if event.seq != number:
            yield _said(
                project_id,
                f"历史记录缺第{number}条（其后为第{event.seq}条）",
                f"lacks event {number}; event {event.seq} follows",
            )
        if event.prev != before or event.hash != event_hash(event._mapping):
            yield _said(
                project_id,
                f"第{event.seq}条历史记录被改动（{where}）",
                f"has a history that was changed at {where}",
            )
        if not _lawful(event, facts):
            yield _said(
                project_id,
                f"第{event.seq}条：{event.source} → {event.deed} → {event.target} 不在流程之内",
                f"took a way outside the lifecycle at {where}",
            )
        facts, before = merge(facts, json.loads(event.changes)), event.hash
        if facts.get("state") != event.target:
            yield _said(
                project_id,
                f"第{event.seq}条的状态与内容不符（{where}）",
                f"has a state that its changes do not give at {where}",
            )
    return facts


def _lawful(event: Row, before: Json) -> bool:
    """Whether the tables allow this event after what came before."""
    if event.seq == 1:
        return event.deed in set(Entry) and event.source == event.target
    if event.source != before.get("state"):
        return False
    came_from = State(before["came_from"]) if before.get("came_from") else None
    changes = json.loads(event.changes)
    if event.deed in set(Amendment):
        return bool(event.source == event.target)
    if event.deed in set(Act):
        undone = event.deed == Act.CORRECT and event.target == (came_from and came_from.value)
        return bool(event.source == event.target or undone)
    if changes.get("pending") and event.source == event.target:
        return True  # a proposal
    target = move(State(event.source), Action(event.deed), came_from)
    return target is not None and target == State(event.target)


def _row(
    book: Rulebook, project_id: int, row: Row, events: Sequence[Row], facts: Json
) -> Iterator[Text]:
    read = Facts.read(facts)
    expected = drawn(facts, read, book.policy(read.policy)) | {
        "facts": dump(facts),
        "version": events[-1].seq,
        "head": events[-1].hash,
    }
    for column, value in expected.items():
        if getattr(row, column) != value:
            yield _said(
                project_id,
                f"项目行的 {column} 与历史记录不符",
                f"has a row whose {column} does not follow from its history",
            )


CHECKED = (
    "anchor_on",
    "due_on",
    "advised_on",
    "late_after",
    "force",
    "provisional",
    "clause",
    "standing",
    "met_on",
)


def _deadlines(
    connection: Connection, book: Rulebook, project_id: int, stored: Json
) -> Iterator[Text]:
    facts = Facts.read(stored)
    policy: Policy = book.policy(facts.policy)
    rows = connection.execute(
        select(DEADLINE)
        .where(DEADLINE.c.project_id == project_id)
        .order_by(DEADLINE.c.kind, DEADLINE.c.round)
    ).all()
    for kind, rounds in groupby(rows, key=lambda row: row.kind):
        numbers = [row.round for row in rounds]
        if numbers != list(range(1, len(numbers) + 1)):
            yield _said(project_id, f"期限 {kind} 的轮次不连续", f"lacks a round of {kind}")
    found = {row.kind: row for row in rows if row.standing != Standing.SUPERSEDED}
    for want in wanted(facts, policy.categories[facts.category], book.calendar):
        row = found.pop(want.kind.value, None)
        if row is None or not _follows(row, want, facts):
            yield _said(
                project_id,
                f"期限“{want.kind.label.zh}”与推算结果不符",
                f"has a {want.kind.value} deadline that does not follow from its facts",
            )
    last = _last_steps(connection, project_id)
    for row in rows:
        if row.standing != Standing.OPEN:
            continue
        if row.next_on != expected_next(row, last.get(row.id), book):
            yield _said(
                project_id,
                f"期限 {row.kind} 的下次提醒日与提醒台账不符",
                f"has a {row.kind} deadline whose next step does not follow from the ledger",
            )
    for kind in found:
        yield _said(project_id, f"多出期限 {kind}", f"has a {kind} deadline without ground")


def _follows(row: Row, want: Wanted, facts: Facts) -> bool:
    """Whether a row says what the rules say, and whose it is."""
    same = all(getattr(row, name) == getattr(want, name) for name in CHECKED)
    return same and row.department == facts.department


def _last_steps(connection: Connection, project_id: int) -> dict[int, date]:
    """Day of the last step on record, by deadline."""
    rows = connection.execute(
        select(REMINDER.c.deadline_id, func.max(REMINDER.c.on_date))
        .where(REMINDER.c.project_id == project_id)
        .group_by(REMINDER.c.deadline_id)
    )
    return {row[0]: row[1] for row in rows}


def _ledger(connection: Connection) -> Iterator[Text]:
    """Each reminder fits its deadline; a queued one has its mail, a silent one has none."""
    joined = REMINDER.outerjoin(DEADLINE, REMINDER.c.deadline_id == DEADLINE.c.id).outerjoin(
        MAIL, REMINDER.c.mail_id == MAIL.c.id
    )
    queued = REMINDER.c.status == ReminderStatus.QUEUED.value
    wrong = or_(
        DEADLINE.c.id.is_(None),
        REMINDER.c.project_id != DEADLINE.c.project_id,
        REMINDER.c.kind != DEADLINE.c.kind,
        REMINDER.c.round != DEADLINE.c.round,
        REMINDER.c.due_on != DEADLINE.c.due_on,
        and_(queued, or_(MAIL.c.id.is_(None), MAIL.c.to_email != REMINDER.c.recipient)),
        and_(~queued, REMINDER.c.mail_id.is_not(None)),
    )
    strays = select(REMINDER.c.project_id, REMINDER.c.id).select_from(joined).where(wrong)
    for project_id, reminder_id in connection.execute(strays.order_by(REMINDER.c.id)):
        yield _said(
            project_id,
            f"提醒记录{reminder_id}与期限或邮件不符",
            f"has reminder {reminder_id}, which does not fit its deadline or mail",
        )


TOKEN = re.compile(r"[0-9a-f]{32}")
# How sign-in mails were called until their keys named the address too.
NAMELESS = re.compile(r"sign_in:[0-9a-f]{64}")


def _mails(connection: Connection) -> Iterator[Text]:
    """A mail has a token and its address stands in its key; what was sent says when."""
    sent_at = MAIL.c.sent_at.is_not(None).label("dated")
    columns = (MAIL.c.id, MAIL.c.key, MAIL.c.token, MAIL.c.status, MAIL.c.to_email, sent_at)
    for mail in connection.execution_options(yield_per=1000).execute(select(*columns)):
        sent = mail.status == MailStatus.SENT.value
        key = str(mail.key)
        addressed = names_address(key, str(mail.to_email)) or NAMELESS.fullmatch(key)
        if not TOKEN.fullmatch(str(mail.token)) or sent != mail.dated or not addressed:
            yield Text(f"邮件{mail.id}的记录前后不一致。", f"Mail {mail.id} contradicts itself.")


def _rules(connection: Connection, *, db: Database, book: Rulebook) -> Iterator[Text]:
    """The rules are those by which deadlines were derived, and the texts that the history names."""
    if rules_changed(db, book):
        yield CHANGED_RULES
    yield from lost_texts(connection, book)


CHANGED_RULES = Text(
    "政策、节假日日历或提醒设置的文件在上次推算期限之后有改动，请核对；确认无误后运行 yanxiu init。",
    "A policy, calendar or ladder file has changed since deadlines were last derived; check it, "
    "then run `yanxiu init`.",
)
