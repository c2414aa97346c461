"""An SMTP sink in a process of its own: says yes at once, or each reply so many ms later.

Usage: python -m bench.sink DELAY_MS [SAMPLE], where SAMPLE is a folder for the first mail of each
recipient's domain. Prints its port; each connection is served without threads or parsing, so that
it is not what is measured. Like every common server it offers PIPELINING.
"""

from __future__ import annotations

import asyncio
import sys
from pathlib import Path

GREETINGS = b"250-sink\r\n250-PIPELINING\r\n250 8BITMIME\r\n"


class Sink(asyncio.Protocol):
    """One connection."""

    delay = 0.0
    sample: Path | None = None

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        assert isinstance(transport, asyncio.Transport)
        self.transport, self.unread, self.in_mail = transport, b"", False
        self.to = ""
        self.answer(b"220 sink\r\n")

    def answer(self, reply: bytes) -> None:
        if self.delay:
            asyncio.get_running_loop().call_later(self.delay, self.transport.write, reply)
        else:
            self.transport.write(reply)

    def data_received(self, data: bytes) -> None:
        self.unread += data
        replies = b""
        while True:
            end = b"\r\n.\r\n" if self.in_mail else b"\r\n"
            found, mark, rest = self.unread.partition(end)
            if not mark:
                break
            self.unread = rest
            replies += self.finished(found) if self.in_mail else self.command(found)
        if replies:
            self.answer(replies)

    def command(self, line: bytes) -> bytes:
        verb = line[:4].upper()
        if verb == b"EHLO":
            return GREETINGS
        if verb == b"RCPT":
            self.to = line.decode("ascii")
        if verb == b"DATA":
            self.in_mail = True
            return b"354 go on\r\n"
        return b"221 bye\r\n" if verb == b"QUIT" else b"250 ok\r\n"

    def finished(self, content: bytes) -> bytes:
        self.in_mail = False
        if self.sample is not None:
            path = self.sample / f"{self.to.partition('<')[2].partition('>')[0]}.eml"
            path.write_bytes(content.replace(b"\r\n..", b"\r\n."))
        return b"250 ok\r\n"


async def main(delay_ms: float, sample: Path | None) -> None:
    Sink.delay, Sink.sample = delay_ms / 1000, sample
    server = await asyncio.get_running_loop().create_server(Sink, "127.0.0.1", 0)
    print(server.sockets[0].getsockname()[1], flush=True)
    await server.serve_forever()


if __name__ == "__main__":
    asyncio.run(main(float(sys.argv[1]), Path(sys.argv[2]) if len(sys.argv) > 2 else None))
