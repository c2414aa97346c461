"""The web server of the demonstration: a thread beside the worker, which ends with it."""

from __future__ import annotations

import socket
from collections.abc import Iterator
from contextlib import contextmanager
from threading import Thread
from time import monotonic, sleep
from typing import TYPE_CHECKING

from cli.office import Office, Stop
from cli.output import REFUSED
from states.terms import Text

if TYPE_CHECKING:
    from uvicorn import Server

FIRST_PORT, PORTS = 8000, 50
STARTS_WITHIN, ENDS_WITHIN = 30, 3  # seconds


def free_port() -> socket.socket:
    """A socket bound on loopback: to port 8000, or to the next one that is free."""
    for port in (*range(FIRST_PORT, FIRST_PORT + PORTS), 0):
        try:
            return socket.create_server(("127.0.0.1", port))
        except OSError:
            continue
    raise Stop(NO_PORT, REFUSED)


@contextmanager
def serving(office: Office, listener: socket.socket) -> Iterator[None]:
    """Serve the pages while inside; signals are left to the main thread."""
    server = _server(office)
    thread = Thread(target=server.run, kwargs={"sockets": [listener]}, name="web", daemon=True)
    thread.start()
    give_up = monotonic() + STARTS_WITHIN
    while not server.started and thread.is_alive() and monotonic() < give_up:
        sleep(0.02)
    if not server.started:
        raise Stop(NOT_STARTED, REFUSED)
    try:
        yield
    finally:
        server.should_exit = True
        thread.join(ENDS_WITHIN + 2)


def _server(office: Office) -> Server:
    from notifications.calendars.feeds import read_key
    from web.app import create_app
    from web.serving import server
    from web.site import Site

    key = read_key(office.settings.data_dir)
    clock = office.clock
    site = Site(office.db, office.book, key, clock.today, clock.now, office.settings)
    # A browser keeps its connection open: it is not waited for.
    return server(create_app(site), timeout_graceful_shutdown=ENDS_WITHIN)


NO_PORT = Text("本机没有可用的网页端口。", "There is no free port for the web server.")
NOT_STARTED = Text("网页服务未能启动。", "The web server did not start.")
