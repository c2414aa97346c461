"""A year of the sample plan's mails, walked day by day: who was told what, when, and in which words.

All of it comes from the worker, over SMTP. Of all mails a line; of each kind to each role and in
each language the first whole; beside them calendar files, a timetable, and what was not sent.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import replace
from datetime import date, timedelta
from email import message_from_bytes, policy
from functools import cached_property
from io import BytesIO
from pathlib import Path
from typing import Any

import pytest
from command import Command
from databases import Empty
from docx import Document
from golden import Golden, as_json
from sqlalchemy import Connection, select
from test_a_whole_year import LAST, SAMPLE, Year, whole_story

from cli.demo_acts import Line
from cli.demo_applications import APPLICATIONS, Application
from cli.demo_people import enrol_people
from cli.demo_story import Teller
from notifications.calendars.feeds import feed
from notifications.call_list import call_list
from notifications.letters.drafts import language_of
from notifications.letters.links import Links
from notifications.letters.results import Reader
from notifications.letters.wording import LANGUAGES
from notifications.letters.wording_desk import queue_test
from notifications.mailbox import Mailbox, readable_mail
from notifications.worker import Worker
from states.mailing import Mode, Sort
from states.terms import Role
from workflow.accounts.leaving import disable
from workflow.imports.plan import apply_plan
from workflow.imports.plan_file import read_plan
from workflow.installation_key import make_key
from workflow.mail.preferences import appoint, prefer, speak
from workflow.mail_tables import MAIL, MailStatus, Purpose
from workflow.people import person_id

# Of four departments; among them those of which most is told.
CHOSEN = frozenset({1, 3, 4, 5, 6, 7, 9, 11, 14, 46, 58, 66, 84})
ALSO = frozenset(one.name for one in APPLICATIONS if one.contact_of in CHOSEN)
FIRST = date(2025, 2, 17)
QUANZHOU, INDUSTRY = "coordinator01", "coordinator03"  # logins of two coordinators


def of_these(what: Application | Line) -> bool:
    if isinstance(what, Application):
        return what.name in ALSO
    return what.project in CHOSEN | ALSO


STORY = [(on, what) for on, what in whole_story() if of_these(what)]


class Walked(Year):
    """A year of some of the projects, of which each working day is seen."""

    def begin(self) -> None:
        self.today = FIRST
        plan_policy = self.book.policy("fujian-2025")
        plan = read_plan(SAMPLE, plan_policy)
        some = replace(plan, rows=[row for row in plan.rows if row.number in CHOSEN])
        with self.db.write() as connection:
            enrol_people(connection, sorted({row.department for row in some.rows}), at=self.now)
            for login in ("province2", INDUSTRY):
                speak(connection, known(connection, login), "en")
            prefer(connection, known(connection, "province1"), Sort.DIGEST, Mode.OFF)
        when = {"today": self.today, "at": self.now}
        done = apply_plan(self.db, self.book, plan_policy, some, notify=False, **when)
        assert (done.imported, done.rejected) == (len(CHOSEN), [])

    @cached_property
    def worker(self) -> Worker:
        """One for all days, as in an office."""
        (self.folder / "returned").mkdir(exist_ok=True)
        clock, self.troubles = lambda: self.now + timedelta(minutes=2), []
        return Worker(
            self.db, self.book, self.settings, clock, lambda *said: self.troubles.append(said)
        )

    def work(self) -> None:
        self.worker.once()
        assert [said for said in self.troubles if isinstance(said[1], Exception)] == []

    def walk(self, until: date) -> None:
        """Day by day, that day included."""
        while self.today < until:
            self.today += timedelta(days=1)
            if self.book.calendar.is_working(self.today):
                self.tell()
                self.work()

    def tell(self) -> None:
        lines = [(on, what) for on, what in STORY if (self.told or FIRST) < on <= self.today]
        if lines:
            with self.db.write() as connection:
                told = Teller(connection, self.book, self.folder, self.today).tell(None, lines)
            assert told.refused == []
        self.told = self.today

    # -- What happens besides the story ----------------------------------------------------------

    def until_summer(self) -> None:
        self.begin()
        self.walk(date(2025, 3, 3))
        self.sign_in("province2")
        self.try_a_wording()
        self.walk(date(2025, 4, 7))
        for name, number in (("postfix-unit01", 1), ("postfix-unit03", 3), ("exim-unit05", 5)):
            self.come_back(name, f"unit{number:02d}@example.cn")
        self.walk(date(2025, 6, 20))
        with self.db.write() as connection:
            away, instead = (known(connection, login) for login in (QUANZHOU, INDUSTRY))
            days = (date(2025, 6, 23), date(2025, 7, 4))
            appoint(connection, away, instead, *days, today=self.today, at=self.now)
            disable(connection, known(connection, "unit46@example.cn"), at=self.now)
        self.walk(date(2025, 7, 15))

    def try_a_wording(self) -> None:
        """Somebody sends himself a mail as it would read."""
        links = Links("https://yanxiu.example.cn")
        with self.db.write() as connection:
            for login, language in (("province1", "zh"), ("province2", "en")):
                to = (login, f"{login}@example.cn", Role.HOST)
                reader = Reader(*to, language, self.today, links)
                told = (connection, self.book, "filing", 1, reader)
                queue_test(*told, language="", by=login, at=self.now)


def known(connection: Connection, login: str) -> int:
    found = person_id(connection, login)
    assert found is not None, login
    return found


# -- The net ---------------------------------------------------------------------------------------


def test_a_year_of_mails(
    empty_database: Empty, tmp_path: Path, golden: Golden, subtests: pytest.Subtests
) -> None:
    """It is one test, so that no two processes walk the year."""
    folder = tmp_path / "data"
    (folder / "papers").mkdir(parents=True)
    make_key(folder)
    with empty_database(folder) as db, Mailbox(folder / "mailbox") as mailbox:
        year = Walked(db, folder, mailbox)
        year.until_summer()
        summer = {"feeds.txt": feeds(year)} | call_lists(year)
        year.walk(LAST)
        found = all_mails(year) | not_sent(year) | summer
    for name, text in found.items():
        with subtests.test(name):
            golden(f"year/{name}", text)
    golden.holds("year", set(found))


def all_mails(year: Walked) -> dict[str, str]:
    """A line of each that was to go out; those whole that are the first of a kind."""
    with year.db.read() as connection:
        mails = connection.execute(select(MAIL).order_by(MAIL.c.on_date, MAIL.c.id)).all()
        language = {mail.to_email: language_of(connection, mail.to_email) for mail in mails}
    arrived = by_token(year)
    whole: dict[tuple[str, ...], str] = {}
    files: dict[str, str] = {}
    for mail in mails:
        kind = mail.purpose, mail.notice, mail.to_role, language[mail.to_email]
        if mail.token in arrived and kind not in whole:
            whole[kind] = readable_mail(arrived[mail.token])
        for name, text in enclosed(arrived.get(mail.token, b""), set(FILES) - files.keys()):
            files[name] = text
    assert {purpose for purpose, *_ in whole} == {purpose.value for purpose in Purpose}
    assert files.keys() == set(FILES)
    said = [f"==== {' '.join(key)}\n{text}" for key, text in sorted(whole.items())]
    sent = [line(mail) for mail in mails if mail.status != MailStatus.SUPPRESSED]
    return {
        "mails.txt": "\n".join(sent),
        "first-of-each-kind.txt": "\n".join(said),
        "enclosures.txt": BETWEEN.join(files.values()),
    }


def line(mail: Any) -> str:
    what = mail.purpose if mail.notice in ("", mail.purpose) else f"{mail.purpose} {mail.notice}"
    stands = mail.status + (f" ({mail.reason})" if mail.reason else "")
    return f"{mail.on_date} {mail.to_email} {mail.to_role} {what} {stands}: {mail.subject}"


def by_token(year: Walked) -> dict[str, bytes]:
    """What arrived, by the left half of its Message-ID."""
    raws = (path.read_bytes() for path in (year.mailbox.folder / "new").iterdir())
    return {re.findall(rb"^Message-ID: <(\w+)@", raw, re.M)[0].decode(): raw for raw in raws}


# What the types of the three sorts of files have, which nothing else in a mail's bytes has.
FILES = {"PUBLISH": "method=PUBLISH", "CANCEL": "method=CANCEL", "word": "wordprocessingml"}
BETWEEN = "\n========\n"


def enclosed(raw: bytes, wanted: set[str]) -> Iterator[tuple[str, str]]:
    """Those files of a mail that are of a wanted sort: their types and names and what they say."""
    wanted = {name for name in wanted if FILES[name].encode() in raw}
    parts = message_from_bytes(raw, policy=policy.default).iter_attachments() if wanted else ()
    for part in parts:
        head = f"{part['Content-Type']}\n{part['Content-Disposition']}".replace('"', "")
        content = part.get_payload(decode=True)
        for name in wanted:
            if FILES[name] in head:
                yield name, f"{head}\n\n{(page if name == 'word' else calendar)(content)}"


def calendar(raw: bytes) -> str:
    """Unfolded; of a UID, which must stay the same for good, enough to know it by."""
    text = raw.replace(b"\r\n ", b"").decode().replace("\r\n", "\n")
    return re.sub(r"([0-9a-f]{16})[0-9a-f]{48}@", r"\1…@", text)


def page(raw: bytes) -> str:
    """What a Word file says, a line for each paragraph and each row."""
    document = Document(BytesIO(raw))
    rows = [
        " | ".join(cell.text for cell in row.cells) for one in document.tables for row in one.rows
    ]
    return "\n".join([*(paragraph.text for paragraph in document.paragraphs), *rows])


def feeds(year: Walked) -> str:
    """A host's and a coordinator's."""
    with year.db.read() as connection:
        people = [known(connection, login) for login in ("unit09@example.cn", QUANZHOU)]
        found = [feed(connection, year.book, person, year.today) for person in people]
    return BETWEEN.join(map(calendar, found))


def call_lists(year: Walked) -> dict[str, str]:
    """Whom to call were none of the last days' mails to arrive."""
    since = year.today - timedelta(days=14)
    lately = (MAIL.c.on_date > since) & (MAIL.c.status == MailStatus.SENT.value)
    with year.db.read() as connection:
        mails = connection.execute(select(MAIL.c.id).where(lately)).scalars().all()
        told = (connection, year.book, mails)
        return {
            f"call-list.{language}.html": call_list(*told, today=year.today, language=language)
            for language in LANGUAGES
        }


def not_sent(year: Walked) -> dict[str, str]:
    """How often and why; of each reason the first as a program gets it."""
    url = year.db.url.render_as_string(hide_password=False)
    run = Command(year.folder.parent, {"TODAY": LAST.isoformat(), "DATABASE_URL": url})
    silent, mails = run.json("mail", "silence"), run.json("mail")
    steps = ("kind", "step", "role", "reason"), silent["reminders"]
    others = ("purpose", "to_role", "reason"), silent["mails"]
    lines: list[str] = []
    for columns, rows in (steps, others):
        counted = Counter(" ".join(row[column] for column in columns) for row in rows)
        lines += (f"{n:4} {what}" for what, n in sorted(counted.items()))
    return {
        "silence.txt": "\n".join(lines),
        "silence.json": as_json({part: firsts(rows) for part, rows in silent.items()}),
        "mails.json": as_json(firsts(mails)),
    }


def firsts(rows: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """The first of each that stands as it does for a reason of its own."""
    found: dict[tuple[Any, ...], dict[str, Any]] = {}
    for row in rows:
        found.setdefault((row.get("purpose"), row.get("status"), row["reason"]), row)
    return list(found.values())
