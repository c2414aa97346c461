"""A mailbox of returned mail on a server that misbehaves: read in bounded time, or told."""

from __future__ import annotations

import json
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

from notifications.returns import imap_box
from notifications.returns.bounce_sources import BounceProblem
from notifications.returns.bounces import LARGEST
from notifications.returns.imap_box import OVERHEAD, ImapBox

SERVER = str(Path(__file__).with_name("rough_imap.py"))


@contextmanager
def rough(**script: list[str]) -> Iterator[int]:
    """The port of a server that does as scripted (see rough_imap.py)."""
    command = [sys.executable, "-S", SERVER, json.dumps(script)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as server:
        assert server.stdout is not None
        try:
            yield int(server.stdout.readline())
        finally:
            server.kill()


def box(port: int, **changes: Any) -> ImapBox:
    given = {"timeout": 2, "session": 3} | changes
    return ImapBox("127.0.0.1", port, "user", "password", "none", **given)


def mails(source: ImapBox, found: list[bytes] | None = None) -> list[bytes]:
    found = [] if found is None else found
    for raw, done in source:
        found.append(raw)
        done(True)
    return found


STEPS = ["SELECT", "SEARCH", "FETCH", "STORE"]
LINES = "* 1 EXISTS\r\n"
PIECE = "* 1 FETCH (BODY[]<0> {4000}\r\n"


@pytest.mark.parametrize(
    ("step", "text"),
    [
        ("greeting", "x"),
        *((step, text) for step in STEPS for text in ("x", LINES)),
        ("FETCH", PIECE),
    ],
)
def test_a_server_that_drips_is_not_waited_for(step: str, text: str) -> None:
    with rough(**{step: [f"<drip> {text}"]}) as port:
        began = time.monotonic()
        with pytest.raises(BounceProblem, match="too slow"):
            mails(box(port))
        assert 2.5 < time.monotonic() - began < 10


def test_a_server_that_drips_at_leave_taking_is_left() -> None:
    with rough(LOGOUT=["<drip> x"]) as port:
        began = time.monotonic()
        assert mails(box(port)) == [b"mail", b"mail"]
        assert 2.5 < time.monotonic() - began < 10


@pytest.mark.parametrize("text", [LINES, "x", "* 1 FETCH (BODY[]<0> {0}\r\n)\r\n"])
def test_a_server_that_sends_without_end_is_left(
    text: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(imap_box, "BUDGET", 2_000_000)
    with (
        rough(SEARCH=[f"<flood> {text}"]) as port,
        pytest.raises(BounceProblem, match=r"without end|got more than"),
    ):
        mails(box(port, session=60))


@pytest.mark.parametrize("fault", ["<no>", "<drop>", "* 1 FETCH (BODY[]<0> {99999999}\r\n"])
def test_a_mail_that_cannot_be_fetched_is_left_out_and_told(fault: str) -> None:
    with rough(FETCH=[fault]) as port:
        found: list[bytes] = []
        with pytest.raises(BounceProblem) as problem:
            mails(box(port), found)
        assert found == [b"mail"]
        assert "有1封邮件无法取回" in problem.value.text.zh


def test_a_server_that_hangs_up_over_each_mail_is_asked_a_few_times_only() -> None:
    with (
        rough(FETCH=["<drop>"] * 9, SEARCH=["* SEARCH 1 2 3 4 5 6 7 8 9\r\n"]) as port,
        pytest.raises(BounceProblem, match="fails"),
    ):
        mails(box(port))


def test_what_is_left_over_is_read_the_next_time(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(imap_box, "BUDGET", LARGEST + OVERHEAD + 2_000)
    with rough(SEARCH=["* SEARCH" + " 7" * 100 + "\r\n", "* SEARCH 8\r\n"]) as port:
        assert 1 < len(mails(box(port, session=60))) < 100
        assert mails(box(port, session=60)) == [b"mail"]


def test_told_to_stop_it_hangs_up_at_once() -> None:
    stopped = time.monotonic() + 0.5
    with rough(SEARCH=["<drip> x"]) as port:
        with pytest.raises(BounceProblem):
            mails(box(port, session=60, stop=lambda: time.monotonic() > stopped))
        assert time.monotonic() - stopped < 10
