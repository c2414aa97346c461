"""Worker processes for tests, forked from one that has the modules loaded and has done nothing yet.

Usage: run_worker.py DESCRIPTOR, of a socket over which each worker is ordered: a JSON object with
what `work` needs, and the socket over which that worker talks.
"""

from __future__ import annotations

import json
import os
import signal
import socket
import sys
import time
import traceback
from dataclasses import asdict
from datetime import datetime, timedelta
from pathlib import Path
from threading import Event
from typing import TextIO

from sqlalchemy import select

from config.rulebook import rulebook
from config.settings import Settings
from notifications.sending.delivery import DeliveryResult
from notifications.worker import Worker
from workflow.database import Database
from workflow.mail_tables import MAIL, MailStatus


def work(
    talk: TextIO, *, url: str, folder: str, port: int, began: float, start: str, rate: float
) -> None:
    """Sweep one day, then send in one run after the other until nothing is left that no other
    worker has.

    The clock showed the aware time `start` when the machine's steady clock showed `began`, so that
    several workers have one clock. Says its number and `start`, and waits for a line; `swept` after
    the sweep, and at the end what it sent.
    """
    stopping = Event()
    signal.signal(signal.SIGTERM, lambda *_: stopping.set())
    first = datetime.fromisoformat(start)
    settings = Settings(
        data_dir=Path(folder),
        smtp_port=port,
        smtp_timeout=2,
        smtp_rate=rate,
        mail_from="研修 <yanxiu@example.cn>",
    )
    worker = Worker(
        Database(url),
        rulebook(),
        settings,
        lambda: first + timedelta(seconds=time.monotonic() - began),
        lambda *_: None,
    )
    say(talk, f"{os.getpid()} start")
    talk.readline()
    worker.sweep()
    worker.digests()
    say(talk, "swept")
    until, sent = first + timedelta(hours=1), DeliveryResult()
    while True:
        done = worker.dispatch(until=until, stop=stopping.is_set)
        sent.sent += done.sent
        sent.failed += done.failed
        sent.withheld += done.withheld
        if stopping.is_set() or not anything_free(worker.db, until):
            break
        stopping.wait(0.01)  # a tick
    say(talk, json.dumps(asdict(sent)))


def anything_free(db: Database, until: datetime) -> bool:
    """Whether a mail waits that no other worker has claimed."""
    free = MAIL.c.status.in_([MailStatus.PENDING.value, MailStatus.FAILED.value])
    with db.read() as connection:
        query = select(MAIL.c.id).where(free, MAIL.c.due_at <= until).limit(1)
        return connection.execute(query).first() is not None


def say(talk: TextIO, line: str) -> None:
    talk.write(f"{line}\n")
    talk.flush()


def main(descriptor: str) -> None:
    signal.signal(signal.SIGCHLD, signal.SIG_IGN)  # those that end leave nothing behind
    orders = socket.socket(fileno=int(descriptor))
    while True:
        order, sockets, *_ = socket.recv_fds(orders, 4096, 1)
        if not order:  # the tests are over
            return
        if os.fork() == 0:
            orders.close()
            fork(socket.socket(fileno=sockets[0]), json.loads(order))
        os.close(sockets[0])


def fork(talk: socket.socket, order: dict[str, object]) -> None:
    """The life of a worker."""
    try:
        signal.signal(signal.SIGCHLD, signal.SIG_DFL)
        with talk, talk.makefile("rw") as lines:
            work(lines, **order)  # type: ignore[arg-type]
    except BaseException:
        traceback.print_exc()
    finally:
        sys.stderr.flush()
        os._exit(0)


if __name__ == "__main__":
    main(*sys.argv[1:])
