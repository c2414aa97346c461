"""A unit's profile in the forms, and a run of several steps, in a real browser."""

from __future__ import annotations

from datetime import date

import pytest
from playwright.sync_api import expect
from rooms import Room
from stories import CLERK, FORM, SCHOOL
from windows import OTHER_LOOKS, Served

from states.terms import Action
from workflow.lists.runs import PATIENCE, Wanted, begin
from workflow.office.profiles import save_some
from workflow.people import person_id

pytestmark = pytest.mark.browser
ACCOUNT = {"account_name": "理工大学", "account_number": "6222000011112222", "bank": "某银行"}


@pytest.fixture
def room(served: Served) -> Room:
    served.house.day = date(2025, 6, 10)
    made = Room(served.house)
    with served.house.desk.db.write() as connection:
        at = served.house.at
        assert save_some(connection, SCHOOL, ACCOUNT, by="lin", at=at)
        experts = {"experts": [{"name": "张教授", "title": "教授", "unit": "", "field": ""}]}
        save_some(connection, SCHOOL, experts, by="lin", at=at)  # type: ignore[arg-type]
    return made


@pytest.mark.parametrize(("language", "width"), OTHER_LOOKS)
def test_forms_with_a_profile_have_no_barriers(
    served: Served, room: Room, language: str, width: int
) -> None:
    held, planned = room.project("held"), room.project("planned", name="另一班")
    clerk = served.window("lin", language=language, width=width)
    for path in (f"/projects/{held}/do/report", f"/projects/{planned}/do/file", "/me"):
        page = clerk.go(path)
        assert clerk.barriers() == [], path
        assert page.evaluate("document.documentElement.scrollWidth") <= width, path
    assert clerk.console == []


def test_a_clerk_takes_over_and_saves_back(served: Served, room: Room) -> None:
    held = room.project("held")
    window = served.window("lin")
    page = window.go(f"/projects/{held}/do/report")
    expect(page.get_by_label("账号")).to_have_value("6222000011112222")
    page.get_by_label("开户银行").fill("新银行")
    page.get_by_label("同时更新到单位资料").check()
    page.get_by_role("button", name="提交：报送办班材料").click()
    expect(page.get_by_role("alert")).to_contain_text("暂不能办理")
    expect(page.get_by_label("开户银行")).to_have_value("新银行")
    expect(page.get_by_label("同时更新到单位资料")).to_be_checked()
    page.on("dialog", lambda dialog: dialog.accept())  # what was typed is kept by asking
    page.get_by_role("link", name="查看单位资料").click()
    expect(page.get_by_label("开户银行")).to_have_value("某银行")  # nothing was done, nothing saved
    assert window.console == []


@pytest.mark.parametrize("width", [360, 1280])
def test_a_run_under_way_and_one_that_broke_off(served: Served, room: Room, width: int) -> None:
    desk, house = served.house.desk, served.house
    one = room.project()
    desk.do(one, Action.SUBMIT, CLERK, "2025-01-08", papers=FORM)
    wanted = Wanted("review", {"opinion": "同意推荐"}, date(2025, 6, 10), "")
    with desk.db.write() as connection:
        person = person_id(connection, "wang")
        assert person is not None
        begin(connection, person, "r" * 16, wanted, {one: 2}, at=house.at)
    window = served.window("wang", width=width)
    page = window.go("/projects/steps/" + "r" * 16)
    expect(page.get_by_role("status")).to_contain_text("正在逐个办理：已处理0项，共1项")
    assert window.barriers() == []
    house.at += PATIENCE  # the page asks by itself how it stands
    expect(page.get_by_role("alert")).to_contain_text("办理中断", timeout=10_000)
    assert window.barriers() == []
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    page.get_by_role("button", name="继续办理其余1项").click()
    expect(page.get_by_text("已办理1项。")).to_be_visible(timeout=10_000)
    assert window.console == []
