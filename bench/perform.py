"""`perform` for one step against hand-written sqlite3 that makes the same rows, JSON and hash."""

from __future__ import annotations

import json
from datetime import UTC, date, datetime
from hashlib import sha256
from pathlib import Path
from secrets import token_hex
from typing import Any

from bench.measure import Figure, interleaved
from config.rulebook import Rulebook, rulebook
from states.terms import Action, Entry, Role
from workflow.admission import Newcomer, admit
from workflow.database import Database
from workflow.deeds import Deed
from workflow.engine import perform
from workflow.migrations import upgrade
from workflow.people import Actor
from workflow.shelving import year_begins
from workflow.storage import sqlite_module

TODAY, AT = date(2025, 2, 1), datetime(2025, 2, 1, 1, tzinfo=UTC)
STEPS = 300  # per round
BY = Actor("p1", "省厅", ((Role.PROVINCE, ""),))
GIVEN = {"number": 7, "opens": date(2025, 5, 20), "ends": date(2025, 5, 23)}


def measure(folder: Path) -> Figure:
    """Projects a second through `plan` (reviewed to planned), SQLite in WAL with FULL."""
    book, rounds = rulebook(), 7 + 1
    ours, theirs = (
        _database(folder / "ours.db", book, rounds),
        _database(folder / "raw.db", book, rounds),
    )
    ids = iter(range(1, STEPS * rounds + 1))
    raw = Raw(folder / "raw.db", _example(ours, book))

    def through_engine() -> None:
        for _ in range(STEPS):
            _plan(ours, book, next(ids))

    through_engine_first = next(ids)  # one step of each, to compare what they wrote
    _plan(ours, book, through_engine_first)
    raw.plan(through_engine_first)
    _same(folder, through_engine_first)
    raw_ids = iter(range(through_engine_first + 1, STEPS * rounds + 1))

    def by_hand() -> None:
        for _ in range(STEPS):
            raw.plan(next(raw_ids))

    mine, floor = interleaved(through_engine, by_hand)
    theirs.close()
    ratio = floor / mine
    return Figure(
        "perform: one step, durable",
        STEPS / mine,
        "steps/s",
        STEPS / floor,
        ratio,
        ">= 0.5 x sqlite3",
        ratio >= 0.5,
    )


def _database(path: Path, book: Rulebook, rounds: int) -> Database:
    db = Database(f"sqlite:///{path}")
    upgrade(db)
    newcomers = [
        Newcomer(
            Entry.IMPORT,
            {
                "state": "reviewed",
                "policy": "fujian-2025",
                "year": 2025,
                "name": f"示例研修班{number}",
                "host": f"示例单位{number}",
                "category": "demonstration",
                "department": "示例厅",
                "place": "福州市",
                "planned_trainees": 40,
                "contact_name": "联系人",
                "contact_email": f"unit{number}@example.cn",
                "known_on": "2025-01-01",
                "reviewed_on": "2025-01-20",
            },
        )
        for number in range(1, STEPS * rounds + 3)
    ]
    with db.write() as connection:
        admit(connection, book, newcomers, person="", today=date(2025, 1, 1), at=AT)
    return db


def _plan(db: Database, book: Rulebook, project_id: int) -> None:
    deed = Deed(Action.PLAN, BY, {**GIVEN, "number": project_id}, {}, TODAY)
    perform(db, book, project_id, deed, today=TODAY, at=AT)


def _example(db: Database, book: Rulebook) -> dict[str, Any]:
    """What the engine writes for one project: the raw writer copies its constants."""
    last = STEPS * 8 + 2
    _plan(db, book, last)
    with db.read() as connection:
        raw = connection.connection.cursor()
        raw.execute("SELECT * FROM deadline WHERE project_id = ? AND standing <> 'met'", (last,))
        deadlines = raw.fetchall()
        columns = [d[0] for d in raw.description]
        raw.execute("SELECT * FROM event WHERE project_id = ? AND seq = 2", (last,))
        event = dict(zip([d[0] for d in raw.description], raw.fetchone(), strict=True))
        raw.execute("SELECT * FROM mail WHERE project_id = ?", (last,))
        mail = dict(zip([d[0] for d in raw.description], raw.fetchone(), strict=True))
        raw.execute(f"SELECT {','.join(SHELVED)} FROM project WHERE id = ?", (last,))
        shelved = raw.fetchone()
    rows = [dict(zip(columns, row, strict=True)) for row in deadlines]
    return {"deadlines": rows, "event": event, "mail": mail, "shelved": shelved}


SHELVED = ("opening_order", "waits_for")  # the same for every project here


class Raw:
    """The same step, written by hand for this one case: no rules, no law, no types."""

    def __init__(self, path: Path, example: dict[str, Any]) -> None:
        self.connection = sqlite_module().connect(str(path), isolation_level=None)
        for pragma in ("journal_mode=WAL", "synchronous=FULL", "foreign_keys=ON"):
            self.connection.execute(f"PRAGMA {pragma}")
        self.event, self.mail = example["event"], example["mail"]
        self.shelved = example["shelved"]
        self.changes = json.loads(self.event["changes"])
        self.given = json.loads(self.event["given"])
        self.new = [row for row in example["deadlines"] if row["kind"] != "completion"]
        self.completion = next(r for r in example["deadlines"] if r["kind"] == "completion")
        self.columns = [c for c in self.new[0] if c != "id"]
        marks = ",".join("?" * len(self.columns))
        self.insert_deadline = f"INSERT INTO deadline ({','.join(self.columns)}) VALUES ({marks})"
        marks = ",".join("?" * len(self.event))
        self.insert_event = f"INSERT INTO event ({','.join(self.event)}) VALUES ({marks})"
        self.mail_columns = [c for c in self.mail if c != "id"]
        marks = ",".join("?" * len(self.mail_columns))
        self.insert_mail = f"INSERT INTO mail ({','.join(self.mail_columns)}) VALUES ({marks})"

    def plan(self, project_id: int) -> None:
        do = self.connection.execute
        do("BEGIN IMMEDIATE")
        text, version, head = do(
            "SELECT facts, version, head FROM project WHERE id = ?", (project_id,)
        ).fetchone()
        changes = {**self.changes, "number": project_id}
        facts = {**json.loads(text), **changes}
        event = {**self.event, "project_id": project_id, "seq": version + 1, "prev": head}
        event["changes"] = _dump(changes)
        event["given"] = _dump({**self.given, "number": project_id})
        event["hash"] = self._hash(event)
        do(
            "UPDATE project SET state=?, number=?, opens=?, ends=?, facts=?, version=?, head=?,"
            " plan_order=?, opening_order=?, waits_for=?"
            " WHERE id=? AND version=?",
            (
                "planned",
                facts["number"],
                facts["opens_earliest"],
                facts["planned_ends"],
                _dump(facts),
                version + 1,
                event["hash"],
                year_begins(2025) + project_id,
                *self.shelved,
                project_id,
                version,
            ),
        )
        do(self.insert_event, list(event.values()))
        do("SELECT * FROM deadline WHERE project_id = ?", (project_id,)).fetchall()
        do(
            "UPDATE deadline SET standing='open', next_on=?, known_on=?"
            " WHERE project_id=? AND kind='completion'",
            (self.completion["next_on"], self.completion["known_on"], project_id),
        )
        for row in self.new:
            do(self.insert_deadline, [{**row, "project_id": project_id}[c] for c in self.columns])
        email = facts["contact_email"]
        key = f"result:{project_id}:{version + 1}:host:{email}"
        mail = {**self.mail, "key": key, "token": token_hex(16)}
        mail |= {"project_id": project_id, "to_email": email}
        do(self.insert_mail, [mail[c] for c in self.mail_columns])
        do("COMMIT")

    def _hash(self, event: dict[str, Any]) -> str:
        at = "2025-02-01T01:00:00+00:00"
        values = {**event, "recorded_at": at, "on_behalf": False, "machine": False}
        return sha256(
            _dump([v for k, v in values.items() if k not in UNHASHED]).encode()
        ).hexdigest()


UNHASHED = ("hash", "let_in_by")  # the second is hashed only where it is not empty


def _dump(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False, sort_keys=True, separators=(",", ":"))


def _same(folder: Path, project_id: int) -> None:
    """Both wrote the same rows, or the comparison is worth nothing."""
    found = []
    for name in ("ours.db", "raw.db"):
        connection = sqlite_module().connect(str(folder / name))
        tables = {}
        for table, key in (
            ("project", "id"),
            ("event", "project_id"),
            ("deadline", "project_id"),
            ("mail", "project_id"),
        ):
            cursor = connection.execute(
                f"SELECT * FROM {table} WHERE {key} = ?",
                (project_id,),
            )
            columns = [d[0] for d in cursor.description]
            rows = [dict(zip(columns, row, strict=True)) for row in cursor]
            for row in rows:
                if table != "project":
                    row.pop("id", None)
                row.pop("token", None)  # drawn by lot
            tables[table] = sorted(map(_dump, rows))
        found.append(tables)
        connection.close()
    for table, rows in found[0].items():
        if rows != found[1][table]:
            raise SystemExit(f"perform and raw differ in {table}:\n{rows}\n{found[1][table]}")
