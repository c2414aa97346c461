"""An SMTP server, a process of its own, that misbehaves as it is told.

Usage: rough_server.py SCRIPT, a JSON object. For each of `banner`, `EHLO`, `STARTTLS`, `AUTH`, `MAIL`,
`RCPT`, `DATA` and `body` (the content, after its final dot) it may list what is said, one after the
other over all connections, a last null standing for "and so on"; then all is well. An entry is a
reply, or

    <drop>       hang up            <hang>        say nothing, ever
    <drip> text  a byte every 0.3 s   <cut>   (DATA) say 354, read a little, hang up

`features` are offered at EHLO, `certificate` is a PEM file, `tls` means from the start, `every` is the
least number of seconds between two mails, `lax` says 354 without a recipient. Mails whose final dot came are appended to `kept`.
Prints its port.
"""

from __future__ import annotations

import base64
import json
import socket
import ssl
import sys
import threading
import time
from pathlib import Path
from typing import Any

USUAL = {
    **{"banner": "220 rough ESMTP", "STARTTLS": "220 go ahead", "AUTH": "235 2.7.0 welcome"},
    **{"MAIL": "250 2.1.0 Ok", "RCPT": "250 2.1.5 Ok", "DATA": "354 go on"},
    **{"body": "250 2.0.0 Ok: queued as 4ZQ1", "RSET": "250 Ok", "NOOP": "250 Ok"},
}


class Script:
    """What is still to be said, over all connections."""

    def __init__(self, told: dict[str, Any]) -> None:
        self.told, self.lock, self.last = told, threading.Lock(), 0.0

    def next(self, step: str) -> str:
        with self.lock:
            waiting = self.told.get(step, [])
            if not waiting:
                return USUAL.get(step, "250 Ok")
            if len(waiting) > 1 and waiting[1] is None:  # and so on
                return str(waiting[0])
            return str(waiting.pop(0))

    def keep(self, to: str, content: bytes) -> None:
        row = {"to": to, "content": base64.b64encode(content).decode()}
        with self.lock, Path(self.told["kept"]).open("a", encoding="ascii") as file:
            file.write(json.dumps(row) + "\n")

    def too_fast(self) -> bool:
        with self.lock:
            now = time.monotonic()
            if now - self.last < self.told.get("every", 0):
                return True
            self.last = now
            return False


class Talk:
    """One connection."""

    def __init__(self, connection: socket.socket, script: Script) -> None:
        self.connection, self.script, self.unread, self.to = connection, script, b"", ""
        self.begun = False  # MAIL was taken

    def run(self) -> None:
        try:
            if self.script.told.get("tls"):
                self.encrypt()
            self.say(self.script.next("banner"))
            while self.command(self.line()):
                pass
        except OSError:
            pass
        finally:
            self.connection.close()

    def encrypt(self) -> None:
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(self.script.told["certificate"])
        self.connection = context.wrap_socket(self.connection, server_side=True)

    def line(self) -> str:
        while b"\r\n" not in self.unread:
            self.more()
        found, _, self.unread = self.unread.partition(b"\r\n")
        return found.decode("utf-8", "replace")

    def more(self) -> None:
        got = self.connection.recv(65536)
        if not got:
            raise OSError("gone")
        self.unread += got

    def say(self, answer: str) -> None:
        if answer == "<drop>":
            raise OSError("dropped")
        if answer == "<hang>":
            while True:  # until the other side hangs up
                self.more()
        if answer.startswith("<drip>"):
            for letter in f"{answer[6:]}\r\n":
                self.connection.sendall(letter.encode())
                time.sleep(0.3)
            return
        self.connection.sendall(f"{answer}\r\n".encode())

    def command(self, line: str) -> bool:
        verb = line.partition(" ")[0].upper()
        if verb == "EHLO" and not self.script.told.get("EHLO"):
            told = ["250-rough", *(f"250-{f}" for f in self.script.told.get("features", []))]
            self.say("\r\n".join([*told, "250 8BITMIME"]))
        elif verb == "QUIT":
            self.say("221 bye")
            return False
        elif verb == "DATA" and not self.to and not self.script.told.get("lax"):
            self.say("554 5.5.1 No valid recipients")
        elif verb == "DATA":
            self.content(self.script.next("DATA"))
        elif verb == "RCPT" and not self.begun:
            self.say("503 5.5.1 MAIL first")
        else:
            answer = self.script.next(verb)
            if verb == "RCPT" and answer.startswith("250"):
                if self.script.too_fast():
                    answer = "450 4.7.1 Too many messages, slow down"
                self.to = line.partition("<")[2].partition(">")[0] if answer[0] == "2" else ""
            if verb in ("MAIL", "RSET"):
                self.begun, self.to = verb == "MAIL" and answer.startswith("250"), ""
            self.say(answer)
            if verb == "STARTTLS" and answer.startswith("220"):
                self.encrypt()
        return True

    def content(self, answer: str) -> None:
        self.say("354 go on" if answer == "<cut>" else answer)
        if answer == "<cut>":
            self.connection.recv(100)
            self.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, b"\1\0\0\0\0\0\0\0")
            raise OSError("cut")
        if not answer.startswith("354"):
            return
        while not f"\r\n{self.unread.decode('latin-1')}".endswith("\r\n.\r\n"):
            self.more()
        to, self.to, self.begun = self.to, "", False
        if not to:
            self.unread = b""
            self.say("554 5.5.1 No valid recipients")
            return
        said = self.script.next("body")
        if said.startswith(("250", "<")):
            self.script.keep(to, self.unread[:-3].replace(b"\r\n..", b"\r\n."))
        self.unread = b""
        self.say(said)


def main(script: Script) -> None:
    listener = socket.create_server(("127.0.0.1", 0), backlog=64)
    sys.stdout.write(f"{listener.getsockname()[1]}\n")
    sys.stdout.flush()
    while True:
        connection, _ = listener.accept()
        threading.Thread(target=Talk(connection, script).run, daemon=True).start()


if __name__ == "__main__":
    main(Script(json.loads(sys.argv[1])))
