"""Every step of every ladder, to each whom it tells: projects in which nobody does what is due.

Swept day by day, written as the worker would write it.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import date, timedelta
from email import message_from_bytes, policy
from functools import partial
from pathlib import Path
from typing import Any

import pytest
from beside import chapter
from databases import Empty
from desk import FROM, WHOLE, Desk, day, morning
from golden import Golden
from sqlalchemy import update

from config.rulebook import Rulebook
from notifications.letters.drafts import Writer
from notifications.letters.wording import LANGUAGES
from notifications.mail_texts import bytes_of
from notifications.mailbox import text_of
from states.terms import Act, Action, Role, State
from workflow.imports.plan import apply_plan
from workflow.imports.plan_file import PlanFile
from workflow.mail.log import one_mail, silence
from workflow.tables import PERSON

SPANS = (date(2023, 12, 11), date(2024, 1, 31)), (date(2025, 7, 1), date(2025, 12, 31))
ON_ONE_DAY_WITH_ANOTHER = {  # before the weekends of 2024-01-15 and 2025-11-30, set by the notices
    *(("application", "D-3", "host"), ("application", "D-3", "coordinator")),
    ("completion", "D-1", "host"),
}
SILENT_FROM_THEN_ON = {  # category -> first day of the class
    "national_funded": "2025-09-04",
    "national_self_funded": "2025-09-11",
    "demonstration": "2025-09-18",
    "engineering": "2025-09-25",
    "ordinary": "2025-10-16",
}


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_step_of_every_ladder(
    empty_database: Empty, tmp_path: Path, book: Rulebook, golden: Golden, language: str
) -> None:
    found: dict[str, list[tuple[str, str]]] = defaultdict(list)
    steps = set()
    with empty_database(tmp_path) as database:
        desk = Desk(database, book)
        desk.staff()
        for mail in neglected(desk, language):
            carried = mail["reminders"]
            kind = carried[0]["kind"] if len(carried) == 1 else "several at once"
            named = "; ".join(f"{one['project']} {one['step']}" for one in carried)
            found[f"{kind}: {mail['to_role']}"].append((named, mail["text"]))
            steps |= {(one["kind"], one["step"], one["role"]) for one in carried}
        with database.read() as connection:
            silent = silence(connection)["reminders"]
    chapters = [chapter(title, texts) for title, texts in sorted(found.items())]
    golden(f"reminders.{language}.txt", "\n".join(chapters))
    steps |= {(one["kind"], one["step"], one["role"]) for one in silent}
    assert steps | ON_ONE_DAY_WITH_ANOTHER == {
        (kind.value, rung.key, role.value)
        for kind, ladder in book.ladders.items()
        for rung in ladder.rungs
        for role in rung.tells
    }


def neglected(desk: Desk, language: str) -> Iterator[dict[str, Any]]:
    """The reminder mails with what the log knows of them, in everybody's language."""
    doings: dict[date, list[Callable[[], object]]] = defaultdict(list)
    for on, doing in [*applications(desk), *plan(desk)]:
        doings[on].append(doing)
    writer, done = Writer(desk.book, FROM, "https://yanxiu.example.cn"), 0
    for today in working_days(desk):
        for doing in doings[today]:
            doing()
        if doings[today]:
            everybody_reads(desk, language)
        desk.sweep(today)
        for number in desk.mails("id", purpose="reminder")[done:]:
            done += 1
            yield written(desk, writer, number, today)


def working_days(desk: Desk) -> list[date]:
    days = (first + timedelta(n) for first, last in SPANS for n in range((last - first).days + 1))
    return [one for one in days if desk.book.calendar.is_working(one)]


def everybody_reads(desk: Desk, language: str) -> None:
    with desk.db.write() as connection:
        connection.execute(update(PERSON).values(language=language))


def written(desk: Desk, writer: Writer, number: int, today: date) -> dict[str, Any]:
    with desk.db.read() as connection:
        mail = one_mail(connection, number)
    assert mail is not None
    content, _ = bytes_of(desk.db, writer, mail, today=today, at=morning(today))
    subject = message_from_bytes(content, policy=policy.default)["Subject"]
    return mail | {"text": f"{subject}\n\n{text_of(content)[0]}"}


# -- What is done ---------------------------------------------------------------------------------

Doings = Iterator[tuple[date, Callable[[], object]]]


def applications(desk: Desk) -> Doings:
    """One is never handed in, one waits at its department."""
    known = {"state": State.DRAFTED, "number": None, "schedule_text": "2024年9月15日-18日"}
    known |= {"opens_earliest": day("2024-09-15"), "opens_latest": day("2024-09-15")}
    known |= {"planned_ends": day("2024-09-18")}
    for name in ("drafted", "submitted"):
        yield listed(desk, "2023-12-11", name, "fujian-2024", **known)
    yield done(desk, 2, Action.SUBMIT, "2024-01-03", by=Role.HOST)


def plan(desk: Desk) -> Doings:
    """Of each category one of which nothing is heard; one whose filing is sent back; and of each
    whose papers are due after the class one that was held."""
    for category, opens in SILENT_FROM_THEN_ON.items():
        yield listed(desk, "2025-07-01", category, **planned(category, opens))
    yield listed(desk, "2025-07-01", "sent back", **planned("demonstration", "2025-10-21"))
    yield done(desk, 8, Action.FILE, "2025-07-08", by=Role.HOST)
    asked = {"items": "实施方案缺课程安排。", "mend_by": "2025-07-31"}
    yield done(desk, 8, Action.SEND_BACK, "2025-07-14", **asked)
    for number, (category, opens) in enumerate(HELD.items(), 9):
        name = f"held {category}"
        yield listed(desk, "2025-07-01", name, **planned(category, opens))
        yield done(desk, number, Action.FILE, "2025-07-02", by=Role.HOST)
        ends = day(opens) + timedelta(days=3)
        held = partial(desk.hold, number, ends.isoformat(), opens, ends.isoformat())
        yield ends, held


HELD = {
    "national_funded": "2025-08-05",
    "demonstration": "2025-08-12",
    "engineering": "2025-08-22",
}


def planned(category: str, opens: str) -> dict[str, Any]:
    ends = day(opens) + timedelta(days=3)
    known = {"opens_earliest": day(opens), "opens_latest": day(opens), "planned_ends": ends}
    return known | {"category": category, "schedule_text": f"{opens} - {ends}"}


def listed(desk: Desk, on: str, name: str, policy: str = "fujian-2025", **known: Any) -> Any:
    """A plan with one project, of which others know nothing."""

    def doing() -> None:
        number = 1 + len(desk.projects("id"))
        usual = {"number": number, "contact_email": f"h{number}@example.cn"}
        row = replace(WHOLE, name=name, host=f"{number}号单位", **(usual | known))
        how = {"today": day(on), "at": morning(on)}
        done = apply_plan(desk.db, desk.book, desk.book.policy(policy), PlanFile(rows=[row]), **how)
        assert (done.imported, done.rejected) == (1, [])

    return day(on), doing


def done(desk: Desk, number: int, action: Action | Act, on: str, **given: Any) -> Any:
    return day(on), partial(desk.do, number, action, on, **given)
