"""A real SMTP server that misbehaves as it is told, and remembers what it accepted."""

from __future__ import annotations

import socket
from collections import deque
from collections.abc import Callable
from email import message_from_bytes
from typing import Any

from notifications.mailbox import _Controller

ACCEPTED = "250 2.0.0 Ok: queued as 4ZQ1"
DROP = "drop"  # take the mail, then close the connection without a word


class Crooked:
    """At each command it gives the next scripted answer, else it accepts.

    `seen` has every mail whose data came through to the final dot, also if no answer followed.
    """

    def __init__(self) -> None:
        self.at_helo: deque[str] = deque()
        self.at_mail: deque[str] = deque()
        self.at_rcpt: deque[str] = deque()
        self.at_data: deque[str | bytes] = deque()
        self.seen: list[tuple[str, bytes]] = []  # recipient, bytes
        self.meanwhile: Callable[[], None] = lambda: None  # runs while the client waits at DATA
        listener = socket.create_server(("127.0.0.1", 0))
        self.port: int = listener.getsockname()[1]
        self._controller = _Controller(self, listener)

    def __enter__(self) -> Crooked:
        self._controller.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._controller.stop()

    async def handle_HELO(self, _server: Any, session: Any, _envelope: Any, name: str) -> str:
        session.host_name = name
        return self.at_helo.popleft() if self.at_helo else "250 mx"

    async def handle_EHLO(
        self, _server: Any, session: Any, _envelope: Any, name: str, responses: list[str]
    ) -> list[str]:
        session.host_name = name
        return [self.at_helo.popleft()] if self.at_helo else responses

    async def handle_MAIL(
        self, _server: Any, _session: Any, envelope: Any, address: str, _options: Any
    ) -> str:
        answer = self.at_mail.popleft() if self.at_mail else "250 2.1.0 Ok"
        if answer.startswith("250"):
            envelope.mail_from = address
        return answer

    async def handle_RCPT(
        self, _server: Any, _session: Any, envelope: Any, address: str, _options: Any
    ) -> str:
        answer = self.at_rcpt.popleft() if self.at_rcpt else "250 2.1.5 Ok"
        if answer.startswith("250"):
            envelope.rcpt_tos.append(address)
        return answer

    async def handle_DATA(self, server: Any, _session: Any, envelope: Any) -> str | bytes:
        answer = self.at_data.popleft() if self.at_data else ACCEPTED
        self.meanwhile()
        if answer == DROP or str(answer).startswith("250"):
            self.seen.append((envelope.rcpt_tos[0], envelope.content))
        if answer == DROP:
            server.transport.abort()
            return "250 never heard"
        if isinstance(answer, bytes):
            self.seen.append((envelope.rcpt_tos[0], envelope.content))
            server.transport.write(answer)
            server.transport.close()
            return "250 never heard"
        return answer

    @property
    def recipients(self) -> list[str]:
        return [to for to, _ in self.seen]

    @property
    def message_ids(self) -> list[str]:
        return [message_from_bytes(content)["message-id"] for _, content in self.seen]
