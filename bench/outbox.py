"""Databases with waiting mail for the measurements: reminders through the sweep, or many results."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

from sqlalchemy import Connection, text

from config.rulebook import rulebook
from notifications.sweep import sweep
from states.terms import Entry
from workflow.admission import Newcomer, admit
from workflow.database import Database
from workflow.migrations import upgrade

SENDER = "研修项目管理系统 <yanxiu@example.cn>"
AS_OF, AT = date(2025, 4, 21), datetime(2025, 4, 21, 1, tzinfo=UTC)
HOUR = timedelta(hours=1)


@dataclass(frozen=True)
class Standing:
    """A clock that shows the moment of the measurement."""

    now: datetime = AT + HOUR

    def __call__(self) -> datetime:
        return self.now


def with_reminders(path: Path, count: int) -> Database:
    """That many hosts, each with one reminder mail of the day, put there by the sweep."""
    db, book = Database(f"sqlite:///{path}"), rulebook()
    upgrade(db)
    newcomers = [
        Newcomer(
            Entry.IMPORT,
            {
                "state": "planned",
                "policy": "fujian-2025",
                "year": 2025,
                "number": number,
                "name": f"示例专题{number}高级研修班",
                "host": f"示例单位{number}",
                "category": "demonstration",
                "department": "示例厅",
                "place": "福州市",
                "opens_earliest": "2025-05-28",
                "opens_latest": "2025-05-28",
                "planned_ends": "2025-05-31",
                "planned_trainees": 40,
                "contact_name": f"联系人{number}",
                "contact_email": f"unit{number}@example.cn",
                "known_on": "2025-01-01",
            },
        )
        for number in range(1, count + 1)
    ]
    with db.write() as connection:
        admit(connection, book, newcomers, person="", today=date(2025, 1, 1), at=AT)
    found = sweep(db, book, as_of=AS_OF, at=AT)
    if found.mails != count:
        raise SystemExit(f"{found.mails} mails instead of {count}")
    return db


def wait_again(db: Database) -> None:
    """All mails as if no attempt had been made."""
    with db.write() as connection:
        connection.execute(
            text(
                "UPDATE mail SET status = 'pending', attempts = 0, handed = 0, content = NULL,"
                " subject = '', sent_at = NULL, tried_at = NULL, last_reply = ''"
            )
        )
        connection.execute(text("DELETE FROM mail_attempt"))


def multiply(db: Database, count: int) -> None:
    """Let `count` mails wait: copies of the first, about the same."""
    with db.write() as connection:
        listed = _columns(connection, "mail", "key", "token")
        connection.execute(
            text(
                "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < :count)"
                f" INSERT INTO mail (key, token, {listed})"
                f" SELECT key || i, printf('%032x', i), {listed} FROM mail, n WHERE mail.id = 1"
            ),
            {"count": count - 1},
        )
        listed = _columns(connection, "reminder", "recipient", "mail_id")
        connection.execute(
            text(
                f"INSERT INTO reminder (recipient, mail_id, {listed})"
                f" SELECT recipient || mail.id, mail.id, {_of('reminder', listed)}"
                " FROM mail, reminder WHERE reminder.mail_id = 1 AND mail.id > 1"
            )
        )


def _columns(connection: Connection, table: str, *but: str) -> str:
    found = connection.execute(text(f"PRAGMA table_info({table})"))
    return ", ".join(row[1] for row in found if row[1] not in ("id", *but))


def _of(table: str, listed: str) -> str:
    return ", ".join(f"{table}.{column}" for column in listed.split(", "))
