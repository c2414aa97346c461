"""Signing in with a real browser, on a PC and on a phone."""

from __future__ import annotations

import pytest
from playwright.sync_api import expect
from windows import OTHER_LOOKS, Served

from states.terms import Role
from workflow.accounts import passwords

pytestmark = pytest.mark.browser
PASSWORD = "correct horse battery"


def test_in_by_password_and_out_again(served: Served) -> None:
    house = served.house
    person = house.person("wang", (Role.PROVINCE, ""), name="王经办")
    with house.desk.db.write() as connection:
        passwords.set_password(connection, person, PASSWORD, at=house.at)
    window = served.window()
    page = window.go("/me/password")
    page.get_by_label("登录名或邮箱").fill("wang")
    page.get_by_label("密码", exact=True).fill(PASSWORD)
    page.get_by_role("button", name="登录", exact=True).click()
    expect(page).to_have_url(f"{served.where}/me/password")
    assert window.console == []


@pytest.mark.parametrize(("language", "width"), OTHER_LOOKS)
def test_the_door_has_no_barriers(served: Served, language: str, width: int) -> None:
    window = served.window(language=language, width=width)
    page = window.go("/sign-in")
    assert window.barriers() == []
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    assert window.console == []
