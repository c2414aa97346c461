"""One signed request to a webhook, to an address that was looked at first.

Whoever registers a webhook chooses where this machine connects to. So the name is resolved here,
every address is checked, and the connection goes to the checked address itself; no redirect is
followed, and nothing of the answer is kept but its status.
"""

from __future__ import annotations

import hmac
import os
import socket
import ssl
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from hashlib import sha256
from http.client import HTTPConnection, HTTPException
from ipaddress import IPv4Address, IPv6Address, IPv6Network, ip_address
from threading import Timer
from urllib.parse import urlsplit

SECONDS = 10.0  # from the first byte sent to the status line
SIGNATURE = "X-Yanxiu-Signature"
HIDDEN = tuple(  # networks behind which an IPv4 address may hide
    IPv6Network(text) for text in ("64:ff9b::/96", "64:ff9b:1::/48", "2002::/16", "2001::/32")
)


class NotDelivered(Exception):
    """The event did not get through; the text says why, in words that may be shown.

    `answered`: a server was there, and said no.
    """

    def __init__(self, reason: str, *, answered: bool = False) -> None:
        self.answered = answered
        super().__init__(reason)


def sign(secret: str, body: bytes, seconds: int) -> str:
    """The signature's header: when it was made, in seconds since 1970, and what it is."""
    signed = hmac.new(secret.encode(), f"{seconds}.".encode() + body, sha256).hexdigest()
    return f"t={seconds},v1={signed}"


def deliver(
    url: str, body: bytes, signature: str, *, private: bool, timeout: float = SECONDS
) -> str:
    """POST a body and return what was answered, such as "HTTP 204". Raises NotDelivered.

    `private`: whether addresses inside the network may be called. `timeout`: seconds, for all of
    it.
    """
    parts = urlsplit(url)
    host, secure = parts.hostname or "", parts.scheme == "https"
    port = parts.port or (443 if secure else 80)
    target = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
    headers = {
        "Content-Type": "application/json",
        "User-Agent": "yanxiu-webhook/1",
        SIGNATURE: signature,
        "Connection": "close",
    }
    try:
        plain = _connected(_addresses(host, port, private), port, timeout)
        with _ends_in_time(plain, timeout):
            connection = HTTPConnection(host, port, timeout=timeout)
            connection.sock = _wrapped(plain, host) if secure else plain
            connection.request("POST", target, body, headers)
            status = connection.getresponse().status
    except (
        OSError,
        HTTPException,
        ValueError,
    ) as error:  # a closed connection, a certificate, a time-out
        raise NotDelivered(_reason(error)) from error
    if not 200 <= status < 300:
        raise NotDelivered(f"HTTP {status}", answered=True)
    return f"HTTP {status}"


def _addresses(host: str, port: int, private: bool) -> list[str]:
    """The addresses of a name. NotDelivered if one of them lies inside the network and none may."""
    found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    addresses = list(dict.fromkeys(str(one[4][0]) for one in found))
    if not private and not all(is_public(address) for address in addresses):
        raise NotDelivered("address inside the network")
    return addresses


def is_public(address: str) -> bool:
    """Whether an IP address belongs to somebody out there."""
    known: IPv4Address | IPv6Address = ip_address(address.split("%")[0])
    if isinstance(known, IPv6Address):
        if known.ipv4_mapped:
            return is_public(str(known.ipv4_mapped))
        if known.is_site_local or any(known in network for network in HIDDEN):
            return False
    return known.is_global and not known.is_multicast and not known.is_reserved


def _connected(addresses: list[str], port: int, timeout: float) -> socket.socket:
    """A connection to the first of the checked addresses that takes one."""
    trouble = OSError("no address")
    for address in addresses[:2]:
        try:
            return socket.create_connection((address, port), timeout)
        except OSError as error:
            trouble = error
    raise trouble


def _wrapped(plain: socket.socket, host: str) -> ssl.SSLSocket:
    """TLS, with a certificate of the name that was registered."""
    return ssl.create_default_context().wrap_socket(plain, server_hostname=host)


@contextmanager
def _ends_in_time(plain: socket.socket, timeout: float) -> Iterator[None]:
    """A server that sends a byte now and then must not hold us: the connection is cut off."""
    handle = socket.socket(fileno=os.dup(plain.fileno()))  # TLS takes the other one over

    def cut() -> None:
        with suppress(OSError):
            handle.shutdown(socket.SHUT_RDWR)

    timer = Timer(timeout, cut)
    timer.daemon = True
    timer.start()
    try:
        yield
    finally:
        timer.cancel()
        cut()
        handle.close()
        plain.close()


def _reason(error: Exception) -> str:
    """A word on what went wrong, that says nothing about machines inside."""
    if isinstance(error, TimeoutError):
        return "no answer in time"
    if isinstance(error, ssl.SSLError):
        return "no trusted TLS connection"
    if isinstance(error, socket.gaierror | ValueError):
        return "name not found"
    return "no connection" if isinstance(error, OSError) else "no HTTP answer"
