"""When a calendar or a ladder changes, the deadlines of all projects follow, once."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest
from sqlalchemy import select
from stories import Desk

from config.rulebook import Rulebook
from states.ladder import Ladder, Rung, Stepper
from states.terms import Kind, Role
from workflow.refresh import law_digest, refresh
from workflow.tables import DEADLINE
from workflow.verify import verify

CLASS = {
    "state": "held",
    "actual_opens": "2025-08-29",
    "actual_ends": "2025-09-01",
    "held_on": "2025-09-01",
}


def reimbursement(desk: Desk) -> list[tuple[int, date, str]]:
    with desk.db.read() as connection:
        rows = connection.execute(
            select(DEADLINE.c.round, DEADLINE.c.due_on, DEADLINE.c.standing)
            .where(DEADLINE.c.kind == "reimbursement")
            .order_by(DEADLINE.c.round)
        )
        return [tuple(row) for row in rows]


def test_a_new_calendar_moves_what_it_moves(desk: Desk, book: Rulebook) -> None:
    desk.admit(**CLASS)
    assert refresh(desk.db, book) == 1
    assert refresh(desk.db, book) == 0
    assert reimbursement(desk) == [(1, date(2025, 10, 9), "open")]
    holiday = {**book.calendar.holidays, date(2025, 10, 9): "国庆节"}
    longer = replace(book.calendar, holidays=holiday)
    other = replace(book, calendar=longer, stepper=Stepper(longer))
    assert [*verify(desk.db, other)] != []
    assert refresh(desk.db, other) == 1
    first, second = (1, date(2025, 10, 9), "superseded"), (2, date(2025, 10, 10), "open")
    assert reimbursement(desk) == [first, second]
    assert [*verify(desk.db, other)] == []


def test_a_new_ladder_places_the_next_step_anew(desk: Desk, book: Rulebook) -> None:
    desk.admit(**CLASS)
    refresh(desk.db, book)
    ladder = Ladder((Rung(-2, (Role.HOST,)),))
    other = replace(book, ladders={**book.ladders, Kind.REIMBURSEMENT: ladder})
    assert [*verify(desk.db, other)] != []
    refresh(desk.db, other)
    assert [*verify(desk.db, other)] == []


def test_a_later_program_derives_them_by_its_own_rules(
    desk: Desk, book: Rulebook, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What a module of `states` derives changes without a file of the office being touched."""
    desk.admit(**CLASS)
    assert refresh(desk.db, book) == 1
    (tmp_path / "calculus.py").write_text("# of a later version")
    monkeypatch.setattr("states.__file__", str(tmp_path / "__init__.py"))
    law_digest.cache_clear()
    assert refresh(desk.db, book) == 1
    monkeypatch.undo()
    law_digest.cache_clear()
