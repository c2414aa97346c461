"""What a browser is called in the list of sign-ins."""

from __future__ import annotations

import pytest

from web.browsers import browser_label

CHROME = (
    "Mozilla/5.0 (Windows NT 10.0; Win64) AppleWebKit/537.36 (KHTML) Chrome/109.0 Safari/537.36"
)


@pytest.mark.parametrize(
    ("agent", "label"),
    [
        (CHROME, "Chrome（Windows）"),
        (CHROME + " Edg/109.0", "Edge（Windows）"),
        ("Mozilla/5.0 (Linux; Android 13) Chrome/107.0 MicroMessenger/8.0", "微信（安卓）"),
        ("Mozilla/5.0 (iPhone; CPU iPhone OS 17 like Mac OS X) Safari/604.1", "Safari（iPhone）"),
        ("tests", "未知浏览器"),
        ("", "未知浏览器"),
    ],
)
def test_a_browser_is_called_what_people_call_it(agent: str, label: str) -> None:
    assert browser_label(agent).zh == label
