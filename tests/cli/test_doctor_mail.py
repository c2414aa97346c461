"""`yanxiu doctor` speaks to the mail server as a sender does, as far as the login."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
import trustme
from command import Command
from servers import Rough


def said(office: Command, server: Rough, **settings: Any) -> tuple[bool, str]:
    found = office("doctor", "--json", SMTP_PORT=server.port, SMTP_TIMEOUT=3, **settings)
    [one] = [check for check in found.json["checks"] if check["check"] == "发信服务器"]
    return one["ok"], one["message"]


LOGIN = {"SMTP_USERNAME": "a", "SMTP_PASSWORD": "b"}


@pytest.mark.parametrize(
    ("script", "settings", "words"),
    [
        ({"banner": ["554 5.7.1 No service"]}, {}, "拒绝连接（554 5.7.1 No service）"),
        ({"EHLO": ["550 no"], "HELO": ["550 no"]}, {}, "550 no"),
        ({}, {"SMTP_SECURITY": "starttls"}, "不能加密连接"),
        ({"features": ["AUTH PLAIN"], "AUTH": ["535 5.7.8 no"]}, LOGIN, "账号或密码不对（535 5.7.8 no）"),
        ({"features": ["AUTH PLAIN"], "AUTH": ["530 Must issue STARTTLS"]}, LOGIN, "只接受加密连接"),
        ({}, LOGIN, "不提供登录"),
        ({"banner": ["<hang>"]}, {}, "没有应答"),
    ],
)  # fmt: skip
def test_what_is_wrong_is_told_in_the_servers_words(
    office: Command, tmp_path: Path, script: dict[str, Any], settings: dict[str, Any], words: str
) -> None:
    with Rough(tmp_path, **script) as server:
        ok, message = said(office, server, **settings)
    assert not ok
    assert words in message and "127.0.0.1" in message


def test_a_certificate_of_ones_own_authority(office: Command, tmp_path: Path) -> None:
    """Not trusted, and which setting names the authority; trusted with it; a wrong file is named."""
    authority = trustme.CA()
    authority.cert_pem.write_to_path(tmp_path / "ca.pem")
    pem = tmp_path / "server.pem"
    authority.issue_cert("localhost").private_key_and_cert_chain_pem.write_to_path(str(pem))
    script = {"features": ["STARTTLS", "AUTH PLAIN"], "certificate": str(pem)}
    given = LOGIN | {"SMTP_SECURITY": "starttls", "SMTP_HOST": "localhost"}
    with Rough(tmp_path, **script) as server:
        ok, message = said(office, server, **given)
        assert not ok and "SSL_CERT_FILE" in message
        office.variables["SSL_CERT_FILE"] = str(tmp_path / "ca.pem")
        ok, message = said(office, server, **given)
        assert ok and "已用STARTTLS加密，证书可信、已登录" in message
        office.variables["SSL_CERT_FILE"] = str(tmp_path / "none.pem")
        ok, message = said(office, server, **given)
        assert not ok and "none.pem" in message
    assert server.mails == []
