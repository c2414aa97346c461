"""A database that cannot be used: told to visitors and programs, in one line to the log, and over
when it is over."""

from __future__ import annotations

import logging
import resource
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from callers import caller
from databases import held
from sqlalchemy import event
from stories import CLERK, Desk
from visits import House, words

import workflow.database
from config.calendar_files import CalendarYear, written
from config.rulebook import Rulebook, rulebook
from states.terms import Act, Role, Text
from workflow.accounts.sessions import NOTED
from workflow.database import Database
from workflow.mail.halt import RESTORED, halt, resume
from workflow.office_tables import SESSION, TOKEN
from workflow.refresh import refresh
from workflow.storage import AWAY, BUSY, DAMAGED, FULL, UNREADABLE


@pytest.fixture
def house(db: Database, book: Rulebook, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> House:
    """On both databases; nobody waits for long."""
    monkeypatch.setattr(workflow.database, "BUSY_SECONDS", 0.3)
    impatient = Database(db.url.render_as_string(hide_password=False))
    return House(Desk(impatient, book), tmp_path)


@pytest.fixture(autouse=True)
def _closed(house: House) -> Iterator[None]:
    yield
    house.desk.db.close()


def test_who_only_looks_needs_nobody_to_let_go_of_the_lock(house: House) -> None:
    """GETs took 28 s while another process held it: each wanted to note the visit first."""
    one = house.desk.admit()
    visit = house.visit(house.person("wang", (Role.PROVINCE, "")))
    program = caller(house, "province")
    house.at += NOTED + timedelta(minutes=1)
    with held(house.desk.db):
        assert visit.get(f"/projects/{one}").status_code == 200
        assert program.get(f"/projects/{one}").status_code == 200
    with house.desk.db.read() as connection:
        for table, column in ((SESSION, "seen_at"), (TOKEN, "used_at")):
            noted = connection.execute(table.select()).mappings().one()[column]
            assert noted is None or noted < house.at  # lost, and nobody minds
    assert visit.get(f"/projects/{one}").status_code == 200
    with house.desk.db.read() as connection:
        assert connection.execute(SESSION.select()).mappings().one()["seen_at"] == house.at


def test_a_locked_database_is_told_and_is_not_ready(
    house: House, caplog: pytest.LogCaptureFixture
) -> None:
    one = house.desk.admit()
    visit = house.visit(house.person("lin", (Role.HOST, CLERK.grants[0][1])))
    program = caller(house, "coordinator")
    note = {"channel": "phone", "person": "林老师"}
    assert visit.get("/readyz").status_code == 200
    with held(house.desk.db), caplog.at_level(logging.WARNING):
        page = visit.post("/sign-in", {"login": "a", "password": "b"})
        answer = program.do(one, Act.NOTE.value, fields=note)
        for _ in range(3):
            program.do(one, Act.NOTE.value, fields=note)
        ready = visit.get("/readyz")
        assert visit.get("/healthz").status_code == 200
    assert (page.status_code, page.headers["retry-after"]) == (503, "10")
    assert BUSY.zh in words(page)
    assert (answer.status_code, answer.headers["retry-after"]) == (503, "10")
    assert answer.headers["content-type"] == "application/problem+json"
    assert answer.json()["detail"] == BUSY.zh
    assert (ready.status_code, ready.json()) == (503, {"status": "unreachable"})
    lines = [record for record in caplog.records if record.name == "yanxiu.web"]
    assert len(lines) == 1 and lines[0].exc_info is None
    assert visit.get("/readyz").status_code == 200
    assert program.do(one, Act.NOTE.value, fields=note).status_code == 200


KEPT = ("project", "event", "deadline", "mail", "reminder", "office_event", "api_answer")


@contextmanager
def no_page_to_spare(db: Database) -> Iterator[None]:
    """What SQLite itself calls a full database: nothing that needs more room is committed."""

    def limit(connection: Any, *_: Any) -> None:
        driver = connection.connection.driver_connection
        pages = driver.execute("PRAGMA page_count").fetchone()[0] if full[0] else 1_000_000
        driver.execute(f"PRAGMA max_page_count = {pages}")

    full = [True]
    event.listen(db.engine, "begin", limit, insert=True)
    try:
        yield
    finally:
        full[0] = False


@contextmanager
def no_file_may_grow(db: Database) -> Iterator[None]:
    """What a disk without a free block comes to: its log takes nothing more."""
    log = Path(f"{db.url.database}-wal")
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (log.stat().st_size, hard))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))


@pytest.mark.parametrize(
    ("full", "said"), [(no_page_to_spare, FULL), (no_file_may_grow, UNREADABLE)]
)
def test_on_a_full_disk_all_can_be_read_and_nothing_is_half_written(
    house: House,
    caplog: pytest.LogCaptureFixture,
    full: Callable[..., AbstractContextManager[None]],
    said: Text,
) -> None:
    """A step, through page and API, whose history needs more room than there is."""
    if not house.desk.db.is_sqlite:
        pytest.skip("a server's disk is its own")
    one = house.desk.admit()
    wang = house.visit(house.person("wang", (Role.PROVINCE, "")))
    program = caller(house, "province")
    long = {"channel": "phone", "person": "林老师", "promise": "催报" * 900}
    before = [house.desk.rows()[name] for name in KEPT]
    with full(house.desk.db), caplog.at_level(logging.WARNING):
        page = wang.post(f"/projects/{one}/do/note", long)
        answers = [program.do(one, "note", fields=long) for _ in range(3)]
        if full is no_file_may_grow:  # the probe finds room in the pages that there are
            ready = wang.get("/readyz")
            assert (ready.status_code, ready.json()) == (503, {"status": "unreachable"})
        assert wang.get("/projects").status_code == 200
        assert wang.get(f"/projects/{one}").status_code == 200
        assert program.get(f"/projects/{one}").status_code == 200
    assert (page.status_code, page.headers["retry-after"]) == (503, "10")
    assert said.zh in words(page)
    for answer in answers:
        assert (answer.status_code, answer.headers["retry-after"]) == (503, "10")
        assert answer.json()["detail"] == said.zh
    lines = [record for record in caplog.records if record.name == "yanxiu.web"]
    assert len(lines) == 1 and lines[0].exc_info is None
    assert [house.desk.rows()[name] for name in KEPT] == before
    assert house.desk.complaints() == []
    assert program.do(one, "note", fields=long).status_code == 200
    assert wang.get("/readyz").status_code == 200


def test_after_a_restore_readyz_says_that_mail_is_halted(house: House) -> None:
    """Pages and steps work, so nobody is to be sent away or started anew; who watches is told."""
    visit = house.visit()
    assert visit.get("/readyz").json() == {"status": "ok"}
    with house.desk.db.write() as connection:
        halt(connection, RESTORED, at=house.at)
    ready = visit.get("/readyz")
    assert (ready.status_code, ready.json()) == (200, {"status": "ok", "mail": "halted"})
    with house.desk.db.write() as connection:
        resume(connection, by="", at=house.at)
    assert visit.get("/readyz").json() == {"status": "ok"}


def test_a_database_that_is_away_is_one_page_for_everybody(
    book: Rulebook, tmp_path: Path, house: House, caplog: pytest.LogCaptureFixture
) -> None:
    nobody = "postgresql://x@127.0.0.1:1/x"  # nobody listens there
    away = House(Desk(Database(nobody), book), tmp_path)
    visit = away.visit()
    visit.client.cookies.set("yanxiu_session", "x" * 40)
    with caplog.at_level(logging.WARNING):
        page = visit.get("/projects")
        answer = visit.get("/api/v1/projects", Authorization="Bearer yx_something")
        calendar = visit.get("/calendar/x.ics")
    for one in (page, answer, calendar):
        assert (one.status_code, one.headers["retry-after"]) == (503, "10")
    assert AWAY.zh in words(page) and answer.json()["detail"] == AWAY.zh
    assert "127.0.0.1" not in page.text + answer.text  # where it is concerns no visitor
    assert len([record for record in caplog.records if record.name == "yanxiu.web"]) == 1
    assert visit.get("/readyz").json() == {"status": "unreachable"}


def test_a_damaged_database_is_told(house: House) -> None:
    if not house.desk.db.is_sqlite:
        pytest.skip("a server looks after its own files")
    visit = house.visit(house.person("wang", (Role.PROVINCE, "")))
    house.desk.db.close()
    path = Path(str(house.desk.db.url.database))
    content = path.read_bytes()
    path.write_bytes(content[:100] + b"\xff" * (len(content) - 100))
    page = visit.get("/")
    assert page.status_code == 503 and DAMAGED.zh in words(page)
    assert visit.get("/readyz").status_code == 503


def test_nothing_is_taken_for_a_file_that_has_gone(house: House) -> None:
    if not house.desk.db.is_sqlite:
        pytest.skip("about a SQLite file")
    visit = house.visit(house.person("wang", (Role.PROVINCE, "")))
    assert visit.get("/readyz").status_code == 200
    Path(str(house.desk.db.url.database)).unlink()
    answer = visit.post("/sign-in/link", {"email": "a@example.cn"})
    assert answer.status_code == 503 and "被删除或替换" in words(answer)
    assert visit.get("/readyz").status_code == 503


def test_a_policy_that_cannot_be_read_stops_what_depends_on_it_only(
    house: House, book: Rulebook
) -> None:
    policies = house.folder / "policies"
    policies.mkdir()
    house.site.reload()
    one = house.desk.admit()
    other = house.desk.admit(policy="fujian-2024", year=2024, name="上年的班")
    visit = house.visit(house.person("wang", (Role.PROVINCE, "")))
    admin = house.visit(house.person("root", (Role.ADMIN, "")))
    (policies / "nobody-2031.toml").write_text("x = 1\n")  # nothing is judged by it
    house.site.reload()
    assert visit.get("/readyz").status_code == 200
    assert visit.get("/projects").status_code == 200
    assert visit.get("/").status_code == 200
    (policies / "fujian-2025.toml").write_text("x = 1\n")
    house.site.reload()
    ready = visit.get("/readyz")
    assert (ready.status_code, ready.json()) == (503, {"status": "rules"})
    stopped = visit.get(f"/projects/{one}")
    assert stopped.status_code == 503 and "fujian-2025.toml" in words(stopped)
    assert visit.get(f"/projects/{other}").status_code == 200
    assert "fujian-2025.toml" in words(visit.get("/"))
    assert "fujian-2025.toml" in words(admin.get("/admin/health"))
    (policies / "fujian-2025.toml").unlink()
    house.site.reload()
    assert visit.get(f"/projects/{one}").status_code == 200
    assert visit.get("/readyz").status_code == 200


def test_every_process_follows_rules_that_another_has_put_in_force(
    house: House, book: Rulebook
) -> None:
    """As `serve --workers` and several machines have it: the files are theirs in common."""
    visit = house.visit(house.person("wang", (Role.PROVINCE, "")))
    refresh(house.desk.db, house.site.book)
    assert visit.get("/").status_code == 200
    folder = house.folder / "calendars"
    folder.mkdir()
    year = CalendarYear(year=2025, source="试", make_up_days=[], holidays=[])
    (folder / "2025.toml").write_text(written(year), encoding="utf-8")
    other = rulebook(house.folder)  # another process has read it
    assert other.calendar.holidays != house.site.book.calendar.holidays
    refresh(house.desk.db, other)
    assert visit.get("/").status_code == 200
    assert house.site.book.calendar.holidays == other.calendar.holidays
