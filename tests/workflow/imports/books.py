"""A database into which plans are imported, and what was found there."""

from __future__ import annotations

import json
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

from sqlalchemy import select

from config.rulebook import Rulebook
from notifications.sweep import sweep
from states.terms import Role
from workflow.database import Database
from workflow.deeds import Deed, Outcome
from workflow.engine import perform
from workflow.imports.outcome import Imported
from workflow.imports.plan import apply_plan
from workflow.imports.plan_file import read_plan
from workflow.people import Actor
from workflow.tables import PROJECT
from workflow.verify import verify

TODAY = date(2025, 9, 26)


class Books:
    """What the tests of this file do with a database."""

    def __init__(self, db: Database, book: Rulebook) -> None:
        self.db, self.book = db, book
        self.policy = book.policy("fujian-2025")

    def apply(self, path: Path, today: date = TODAY, **how: Any) -> Imported:
        plan = read_plan(path, self.policy)
        return apply_plan(self.db, self.book, self.policy, plan, today=today, at=at(today), **how)

    def do(
        self,
        what: Any,
        on: date = TODAY,
        *,
        project: int = 1,
        role: Role = Role.PROVINCE,
        **given: Any,
    ) -> Outcome:
        stored = self.facts(project)
        scope = stored["host"] if role is Role.HOST else ""
        actor = Actor(given.pop("login", role.value), "", ((role, scope),))
        asked = self.policy.categories[stored["category"]].papers.get(what, ())
        papers = {paper.key: {"sha256": "0", "name": "x", "size": 1} for paper in asked}
        deed = Deed(what, actor, given, papers, on)
        return perform(self.db, self.book, project, deed, today=on, at=at(on))

    def rows(self, table: Any, *columns: str, **where: Any) -> list[Any]:
        query = select(*(table.c[name] for name in columns)).order_by(*table.primary_key)
        for name, value in where.items():
            query = query.where(table.c[name] == value)
        with self.db.read() as connection:
            found = connection.execute(query).all()
        return [row[0] if len(columns) == 1 else tuple(row) for row in found]

    def facts(self, project_id: int = 1) -> dict[str, Any]:
        [text] = self.rows(PROJECT, "facts", id=project_id)
        found: dict[str, Any] = json.loads(text)
        return found

    def sweep(self, on: date) -> int:
        return sweep(self.db, self.book, as_of=on, at=at(on)).mails

    def problems(self) -> list[str]:
        return [said.en for said in verify(self.db, self.book)]


def at(day: date) -> datetime:
    return datetime(day.year, day.month, day.day, 1, tzinfo=UTC)
