"""A worker process to be killed: sweeps one day and sends what is due, then ends.

Usage: run_worker.py DATABASE_URL SMTP_PORT START CONNECTIONS, where START is the aware time that its
clock shows at first. Prints `start` before the sweep, `swept` after it, and the figures at the end.
"""

from __future__ import annotations

import json
import signal
import sys
import time
from dataclasses import asdict, dataclass
from datetime import datetime, timedelta
from threading import Event

from config.rulebook import rulebook
from config.settings import Settings
from notifications.sending import dispatch
from notifications.worker import Worker
from workflow.database import Database


@dataclass(frozen=True)
class Clock:
    """Starts at `first`; can be pickled, for carriers."""

    began: float
    first: datetime

    def __call__(self) -> datetime:
        return self.first + timedelta(seconds=time.monotonic() - self.began)


def main(url: str, port: str, start: str, connections: str) -> None:
    stopping = Event()
    signal.signal(signal.SIGTERM, lambda *_: stopping.set())
    dispatch.MAILS_A_CARRIER = 10  # carriers come although the backlog is short
    first = datetime.fromisoformat(start)
    settings = Settings(
        smtp_port=int(port),
        smtp_timeout=2,
        smtp_connections=int(connections),
        mail_from="研修 <yanxiu@example.cn>",
    )
    worker = Worker(
        Database(url), rulebook(), settings, Clock(time.monotonic(), first), lambda *_: None
    )
    say("start")
    worker.sweep()
    say("swept")
    sent = worker.dispatch(until=first + timedelta(hours=1), stop=stopping.is_set)
    say(json.dumps(asdict(sent)))


def say(line: str) -> None:
    sys.stdout.write(f"{line}\n")
    sys.stdout.flush()


if __name__ == "__main__":
    main(*sys.argv[1:])
