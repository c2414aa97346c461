"""Worker processes that are killed, and what must hold afterwards."""

from __future__ import annotations

import json
import os
import signal
import socket
import subprocess
import sys
import time
from collections import defaultdict
from contextlib import suppress
from datetime import datetime, timedelta
from email import message_from_bytes
from functools import cache
from itertools import pairwise
from pathlib import Path
from threading import Timer

from desk import Desk, morning

from notifications.mailbox import Mailbox

ROOT = Path(__file__).parents[2]
DAY = "2025-08-08"


class Process:
    """One worker; what it says, and whether it is still there."""

    def __init__(self, talk: socket.socket) -> None:
        with talk:
            self.lines = talk.makefile("rw")
        number, said = self.lines.readline().split()
        assert said == "start"
        self.pid = int(number)

    def go(self) -> None:
        self.lines.write("go\n")
        self.lines.flush()

    def is_there(self) -> bool:
        return Path(f"/proc/{self.pid}").exists()

    def send_signal(self, number: signal.Signals) -> None:
        with suppress(ProcessLookupError):
            os.kill(self.pid, number)

    def end(self) -> str:
        """What it says until it has ended."""
        with self.lines:
            said = self.lines.read()
        while self.is_there():
            time.sleep(0.001)
        return said


@cache
def _orders() -> socket.socket:
    """To the process from which workers are forked; it ends with the tests."""
    ours, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
    script = Path(__file__).with_name("run_worker.py")
    command = [sys.executable, str(script), str(theirs.fileno())]
    env = os.environ | {"PYTHONPATH": str(ROOT)}
    subprocess.Popen(command, env=env, cwd=ROOT, pass_fds=[theirs.fileno()])
    theirs.close()
    return ours


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
        order = {"url": self.url, "folder": str(self.folder), "port": self.port, "rate": self.rate}
        order |= {"began": time.monotonic(), "start": self.start.isoformat()}
        self.start += timedelta(minutes=5)
        talks = []
        for _ in range(count):
            ours, theirs = socket.socketpair()
            with theirs:
                socket.send_fds(_orders(), [json.dumps(order).encode()], [theirs.fileno()])
            talks.append(ours)
        processes = [Process(talk) for talk in talks]
        # By now a mail is in the box that the server still had in its hands at a kill; a second
        # copy can only come from these workers on, whose clock is past the leases.
        self.kills += [self.arrived()] * self.killed
        self.killed = 0
        for process in processes:
            process.go()
        return processes

    def arrived(self) -> int:
        return len(list(self.new.iterdir()))

    def wait_for(self, count: int, *processes: Process) -> None:
        """Until so many mails have arrived, or nobody sends any more."""
        while self.arrived() < count and any(one.is_there() for one in processes):
            time.sleep(0.001)

    def finish(self, process: Process | None = None) -> str:
        """Let it run to its end; its last line."""
        process = process or self.launch()
        watch = Timer(60, process.send_signal, [signal.SIGKILL])
        watch.start()
        out = process.end()
        watch.cancel()
        assert out
        return out.splitlines()[-1]

    def kill(self, process: Process) -> None:
        process.send_signal(signal.SIGKILL)
        process.end()
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
