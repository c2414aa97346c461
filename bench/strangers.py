"""What strangers can do to a running server: `yanxiu serve` on loopback, asked from 127.0.0.1 (the
stranger) and 127.0.0.2 (somebody who works)."""

from __future__ import annotations

import os
import socket
import statistics
import subprocess
import sys
from collections.abc import Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager, suppress
from datetime import UTC, datetime
from http.client import HTTPConnection, HTTPException
from pathlib import Path
from time import perf_counter, sleep
from urllib.parse import urlencode

from bench.measure import Figure
from states.terms import Role
from workflow.accounts.passwords import set_password
from workflow.database import Database
from workflow.installation_key import make_key
from workflow.migrations import upgrade
from workflow.people import add_person, grant

STRANGER, WORKER = "127.0.0.1", "127.0.0.2"
LARGE, BODIES = 50 * 1024 * 1024, 8
SILENT = 400  # connections that say nothing
ASKED = 30  # addresses of each kind at the link form
CROWD = 40  # wrong passwords at once
PASSWORD = "correct horse battery"
FORM = {"Content-Type": "application/x-www-form-urlencoded"}


def measure(folder: Path) -> list[Figure]:
    with _served(folder) as (port, pid):
        return [*_bodies(port, pid), *_silence(port), _link_form(port), _crowd(port)]


@contextmanager
def _served(folder: Path) -> Iterator[tuple[int, int]]:
    """Port and process of a server with some people."""
    db = Database(f"sqlite:///{folder / 'yanxiu.db'}")
    upgrade(db)
    make_key(folder)
    at = datetime.now(UTC)
    with db.write() as connection:
        for name in ("wang", *(f"known{n:02d}" for n in range(ASKED))):
            person = add_person(connection, name, name, f"{name}@example.cn")
            grant(connection, person, Role.PROVINCE, "")
            if name == "wang":
                set_password(connection, person, PASSWORD, at=at)
    db.close()
    env = os.environ | {"YANXIU_DATA_DIR": str(folder), "YANXIU_BASE_URL": "https://example.cn"}
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    run = [sys.executable, "-c", "from cli.entry import main; main()", "serve"]
    run += ["--port", str(port)]
    with subprocess.Popen(run, env=env) as server:
        try:
            give_up = perf_counter() + 30
            while not _answers(port) and perf_counter() < give_up:
                sleep(0.1)
            yield port, server.pid
        finally:
            server.terminate()


def _answers(port: int) -> bool:
    try:
        return _ask(port, WORKER, "/healthz")[0] == 200
    except OSError:
        return False


def _ask(
    port: int, source: str, path: str, form: dict[str, str] | None = None
) -> tuple[int, float]:
    """Status and seconds."""
    connection = HTTPConnection("127.0.0.1", port, timeout=60, source_address=(source, 0))
    started = perf_counter()
    try:
        if form is None:
            connection.request("GET", path)
        else:
            connection.request("POST", path, urlencode(form), FORM)
        status = connection.getresponse().status
    finally:
        connection.close()
    return status, perf_counter() - started


def _bodies(port: int, pid: int) -> list[Figure]:
    """Memory that large bodies without a token take, and how long others wait meanwhile."""
    quiet = max(_ask(port, WORKER, "/sign-in")[1] for _ in range(20))
    Path(f"/proc/{pid}/clear_refs").write_text("5")  # the peak begins anew
    before = _memory(pid)
    with ThreadPoolExecutor(BODIES) as pool:
        sent = [pool.submit(_send_large, port) for _ in range(BODIES)]
        waits = [quiet]
        while not all(one.done() for one in sent):
            waits.append(_ask(port, WORKER, "/sign-in")[1])
    assert {one.result() for one in sent} <= {401, 0}, "a large body was taken"
    grown, body = _memory(pid) - before, LARGE / 1024 / 1024
    return [
        Figure(
            *(f"memory after {BODIES} x 50 MB from a stranger", grown, "MB", body, grown / body),
            *("<= 0.5 x one body", grown <= body / 2),
        ),
        Figure(
            *("worst answer to others meanwhile", max(waits), "s", quiet, max(waits) / quiet),
            *("<= 1 s", max(waits) <= 1),
        ),
    ]


def _send_large(port: int) -> int:
    """The status with which a large JSON is answered; 0 where the server hung up on it."""
    connection = HTTPConnection("127.0.0.1", port, timeout=60, source_address=(STRANGER, 0))
    try:
        headers = {"Content-Type": "application/json"}
        connection.request("POST", "/api/v1/webhooks", b"[" * LARGE, headers)
        return connection.getresponse().status
    except (OSError, HTTPException):
        return 0
    finally:
        connection.close()


def _memory(pid: int) -> float:
    """The most that the process has held, in MB."""
    [line] = [x for x in Path(f"/proc/{pid}/status").read_text().splitlines() if "VmHWM" in x]
    return int(line.split()[1]) / 1024


def _silence(port: int) -> list[Figure]:
    """How long connections that say nothing hold a place, and whether others are served meanwhile."""
    started = perf_counter()
    silent = [
        socket.create_connection(("127.0.0.1", port), 60, (STRANGER, 0)) for _ in range(SILENT)
    ]
    status, waited = _ask(port, WORKER, "/healthz")
    for one in silent:
        with suppress(ConnectionResetError):
            one.recv(1)
        one.close()
    ended = perf_counter() - started
    return [
        Figure(
            *(f"answer to others beside {SILENT} silent connections", waited, "s", 1, waited),
            *("<= 1 s", status == 200 and waited <= 1),
        ),
        Figure(
            "until the last silent one was ended",
            ended,
            "s",
            20,
            ended / 20,
            "<= 25 s",
            ended <= 25,
        ),
    ]


def _link_form(port: int) -> Figure:
    """Seconds for addresses that somebody has against those that nobody has, in turn."""
    known, strange = [], []
    for number in range(ASKED):
        for name, times in (("known", known), ("other", strange)):
            form = {"email": f"{name}{number:02d}@example.cn"}
            times.append(_ask(port, STRANGER, "/sign-in/link", form)[1])
    mine, theirs = statistics.median(known), statistics.median(strange)
    even = abs(mine / theirs - 1) <= 0.03
    return Figure("link form: known address", mine, "s", theirs, mine / theirs, "0.97..1.03", even)


def _crowd(port: int) -> Figure:
    """How long somebody waits to sign in beside a client that fills its places."""
    wrong = {"login": "nobody", "password": "not this one"}
    with ThreadPoolExecutor(CROWD) as pool:
        crowd: list[Future[tuple[int, float]]] = [
            pool.submit(_ask, port, STRANGER, "/sign-in", wrong) for _ in range(CROWD)
        ]
        right = {"login": "wang", "password": PASSWORD}
        status, waited = _ask(port, WORKER, "/sign-in", right)
    busy = sum(one.result()[0] == 503 for one in crowd)
    title = f"signing in beside {CROWD} at once, {busy} told to wait"
    return Figure(title, waited, "s", 5, waited / 5, "<= 5 s", status == 303 and waited <= 5)
