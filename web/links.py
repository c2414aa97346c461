"""The addresses with which people sign in once."""

from __future__ import annotations

from fastapi import Request

from states.terms import Text
from web.site import site_of


def link_to(request: Request, secret: str) -> str:
    """The address that signs in with this secret. NoAddress where the site does not know its own:
    a browser may name any host, and the mail would lead there."""
    site = site_of(request)
    base = site.settings.base_url or (str(request.base_url) if _on_this_machine(request) else "")
    if not base:
        raise NoAddress
    return f"{base.rstrip('/')}/sign-in/link/{secret}"


class NoAddress(Exception):
    """The installation does not say under which address it is reached."""

    text = Text(
        "系统还没有设置网站地址，暂不能用邮件登录。请管理员设置 YANXIU_BASE_URL。",
        "The site's address is not set, so no link can be sent. An administrator must set "
        "YANXIU_BASE_URL.",
    )


def _on_this_machine(request: Request) -> bool:
    return request.url.hostname in ("localhost", "127.0.0.1", "::1")
