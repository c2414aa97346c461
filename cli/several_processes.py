"""Several processes that serve on one bound socket, and the first that looks after them."""

from __future__ import annotations

import os
import signal
from collections.abc import Callable
from multiprocessing import connection, get_context, parent_process
from socket import socket
from threading import Event, Thread
from time import monotonic
from typing import Any

Serve = Callable[[socket], None]
SOON = 10.0  # seconds after its start: one that gives up so soon would do so again
PAUSE = 0.5  # seconds before one takes the place of another
ENDING = 60.0  # seconds for requests that are under way


def run_several(number: int, serve: Serve, listener: socket) -> bool:
    """Keep so many processes at it until told to stop; False if they end as soon as they start."""
    stopping = Event()
    for which in (signal.SIGINT, signal.SIGTERM):
        signal.signal(which, lambda *_: stopping.set())
    context = get_context("spawn")  # nothing that this process has open is shared but the socket

    def started() -> tuple[Any, float]:
        child = context.Process(target=_child, args=(serve, listener))
        child.start()
        return child, monotonic()

    running, well = [started() for _ in range(number)], True
    while well and not stopping.is_set():
        connection.wait([child.sentinel for child, _ in running], timeout=PAUSE)
        for place, (child, since) in enumerate(running):
            if child.is_alive() or stopping.is_set():
                continue
            if child.exitcode > 0 and monotonic() - since < SOON:
                well = False  # it has said why
            elif not stopping.wait(PAUSE):
                running[place] = started()
    _end([child for child, _ in running])
    return well


def _child(serve: Serve, listener: socket) -> None:
    Thread(target=_end_with_parent, daemon=True).start()
    serve(listener)


def _end_with_parent() -> None:
    """A first process that is killed takes the others with it: nobody would start them anew."""
    parent = parent_process()
    if parent is not None:
        connection.wait([parent.sentinel])
        os.kill(os.getpid(), signal.SIGTERM)


def _end(children: list[Any]) -> None:
    for child in children:
        if child.is_alive():
            child.terminate()
    end = monotonic() + ENDING
    for child in children:
        child.join(max(0.0, end - monotonic()))
        if child.is_alive():
            child.kill()
