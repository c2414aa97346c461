"""The demonstration's story: every state, on time and late, told by the engine alone."""

from __future__ import annotations

import json
import stat
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime
from pathlib import Path

import pytest
from command import SAMPLE
from databases import Empty
from sqlalchemy import select

from cli import demo_people
from cli.demo_news import SILENT
from cli.demo_story import Telling, story, tell
from config.rulebook import Rulebook
from config.zone import local
from notifications.letters.foretold import subjects
from states.facts import UNANSWERED, Json
from states.terms import Act, Action, State
from workflow.accounts.passwords import sign_in
from workflow.batches.prepared import listed
from workflow.batches.rehearsal import rehearse
from workflow.database import Database
from workflow.imports.plan import apply_plan
from workflow.imports.plan_file import read_plan
from workflow.mail.log import mail_log
from workflow.mail_tables import MAIL
from workflow.papers import intact, named
from workflow.people import find_actor
from workflow.queries import project, projects
from workflow.tables import EVENT, PERSON, PROJECT, UNIT
from workflow.verify import verify

SPRING, AUTUMN = date(2025, 2, 21), date(2025, 9, 23)
UNTOUCHED = {2, 4, 6, 10, 16}  # the README leads these


@pytest.fixture
def database(empty_database: Empty, tmp_path: Path, book: Rulebook) -> Iterator[Database]:
    yield from begun(empty_database, tmp_path, book)


@dataclass(frozen=True)
class Year:
    """A data folder in which the whole story has been told, to be looked at only."""

    db: Database
    folder: Path
    told: Telling


@pytest.fixture(scope="module")
def year(
    empty_database: Empty, tmp_path_factory: pytest.TempPathFactory, book: Rulebook
) -> Iterator[Year]:
    folder = tmp_path_factory.mktemp("told")
    for db in begun(empty_database, folder, book):
        yield Year(db, folder, told(db, book, folder, AUTUMN))


def begun(empty_database: Empty, folder: Path, book: Rulebook) -> Iterator[Database]:
    """The sample plan as known on 1 January, and the people."""
    with empty_database(folder) as db:
        policy = book.policy("fujian-2025")
        plan = read_plan(SAMPLE, policy)
        known = date(2025, 1, 1)
        at = datetime(2025, 1, 1, 1, tzinfo=UTC)
        apply_plan(db, book, policy, plan, today=known, at=at)
        with db.write() as connection:
            demo_people.enrol_people(connection, departments(book), at=at)
        yield db


def departments(book: Rulebook) -> list[str]:
    plan = read_plan(SAMPLE, book.policy("fujian-2025"))
    return sorted({row.department for row in plan.rows if row.department})


def told(
    db: Database, book: Rulebook, folder: Path, today: date, after: date | None = None
) -> Telling:
    found = tell(db, book, folder, after=after, today=today)
    assert [(line, str(refused)) for line, refused in found.refused] == []
    return found


def everything(db: Database, book: Rulebook) -> list[Json]:
    with db.read() as connection:
        listed = projects(connection, book, as_of=AUTUMN)
        return [project(connection, book, one["id"]) for one in listed]


def test_it_leaves_projects_in_every_state(year: Year, book: Rulebook) -> None:
    done = year.told
    assert done.done + done.drafted == len(list(story()))
    found = everything(year.db, book)
    assert {one["state"] for one in found} == {state.value for state in State}
    assert list(verify(year.db, book, year.folder / "papers")) == []
    assert {one["version"] for one in found if one.get("number") in UNTOUCHED} == {1}


def test_what_an_office_meets_is_there(year: Year, book: Rulebook) -> None:
    found = everything(year.db, book)
    by_number = {one.get("number"): one for one in found}
    assert by_number[12]["pending"]["deed"] == Action.SUBSIDISE
    assert by_number[67]["pending"]["deed"] == Action.WITHDRAW
    assert by_number[8]["promised"] == {"subsidy_receipt": "2025-09-12"}
    assert "filed_in_time" in open_flags(by_number[8])
    assert "disposed" in by_number[3]["flags"]["filed_in_time"]
    assert by_number[3]["mend_by"] == "2025-09-08"
    assert set(by_number[1]["milestones"]) >= {"notice_issued", "paid"}
    assert by_number[60]["postponed"]["on"] == "2025-09-12"
    assert by_number[55]["extended"]["completion"]["due_on"] == "2025-12-12"
    late_plan = [one for one in found if one.get("planned_on") == "2025-09-16"]
    assert [one["name"] for one in late_plan] == ["急诊急救能力提升高级研修班"]
    with year.db.read() as connection:
        late = projects(connection, book, as_of=AUTUMN, overdue=True)
    assert {one["number"] for one in late} == {2, 3, 4, 9, 86, None}
    kept = [p for one in found for _, p in named(one.get("papers", {}))]
    assert kept and all(intact(year.folder / "papers", paper["sha256"]) for paper in kept)


def open_flags(one: Json) -> set[str]:
    return {key for key, flag in one.get("flags", {}).items() if "disposed" not in flag}


def test_every_sort_of_deed_is_told(year: Year, book: Rulebook) -> None:
    deeds = {event["deed"] for one in everything(year.db, book) for event in one["history"]}
    missed = {deed.value for deed in (*Action, *Act)} - deeds
    assert missed <= {"transfer", "cancel", "note"}  # what an office seldom does


def test_told_in_two_goes_it_is_the_same_story(
    database: Database, book: Rulebook, tmp_path: Path
) -> None:
    assert told(database, book, tmp_path, SPRING).done == 0  # the first mail stands alone
    told(database, book, tmp_path, date(2025, 6, 30), after=SPRING)
    told(database, book, tmp_path, AUTUMN, after=date(2025, 6, 30))
    found = everything(database, book)
    assert sum(one["version"] - 1 for one in found) == len(list(story())) - 14
    assert told(database, book, tmp_path, AUTUMN, after=AUTUMN).done == 0


def test_only_what_is_recent_is_mailed_and_one_mail_is_held_back(
    year: Year, book: Rulebook
) -> None:
    with year.db.read() as connection:
        mails = mail_log(connection)
    assert {mail["on_date"] > date(2025, 9, 9) for mail in mails} == {True}
    assert [mail["reason"] for mail in mails if mail["status"] == "awaiting"] == ["held"]
    assert {mail["to_email"].rpartition("@")[2] for mail in mails} == {
        "example.cn",
        "example.invalid",
    }


def test_passwords_are_drawn_once_and_kept_from_others(
    database: Database, book: Rulebook, tmp_path: Path
) -> None:
    at = datetime(2025, 9, 23, 1, tzinfo=UTC)
    units = departments(book)
    first = demo_people.give_passwords(database, tmp_path, units, at=at)
    assert demo_people.give_passwords(database, tmp_path, units, at=at) == first
    assert {one.role for one in first} == {*demo_people.Role}
    kept = tmp_path / demo_people.PASSWORDS
    assert stat.S_IMODE(kept.stat().st_mode) == 0o600
    assert json.loads(kept.read_text()) == {one.login: one.password for one in first}
    one = first[0]
    assert sign_in(database, one.login, one.password, at=at) is not None


def test_batches_are_being_prepared_where_there_are_projects_for_them(year: Year) -> None:
    with year.db.read() as connection:
        actor = find_actor(connection, "province1")
        assert actor is not None
        found = {
            batch.deed: (batch.can_change, lines) for batch, lines in listed(connection, actor)
        }
    assert found.keys() == {Action.SUBSIDISE, Action.PLAN}
    assert all(can_change and lines for can_change, lines in found.values())


def test_no_batch_is_empty_early_in_the_year(
    database: Database, book: Rulebook, tmp_path: Path
) -> None:
    told(database, book, tmp_path, SPRING)
    with database.read() as connection:
        actor = find_actor(connection, "province1")
        assert actor is not None
        assert [lines for _, lines in listed(connection, actor) if not lines] == []


CITIES = {
    *("福州市", "厦门市", "莆田市", "三明市", "泉州市", "漳州市", "南平市", "龙岩市", "宁德市"),
    "平潭综合实验区",
}


def test_every_batch_that_is_being_prepared_can_be_published(year: Year, book: Rulebook) -> None:
    at = datetime(2025, 9, 23, 2, tzinfo=UTC)
    with year.db.read() as connection:
        actor = find_actor(connection, "province1")
        assert actor is not None
        found = [batch.id for batch, _ in listed(connection, actor)]
    for one in found:
        seen = subjects(book, AUTUMN)
        trial = rehearse(year.db, book, actor, one, seen, today=AUTUMN, at=at)
        said = {v.line.project_id: v.problems for v in trial.verdicts if v.stopped}
        assert said == {}, trial.batch.title


def test_everybody_has_a_number_that_nobody_has_and_classes_are_in_cities_that_exist(
    year: Year, book: Rulebook
) -> None:
    plan = read_plan(SAMPLE, book.policy("fujian-2025"))
    assert {row.place for row in plan.rows} <= CITIES
    with year.db.read() as connection:
        numbers = {
            phone
            for table in (UNIT, PERSON)
            for phone in connection.execute(select(table.c.phone)).scalars()
        }
    numbers |= {row.contact_phone or "" for row in plan.rows}
    assert {number[:6] for number in numbers} == {"0591-0"}


def test_mail_of_a_day_begins_at_half_past_eight(year: Year) -> None:
    with year.db.read() as connection:
        days: dict[str, str] = {}
        for on, at in connection.execute(select(MAIL.c.on_date, MAIL.c.created_at)):
            said = local(at)
            assert said.startswith(on.isoformat())
            days[said[:10]] = min(days.get(said[:10], "99:99"), said[11:])
    assert min(days.values()) == "08:30"


def test_nearly_all_have_confirmed_the_plan_and_one_press_takes_no_night(year: Year) -> None:
    with year.db.read() as connection:
        silent = select(PROJECT.c.id).where(PROJECT.c.news == UNANSWERED)
        numbers = set(connection.execute(silent).scalars())
        pressed = select(EVENT.c.recorded_at).where(EVENT.c.deed == Act.ANNOUNCE.value)
        hours = {local(at)[11:] for at in connection.execute(pressed).scalars()}
    assert numbers == SILENT
    assert max(hours) < "16:30"
