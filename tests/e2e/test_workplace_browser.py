"""The workplace, the calls and one's settings in a real browser: each role, both languages, PC and
phone."""

from __future__ import annotations

from datetime import date

import pytest
from playwright.sync_api import expect
from stories import FILING, OFFICE, OTHER_CLERK, SCHOOL, WANG
from windows import OTHER_LOOKS, Served

from states.terms import Act, Action, Role

pytestmark = pytest.mark.browser


@pytest.fixture
def busy(served: Served) -> Served:
    """Something late, something to confirm, a flag, a promised call; a person for each role."""
    house = served.house
    house.day = date(2025, 4, 14)
    house.person("wang", (Role.PROVINCE, ""), name="王经办", email="w@example.cn")
    house.person("zhou", (Role.PROVINCE, ""), name="周复核", email="z@example.cn")
    house.person("chen", (Role.COORDINATOR, OFFICE), name="陈处")
    house.person("lin", (Role.HOST, SCHOOL), name="林老师")
    house.person("root", (Role.ADMIN, ""), name="管理员")
    house.person("he", (Role.AUDITOR, ""), name="何审计")
    desk = house.desk
    late = desk.admit(state="planned", known_on="2025-01-06", contact_phone="0591-87654321")
    desk.admit(state="planned", name="海洋经济高级研修班", opens_latest="2025-05-20")
    other = desk.admit(state="planned", host="厦门软件学院", name="软件高级研修班")
    desk.do(other, Action.FILE, OTHER_CLERK, "2025-04-10", papers=FILING)
    desk.do(other, Act.INSPECT, WANG, "2025-04-11", findings="缺签到", mend_by=date(2025, 4, 30))
    call = {"channel": "wechat", "person": "林老师", "promise": "周一报送"}
    desk.do(late, Act.NOTE, WANG, "2025-04-11", **call, follow_up=date(2025, 4, 14))
    return served


@pytest.mark.parametrize(("language", "width"), OTHER_LOOKS)
def test_no_page_has_barriers_or_a_word_for_the_console(
    busy: Served, width: int, language: str
) -> None:
    places = [(login, "/") for login in ("wang", "chen", "lin", "root", "he")]
    places += [("wang", "/calls"), ("wang", "/calls?note=1"), ("wang", "/me")]
    for login, path in places:
        window = busy.window(login, width=width, language=language)
        page = window.go(path)
        assert window.barriers() == [], (login, path)
        assert page.evaluate("document.documentElement.scrollWidth") <= width, (login, path)
        assert window.console == [], (login, path)
    busy.close_windows()


def test_a_call_is_noted_on_the_spot(busy: Served) -> None:
    window = busy.window("chen")
    page = window.go("/calls")
    row = page.get_by_role("row", name=SCHOOL).first
    expect(row).to_contain_text("约定今天联系")
    expect(row).to_contain_text("周一报送")
    page.get_by_role("link", name="记录本次联系").first.click()
    page.get_by_label("对方答复").fill("明天上午报送")
    page.get_by_label("下次跟进日期").fill("2025-04-15")
    page.get_by_role("button", name="保存记录").click()
    expect(page.get_by_role("status")).to_contain_text("已记录")
    expect(page.get_by_role("main")).to_contain_text("明天上午报送")
    assert window.console == []


def test_a_wrong_day_keeps_what_was_typed(busy: Served) -> None:
    page = busy.window("chen").go("/calls?note=1")
    page.get_by_label("对方答复").fill("明天上午报送")
    page.get_by_label("下次跟进日期").fill("2025-04-01")
    page.get_by_role("button", name="保存记录").click()
    expect(page.get_by_role("alert")).to_contain_text("早于本次联系日期")
    expect(page.get_by_label("对方答复")).to_have_value("明天上午报送")


def test_the_call_sheet_prints_with_room_to_write(busy: Served) -> None:
    page = busy.window("wang").go("/calls")
    room = page.get_by_role("columnheader", name="本次联系结果")
    expect(room).to_be_hidden()
    page.emulate_media(media="print")
    expect(room).to_be_visible()
    expect(page.get_by_role("navigation")).to_be_hidden()
    expect(page.get_by_text("记录本次联系").first).to_be_hidden()


def test_a_tile_leads_to_the_projects_that_it_counts(busy: Served) -> None:
    page = busy.window("wang").go("/")
    tile = page.get_by_role("link", name="逾期事项")
    expect(tile).to_have_attribute("href", "/projects?overdue=1")


def test_a_host_finds_the_next_step_by_keyboard(busy: Served) -> None:
    page = busy.window("lin").go("/")
    button = page.get_by_role("link", name="报送开班通知和实施方案 智能制造高级研修班")
    button.focus()
    expect(button).to_be_focused()
    expect(button).to_have_attribute("href", "/projects/1/do/file")


def test_settings_are_kept(busy: Served) -> None:
    window = busy.window("wang")
    page = window.go("/me")
    page.get_by_label("收到材料的回执").select_option("off")
    page.get_by_role("button", name="保存").click()
    expect(page.get_by_label("收到材料的回执")).to_have_value("off")
    page.get_by_role("combobox", name="代收人").select_option(label="周复核")
    page.get_by_label("截止日").fill("2025-04-20")
    page.get_by_role("button", name="设定").click()
    expect(page.get_by_role("status")).to_contain_text("周复核代收")
    assert window.console == []
