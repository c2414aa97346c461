"""The mails to come about one project: which reminder goes out on which day, to whom.

By the sweep's own rules and the dates as they stand: what is done in the meantime sends none, and a
moved date moves them.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from functools import cache
from operator import itemgetter

from sqlalchemy import Connection, bindparam, select

from config.rulebook import Rulebook
from notifications.sweep import Due, why_silent
from states.facts import Facts, Standing
from states.ladder import Rise
from states.mailing import Sort, sort_of_step
from states.terms import Force, Kind, Role
from workflow.mail.recipients import Recipient, addressed
from workflow.mail_tables import SUBSTITUTE
from workflow.statements import Statement
from workflow.tables import DEADLINE, PROJECT


@dataclass(frozen=True, slots=True)
class Coming:
    """One reminder. `step`: the rung, D-7; `reason`: why it will not go out as things stand (see
    workflow/mail/log.py), empty if it will."""

    on: date
    kind: Kind
    due_on: date
    provisional: bool
    step: str
    role: Role
    to_name: str
    to_email: str
    reason: str


_OPEN = Statement(
    select(
        DEADLINE.c.id,
        DEADLINE.c.kind,
        DEADLINE.c.round,
        DEADLINE.c.due_on,
        DEADLINE.c.advised_on,
        DEADLINE.c.late_after,
        DEADLINE.c.force,
        DEADLINE.c.known_on,
        DEADLINE.c.next_on,
        DEADLINE.c.provisional,
        PROJECT.c.facts,
    )
    .join_from(DEADLINE, PROJECT, DEADLINE.c.project_id == PROJECT.c.id)
    .where(DEADLINE.c.project_id == bindparam("project_id"))
    .where(DEADLINE.c.standing == Standing.OPEN.value, DEADLINE.c.next_on.is_not(None))
)


def coming(
    connection: Connection, book: Rulebook, project_id: int, *, today: date, inside: bool
) -> Iterator[Coming]:
    """The reminders from `today` on, the next first; for hosts those that go to the host. Who is
    written to is looked up as far as it is read."""
    steps = [
        (on, due.due_on, role, due, provisional, rise)
        for due, provisional in _open(connection, project_id)
        for on, rise in _rises(book, due, today)
        for role in rise.rung.tells
        if inside or role is Role.HOST
    ]
    varies = bool(_STANDING_IN.run(connection, {"today": today}))  # from day to day

    @cache
    def people(role: Role, sort: Sort, on: date) -> list[Recipient]:
        return addressed(connection, role, steps[0][3].facts, sort, on=on)

    for on, _, role, due, provisional, rise in sorted(steps, key=itemgetter(0, 1, 2)):
        told = people(role, sort_of_step(due.force, role), on if varies else today)
        yield from _told(due, rise, role, on, told, provisional=provisional)


def _open(connection: Connection, project_id: int) -> Iterator[tuple[Due, bool]]:
    for row in _OPEN.run(connection, {"project_id": project_id}):
        due = Due(
            id=row[0],
            project_id=project_id,
            kind=Kind(row[1]),
            round=row[2],
            due_on=row[3],
            advised_on=row[4],
            late_after=row[5],
            force=Force(row[6]),
            standing=Standing.OPEN,
            known_on=row[7],
            next_on=row[8],
            facts=Facts.read(json.loads(row[10])),
        )
        yield due, bool(row[9])


def _rises(book: Rulebook, due: Due, today: date) -> Iterator[tuple[date, Rise]]:
    """The steps to come with their days; of those that wait already only the latest goes out."""
    ladder = book.ladder(due.kind, due.force)
    if ladder is None:
        return
    first = book.calendar.on_or_after(today)
    left = [
        rise
        for rise in book.stepper.rises(ladder, due.advised_on, due.late_after)
        if rise.on >= due.next_on
    ]
    waiting = [rise for rise in left if rise.on <= first]
    yield from ((first, rise) for rise in waiting[-1:])
    yield from ((rise.on, rise) for rise in left if rise.on > first)


_STANDING_IN = Statement(
    select(SUBSTITUTE.c.id).where(SUBSTITUTE.c.until_on >= bindparam("today")).limit(1)
)


def _told(
    due: Due, rise: Rise, role: Role, on: date, people: list[Recipient], *, provisional: bool
) -> Iterator[Coming]:
    begun = due.kind is Kind.OPENING and due.due_on <= on
    if why_silent(due, rise, role, on, latest=not begun):  # nobody, whoever it would be
        return
    known = (due.kind, due.due_on, provisional, rise.rung.key, role)
    for to in people:
        yield Coming(on, *known, to.name, to.email, to.reason)
    if not people:
        yield Coming(on, *known, "", "", "no_address")
