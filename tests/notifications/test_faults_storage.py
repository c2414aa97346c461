"""A database that is locked, full or gone: what a server has answered is not lost."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from threading import Event, Thread
from typing import Any

import pytest
from desk import Desk, HandClock
from posting import five_past, hosts
from servers import Crooked
from sqlalchemy import Engine, event, text

from config.rulebook import Rulebook
from notifications.sending.answers import Answer, Outcome
from notifications.sending.delivery import DeliveryResult, Dispatch
from workflow import database as module
from workflow.database import Database
from workflow.migrations import upgrade
from workflow.storage import STORAGE


@pytest.fixture
def clock() -> HandClock:
    return five_past()


@pytest.fixture
def impatient(tmp_path: Path, book: Rulebook, monkeypatch: pytest.MonkeyPatch) -> Iterator[Desk]:
    """On SQLite, and waits for its lock a fifth of a second only."""
    monkeypatch.setattr(module, "BUSY_SECONDS", 0.2)
    database = Database(f"sqlite:///{tmp_path / 'impatient.db'}")
    upgrade(database)
    yield Desk(database, book)
    database.close()


def test_a_lock_held_past_the_time_out_does_not_lose_the_answer(
    impatient: Desk, crooked: Crooked, clock: HandClock
) -> None:
    """Another program takes the lock while the server decides, and keeps it for a second."""
    hosts(impatient, 2)
    locked, others = Event(), []

    def hold() -> None:
        connection = module.sqlite_module().connect(impatient.db.url.database)
        connection.execute("BEGIN IMMEDIATE")
        locked.set()
        Event().wait(1.0)
        connection.rollback()
        connection.close()

    def lock() -> None:
        crooked.meanwhile = lambda: None
        others.append(Thread(target=hold))
        others[0].start()
        locked.wait(5)

    crooked.meanwhile = lock
    assert impatient.delivery(crooked.port, clock).run() == DeliveryResult(sent=2)
    others[0].join()
    assert impatient.attempts("mail_id", "outcome") == [(1, "sent"), (2, "sent")]
    assert impatient.mails("status", "handed") == [("sent", 0), ("sent", 0)]


def test_an_answer_that_was_committed_although_an_error_came_is_recorded_once(
    desk: Desk, crooked: Crooked, clock: HandClock
) -> None:
    hosts(desk, 1)
    delivery = desk.delivery(crooked.port, clock)
    [claim] = delivery._claim(Dispatch(clock.now, clock.now)) or []
    assert delivery._note(claim)
    delivery._record(claim, Answer(Outcome.ACCEPTED, "2.0.0 Ok"))
    with desk.db.write() as connection:  # as `persist` does after an error
        from notifications.sending.claims import Ruling
        from workflow.mail_tables import MailStatus

        ruled = Ruling(MailStatus.SENT, "2.0.0 Ok", claim.attempt, 0)
        assert not delivery.outbox.record(connection, claim, ruled, clock.now, again=True)
    assert desk.attempts("outcome", "reply") == [("sent", "2.0.0 Ok")]
    assert desk.mails("status") == ["sent"]


def test_a_full_disk_stops_the_mail_and_loses_none(
    impatient: Desk, crooked: Crooked, clock: HandClock
) -> None:
    hosts(impatient, 3)
    full = [True]

    def limit(connection: Any, *_: Any) -> None:
        driver = connection.connection.driver_connection
        pages = driver.execute("PRAGMA page_count").fetchone()[0] if full[0] else 1_000_000
        driver.execute(f"PRAGMA max_page_count = {pages}")

    event.listen(impatient.db.engine, "begin", limit, insert=True)
    with pytest.raises(STORAGE, match="full"):
        impatient.delivery(crooked.port, clock).run()
    assert crooked.seen == []
    assert set(impatient.mails("status", "handed", "attempts")) == {("pending", 0, 0)}
    full[0] = False
    assert impatient.delivery(crooked.port, clock).run() == DeliveryResult(sent=3)


def test_a_database_that_drops_its_connections_does_not_lose_the_answer(
    db: Database, book: Rulebook, crooked: Crooked, clock: HandClock, request: pytest.FixtureRequest
) -> None:
    """As at a restart of PostgreSQL between the content and the record."""
    if db.is_sqlite:
        pytest.skip("SQLite has no server")
    desk = Desk(db, book)
    hosts(desk, 3)
    admin: Engine = request.getfixturevalue("postgres")

    def restart() -> None:
        with admin.connect() as connection:
            connection.execute(
                text(
                    "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = :name"
                ),
                {"name": db.url.database},
            )

    crooked.meanwhile = restart
    assert desk.delivery(crooked.port, clock).run() == DeliveryResult(sent=3)
    assert desk.mails("status", "handed") == [("sent", 0)] * 3
    assert desk.attempts("outcome") == ["sent"] * 3
    assert len(crooked.seen) == 3
