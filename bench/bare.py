"""The reference: a loop with no database that builds an EmailMessage and sends it."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from dataclasses import dataclass
from email.headerregistry import Address
from email.message import EmailMessage
from email.utils import format_datetime

import aiosmtplib

from bench.outbox import AT, SENDER


@dataclass(frozen=True)
class Bare:
    """What one of our mails says, ready to be put into a message."""

    to: str
    name: Address
    subject: str
    text: str
    html: str
    message_id: str
    enclosed: tuple[tuple[str, str, bytes], ...]  # type, file name, content

    def message(self) -> EmailMessage:
        message = EmailMessage()
        message["From"] = SENDER
        message["To"] = self.name
        message["Subject"] = self.subject
        message["Date"] = format_datetime(AT)
        message["Message-ID"] = self.message_id
        message["Auto-Submitted"] = "auto-generated"
        message.set_content(self.text)
        message.add_alternative(self.html, subtype="html")
        for kind, name, content in self.enclosed:
            main, _, sub = kind.partition("/")
            message.add_attachment(content, maintype=main, subtype=sub, filename=name)
        return message


def send(mails: list[Bare], port: int, connections: int = 1) -> None:
    """All of them over so many open connections."""
    asyncio.run(_send(iter(mails), port, connections))


async def _send(mails: Iterator[Bare], port: int, connections: int) -> None:
    await asyncio.gather(*(_loop(mails, port) for _ in range(connections)))


async def _loop(mails: Iterator[Bare], port: int) -> None:
    async with aiosmtplib.SMTP(hostname="127.0.0.1", port=port, start_tls=False) as client:
        for mail in mails:
            await client.send_message(mail.message())
