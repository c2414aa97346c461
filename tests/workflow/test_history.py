"""The hash chain: nothing that was written can be changed, taken away or swapped unnoticed."""

from __future__ import annotations

import json
from contextlib import ExitStack
from typing import Any

import pytest
from sqlalchemy import Table
from stories import AT, CLERK, WANG, Desk
from tampering import another, tampered

from notifications.sweep import sweep
from states.terms import Act, Action
from workflow.history import HASHED, event_hash, fold
from workflow.mail_tables import REMINDER
from workflow.tables import DEADLINE, EVENT, PROJECT

LAST = 10  # events of a whole life, its entry included


@pytest.fixture
def archive(desk: Desk) -> Desk:
    """A whole life (1), a planned class with reminders (2), one sent back (3), one drafted (4)."""
    whole, planned, back, _ = (desk.admit(name=f"第{n}期研修班") for n in range(1, 5))
    desk.live(whole)
    desk.live(planned, "planned")
    day = desk.book.calendar.on_or_before(desk.show(planned)["deadlines"][0]["advised_on"])
    sweep(desk.db, desk.book, as_of=day, at=AT)
    desk.live(back, "filed")
    mend_by = day.replace(month=4, day=25)
    desk.do(back, Action.SEND_BACK, WANG, "2025-04-15", items="课程表", mend_by=mend_by)
    desk.do(back, Act.CHANGE, CLERK, "2025-04-16", reason="师资", opens=day.replace(month=6))
    assert desk.complaints() == []
    return desk


def unnoticed(desk: Desk, table: Table, changes: list[str], project_id: int = 1) -> list[str]:
    """Those of the changes of which verify does not say that they concern this project."""
    missed = []
    for sql in changes:
        with tampered(desk.db, table, sql):
            if not any(said.startswith(f"Project {project_id} ") for said in desk.complaints()):
                missed.append(sql)
    assert desk.complaints() == []  # all was put right again
    return missed


@pytest.mark.parametrize("seq", [1, 5, LAST])
def test_every_column_of_every_event_is_guarded(archive: Desk, seq: int) -> None:
    here = f"WHERE project_id = 1 AND seq = {seq}"
    changes = [f"UPDATE event SET {c.name} = {another(c)} {here}" for c in EVENT.columns]
    assert unnoticed(archive, EVENT, changes) == []


def test_events_that_still_read_well_are_guarded(archive: Desk) -> None:
    changes = [
        """UPDATE event SET changes = REPLACE(changes, '2025-05-16', '2025-05-15')""",
        """UPDATE event SET given = REPLACE(given, '4800000', '4800001')""",
        "UPDATE event SET findings = '[[]]'",
        "UPDATE event SET changes = changes || ' '",
        "UPDATE event SET prev = hash",
    ]
    assert unnoticed(archive, EVENT, [f"{sql} WHERE project_id = 1" for sql in changes]) == []


@pytest.mark.parametrize("seq", [1, 2, 5, LAST - 1, LAST])
def test_no_event_can_be_taken_away(archive: Desk, seq: int) -> None:
    gone = f"DELETE FROM event WHERE project_id = 1 AND seq = {seq}"
    assert unnoticed(archive, EVENT, [gone]) == []


def test_neither_the_whole_history_nor_the_row_can_be_taken_away(archive: Desk) -> None:
    assert unnoticed(archive, EVENT, ["DELETE FROM event WHERE project_id = 1"]) == []
    assert unnoticed(archive, PROJECT, ["DELETE FROM project WHERE id = 1"]) == []


def test_a_tail_can_not_be_cut_off(archive: Desk) -> None:
    cut = [f"DELETE FROM event WHERE project_id = 1 AND seq > {seq}" for seq in range(1, LAST)]
    assert unnoticed(archive, EVENT, cut) == []


@pytest.mark.parametrize(("one", "other"), [(1, 2), (4, 5), (LAST - 1, LAST)])
def test_two_events_cannot_be_swapped(archive: Desk, one: int, other: int) -> None:
    steps = [(one, -1), (other, one), (-1, other)]
    with ExitStack() as swap:
        for now, then in steps:
            sql = f"UPDATE event SET seq = {then} WHERE project_id = 1 AND seq = {now}"
            swap.enter_context(tampered(archive.db, EVENT, sql))
        said = archive.complaints()
    assert said and {text.split(" ")[1] for text in said} == {"1"}
    assert archive.complaints() == []


def test_an_event_cannot_move_to_another_project(archive: Desk) -> None:
    move = f"UPDATE event SET project_id = 4, seq = 2 WHERE project_id = 1 AND seq = {LAST}"
    assert unnoticed(archive, EVENT, [move], 1) == []
    assert unnoticed(archive, EVENT, [move], 4) == []


def test_every_column_of_the_project_row_is_guarded(archive: Desk) -> None:
    changes = [f"UPDATE project SET {c.name} = {another(c)} WHERE id = 1" for c in PROJECT.columns]
    changes += [
        """UPDATE project SET facts = REPLACE(facts, '4800000', '4900000') WHERE id = 1""",
        "UPDATE project SET facts = '{}' WHERE id = 1",
        "UPDATE project SET number = NULL WHERE id = 1",
        "UPDATE project SET opens = NULL WHERE id = 1",
    ]
    assert unnoticed(archive, PROJECT, changes) == []


DERIVED = [c for c in DEADLINE.columns if c.name not in ("id", "known_on", "next_on")]


@pytest.mark.parametrize("kind", ["filing", "completion", "recording", "reimbursement", "mending"])
def test_every_derived_column_of_a_deadline_is_guarded(archive: Desk, kind: str) -> None:
    here = f"WHERE project_id = 3 AND kind = '{kind}' AND standing <> 'superseded'"
    changes = [f"UPDATE deadline SET {c.name} = {another(c)} {here}" for c in DERIVED]
    changes.append(f"DELETE FROM deadline {here}")
    assert unnoticed(archive, DEADLINE, changes, 3) == []


def test_a_superseded_round_cannot_be_taken_away(archive: Desk) -> None:
    gone = "DELETE FROM deadline WHERE project_id = 3 AND kind = 'filing' AND round = 1"
    assert unnoticed(archive, DEADLINE, [gone], 3) == []


def test_a_reminder_fits_its_deadline_and_its_mail(archive: Desk) -> None:
    names = ("deadline_id", "kind", "round", "due_on", "recipient", "mail_id")
    here = "WHERE project_id = 2 AND status = 'queued'"
    changes = [f"UPDATE reminder SET {n} = {another(REMINDER.c[n])} {here}" for n in names]
    changes += [
        f"UPDATE reminder SET status = 'suppressed', reason = 'met' {here}",
        f"UPDATE reminder SET mail_id = NULL {here}",
    ]
    assert unnoticed(archive, REMINDER, changes, 2) == []
    moved = f"UPDATE reminder SET project_id = 4 {here}"
    assert unnoticed(archive, REMINDER, [moved], 4) == []


@pytest.mark.parametrize("junk", ["garbage", b"\x00\xff", -1])
def test_what_cannot_even_be_read_is_reported_and_never_raises(archive: Desk, junk: Any) -> None:
    if not archive.db.is_sqlite:
        return  # PostgreSQL takes no value of another type
    places = [(EVENT, "project_id = 1 AND seq = 5"), (PROJECT, "id = 1")]
    for table, here in places:
        for column in table.columns:
            sql = f"UPDATE {table.name} SET {column.name} = :junk WHERE {here}"
            if column.name == "id" and junk != -1:
                continue  # SQLite itself refuses any but a number here
            with tampered(archive.db, table, sql, junk=junk):
                said = archive.complaints()
                assert [s for s in said if s.startswith("Project 1 ")], sql
    for column in DERIVED[1:]:
        sql = f"UPDATE deadline SET {column.name} = :junk WHERE project_id = 1 AND kind = 'filing'"
        with tampered(archive.db, DEADLINE, sql, junk=junk):
            assert [s for s in archive.complaints() if s.startswith("Project 1 ")], sql


def test_the_row_is_the_fold_of_its_events(archive: Desk) -> None:
    rows = archive.rows()
    for row in rows["project"]:
        events = [event for event in rows["event"] if event.project_id == row.id]
        assert fold(event.changes for event in events) == json.loads(row.facts)
        assert (row.version, row.head) == (len(events), events[-1].hash)
        assert [event.prev for event in events[1:]] == [event.hash for event in events[:-1]]


def test_the_hash_covers_every_column_but_itself() -> None:
    names = [column.name for column in EVENT.columns]
    assert [*HASHED, "hash"] == names
    event = dict.fromkeys(names, "a")
    hashes = {event_hash(event | {name: "b"}) for name in HASHED} | {event_hash(event)}
    assert len(hashes) == len(HASHED) + 1
