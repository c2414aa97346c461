"""An IMAP server, a process of its own, that misbehaves as it is told.

Usage: rough_imap.py SCRIPT, a JSON object: for each of `greeting`, `LOGIN`, `SELECT`, `SEARCH`,
`FETCH` and `STORE` it may list what is sent before the tagged answer, one after the other over all
connections; afterwards all is well: two unread mails. An entry is text, sent as it stands, or

    <drop>   hang up                  <drip> text   a byte every 0.05 s, the text over and over
    <no>     answer NO                <flood> text  the text over and over, as fast as it is taken

Prints its port, and then the first word of each command that it got.
"""

from __future__ import annotations

import json
import socket
import sys
import threading
import time
from contextlib import suppress

USUAL = {
    "CAPABILITY": "* CAPABILITY IMAP4rev1\r\n",
    "SELECT": "* 2 EXISTS\r\n",
    "SEARCH": "* SEARCH 7 8\r\n",
    "FETCH": "* 1 FETCH (UID 7 BODY[]<0> {4}\r\nmail)\r\n",
}


def told(line: str) -> None:
    sys.stdout.write(f"{line}\n")
    sys.stdout.flush()


def send(connection: socket.socket, entry: str) -> bool:
    """Whether the command then succeeds."""
    kind, _, text = entry.partition(" ")
    if kind == "<drop>":
        raise OSError("dropped")
    while kind in ("<drip>", "<flood>"):
        for piece in text if kind == "<drip>" else [text * 1000]:
            connection.sendall(piece.encode())
            time.sleep(0.05 if kind == "<drip>" else 0)
    if kind != "<no>":
        connection.sendall(entry.encode())
    return kind != "<no>"


def talk(connection: socket.socket, script: dict[str, list[str]]) -> None:
    def say(step: str) -> bool:
        waiting = script.get(step)
        return send(connection, waiting.pop(0) if waiting else USUAL.get(step, ""))

    with suppress(OSError), connection, connection.makefile("rb") as lines:
        say("greeting")
        connection.sendall(b"* OK ready\r\n")
        for line in lines:
            tag, verb, *rest = line.decode().split()
            step = rest[0] if verb == "UID" else verb
            told(step)
            said = "OK done" if say(step) else "NO not this one"
            connection.sendall(f"{tag} {said}\r\n".encode())
            if verb == "LOGOUT":
                return


def main(script: dict[str, list[str]]) -> None:
    listener = socket.create_server(("127.0.0.1", 0))
    told(str(listener.getsockname()[1]))
    while True:
        connection, _ = listener.accept()
        threading.Thread(target=talk, args=(connection, script), daemon=True).start()


if __name__ == "__main__":
    main(json.loads(sys.argv[1]))
