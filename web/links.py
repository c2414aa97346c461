"""Addresses of this site: those that leave it in mails, in calendars, on paper, and where somebody
was going who has to sign in first.

The former begin with what the office has set, never with the Host that a request names: any program may
name any host, and the mail would lead there. Who works at the machine itself needs no setting.
"""

from __future__ import annotations

from ipaddress import ip_address
from urllib.parse import urlencode, urlsplit

from fastapi import Request

from states.terms import Text
from web.site import site_of


def link_to(request: Request, secret: str, where: str = "/") -> str:
    """The address that signs in with this secret and leads on to that path of this site. NoAddress
    where the site does not know its own."""
    base = base_of(request)
    if not base:
        raise NoAddress
    return leading(f"{base}/sign-in/link/{secret}", where)


def leading(path: str, where: str) -> str:
    """The address of a page from which one is led on to `where`, a path of this site."""
    return path if where == "/" else f"{path}?{urlencode({'next': where})}"


def inside(where: str) -> str:
    """A path of this site, whatever was asked for: nobody is led away after signing in."""
    try:
        parts = urlsplit(where)
    except ValueError:  # an unbalanced bracket
        return "/"
    own = not parts.scheme and not parts.netloc and where.startswith("/")
    return where if own and not where.startswith(("//", "/\\")) and where.isprintable() else "/"


def base_of(request: Request) -> str:
    """What addresses of this site begin with, without a slash at the end; empty if nobody has said
    so and the request came from elsewhere."""
    return site_of(request).settings.base_url.rstrip("/") or _own_socket(request)


def _own_socket(request: Request) -> str:
    """The address of our own socket, for a browser on this machine that has typed it."""
    host, port = request.scope.get("server") or ("", None)
    here = request.url.hostname in ("localhost", "127.0.0.1", "::1")
    if not here or port is None or not _is_loopback(host):
        return ""
    return f"{request.url.scheme}://{f'[{host}]' if ':' in host else host}:{port}"


def _is_loopback(host: str) -> bool:
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return False


class NoAddress(Exception):
    """The installation does not say under which address it is reached."""

    text = Text(
        "系统还没有设置网站地址，暂不能用邮件登录。请管理员设置 YANXIU_BASE_URL。",
        "The site's address is not set, so no link can be sent. An administrator must set "
        "YANXIU_BASE_URL.",
    )
