"""Hands mails to the SMTP server one after the other and says what became of each.

`handed` is noted between the server's "go ahead" and the content: before that nobody can have the
mail, after it anybody may (docs/decisions/0009).
"""

from __future__ import annotations

import re
import socket
import ssl
from collections.abc import Callable
from contextlib import suppress

import aiosmtplib

from config.settings import Settings
from notifications.sending.answers import Answer, Outcome, Reply, judged, readable
from notifications.sending.smtp_connection import (
    Fault,
    NoEncryption,
    NoLogin,
    Silent,
    SmtpConnection,
)


class Conversation:
    """One connection, opened when first needed and again when it broke. Never raises for what a
    server or the network can do."""

    def __init__(self, settings: Settings) -> None:
        self.settings = settings
        self.sender = settings.mail_from.rpartition("<")[2].rstrip("> ")
        self.connection: SmtpConnection | None = None

    def send(self, to: str, content: bytes, note: Callable[[], bool]) -> Answer:
        """`content`: the mail with CRLF. `note` is called once, just before the content goes out:
        it puts on record that the server may have it, and says whether it is still ours."""
        reused = self.connection is not None and self.connection.is_open
        connection, refusal = self._opened()
        if connection is None:
            assert refusal is not None
            return refusal
        try:
            answer = self._envelope(connection, to)
        except Fault as error:
            self.close()
            if reused:  # closed by the server while it was idle
                return self.send(to, content, note)
            return Answer(Outcome.BROKEN, said(error))
        if answer is None:
            answer = self._content(connection, content, note)
        elif reused and not answer.spoken:  # it has had enough of this connection, not of us
            self.close()
            return self.send(to, content, note)
        if answer.outcome is not Outcome.ACCEPTED:
            self._settle(answer)
        return answer

    def _envelope(self, connection: SmtpConnection, to: str) -> Answer | None:
        """MAIL, RCPT and DATA; None if the server waits for the content."""
        mail, *more = connection.envelope([f"MAIL FROM:<{self.sender}>", f"RCPT TO:<{to}>", "DATA"])
        if not 200 <= mail.code < 300:
            return _unwanted(mail, logged_in=bool(self.settings.smtp_username))
        if not 200 <= more[0].code < 300:
            return judged(more[0])
        return None if more[1].code == 354 else judged(more[1])

    def _content(
        self, connection: SmtpConnection, content: bytes, note: Callable[[], bool]
    ) -> Answer:
        try:
            ours = note()
        except BaseException:
            self.drop()
            raise
        if not ours:
            self.drop()
            return Answer(Outcome.LOST)
        try:
            reply = connection.content(content)
        except Fault as error:
            self.close()
            return Answer(Outcome.UNKNOWN, f"acceptance unknown: {said(error)}")
        if 200 <= reply.code < 300:
            return Answer(Outcome.ACCEPTED, reply.words)
        answer = judged(reply, content=True)
        if answer.outcome is Outcome.BROKEN:  # no answer that SMTP knows
            return Answer(Outcome.UNKNOWN, f"acceptance unknown: {reply}")
        return answer

    def _settle(self, answer: Answer) -> None:
        """Make the connection ready for the next mail, or leave it."""
        going_on = answer.outcome in (Outcome.LATER, Outcome.REFUSED)
        if self.connection is None or not self.connection.is_open:
            return
        with suppress(*Fault):
            if going_on and self.connection.reset():
                return
        self.close()

    def _opened(self) -> tuple[SmtpConnection | None, Answer | None]:
        if self.connection is not None and self.connection.is_open:
            return self.connection, None
        self.connection = SmtpConnection(self.settings)
        try:
            greeting = self.connection.open()
        except Fault as error:
            kind = _outage(error, reached=self.connection.reached)
            self.drop()
            return None, Answer(Outcome.OUTAGE, said(error), kind, spoken=False)
        if greeting.code == 220:
            return self.connection, None
        self.close()
        kind = "busy" if 400 <= greeting.code < 500 else "greeting"
        return None, Answer(Outcome.OUTAGE, str(greeting), kind, spoken=False)

    def greeted(self) -> Answer | None:
        """Dial, encrypt, log in as far as is set, and take leave; what is wrong, None if nothing."""
        _, refusal = self._opened()
        self.close()
        return refusal

    def close(self) -> None:
        """Take leave, if anybody is still there."""
        if self.connection is not None and self.connection.is_open:
            with suppress(*Fault):
                self.connection.quit()
        self.drop()

    def drop(self) -> None:
        """Hang up without a word: what was begun is void."""
        if self.connection is not None:
            self.connection.close()
            self.connection = None


def _unwanted(reply: Reply, *, logged_in: bool) -> Answer:
    """MAIL was refused: it is us that the server will not have, not this mail."""
    kind = "busy" if reply.code < 500 else "sender"
    if reply.code in LOG_IN:
        kind = _why_not_in(str(reply)) or ("password" if logged_in else "login")
    return Answer(Outcome.OUTAGE, str(reply), kind, spoken=False)


def _why_not_in(said: str) -> str:
    """The kind, where a refusal of somebody who wants in is not about the password."""
    return "plain" if PLAIN.search(said) else ""


LOG_IN = (530, 535, 538)
PLAIN = re.compile(r"STARTTLS|\b(?:TLS|SSL)\b|encrypt|^538|secure connection|加密", re.I)


def _outage(error: Exception, *, reached: bool) -> str:
    """The kind of what kept a connection from coming about."""
    code = getattr(error, "code", 0)
    if 400 <= code < 500 and not isinstance(error, NoEncryption):
        return "busy"
    if code >= 500 and (kind := _why_not_in(said(error))) and not isinstance(error, NoEncryption):
        return kind
    for classes, kind in KINDS:
        if isinstance(error, classes):
            return kind
    if isinstance(error, TimeoutError) and reached:
        return "silent"
    return "greeting" if reached or code else "unreachable"


KINDS: tuple[tuple[tuple[type[Exception], ...], str], ...] = (
    ((socket.gaierror, UnicodeError), "name"),
    ((ssl.SSLCertVerificationError,), "certificate"),
    ((ssl.SSLError, NoEncryption), "encryption"),
    ((NoLogin,), "no_login"),
    ((aiosmtplib.SMTPAuthenticationError,), "password"),
    ((Silent,), "silent"),
)


def said(error: Exception) -> str:
    """The server's own words, with its code, or the error's."""
    if isinstance(error, aiosmtplib.SMTPResponseException):
        return str(Reply(error.code, error.message.encode("utf-8", "surrogateescape")))
    if isinstance(error, (NoEncryption, NoLogin)):
        return readable(str(error))
    return readable(f"{type(error).__name__}: {error}")
