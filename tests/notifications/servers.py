"""Real SMTP servers that misbehave as they are told, and remember what they accepted."""

from __future__ import annotations

import json
import socket
import subprocess
import sys
from base64 import b64decode
from collections import deque
from collections.abc import Callable
from email import message_from_bytes
from pathlib import Path
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


class Rough:
    """An SMTP server process that does as scripted (see rough_server.py)."""

    def __init__(self, folder: Path, **script: Any) -> None:
        self.kept = folder / f"kept-{id(self)}.jsonl"
        self.script = script | {"kept": str(self.kept)}

    def __enter__(self) -> Rough:
        command = [sys.executable, "-S", SERVER, json.dumps(self.script)]
        self.process = subprocess.Popen(command, stdout=subprocess.PIPE, text=True)
        assert self.process.stdout is not None
        self.port = int(self.process.stdout.readline())
        return self

    def __exit__(self, *_: object) -> None:
        self.process.kill()
        self.process.communicate()

    @property
    def mails(self) -> list[tuple[str, bytes]]:
        """Recipient and content of each mail whose final dot came, in order."""
        lines = self.kept.read_text(encoding="ascii").splitlines() if self.kept.exists() else []
        rows = [json.loads(line) for line in lines]
        return [(row["to"], b64decode(row["content"])) for row in rows]

    @property
    def recipients(self) -> list[str]:
        return [to for to, _ in self.mails]


SERVER = str(Path(__file__).with_name("rough_server.py"))
