"""Worker processes that are killed, and what must hold afterwards."""

from __future__ import annotations

import os
import random
import signal
import subprocess
import sys
import time
from collections import defaultdict
from contextlib import suppress
from datetime import datetime, timedelta
from email import message_from_bytes
from itertools import pairwise
from pathlib import Path
from threading import Timer

from desk import Desk, morning

from notifications.mailbox import Mailbox

ROOT = Path(__file__).parents[2]
DAY = "2025-08-08"


class Workers:
    """Starts one worker after the other, each with its clock past the last one's leases."""

    def __init__(self, desk: Desk, mailbox: Mailbox, connections: int = 1) -> None:
        self.url = desk.db.url.render_as_string(hide_password=False)
        self.new, self.port, self.connections = mailbox.folder / "new", mailbox.port, connections
        self.start: datetime = morning(DAY) + timedelta(minutes=5)
        self.killed = 0  # since the last worker began
        self.kills: list[int] = []  # how many mails had arrived when the next one began

    def launch(self) -> subprocess.Popen[str]:
        script = Path(__file__).with_name("run_worker.py")
        words = (self.url, self.port, self.start.isoformat(), self.connections)
        command = [sys.executable, script, *map(str, words)]
        self.start += timedelta(minutes=5)
        env = os.environ | {"PYTHONPATH": str(ROOT)}
        process = subprocess.Popen(command, stdout=subprocess.PIPE, text=True, env=env, cwd=ROOT)
        assert process.stdout is not None
        assert process.stdout.readline() == "start\n"
        # By now a mail is in the box that the server still had in its hands at a kill; a second
        # copy can only come from this worker on, whose clock is past the leases.
        self.kills += [self.arrived()] * self.killed
        self.killed = 0
        return process

    def arrived(self) -> int:
        return len(list(self.new.iterdir()))

    def wait_for(self, count: int, process: subprocess.Popen[str]) -> None:
        while self.arrived() < count and process.poll() is None:
            time.sleep(0.001)

    def finish(self, process: subprocess.Popen[str] | None = None) -> str:
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

    def kill(self, process: subprocess.Popen[str]) -> None:
        """Kill the worker itself, and wait until its carriers have ended by themselves."""
        carriers = carriers_of(process.pid)
        process.send_signal(signal.SIGKILL)
        process.communicate()
        gone(carriers)
        self.killed += 1

    def kill_one(self, process: subprocess.Popen[str], chance: random.Random) -> None:
        """Kill the worker or one of its carriers; after a carrier's death the others go on."""
        victim = chance.choice([process.pid, *carriers_of(process.pid)])
        if victim == process.pid:
            self.kill(process)
            return
        with suppress(ProcessLookupError):
            os.kill(victim, signal.SIGKILL)
        gone([victim])
        self.killed += 1

    def contents(self) -> list[bytes]:
        return [path.read_bytes() for path in sorted(self.new.iterdir())]


def carriers_of(pid: int) -> list[int]:
    """The processes that the worker's fork server has made."""
    return [grandchild for child in children(pid) for grandchild in children(child)]


def children(pid: int) -> list[int]:
    try:
        return [int(n) for n in Path(f"/proc/{pid}/task/{pid}/children").read_text().split()]
    except OSError:
        return []


def gone(pids: list[int]) -> None:
    """Wait until they have ended (a zombie has)."""
    end = time.monotonic() + 30
    while any(map(alive, pids)):
        assert time.monotonic() < end, "a carrier goes on without its parent"
        time.sleep(0.002)


def alive(pid: int) -> bool:
    try:
        state = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0]
    except OSError:
        return False
    return state != "Z"


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
