"""Worker processes that are killed, and what must hold afterwards."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections import defaultdict
from datetime import datetime, timedelta
from email import message_from_bytes
from itertools import pairwise
from pathlib import Path
from threading import Timer

from desk import Desk, morning

from notifications.mailbox import Mailbox

ROOT = Path(__file__).parents[2]
DAY = "2025-08-08"
Process = subprocess.Popen[str]


class Workers:
    """Starts workers on one data folder, one or several at once; those of a later start have their
    clock past the leases of those before. `rate`: mails a second over all of them."""

    def __init__(self, desk: Desk, mailbox: Mailbox, rate: float = 0) -> None:
        self.url = desk.db.url.render_as_string(hide_password=False)
        self.new, self.port, self.rate = mailbox.folder / "new", mailbox.port, rate
        self.folder = mailbox.folder.parent / "data"
        self.start: datetime = morning(DAY) + timedelta(minutes=5)
        self.killed = 0  # since workers last began
        self.kills: list[int] = []  # how many mails had arrived when the next ones began

    def launch(self) -> Process:
        [process] = self.launch_several(1)
        return process

    def launch_several(self, count: int) -> list[Process]:
        """So many that begin at the same moment."""
        script = Path(__file__).with_name("run_worker.py")
        words = (self.url, self.folder, self.port, time.monotonic(), self.start, self.rate)
        command = [sys.executable, script, *map(str, words)]
        self.start += timedelta(minutes=5)
        env = os.environ | {"PYTHONPATH": str(ROOT)}
        piped = {"stdin": subprocess.PIPE, "stdout": subprocess.PIPE}
        processes = [
            subprocess.Popen(command, **piped, text=True, env=env, cwd=ROOT) for _ in range(count)
        ]
        for process in processes:
            assert process.stdout is not None
            assert process.stdout.readline() == "start\n"
        # By now a mail is in the box that the server still had in its hands at a kill; a second
        # copy can only come from these workers on, whose clock is past the leases.
        self.kills += [self.arrived()] * self.killed
        self.killed = 0
        for process in processes:
            assert process.stdin is not None
            process.stdin.write("go\n")
            process.stdin.flush()
        return processes

    def arrived(self) -> int:
        return len(list(self.new.iterdir()))

    def wait_for(self, count: int, *processes: Process) -> None:
        """Until so many mails have arrived, or nobody sends any more."""
        while self.arrived() < count and any(one.poll() is None for one in processes):
            time.sleep(0.001)

    def finish(self, process: Process | None = None) -> str:
        """Let it run to its end; its last line."""
        process = process or self.launch()
        assert process.stdout is not None
        watch = Timer(60, process.kill)
        watch.start()
        # Not `communicate`, which passes over what came in together with the line of the start.
        with process.stdout as told:
            out = told.read()
        process.wait()
        watch.cancel()
        assert out
        return out.splitlines()[-1]

    def kill(self, process: Process) -> None:
        process.send_signal(signal.SIGKILL)
        process.wait()
        for pipe in (process.stdin, process.stdout):
            if pipe is not None:
                pipe.close()
        self.killed += 1

    def contents(self) -> list[bytes]:
        return [path.read_bytes() for path in sorted(self.new.iterdir())]


def due(desk: Desk, count: int) -> list[str]:
    """That many hosts with a reminder due on the day; their addresses."""
    emails = [f"h{n:03d}@example.cn" for n in range(count)]
    desk.plan(*({"contact_email": email, "host": email} for email in emails), today=DAY)
    return emails


def check(desk: Desk, workers: Workers, emails: list[str]) -> None:
    """Nothing lost, at most one double a kill, never a third copy, copies the same to the byte."""
    queued = desk.ledger("recipient", "mail_id", status="queued")
    assert [email for email, _ in queued] == emails
    assert dict(desk.mails("to_email", "id")) == dict(queued)
    copies = _copies(workers)
    doubles = sum(len(found) - 1 for found in copies.values())
    assert doubles <= len(workers.kills)
    for places in copies.values():
        assert len(places) <= 2
        for first, second in pairwise(places):  # between the two lies a kill
            assert any(first < kill <= second for kill in workers.kills)
    for status, reason, handed, token in desk.mails("status", "reason", "handed", "token"):
        came = len(copies.get(token, []))
        if status == "dead":  # twice killed at the very moment: a person is asked
            assert (reason, handed) == ("in_doubt", 2)
        else:
            assert (status, reason) == ("sent", "")
            assert 1 <= came <= 1 + handed
    assert desk.problems() == []


def _copies(workers: Workers) -> dict[str, list[int]]:
    """Where each mail stands in the order of arrival, by its token."""
    places, texts = defaultdict(list), defaultdict(set)
    for place, content in enumerate(workers.contents()):
        token = message_from_bytes(content)["message-id"].partition("@")[0].lstrip("<")
        places[token].append(place)
        texts[token].add(content)
    assert {len(copies) for copies in texts.values()} == {1}
    return places


def arrivals(workers: Workers) -> list[float]:
    """When each mail came, on the machine's clock, in their order."""
    return sorted(path.stat().st_mtime for path in workers.new.iterdir())
