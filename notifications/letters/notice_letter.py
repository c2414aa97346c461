"""The mail about the result of a step, an act or a milestone, with the dates that follow."""

from __future__ import annotations

from typing import Any, NamedTuple

from notifications.letters.item_view import URGE, called
from notifications.letters.notices import NAMES, Family
from notifications.letters.phrases import phrases
from notifications.letters.printing import capital, long, one_line, plain, quotable, short
from notifications.letters.rendering import render
from notifications.letters.values import DueRow, Notice, Rendered
from notifications.letters.wording import SHIPPED, Wordings
from states.terms import Role


class _Due(NamedTuple):
    """A row of the table of dates, as the templates print it."""

    what: str
    day: str  # what the day is called
    due: str
    notes: tuple[str, ...]


def render_notice(notice: Notice, wordings: Wordings = SHIPPED) -> Rendered:
    """The mail about the result of a step."""
    subject, lead = wordings.fill(notice.notice, notice.language, worded(notice))
    return render(
        "notice",
        notice,
        subject,
        lead,
        title=plain(notice.tag, notice.language),
        facts=_facts(notice),
        due=[_due(row, notice.language) for row in notice.due],
        due_title=notice.due_title,
        button=notice.button,
        places=[(plain(name, notice.language), link) for name, link in notice.places if link],
    )


EMPTY = dict.fromkeys(NAMES[Family.RESULT], "")


def worded(notice: Notice) -> dict[str, Any]:
    """What the wording of a result may say (notices.NAMES)."""
    language, to_host = notice.language, notice.role is Role.HOST
    host = plain(notice.host, language)
    whose, who = called(host, language, to_host, notice.applied)
    given = {key: plain(value, language) for key, value in notice.values.items()}
    return {
        **EMPTY,
        **given,
        "moved": bool(given.get("moved")),
        "name": quotable(notice.name, language),
        "host": host,
        "whose": whose,
        "who": who,
        "urge": "" if to_host else URGE.in_(language),
        "watching": not to_host,
        "role": notice.role.value,
        "today": short(notice.today, language),
        "tag": plain(notice.tag, language),
        "ask": plain(notice.ask, language),
    }


def _facts(notice: Notice) -> list[tuple[str, str]]:
    say, language = phrases(notice.language), notice.language
    twice = notice.notice in ("plan", "announce")  # whose own lines begin with the number
    number = "" if notice.number is None or twice else str(notice.number)
    facts = [
        (say.name, plain(notice.name, language)),
        (say.number, number),
        (say.host, plain(notice.host, language)),
        *((plain(label, language), plain(value, language)) for label, value in notice.lines),
        (say.ground, one_line(notice.clause)),
    ]
    return [(label, value) for label, value in facts if value]


def _due(row: DueRow, language: str) -> _Due:
    say, notes = phrases(language), []
    if row.provisional:
        notes.append(say.provisional_short)
    if row.was_on and row.was_on != row.due_on:
        was = say.was_advised if row.advisory else say.was_on
        notes.append(f"{was} {long(row.was_on, language)}")
    if row.advised_on != row.due_on:
        notes.append(f"{say.advised_on} {long(row.advised_on, language)}")
    if row.clause:
        notes.append(one_line(row.clause))
    if row.hand_in:
        notes.append(plain(row.hand_in, language))
    day = say.advised_day if row.advisory else say.due_on
    return _Due(capital(one_line(row.what)), day, long(row.due_on, language), tuple(notes))
