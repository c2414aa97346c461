"""The call list and the list of what is late as plain text, to be pasted into a group chat.

Others read along there: no links, no addresses, logins or account numbers, and nobody's telephone
but the office's own, which ends the text.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator, Sequence
from datetime import date
from operator import attrgetter

from sqlalchemy import Connection

from config.rulebook import Rulebook
from notifications.letters.printing import plain, quotable, short
from notifications.whom_to_ask import whom_to_ask
from states.facts import Facts
from states.lateness import DUE, last_day, look
from states.mailing import hushed, whose_turn
from states.terms import PROVISIONAL, Force, Kind, Role, Text, day_label
from workflow.lateness import is_late
from workflow.tables import DEADLINE
from workflow.workplace.calls import Call, Matter
from workflow.workplace.watching import Scope, due_rows

# An address of a page or of a person, inside a name that somebody typed.
LINK = re.compile(r"(?:https?://|www\.)[!-~]+|[\w.+-]+@[\w-]+(?:\.[\w-]+)+", re.IGNORECASE)
MOST = 500
SPOKEN = attrgetter("spoken")


def calls_text(
    connection: Connection, book: Rulebook, calls: Sequence[Call], *, today: date, language: str
) -> str:
    """Whom to call, unit by unit, with what it is about."""
    lines = []
    for n, call in enumerate(calls, start=1):
        who = " ".join(part for part in (call.unit, call.person) if part)
        lines.append(f"{n}. {_clean(who, language)}")
        lines += [f"   {_matter(one, today, language)}" for one in call.matters]
    about = [one.project_id for call in calls for one in call.matters]
    asked = whom_to_ask(connection, book, about, SPOKEN, language=language)
    return _text(CALLS, lines, asked, today, language)


def late_text(
    connection: Connection, book: Rulebook, scope: Scope, *, today: date, language: str
) -> str:
    """All that is overdue and that somebody is urged about, by unit, the longest late first."""
    query = due_rows().where(scope.deadlines, is_late(today)).order_by(DEADLINE.c.due_on)
    units: dict[str, list[str]] = {}
    about: list[int] = []
    for row in connection.execute(query.limit(MOST)):
        facts, kind = Facts.read(json.loads(row.facts)), Kind(row.kind)
        late_after, known_on = row.late_after, row.known_on
        if hushed(kind, facts, scope.role, late_after=late_after, known_on=known_on, on=today):
            continue
        host = whose_turn(kind, facts, Role.HOST)
        unit = facts.host if host else facts.department
        due = last_day(facts, row.due_on, late_after, today)
        late = look(kind, Force(row.force), facts, late_after, today).late
        ends = _by(DUE, due, late, False, today, language)
        said = _line(facts.name, kind.label, language) + ends
        units.setdefault(unit, []).append(f"   {said}")
        about.append(row.id)
    lines = []
    for n, (unit, its) in enumerate(units.items(), start=1):
        lines += [f"{n}. {_clean(unit, language)}", *its]
    asked = whom_to_ask(connection, book, about, SPOKEN, language=language)
    return _text(LATE, lines, asked, today, language)


def _text(
    title: Text, lines: Iterable[str], asked: Iterable[str], today: date, language: str
) -> str:
    made = day_label(today).in_(language)
    body = [*(list(lines) or [NOTHING.in_(language)]), *asked]
    return "\n".join([title.in_(language).format(today=made), *body]) + "\n"


def _matter(one: Matter, today: date, language: str) -> str:
    said = _line(one.name, one.what, language)
    if one.due is None:
        return said
    by = _by(one.day, one.due, one.late, one.provisional, today, language)
    return said + by + (CAME_LATE.in_(language) if one.blameless else "")


def _line(name: str, what: Text, language: str) -> str:
    return LINE.in_(language).format(
        name=LINK.sub("…", quotable(name, language)), what=what.in_(language)
    )


def _by(day: Text, due: date, late: int, provisional: bool, today: date, language: str) -> str:
    return "".join(_ends(day, due, late, provisional, today, language))


def _ends(
    day: Text, due: date, late: int, provisional: bool, today: date, language: str
) -> Iterator[str]:
    """`day`: what that day is called; only a due day ends anything."""
    yield BY.in_(language).format(day=day.in_(language), due=short(due, language))
    if late:
        yield OVERDUE.in_(language).format(n=late)
    elif due == today and day is DUE:
        yield TODAY.in_(language)
    if provisional:
        yield f" {PROVISIONAL.in_(language)}" if language == "en" else PROVISIONAL.in_(language)


def _clean(text: str, language: str) -> str:
    return LINK.sub("…", plain(text, language))


CALLS = Text("需要联系的单位（{today}）", "To be called ({today})")
LATE = Text("已逾期事项（{today}）", "Overdue ({today})")
NOTHING = Text("没有。", "Nothing.")
LINE = Text("“{name}”{what}", "“{name}”: {what}")
BY = Text("，{day}{due}", ", {day} {due}")
CAME_LATE = Text("，计划下达晚，不归责", ", the plan came late")
OVERDUE = Text("，已逾期{n}天", ", {n} day(s) late")
TODAY = Text("，今天截止", ", today")
