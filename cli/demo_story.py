"""Tells the demonstration's story: its lines go through the engine, each on its own day.

Only what has happened by the day of the demonstration is told; a later day goes on from there.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from itertools import groupby
from operator import itemgetter
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING

from cli.demo_acts import COORDINATOR, FUNDED, HOST, Line
from cli.demo_applications import APPLICATIONS, ROUND, Application
from cli.demo_batches import prepare_batches
from cli.demo_calls import calls
from cli.demo_classes import ORDINARY, classes
from cli.demo_news import news
from cli.demo_papers import write_paper
from cli.demo_people import give_numbers
from states.facts import Facts, Json
from states.form_reading import read_form
from states.policy import Category
from states.terms import Entry, Role
from workflow.admission import Newcomer, admit
from workflow.deeds import Deed, Refused
from workflow.engine import perform_in, situation
from workflow.mail.desk import PENDING, hold
from workflow.mail.log import mail_log
from workflow.papers import store
from workflow.people import Actor, find_actor, recipients
from workflow.queries import projects

if TYPE_CHECKING:
    from sqlalchemy import Connection

    from config.rulebook import Rulebook
    from workflow.database import Database

OFFICE_HOURS, MINUTES_APART = timedelta(hours=8), timedelta(minutes=11)
OFFICE_OPENS = time(0, 30)  # UTC: half past eight in China, when the worker sends
MAILED = timedelta(days=14)  # what happened longer ago was told by other means
POLICY = "fujian-2025"
HELD_BACK = 24  # the project of which a waiting mail is held back
Lines = Iterable[tuple[date, Application | Line]]


@dataclass
class Telling:
    """What was told: applications, deeds, and lines that the engine refused."""

    drafted: int = 0
    done: int = 0
    refused: list[tuple[Line, Refused]] = field(default_factory=list)


@dataclass
class Teller:
    """Tells what happened after one day and until another, in the caller's transaction."""

    connection: Connection
    book: Rulebook
    folder: Path  # the data folder
    today: date

    def __post_init__(self) -> None:
        listed = projects(self.connection, self.book, as_of=self.today)
        self.ids: dict[int | str, int] = {}
        for one in listed:
            self.ids |= {one["name"]: one["id"]} | ({one["number"]: one["id"]})
        self.told = Telling()

    def tell(self, after: date | None, lines: Lines | None = None) -> Telling:
        """All lines whose day lies after `after` (None: from the beginning); `lines`: others than
        the demonstration's, in order of the days."""
        with TemporaryDirectory() as made:
            self.made = Path(made)
            for on, day in groupby(lines or story(), key=itemgetter(0)):
                if (after and on <= after) or on > self.today:
                    continue
                happened = [what for _, what in day]
                apart = min(MINUTES_APART, OFFICE_HOURS / len(happened))
                at = datetime.combine(on, OFFICE_OPENS, UTC)
                for what in happened:
                    if isinstance(what, Application):
                        self._draft(what, on, at)
                    else:
                        self._do(what, on, at)
                    at += apart
        return self.told

    def _draft(self, one: Application, on: date, at: datetime) -> None:
        if one.name in self.ids:
            return
        like = self._facts(one.contact_of)
        stored = {
            **{"state": "drafted", "policy": POLICY, "year": 2025, "name": one.name},
            **{"host": like.host, "department": one.department, "category": one.category},
            **{"contact_name": like.contact_name, "contact_email": like.contact_email},
            **{"opens_earliest": one.opens, "opens_latest": one.opens, "planned_ends": one.ends},
            **{"schedule_text": f"{one.opens} 至 {one.ends}", "place": one.place},
            "planned_trainees": one.trainees,
        }
        new = Newcomer(Entry.OPEN_BOOKS, stored)
        by = like.contact_email
        [self.ids[one.name]] = admit(self.connection, self.book, [new], person=by, today=on, at=at)
        self.told.drafted += 1

    def _do(self, line: Line, today: date, at: datetime) -> None:
        number = self.ids[line.project]
        facts = self._facts(line.project)
        given, problems = read_form(line.deed, line.given)
        assert not problems, (line, problems)
        on = date.fromisoformat(line.on)
        deed = Deed(
            *(line.deed, self._actor(line.who, facts), given, self._papers(line, facts, on), on),
            on_behalf=bool(line.entered),
        )
        recent = today > self.today - MAILED
        try:
            perform_in(
                *(self.connection, self.book, number, deed), today=today, at=at, announce=recent
            )
            self.told.done += 1
        except Refused as refusal:  # a visitor of the demonstration was there before
            self.told.refused.append((line, refusal))

    def _facts(self, project: int | str) -> Facts:
        return situation(self.connection, self.book, self.ids[project])[0]

    def _actor(self, who: str, facts: Facts) -> Actor:
        login = facts.contact_email if who == HOST else who
        if who == COORDINATOR:
            [(_, login)] = recipients(self.connection, Role.COORDINATOR, facts)
        found = find_actor(self.connection, login)
        assert found is not None, (who, facts)
        return found

    def _papers(self, line: Line, facts: Facts, on: date) -> dict[str, Json]:
        category = self.book.policy(facts.policy).categories[facts.category]
        labels = _labels(category)
        return {
            key: store(
                self.folder / "papers",
                write_paper(self.made, key, labels[key], facts.name, facts.host, on),
            )
            for key in line.papers
        }


def tell(db: Database, book: Rulebook, folder: Path, *, after: date | None, today: date) -> Telling:
    """Tell what happened after a day (None: from the beginning) and until `today`, in one
    transaction; papers go into the data folder."""
    with db.write() as connection:
        teller = Teller(connection, book, folder, today)
        told = teller.tell(after)
        if told.done:
            at = datetime.combine(today, OFFICE_OPENS, UTC)
            hold_one(connection, teller.ids, at=at)
            prepare_batches(connection, book, at=at)
            give_numbers(connection)
    return told


def hold_one(connection: Connection, ids: dict[int | str, int], *, at: datetime) -> bool:
    """Hold back a waiting mail, as somebody would who wants to look at it first."""
    waiting = mail_log(connection, project_id=ids[HELD_BACK], status=PENDING.value)
    if waiting:
        hold(connection, waiting[0]["id"], by="province1", note="待核对日期后再发", at=at)
    return bool(waiting)


def story() -> Lines:
    """Everything in order of the days."""
    lines = [*FUNDED, *ORDINARY, *classes(), *ROUND, *calls()]
    lines = [*news(), *lines]
    told: list[tuple[date, Application | Line]] = [
        *((date.fromisoformat(one.drafted_on), one) for one in APPLICATIONS),
        *((line.told_on, line) for line in lines),
    ]
    return iter(sorted(told, key=lambda pair: pair[0]))


def _labels(category: Category) -> dict[str, str]:
    known = {paper.key: paper.label.zh for papers in category.papers.values() for paper in papers}
    return known | {"change_notice": "变更情况说明"}
