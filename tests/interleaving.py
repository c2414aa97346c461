"""Two pieces of work on one PostgreSQL database, of which the first stops in the middle."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor, wait
from dataclasses import dataclass
from threading import Event
from typing import Any

from sqlalchemy import text

from config.rulebook import Rulebook
from states.ladder import Ladder
from states.policy import Policy
from states.terms import Force, Kind
from workflow.database import Database

Pause = Callable[[], None]
SECONDS = 60  # after which a test fails that got stuck


def together(db: Database, first: Callable[[Pause], Any], second: Callable[[], Any]) -> list[Any]:
    """`first` goes on from its pause when `second` is through, or waits for a lock: what came of
    both, a result or an exception. Nothing depends on how fast anything is."""
    paused, go_on = Event(), Event()

    def pause() -> None:
        paused.set()
        assert go_on.wait(SECONDS)

    with ThreadPoolExecutor(2) as pool:
        one = pool.submit(first, pause)
        while not paused.wait(0.01) and not one.done():
            pass
        two = pool.submit(second)
        while not two.done() and not _somebody_waits(db):
            wait([two], 0.01)
        go_on.set()
        return [_what_came(one), _what_came(two)]


def _somebody_waits(db: Database) -> bool:
    asked = text(
        "SELECT count(*) FROM pg_stat_activity"
        " WHERE datname = current_database() AND wait_event_type = 'Lock'"
    )
    with db.read() as connection:
        return bool(connection.execute(asked).scalar_one())


def _what_came(work: Future[Any]) -> Any:
    error = work.exception(SECONDS)
    return error if error is not None else work.result()


@dataclass(frozen=True)
class Pausing(Rulebook):
    """A rulebook that pauses when a policy is first asked for, or a ladder: after the facts have
    been read, and before anything is written."""

    pause: Pause = lambda: None
    at: str = "policy"

    @classmethod
    def of(cls, book: Rulebook, pause: Pause, at: str = "policy") -> Pausing:
        return cls(book.calendar, book.ladders, book.stepper, book.own_policies, pause, at)

    def policy(self, name: str) -> Policy:
        if self.at == "policy":
            self.pause()
        return super().policy(name)

    def ladder(self, kind: Kind, force: Force) -> Ladder | None:
        if self.at == "ladder":
            self.pause()
        return super().ladder(kind, force)
