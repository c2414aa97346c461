"""The hash chain: nothing that was written can be changed, taken away or swapped unnoticed."""

from __future__ import annotations

import json
import shutil
from contextlib import ExitStack
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Column, MetaData, Table, insert, select, text
from stories import AT, CLERK, FILING, START, WANG, Desk
from tampering import another, behind_its_back, misspelt, tampered

from config.policy_files import SHIPPED
from config.rulebook import Rulebook, reread, rulebook
from notifications.sweep import sweep
from states.terms import Act, Action
from workflow.database import Database
from workflow.deeds import Deed
from workflow.engine import perform
from workflow.history import COLUMNS as EVENT_COLUMNS
from workflow.history import HASHED, event_hash, fold
from workflow.mail_tables import MAIL, REMINDER
from workflow.migrations import upgrade
from workflow.office_tables import POLICY_TEXT
from workflow.papers import path_of, store_bytes
from workflow.policy_texts import lost_texts
from workflow.refresh import refresh
from workflow.tables import DEADLINE, EVENT, PROJECT, SETTING
from workflow.verify import CHANGED_RULES, verify

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
@pytest.mark.one_database
def test_every_column_of_every_event_is_guarded(archive: Desk, seq: int) -> None:
    here = f"WHERE project_id = 1 AND seq = {seq}"
    changes = [f"UPDATE event SET {c.name} = {another(c)} {here}" for c in EVENT.columns]
    assert unnoticed(archive, EVENT, changes) == []


@pytest.mark.one_database
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
@pytest.mark.one_database
def test_no_event_can_be_taken_away(archive: Desk, seq: int) -> None:
    gone = f"DELETE FROM event WHERE project_id = 1 AND seq = {seq}"
    assert unnoticed(archive, EVENT, [gone]) == []


def test_neither_the_whole_history_nor_the_row_can_be_taken_away(archive: Desk) -> None:
    assert unnoticed(archive, EVENT, ["DELETE FROM event WHERE project_id = 1"]) == []
    assert unnoticed(archive, PROJECT, ["DELETE FROM project WHERE id = 1"]) == []


@pytest.mark.one_database
def test_a_tail_can_not_be_cut_off(archive: Desk) -> None:
    cut = [f"DELETE FROM event WHERE project_id = 1 AND seq > {seq}" for seq in range(1, LAST)]
    assert unnoticed(archive, EVENT, cut) == []


@pytest.mark.parametrize(("one", "other"), [(1, 2), (4, 5), (LAST - 1, LAST)])
@pytest.mark.one_database
def test_two_events_cannot_be_swapped(archive: Desk, one: int, other: int) -> None:
    steps = [(one, -1), (other, one), (-1, other)]
    with ExitStack() as swap:
        for now, then in steps:
            sql = f"UPDATE event SET seq = {then} WHERE project_id = 1 AND seq = {now}"
            swap.enter_context(tampered(archive.db, EVENT, sql))
        said = archive.complaints()
    assert said and {text.split(" ")[1] for text in said} == {"1"}
    assert archive.complaints() == []


@pytest.mark.one_database
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
@pytest.mark.one_database
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


TABLES = [EVENT, PROJECT, DEADLINE, REMINDER, MAIL]


@pytest.mark.parametrize("table", TABLES, ids=lambda table: table.name)
def test_a_stored_value_that_only_reads_as_the_same_is_reported(
    archive: Desk, table: Table
) -> None:
    """`machine = 'x'` reads as true and `2025-1-2` as a date; neither was written by us."""
    if not archive.db.is_sqlite:
        return  # PostgreSQL takes no value of another type
    for column in table.columns:
        if column.name == "id":
            continue  # SQLite itself refuses any but a number here
        for value in misspelt(column):
            sql = f"UPDATE {table.name} SET {column.name} = {value} WHERE {column.name} IS NOT NULL"
            here = f" AND rowid = (SELECT max(rowid) FROM {table.name})"
            if _none_there(archive, table, column.name, here):
                continue
            with tampered(archive.db, table, sql + here):
                said = archive.complaints()
            assert [s for s in said if "does not write so" in s and column.name in s], sql


def _none_there(desk: Desk, table: Table, name: str, here: str) -> bool:
    with desk.db.read() as connection:
        sql = f"SELECT 1 FROM {table.name} WHERE {name} IS NOT NULL{here}"
        return connection.execute(text(sql)).first() is None


def test_no_table_is_left_out_of_what_is_looked_at(desk: Desk) -> None:
    """Whoever adds a table or a column has it looked at; nothing that we write is reported."""
    if not desk.db.is_sqlite:
        return
    with desk.db.write() as connection:
        connection.execute(insert(SETTING).values(key="k", value="v"))
        connection.execute(text("UPDATE setting SET value = x'00' WHERE key = 'k'"))
    [said] = desk.complaints()
    assert said == "a value in setting (k), column value, that this program does not write so."


def test_every_version_of_a_paper_that_the_history_names_is_looked_at(
    desk: Desk, tmp_path: Path
) -> None:
    """An earlier version is as much a part of the record as the one that took its place."""
    number = desk.admit()
    first, second = (store_bytes(tmp_path, "方案.pdf", text) for text in (b"one", b"two"))
    desk.live(number, "planned")
    for paper, on in ((first, date(2025, 4, 10)), (second, date(2025, 4, 16))):
        deed = Deed(Action.FILE, CLERK, {}, dict.fromkeys(FILING, paper), on)
        perform(desk.db, desk.book, number, deed, today=on, at=AT)
        back = {"items": "课程表", "mend_by": date(2025, 4, 25)}
        desk.do(number, Action.SEND_BACK, WANG, on, **back)

    def lost() -> list[str]:
        found = verify(desk.db, desk.book, tmp_path)
        return [said.en for said in found if "lost its paper implementation_plan" in said.en]

    assert lost() == []
    path_of(tmp_path, first["sha256"]).write_bytes(b"three")
    assert [said.split("of event ")[1].split(",")[0] for said in lost()] == ["5"]
    path_of(tmp_path, second["sha256"]).unlink()
    assert [said.split("of event ")[1].split(",")[0] for said in lost()] == ["5", "7"]


def test_the_policy_that_an_event_names_can_be_read_for_good(
    db: Database, book: Rulebook, tmp_path: Path
) -> None:
    """Its text is kept, its file may not change unnoticed, and the kept text may not either."""
    own = tmp_path / "policies"
    own.mkdir()
    file = own / "fujian-2025.toml"
    shutil.copy(SHIPPED / file.name, file)
    desk = Desk(db, reread(tmp_path))
    desk.admit()
    refresh(desk.db, desk.book)
    assert desk.complaints() == []
    file.write_bytes(file.read_bytes() + b"\n# edited\n")
    desk.book = reread(tmp_path)
    assert desk.complaints() == [CHANGED_RULES.en]
    refresh(desk.db, desk.book)  # what `init` and the worker do
    assert desk.complaints() == []
    with db.read() as connection:
        old, new = connection.execute(select(POLICY_TEXT).order_by(POLICY_TEXT.c.digest)).all()
    assert {old.policy, new.policy} == {"fujian-2025"}
    digest = desk.rows()["event"][0].policy_digest
    with tampered(db, POLICY_TEXT, "UPDATE policy_text SET content = :other", other=b"x"):
        assert len(desk.complaints()) == 2
    with tampered(db, POLICY_TEXT, f"DELETE FROM policy_text WHERE digest = '{digest}'"):
        [said] = desk.complaints()
    assert said.startswith("The policy file fujian-2025 (")
    assert desk.complaints() == []


def test_a_policy_from_before_texts_were_kept_is_no_complaint(tmp_path: Path) -> None:
    """Its file may be gone since; a database of an earlier part stays clean."""
    db = Database(f"sqlite:///{tmp_path / 'old.db'}")
    upgrade(db, "0008")
    event = dict.fromkeys(EVENT_COLUMNS, "") | {"project_id": 1, "seq": 1, "policy": "p"}
    event |= {"recorded_at": AT, "on_date": START, "on_behalf": False, "machine": True}
    with behind_its_back(db) as connection:
        del event["let_in_by"]  # not yet a column then
        old = Table("event", MetaData(), *(Column(name, EVENT.c[name].type) for name in event))
        connection.execute(insert(old).values(event | {"policy_digest": "0" * 64}))
    upgrade(db)
    with db.read() as connection:
        assert list(lost_texts(connection, rulebook())) == []
    db.close()


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
