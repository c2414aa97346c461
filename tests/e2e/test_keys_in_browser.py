"""Tokens and the documentation of the API with a real browser."""

from __future__ import annotations

import pytest
from playwright.sync_api import expect
from windows import OTHER_LOOKS, Served

from states.terms import Role

pytestmark = pytest.mark.browser


def test_a_token_is_made_and_revoked(served: Served) -> None:
    served.house.person("wang", (Role.PROVINCE, ""), name="王经办")
    window = served.window("wang")
    page = window.go("/me/keys")
    page.get_by_label("名称").fill("人事系统对接")
    page.get_by_label("权限").select_option("write")
    page.get_by_role("button", name="新建").click()
    expect(page.get_by_role("heading", name="访问令牌已生成")).to_be_visible()
    assert window.barriers() == []
    page.get_by_role("button", name="停用 人事系统对接").click()
    expect(page.get_by_text("访问令牌已停用")).to_be_visible()
    assert window.console == []


@pytest.mark.parametrize("path", ["/me/keys", "/api/docs"])
@pytest.mark.parametrize(("language", "width"), OTHER_LOOKS)
def test_the_pages_have_no_barriers(served: Served, path: str, language: str, width: int) -> None:
    person = served.house.person("wang", (Role.PROVINCE, ""), name="王经办")
    visit = served.house.visit(person)
    visit.post("/me/keys/tokens", {"name": "人事系统", "ends_on": "2025-06-30"})
    visit.post("/me/keys/webhooks", {"url": "https://hr.example.cn/" + "hook/" * 12})
    window = served.window("wang", language=language, width=width)
    page = window.go(path)
    assert window.barriers() == []
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    assert window.console == []
