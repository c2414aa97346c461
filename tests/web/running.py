"""The application behind a real socket, served as `yanxiu serve` does."""

from __future__ import annotations

import socket
from collections.abc import Iterator
from contextlib import contextmanager
from threading import Thread
from time import monotonic, sleep
from typing import Any

from fastapi import FastAPI

from web.serving import server


@contextmanager
def running(app: FastAPI, **more: Any) -> Iterator[int]:
    """The port on loopback while the block runs. `more`: as web.serving.server takes it."""
    listener = socket.create_server(("127.0.0.1", 0))
    made = server(app, lifespan="off", **more)
    thread = Thread(target=made.run, kwargs={"sockets": [listener]})
    thread.start()
    give_up = monotonic() + 20
    while not made.started and monotonic() < give_up:
        sleep(0.01)
    try:
        yield int(listener.getsockname()[1])
    finally:
        made.should_exit = True
        thread.join()
