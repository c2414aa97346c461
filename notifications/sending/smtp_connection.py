"""One SMTP connection for callers that are not asynchronous; aiosmtplib knows the protocol.

Added here: a time limit on each exchange as a whole, so that a server that sends a byte a minute does
not hold us longer than one that is silent; replies as bytes, for those of Chinese servers are often
GB 18030; a wrong password is tried once, so that no account is locked.
"""

from __future__ import annotations

import asyncio
import re
import socket
import ssl
from base64 import b64encode
from collections.abc import Coroutine, Sequence
from contextlib import suppress
from typing import Any, TypeVar

import aiosmtplib
from aiosmtplib import SMTPResponse

from config.settings import Settings
from notifications.sending.answers import Reply

T = TypeVar("T")
DOT = re.compile(rb"(?m)^\.")
Fault = (aiosmtplib.SMTPException, OSError, ValueError)


class Silent(aiosmtplib.SMTPException):
    """No whole reply came within the time-out."""


class NoEncryption(aiosmtplib.SMTPException):
    """The server will not encrypt; its own words."""


class NoLogin(aiosmtplib.SMTPException):
    """The server offers no way to log in that we know."""


class SmtpConnection:
    """Not yet open after construction; `open` dials, secures and logs in.

    Everything raises one of `Fault` for what a server or the network can do.
    """

    def __init__(self, settings: Settings) -> None:
        self.settings = settings
        self.reached = False  # somebody is there
        self._loop = asyncio.new_event_loop()
        self._client: aiosmtplib.SMTP | None = None

    @property
    def is_open(self) -> bool:
        return self._client is not None and self._client.is_connected

    def open(self) -> Reply:
        """The server's greeting, or its refusal of one."""
        said = self.settings
        dialled = socket.create_connection((said.smtp_host, said.smtp_port), said.smtp_timeout)
        self.reached = True
        dialled.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        dialled.setblocking(False)
        self._client = aiosmtplib.SMTP(
            hostname=said.smtp_host,  # what a certificate must name
            port=None,
            sock=dialled,
            local_hostname=_own_name(dialled),
            timeout=said.smtp_timeout,
            use_tls=said.smtp_security == "tls",
            start_tls=False,  # below, where a refusal can be told from other faults
        )
        try:
            greeting = self._run(self._client.connect())
        except aiosmtplib.SMTPConnectResponseError as error:
            return _reply(error)
        self._run(self._client.ehlo())
        if said.smtp_security == "starttls":
            self._secure(self._client)
        if said.smtp_username:
            self._log_in(self._client)
        return _reply(greeting)

    def _secure(self, client: aiosmtplib.SMTP) -> None:
        if not client.supports_extension("starttls"):
            raise NoEncryption("the server does not offer STARTTLS")
        try:
            self._run(client.starttls())
        except aiosmtplib.SMTPResponseException as error:
            raise NoEncryption(str(_reply(error))) from error
        self._run(client.ehlo())

    def _log_in(self, client: aiosmtplib.SMTP) -> None:
        """By one mechanism, once. Raises SMTPAuthenticationError with the server's words."""
        try:
            self._authenticate(client)
        except aiosmtplib.SMTPResponseException as error:
            raise aiosmtplib.SMTPAuthenticationError(
                error.code, self._without_secrets(error.message)
            ) from None

    def _without_secrets(self, said: str) -> str:
        """A server may repeat what it did not understand; its words are stored and shown."""
        name, password = self.settings.smtp_username, self.settings.smtp_password
        coded = (b64encode(s.encode()).decode() for s in (name, password, f"\0{name}\0{password}"))
        hidden = any(secret and secret in said for secret in (password, *coded))
        return "(its words repeat the login and are not kept)" if hidden else said

    def _authenticate(self, client: aiosmtplib.SMTP) -> None:
        name, password = self.settings.smtp_username, self.settings.smtp_password
        offered = client.server_auth_methods
        if "plain" in offered:
            self._run(client.auth_plain(name, password))
        elif "login" in offered:
            self._run(client.auth_login(name, password))
        elif "cram-md5" in offered:
            self._run(client.auth_crammd5(name, password))
        else:
            raise NoLogin("the server offers no login on this connection")

    def envelope(self, commands: Sequence[str]) -> list[Reply]:
        """The replies to some commands, up to the first that refuses."""
        return self._run(self._commands(commands), exchanges=len(commands))

    async def _commands(self, commands: Sequence[str]) -> list[Reply]:
        replies: list[Reply] = []
        for command in commands:
            replies.append(await self._command(command))
            if replies[-1].code >= 400 or replies[-1].code < 200:
                break
        return replies

    async def _command(self, command: str) -> Reply:
        assert self._client is not None
        try:
            # No time limit of its own: `_run` has one for the whole exchange, and each costs a task.
            said = await self._client.execute_command(command.encode("ascii"), timeout=None)
            return _reply(said)
        except aiosmtplib.SMTPResponseException as error:  # nothing that SMTP knows
            return _reply(error)

    def content(self, content: bytes) -> Reply:
        """The reply to a mail's content, after the server's 354. Once this is called, a server
        may have the mail, whatever it raises."""
        ending = b"" if content.endswith(b"\r\n") else b"\r\n"
        return self._run(self._content(DOT.sub(b"..", content) + ending + b".\r\n"))

    async def _content(self, stuffed: bytes) -> Reply:
        protocol = self._client.protocol if self._client is not None else None
        if protocol is None:
            raise aiosmtplib.SMTPServerDisconnected("not connected")
        protocol.write(stuffed)
        try:
            return _reply(await protocol.read_response())
        except aiosmtplib.SMTPResponseException as error:
            return _reply(error)

    def reset(self) -> bool:
        """Whether the connection is ready for another mail."""
        [reply] = self.envelope(["RSET"])
        return reply.code == 250

    def quit(self) -> None:
        self.envelope(["QUIT"])

    def close(self) -> None:
        """Hang up without a word; harmless twice."""
        if self._client is not None:
            self._client.close()
            self._client = None
        if not self._loop.is_closed():
            with suppress(RuntimeError):
                self._loop.run_until_complete(asyncio.sleep(0))  # let the transport close
            self._loop.close()

    def _run(self, work: Coroutine[Any, Any, T], exchanges: int = 1) -> T:
        """Wait for one or more exchanges, each no longer than the time-out."""
        task = self._loop.create_task(work)
        limit = self._loop.call_later(self.settings.smtp_timeout * exchanges, task.cancel)
        try:
            return self._loop.run_until_complete(task)
        except (asyncio.CancelledError, aiosmtplib.SMTPTimeoutError) as error:
            raise Silent("no answer in time") from error
        except aiosmtplib.SMTPConnectError as error:  # what is behind it says more
            if isinstance(error.__cause__, ssl.SSLError):
                raise error.__cause__ from error
            raise
        finally:
            limit.cancel()


def _reply(said: SMTPResponse | aiosmtplib.SMTPResponseException) -> Reply:
    words = said.message.removeprefix(MALFORMED).strip()
    return Reply(said.code, words.encode("utf-8", "surrogateescape"))


MALFORMED = "Malformed SMTP response line: "  # the library's words before the server's


def _own_name(connected: socket.socket) -> str:
    """How we introduce ourselves: by name if it is a full one, else by address (RFC 5321)."""
    name = socket.gethostname()
    if "." in name and name.isascii():
        return name
    address = connected.getsockname()[0]
    return f"[IPv6:{address}]" if ":" in address else f"[{address}]"
