"""Administration and the mail room in a real browser: no barrier, no noise, no sideways scrolling."""

from __future__ import annotations

import os

import pytest
from playwright.sync_api import expect
from stories import OFFICE, SCHOOL
from windows import OTHER_LOOKS, Served

from states.terms import Role
from workflow.mail.addresses import mark_address
from workflow.mail.outbox import queue_sign_in

pytestmark = pytest.mark.browser
PAGES = (
    "/admin/people",
    "/admin/people/new",
    "/admin/people/import",
    "/admin/people/2",
    "/admin/units",
    "/admin/units/1",
    "/admin/calendar/2025",
    "/admin/policies",
    "/admin/policies/fujian-2025",
    "/admin/policies/compare?old=fujian-2024&new=fujian-2025",
    "/admin/ladders",
    "/admin/wordings",
    "/admin/wordings/filing",
    "/admin/health",
    "/admin/audit",
    "/admin/audit/projects?person=chen",
    "/mail",
    "/mail/1",
    "/mail/addresses",
)


def office(served: Served) -> None:
    house = served.house
    number = house.desk.admit()
    house.desk.live(number, "planned")
    for login, grant in (("boss", (Role.ADMIN, "")), ("clerk", (Role.HOST, SCHOOL))):
        house.person(login, grant, name=f"{login}甲", email=f"{login}@example.cn")
    house.person("chen", (Role.COORDINATOR, OFFICE), name="陈处", email="chen@example.cn")
    with house.desk.db.write() as connection:
        queue_sign_in(connection, 2, "http://x/1", on=house.day, at=house.at)
        told = {"status": "5.1.1", "said": "User unknown", "mail_id": 1, "at": house.at}
        mark_address(connection, "lin@example.cn", **told)


@pytest.mark.parametrize(("language", "width"), OTHER_LOOKS)
def test_every_room_is_without_barriers(served: Served, language: str, width: int) -> None:
    office(served)
    window = served.window("boss", language=language, width=width)
    found: dict[str, list[str]] = {}
    for number, path in enumerate(PAGES):
        page = window.go(path)
        barriers = window.barriers()
        wide = page.evaluate("document.documentElement.scrollWidth")
        barriers += [f"{wide} wide"] if wide > width else []
        found |= {path: barriers} if barriers else {}
        if folder := os.environ.get("SHOTS"):
            page.screenshot(path=f"{folder}/{language}-{width}-{number:02}.png", full_page=True)
    assert found == {}
    assert window.console == []


def test_days_are_clicked_and_become_a_holiday(served: Served) -> None:
    office(served)
    window = served.window("boss")
    page = window.go("/admin/calendar/2025")
    page.locator('label:has(input[value="2025-03-13"])').click()
    page.get_by_label("节日名称").fill("试验假")
    page.get_by_role("button", name="所选日期放假").click()
    expect(page.get_by_text("草稿，未生效")).to_be_visible()
    page.get_by_role("button", name="应用，使之生效").click()
    expect(page.get_by_role("status")).to_contain_text("2025年放假安排已生效")
    assert "试验假" in page.content()
    assert window.console == []


def test_a_password_is_shown_once(served: Served) -> None:
    office(served)
    window = served.window("boss")
    page = window.go("/admin/people/2")
    page.get_by_role("button", name="生成一次性密码").click()
    expect(page.get_by_role("heading", name="一次性密码")).to_be_visible()
    page.goto("/admin/people/2")
    expect(page.get_by_role("heading", name="一次性密码")).to_have_count(0)
    assert window.console == []


def test_a_host_keeps_its_profile(served: Served) -> None:
    office(served)
    for width in (360, 1280):
        window = served.window("clerk", width=width)
        page = window.go("/me/unit")
        assert window.barriers() == []
        assert page.evaluate("document.documentElement.scrollWidth") <= width
    page.get_by_label("账号", exact=True).fill("6222 0000 1111 2222")
    page.get_by_role("button", name="保存").click()
    expect(page.get_by_role("status")).to_contain_text("单位资料已保存")
