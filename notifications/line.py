"""One SMTP connection, with a time limit on every reply and the envelope in one packet.

The standard library's client knows the protocol. Added here: a server that sends a byte a minute
does not hold us longer than one that is silent; replies are kept as bytes, for those of Chinese
servers are often GB 18030; a wrong password is tried once, so that no account is locked.
"""

from __future__ import annotations

import base64
import smtplib
import socket
import ssl
from collections.abc import Iterator
from time import monotonic
from typing import Any

from config.settings import Settings
from notifications.answers import Reply

LONGEST_LINE = 8192
MOST_LINES = 200  # of one reply


class Silent(smtplib.SMTPException):
    """No whole reply came within the time-out."""


class NoEncryption(smtplib.SMTPResponseException):
    """The server will not encrypt, in its own words."""


class Line(smtplib.SMTP):
    """Not yet open after construction; `open` dials, secures and logs in.

    Raises smtplib.SMTPException, ssl.SSLError or OSError, and is closed then.
    """

    sock: Any

    def __init__(self, settings: Settings) -> None:
        self.settings = settings
        self.limit = settings.smtp_timeout
        self.unread, self.reached = b"", False
        super().__init__(local_hostname="localhost", timeout=self.limit)

    def open(self) -> Reply:
        """The server's greeting."""
        said = self.settings
        self._host = said.smtp_host  # what a certificate must name
        code, text = self.connect(said.smtp_host, said.smtp_port)
        if code != 220:
            return Reply(code, text)
        self.local_hostname = _own_name(self.sock)
        self.ehlo_or_helo_if_needed()
        if said.smtp_security == "starttls":
            self.starttls(context=ssl.create_default_context())
            self.ehlo_or_helo_if_needed()
        if said.smtp_username:
            self._log_in(said.smtp_username, said.smtp_password)
        return Reply(code, text)

    def connect(self, *where: Any, **how: Any) -> tuple[int, bytes]:
        self.unread = b""
        return super().connect(*where, **how)

    def _get_socket(self, host: str, port: int, timeout: float) -> socket.socket:
        dialled = socket.create_connection((host, port), timeout)
        dialled.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self.reached = True
        if self.settings.smtp_security == "tls":
            return ssl.create_default_context().wrap_socket(dialled, server_hostname=host)
        return dialled

    @property
    def is_open(self) -> bool:
        return self.sock is not None

    @property
    def pipelines(self) -> bool:
        return self.has_extn("pipelining")

    # -- Replies ------------------------------------------------------------------------------

    def getreply(self) -> tuple[int, bytes]:
        """One reply, within the time-out as a whole."""
        try:
            return self._reply(monotonic() + self.limit)
        except (OSError, smtplib.SMTPException):
            self.close()
            raise

    def reply(self) -> Reply:
        return Reply(*self.getreply())

    def _reply(self, until: float) -> tuple[int, bytes]:
        lines: list[bytes] = []
        for line in self._lines(until):
            lines.append(line[4:].strip(b" \t\r\n"))
            if not (line[:3].isdigit() and line[3:4] in (b" ", b"-", b"\r", b"\n", b"")):
                return -1, line.strip()
            if line[3:4] != b"-":
                return int(line[:3]), b"\n".join(lines)
            if len(lines) >= MOST_LINES:
                break
        raise smtplib.SMTPServerDisconnected("a reply without end")

    def _lines(self, until: float) -> Iterator[bytes]:
        while True:
            line, found, rest = self.unread.partition(b"\n")
            if found:
                self.unread = rest
                yield line + found
                continue
            if len(line) > LONGEST_LINE:
                raise smtplib.SMTPServerDisconnected("a line without end")
            self.unread = line + self._more(until)

    def _more(self, until: float) -> bytes:
        left = until - monotonic()
        if left <= 0:
            raise Silent("no answer in time")
        self.sock.settimeout(left)
        try:
            got: bytes = self.sock.recv(4096)
        except TimeoutError:
            raise Silent("no answer in time") from None
        if not got:
            raise smtplib.SMTPServerDisconnected("closed without an answer")
        return got

    def send(self, s: Any) -> None:
        """All of it, or an error: then the end of `s` has not left this machine."""
        if self.sock is None:
            raise smtplib.SMTPServerDisconnected("not connected")
        self.sock.settimeout(self.limit)
        try:
            self.sock.sendall(s.encode("ascii") if isinstance(s, str) else s)
        except OSError:
            self.close()
            raise

    def starttls(self, **how: Any) -> Any:  # type: ignore[override]
        try:
            answer = super().starttls(**how)
        except smtplib.SMTPResponseException as error:
            self.close()
            raise NoEncryption(error.smtp_code, error.smtp_error) from error
        except BaseException:
            self.close()
            raise
        self.unread = b""  # what came before the encryption was said by anybody
        return answer

    # -- Logging in ---------------------------------------------------------------------------

    def _log_in(self, name: str, password: str) -> None:
        """By one mechanism, once. Raises SMTPAuthenticationError with the server's words."""
        offered = str(self.esmtp_features.get("auth", "")).upper().split()
        if "PLAIN" in offered:
            said = self._answer("AUTH PLAIN " + _coded(f"\0{name}\0{password}"))
        elif "LOGIN" in offered:
            said = self._answer("AUTH LOGIN")
            for secret in (name, password):
                said = self._answer(_coded(secret)) if said.code == 334 else said
        elif "CRAM-MD5" in offered:
            self.user, self.password = name, password
            said = Reply(*self.auth("CRAM-MD5", self.auth_cram_md5))
        else:
            said = Reply(504, b"the server offers no way to log in that we know")
        if said.code != 235:
            raise smtplib.SMTPAuthenticationError(said.code, said.text)

    def _answer(self, command: str) -> Reply:
        self.putcmd(command)
        return self.reply()


def _coded(secret: str) -> str:
    return base64.b64encode(secret.encode()).decode("ascii")


def _own_name(connected: Any) -> str:
    """How we introduce ourselves: by name if it is a full one, else by address (RFC 5321)."""
    name = socket.gethostname()
    if "." in name and name.isascii():
        return name
    address = connected.getsockname()[0]
    return f"[IPv6:{address}]" if ":" in address else f"[{address}]"
