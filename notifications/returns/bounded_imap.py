"""An IMAP connection that ends in bounded time and memory, whatever the server does.

The time-out of imaplib holds for a single read: a server that sends a byte now and then would hold
us for ever, and whatever it sends is stored. Here a session as a whole has an end and a budget.
"""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress
from imaplib import IMAP4, IMAP4_SSL
from socket import SHUT_RDWR, socket
from threading import Event, Thread
from typing import Any

LOOK_SECONDS = 0.2
COST_OF_A_LINE = 100  # bytes of memory that a line takes besides its own


class Bounded(IMAP4):
    """Hangs up once `enough()` holds, which is asked a few times a second. `budget`: bytes that the
    server may send in all; `largest`: bytes in one piece."""

    def __init__(
        self, *args: Any, enough: Callable[[], bool], budget: int, largest: int, **given: Any
    ) -> None:
        self.enough, self.left, self.largest = enough, budget, largest
        self._ended = Event()
        self.late = False
        super().__init__(*args, **given)

    def open(self, *args: Any, **given: Any) -> None:
        super().open(*args, **given)
        Thread(target=self._watch, name="imap-watch", daemon=True).start()

    def shutdown(self) -> None:
        self._ended.set()
        super().shutdown()

    def leave(self) -> None:
        """Take leave if anybody is still there; harmless twice."""
        with suppress(self.error, OSError):
            self.logout()
        with suppress(OSError):  # a leave-taking that failed leaves the socket open
            self.shutdown()

    def read(self, size: int) -> bytes:
        if size > self.largest:
            raise self.abort(f"the server announces {size} bytes in one piece")
        return self._counted(super().read, size)

    def readline(self) -> bytes:
        return self._counted(super().readline, besides=COST_OF_A_LINE)

    def _counted(self, read: Callable[..., bytes], *size: int, besides: int = 0) -> bytes:
        try:
            got = read(*size)
        except OSError:
            if not self.late:
                raise
        if self.late:  # whatever came of our hanging up: an end, a piece, a reset
            raise self.abort("the server was too slow, or we were told to stop")
        self.left -= len(got) + besides
        if self.left < 0:
            raise self.abort("the server sends without end")
        return got

    def _watch(self) -> None:
        while not self._ended.wait(LOOK_SECONDS):
            if self.enough():
                self.late = True
                with suppress(OSError):  # also while encryption begins: then again in a moment
                    socket.shutdown(self.sock, SHUT_RDWR)
                    return


class BoundedTls(Bounded, IMAP4_SSL):
    """The same, encrypted from the first byte."""
