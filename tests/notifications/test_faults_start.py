"""What stands in the worker's way at its start, and rules that cannot be read while it runs."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from threading import Event, Thread

import pytest
from databases import held
from desk import Desk, HandClock, day, morning
from sqlalchemy import func, update

import notifications.worker as module
import workflow.database
from config.policy_files import forget_policies
from config.rulebook import rulebook
from config.settings import Settings
from notifications.mailbox import Mailbox, read_mailbox
from notifications.worker import Worker
from workflow import kept
from workflow.database import Database
from workflow.refresh import KEY, refresh, rules_digest
from workflow.storage import DatabaseProblem
from workflow.tables import PROJECT

ON = "2025-08-15"


@pytest.fixture
def impatient(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> Iterator[Desk]:
    """On both databases; nobody waits for long."""
    monkeypatch.setattr(workflow.database, "BUSY_SECONDS", 0.2)
    monkeypatch.setattr(module, "AGAIN_SECONDS", 0.05)
    database = Database(desk.db.url.render_as_string(hide_password=False))
    yield Desk(database, desk.book)
    database.close()


def test_a_worker_waits_out_a_database_that_is_locked_at_its_start(impatient: Desk) -> None:
    """It used to end there, while later it waits."""
    told, said = Event(), []

    def report(job: str, what: object) -> None:
        said.append((job, str(what)))
        told.set()

    clock = HandClock(morning(ON))
    worker = Worker(impatient.db, impatient.book, Settings(today=day(ON)), clock, report)
    stopping = Event()
    running = Thread(target=worker.run, args=(stopping,))
    with held(impatient.db):
        running.start()
        assert told.wait(60) and said[0][0] == "start"
        assert running.is_alive()
    while running.is_alive() and known(impatient) is None:
        running.join(0.05)
    stopping.set()
    running.join(60)
    assert not running.is_alive()
    assert known(impatient) == rules_digest(impatient.book)


def known(desk: Desk) -> str | None:
    with desk.db.read() as connection:
        return kept.get(connection, KEY)


def test_one_round_waits_too_but_not_for_ever(
    impatient: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "ONCE_SECONDS", 0.5)
    clock, said = HandClock(morning(ON)), []
    worker = Worker(
        impatient.db,
        impatient.book,
        Settings(today=day(ON)),
        clock,
        lambda *what: said.append(what),
    )
    with held(impatient.db), pytest.raises(DatabaseProblem):
        worker.once()
    assert said and {job for job, _ in said} == {"start"}


def test_nothing_is_sent_from_a_file_that_has_gone(
    quick_desk: Desk, mailbox: Mailbox, tmp_path: Path
) -> None:
    if not quick_desk.db.is_sqlite:
        pytest.skip("about a SQLite file")
    quick_desk.sample("2025-01-02")
    quick_desk.sweep(ON)
    Path(str(quick_desk.db.url.database)).unlink()
    with pytest.raises(DatabaseProblem):
        quick_desk.delivery(mailbox.port, HandClock(morning(ON) + timedelta(minutes=5))).run()
    assert read_mailbox(mailbox.folder) == []


def own_rules(desk: Desk, folder: Path) -> Desk:
    (folder / "policies").mkdir()
    return Desk(desk.db, rulebook(folder))


def test_a_broken_policy_that_nothing_uses_stops_no_mail(
    quick_desk: Desk, mailbox: Mailbox, tmp_path: Path
) -> None:
    desk = own_rules(quick_desk, tmp_path)
    desk.sample("2025-01-02")
    (tmp_path / "policies" / "nobody-2031.toml").write_text("x = 1\n")
    said: list[tuple[str, object]] = []
    settings = Settings(today=day(ON), data_dir=tmp_path, smtp_port=mailbox.port)
    clock = HandClock(morning(ON))
    worker = Worker(desk.db, desk.book, settings, clock, lambda *what: said.append(what))
    done = worker.once()
    assert done["sent"] > 0 and done["failed"] == 0
    worker._follow_rules()  # each tick asks
    assert [what for job, what in said if job in ("rules", "digests")] == []


def test_a_broken_policy_in_use_holds_what_depends_on_it_only(
    quick_desk: Desk, mailbox: Mailbox, tmp_path: Path
) -> None:
    desk = own_rules(quick_desk, tmp_path)
    own = tmp_path / "policies" / "own-2025.toml"
    text = Path("config/policies/fujian-2025.toml").read_text(encoding="utf-8")
    own.write_text(text.replace('id = "fujian-2025"', 'id = "own-2025"', 1), encoding="utf-8")
    desk.plan({"name": "林业碳汇高级研修班", "contact_email": "a@example.cn"})
    desk.plan({"name": "海洋牧场高级研修班", "host": "乙单位", "contact_email": "b@example.cn"})
    with desk.db.write() as connection:
        facts = PROJECT.c.facts
        changed = func.replace(facts, '"policy":"fujian-2025"', '"policy":"own-2025"')
        values = {"policy": "own-2025", "facts": changed}
        connection.execute(update(PROJECT).where(PROJECT.c.host == "乙单位").values(values))
    refresh(desk.db, desk.book)
    desk.sweep(ON)
    own.write_text("x = 1\n")
    broken = Desk(desk.db, rulebook(tmp_path))
    forget_policies()
    refresh(broken.db, broken.book)
    clock = HandClock(morning(ON) + timedelta(minutes=5))
    held_back = broken.delivery(mailbox.port, clock).run()
    assert (held_back.sent, held_back.failed, held_back.withheld) == (1, 0, 1)
    assert [mail.to for mail in read_mailbox(mailbox.folder)] == ["a@example.cn"]
    [waiting] = [row for row in broken.mails("to_email", "status", "attempts") if row[1] != "sent"]
    assert waiting == ("b@example.cn", "pending", 0)
    own.write_text(text.replace('id = "fujian-2025"', 'id = "own-2025"', 1), encoding="utf-8")
    clock.now += timedelta(minutes=11)
    assert broken.delivery(mailbox.port, clock).run().sent == 1
