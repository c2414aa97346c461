"""News of a plan, what is copied for a group chat, and what is entered for several hosts, in a real
browser: each state that a page has, both languages, PC and phone."""

from __future__ import annotations

from datetime import date

import pytest
from playwright.sync_api import Page
from stories import CLERK, OFFICE, SCHOOL
from test_news_of_a_plan import LINK, letter, text_of
from windows import Served, Window

from states.terms import Action, Role

pytestmark = pytest.mark.browser
LOOKS = [(language, width) for language in ("zh", "en") for width in (360, 1280)]


@pytest.fixture
def announced(served: Served) -> Served:
    """A plan of which one host has been told and one not yet; a class to be cancelled; calls."""
    house = served.house
    house.day = date(2025, 4, 14)
    wang = house.person("wang", (Role.PROVINCE, ""), name="王经办", email="w@example.cn")
    house.person("zhou", (Role.PROVINCE, ""), name="周复核", email="z@example.cn")
    house.person("chen", (Role.COORDINATOR, OFFICE), name="陈处")
    house.person("lin", (Role.HOST, SCHOOL), name="林老师")
    desk = house.desk
    desk.admit(state="planned", number=7, untold=True)
    house.visit(wang).post("/announce")
    desk.admit(state="planned", number=8, untold=True, name="乙班")
    late = desk.admit(state="planned", name="丙班", known_on="2025-01-06", contact_phone="0591-1")
    desk.do(late, Action.WITHDRAW, CLERK, "2025-04-10", reason="台风")
    return served


def wrong(window: Window, page: Page) -> list[str]:
    wide = page.evaluate("document.documentElement.scrollWidth - window.innerWidth")
    return window.barriers() + ([f"{wide} px beyond the edge"] if wide > 0 else [])


@pytest.mark.parametrize(("language", "width"), LOOKS)
def test_news_of_a_plan_and_its_answer_have_no_barrier(
    announced: Served, language: str, width: int
) -> None:
    found = {}
    for login, path in (
        ("wang", "/"),
        ("lin", "/"),
        ("lin", "/projects/1"),
        ("wang", "/projects/1"),
    ):
        window = announced.window(login, width=width, language=language)
        found[login, path] = wrong(window, window.go(path)) + window.console
    link = LINK.search(text_of(letter(announced.house)))
    assert link
    window = announced.window(width=width, language=language)  # nobody is signed in
    page = window.go(link[1])
    found["to confirm"] = wrong(window, page)
    page.locator("main button").first.click()
    page.wait_for_load_state()
    found["confirmed"] = wrong(window, page)
    found["again"] = wrong(window, window.go(link[1]))
    found["unknown"] = wrong(window, window.go(link[1][:-32] + "0" * 32)) + window.console
    assert {where: said for where, said in found.items() if said} == {}


@pytest.mark.parametrize(("language", "width"), LOOKS)
def test_what_is_copied_and_what_is_entered_for_several_has_no_barrier(
    announced: Served, language: str, width: int
) -> None:
    window = announced.window("chen", width=width, language=language)
    found = {
        path: wrong(window, window.go(path))
        for path in (
            *("/calls/text", "/calls/text?late=1", "/projects/3/do/file", "/projects/3/do/hold"),
            "/projects/steps?deed=hold&project=1&project=3",
        )
    }
    page = window.page
    page.locator("button[value=check]").click()
    page.wait_for_load_state()
    found["check"] = wrong(window, page)
    window = announced.window("wang", width=width, language=language)
    for path in ("/projects/3/do/reject", "/admin/audit/projects?person=lin", "/projects/3/why"):
        found[path] = wrong(window, window.go(path)) + window.console
    assert {where: said for where, said in found.items() if said} == {}
