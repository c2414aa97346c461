"""A worker process for tests: sweeps one day, then sends in one run after the other until nothing
is left that no other worker has, and ends.

Usage: run_worker.py DATABASE_URL DATA_DIR SMTP_PORT BEGAN START RATE. Its clock showed the aware
time START when the machine's steady clock showed BEGAN, so that several workers have one clock.
Prints `start` and waits for a line; prints `swept` after the sweep, and at the end what it sent.
"""

from __future__ import annotations

import json
import signal
import sys
import time
from dataclasses import asdict
from datetime import datetime, timedelta
from pathlib import Path
from threading import Event

from sqlalchemy import select

from config.rulebook import rulebook
from config.settings import Settings
from notifications.sending.delivery import DeliveryResult
from notifications.worker import Worker
from workflow.database import Database
from workflow.mail_tables import MAIL, MailStatus


def main(url: str, folder: str, port: str, began: str, start: str, rate: str) -> None:
    stopping = Event()
    signal.signal(signal.SIGTERM, lambda *_: stopping.set())
    first, then = datetime.fromisoformat(start), float(began)
    settings = Settings(
        data_dir=Path(folder),
        smtp_port=int(port),
        smtp_timeout=2,
        smtp_rate=float(rate),
        mail_from="研修 <yanxiu@example.cn>",
    )
    worker = Worker(
        Database(url),
        rulebook(),
        settings,
        lambda: first + timedelta(seconds=time.monotonic() - then),
        lambda *_: None,
    )
    say("start")
    sys.stdin.readline()
    worker.sweep()
    worker.digests()
    say("swept")
    until, sent = first + timedelta(hours=1), DeliveryResult()
    while True:
        done = worker.dispatch(until=until, stop=stopping.is_set)
        sent.sent += done.sent
        sent.failed += done.failed
        sent.withheld += done.withheld
        if stopping.is_set() or not anything_free(worker.db, until):
            break
        stopping.wait(0.01)  # a tick
    say(json.dumps(asdict(sent)))


def anything_free(db: Database, until: datetime) -> bool:
    """Whether a mail waits that no other worker has claimed."""
    free = MAIL.c.status.in_([MailStatus.PENDING.value, MailStatus.FAILED.value])
    with db.read() as connection:
        query = select(MAIL.c.id).where(free, MAIL.c.due_at <= until).limit(1)
        return connection.execute(query).first() is not None


def say(line: str) -> None:
    sys.stdout.write(f"{line}\n")
    sys.stdout.flush()


if __name__ == "__main__":
    main(*sys.argv[1:])
