"""What few rows are like is found without reading all: mail by its state, what one person did."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Connection, event

from states.terms import Role
from workflow.database import Database
from workflow.mail import log as mail_log
from workflow.mail import room as mail_room
from workflow.mail.room import Reader, Search
from workflow.office import log as office_log
from workflow.people import Actor

PROVINCE = Reader(Actor("wang", "", ((Role.PROVINCE, ""),)), "")
BY = {
    **dict.fromkeys(("pending", "leased", "failed"), "ix_mail_due"),
    **dict.fromkeys(("dead", "awaiting", "held"), "ix_mail_for_a_person"),
    "suppressed": "ix_mail_withheld",
    **dict.fromkeys(
        ("bounced", "bounced_unproven", "by_hand", "sent_before"), "ix_mail_sent_and_more"
    ),
}


def plans(path: Path, ask: Callable[[Connection], Any]) -> list[str]:
    """How SQLite would find what is asked for."""
    db = Database(f"sqlite:///{path}")
    asked: list[tuple[str, Any]] = []

    def note(_: Any, __: Any, statement: str, parameters: Any, *___: Any) -> None:
        asked.append((statement, parameters))

    with db.read() as connection:
        event.listen(db.engine, "before_cursor_execute", note)
        ask(connection)
        event.remove(db.engine, "before_cursor_execute", note)
        found = [
            row[-1]
            for statement, parameters in asked
            for row in connection.exec_driver_sql(f"EXPLAIN QUERY PLAN {statement}", parameters)
        ]
    db.close()
    return found


@pytest.mark.parametrize("state", BY)
@pytest.mark.parametrize("before", [None, 50])
def test_mail_in_a_rare_state(migrated_file: Path, state: str, before: int | None) -> None:
    search, after = Search(state), before or 0
    asks: list[Callable[[Connection], Any]] = [
        lambda c: mail_room.mails(c, PROVINCE, search, before),
        lambda c: mail_room.mails_onward(c, PROVINCE, search, after=after, limit=50),
    ]
    for ask in asks:
        plan = plans(migrated_file, ask)
        assert any(f"INDEX {BY[state]}" in line for line in plan), plan
        assert not [line for line in plan if line.startswith("SCAN mail") and "INDEX" not in line]


def test_counts_of_what_needs_a_person(migrated_file: Path) -> None:
    for ask in (mail_log.count_waiting_for_a_person, lambda c: mail_room.attention(c, PROVINCE)):
        plan = plans(migrated_file, ask)
        assert [line for line in plan if line.endswith("SCAN mail")] == []
        assert any("ix_mail_for_a_person" in line for line in plan)


@pytest.mark.parametrize("before", [None, (datetime(2025, 4, 1, tzinfo=UTC), 1, 1)])
def test_what_somebody_did(migrated_file: Path, before: office_log.Key | None) -> None:
    plan = plans(migrated_file, lambda c: office_log.deeds_of(c, "chen", before))
    assert any("ix_event_person" in line for line in plan), plan
