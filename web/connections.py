"""Connections that end: nobody keeps a place by being slow, and no client takes every place.

uvicorn waits without end for a request whose first line never comes, for a body that stops, and for
a client that does not read its answer. Here each of these has a time, as in Apache's mod_reqtimeout:
a head comes within `head` seconds, a body at no less than `rate` bytes a second after as long a
start, an answer moves on within `unread`. A connection that is one too many is closed at once. What
was closed is told in one line of the log, and again at most once a minute.

Known weakness: what a client that goes slowly but steadily may hold is bounded by the places only.
"""

from __future__ import annotations

import logging
import resource
from asyncio import TimerHandle, Transport
from collections import Counter
from dataclasses import dataclass, field
from ipaddress import IPv6Address, ip_address
from typing import Any

import h11
from uvicorn.protocols.http.h11_impl import H11Protocol

LOG = logging.getLogger("yanxiu.web")
TOLD_EVERY = 60  # seconds


@dataclass(frozen=True, slots=True)
class Limits:
    """Seconds, bytes a second, and connections of one process."""

    head: float = 20
    rate: float = 500
    unread: float = 60
    most: int = 500

    @property
    def most_each(self) -> int:
        """Of one client. A proxy in front is one client."""
        return self.most // 2


def bounded_by_files(limits: Limits) -> Limits:
    """With no more places than half of the files that this process may open."""
    files, _ = resource.getrlimit(resource.RLIMIT_NOFILE)
    most = limits.most if files == resource.RLIM_INFINITY else min(limits.most, files // 2)
    return Limits(limits.head, limits.rate, limits.unread, most)


def client_of(host: str) -> str:
    """Who counts as one client: an address, or the network that one subscriber has in IPv6."""
    try:
        address = ip_address(host.partition("%")[0])
    except ValueError:  # a local socket has none
        return host
    if not isinstance(address, IPv6Address):
        return host
    return str(address.ipv4_mapped or IPv6Address(int(address) >> 64 << 64))


@dataclass
class Tally:
    """What was closed since it was last told."""

    closed: Counter[str] = field(default_factory=Counter)
    timer: TimerHandle | None = None

    def count(self, why: str, loop: Any) -> None:
        self.closed[why] += 1
        if self.timer is None:
            self._tell(loop)

    def _tell(self, loop: Any) -> None:
        self.timer = None
        if self.closed:
            LOG.warning("closed connections: %s", said(self.closed))
            self.closed.clear()
            self.timer = loop.call_later(TOLD_EVERY, self._tell, loop)


def said(closed: Counter[str]) -> str:
    return ", ".join(f"{count} ({WHY[why]})" for why, count in sorted(closed.items()))


WHY = {
    "head": "no whole request in time",
    "body": "the body stopped coming",
    "rest": "still sending after the answer",
    "unread": "the answer was not read",
    "full": "all places taken",
    "share": "one client had half of the places",
}


class Bounded(H11Protocol):
    """uvicorn's protocol with an end to every wait for the client. `owed` names what the client has
    to do next: a key of WHY, or nothing while it is our turn."""

    limits: Limits
    tally: Tally
    owed, due = "", 0.0
    timer: TimerHandle | None = None

    def connection_made(self, transport: Transport) -> None:  # type: ignore[override]
        super().connection_made(transport)
        if too_many := self._too_many():
            self._end(too_many)
        else:
            self._judge(0)

    def _too_many(self) -> str:
        if len(self.connections) > self.limits.most:
            return "full"
        mine = self._client()
        held = sum(
            1 for one in self.connections if isinstance(one, Bounded) and one._client() == mine
        )
        return "share" if held > self.limits.most_each else ""

    def _client(self) -> str:
        return client_of(self.client[0]) if self.client else ""

    def data_received(self, data: bytes) -> None:
        super().data_received(data)
        self._judge(len(data))

    def on_response_complete(self) -> None:
        super().on_response_complete()
        self._judge(0)

    def pause_writing(self) -> None:
        super().pause_writing()
        self._owe("unread", self.limits.unread)

    def resume_writing(self) -> None:
        super().resume_writing()
        self.owed = ""
        self._judge(0)

    def connection_lost(self, exc: Exception | None) -> None:
        if self.timer is not None:
            self.timer.cancel()
        super().connection_lost(exc)

    def _judge(self, came: int) -> None:
        """Find what the client owes after `came` bytes, and by when."""
        if self.owed == "unread":
            return
        owed = self._next()
        if owed != self.owed:
            self._owe(owed, self.limits.head)
        if owed == "body":
            self.due += came / self.limits.rate

    def _next(self) -> str:
        if self.transport.is_closing() or self.conn.their_state not in (h11.IDLE, h11.SEND_BODY):
            return ""
        if self.conn.their_state is h11.IDLE:
            return "head"
        return "rest" if self.cycle.response_complete else "body"

    def _owe(self, owed: str, seconds: float) -> None:
        self.owed, self.due = owed, self.loop.time() + seconds
        if self.timer is not None:
            self.timer.cancel()
        self.timer = self.loop.call_at(self.due, self._late) if owed else None

    def _late(self) -> None:
        if self.owed == "body" and (self.flow.read_paused or self.cycle.waiting_for_100_continue):
            self.due = self.loop.time() + self.limits.head  # it is we who do not read
        if self.loop.time() < self.due:
            self.timer = self.loop.call_at(self.due, self._late)
        else:
            self._end(self.owed)

    def _end(self, why: str) -> None:
        self.tally.count(why, self.loop)
        self.transport.abort()


def bounded(limits: Limits) -> type[Bounded]:
    """The protocol of one process."""
    return type("BoundedHere", (Bounded,), {"limits": limits, "tally": Tally()})
