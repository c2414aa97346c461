"""A web server of its own process that takes webhooks: `hook_server.py LOG [CERTIFICATE]`.

Each request is a line of JSON in LOG before it is answered; the port is told on stdout.
The path says how it answers: /ok, /fail (500), /flaky (503 for the first two), /redirect,
/slow (a byte of the answer now and then), /hangup.
"""

from __future__ import annotations

import json
import sys
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import ClassVar

LOG = Path(sys.argv[1])


class Handler(BaseHTTPRequestHandler):
    tries: ClassVar[dict[str, int]] = {}

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers["Content-Length"])).decode()
        self.tries[self.path] = self.tries.get(self.path, 0) + 1
        said = {"path": self.path, "headers": dict(self.headers), "body": body}
        with LOG.open("a") as log:
            log.write(f"{json.dumps(said)}\n")
        getattr(self, self.path.split("?")[0].strip("/"))()

    def ok(self) -> None:
        self.answer(204)

    def fail(self) -> None:
        self.answer(500)

    def flaky(self) -> None:
        self.answer(503 if self.tries[self.path] <= 2 else 200)

    def redirect(self) -> None:
        self.answer(302, Location="/ok")

    def slow(self) -> None:
        for byte in b"HTTP/1.1 200 OK\r\n" * 20:
            self.wfile.write(bytes([byte]))
            time.sleep(0.1)

    def hangup(self) -> None:
        self.connection.close()

    def answer(self, status: int, **headers: str) -> None:
        self.send_response(status)
        for name, value in headers.items():
            self.send_header(name, value)
        self.send_header("Content-Length", "0")
        self.end_headers()

    def log_message(self, *_: object) -> None:
        pass


if __name__ == "__main__":
    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    if len(sys.argv) > 2:  # with its key
        import ssl

        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(sys.argv[2])
        server.socket = context.wrap_socket(server.socket, server_side=True)
    sys.stdout.write(f"{server.server_address[1]}\n")
    sys.stdout.flush()
    server.serve_forever()
