"""One project in a real browser: filing, a reason why not, two tabs, two people, a phone."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest
from playwright.sync_api import expect
from rooms import Room
from stories import CLERK, HEADS, WANG
from windows import OTHER_LOOKS, Served

from states.terms import Action

pytestmark = pytest.mark.browser


@pytest.fixture
def room(served: Served) -> Room:
    served.house.day = date(2025, 4, 10)
    return Room(served.house)


def test_a_host_files_papers_with_chinese_names(served: Served, room: Room, tmp_path: Path) -> None:
    project = room.project("planned")
    files = {}
    for label, name in (
        ("开班通知", "关于举办研修班的通知.pdf"),
        ("实施方案", "实施方案（终稿）.docx"),
    ):
        files[label] = tmp_path / name
        files[label].write_bytes(name.encode())
    window = served.window("lin")
    page = window.go(f"/projects/{project}")
    page.get_by_role("link", name="报送开班通知和实施方案").click()
    page.get_by_label("实施方案").set_input_files(files["实施方案"])
    page.get_by_role("button", name="提交：报送开班通知和实施方案").click()
    expect(page.get_by_role("alert")).to_contain_text("缺：开班通知")
    expect(page.get_by_text("已上传：实施方案（终稿）.docx")).to_be_visible()
    page.get_by_label("开班通知").set_input_files(files["开班通知"])
    page.get_by_role("button", name="提交：报送开班通知和实施方案").click()
    expect(page.get_by_role("status")).to_contain_text("已办理“报送开班通知和实施方案”。")
    page.get_by_text("报送开班通知和实施方案 齐全").click()
    papers = page.get_by_role("region", name="材料")
    with page.expect_download() as download:
        papers.get_by_role("link", name="实施方案（终稿）.docx").click()
    assert download.value.suggested_filename == "实施方案（终稿）.docx"
    assert download.value.path().read_bytes() == "实施方案（终稿）.docx".encode()
    assert window.console == []


def test_why_a_held_class_cannot_be_subsidised_yet(served: Served, room: Room) -> None:
    project = room.project("held")
    window = served.window("wang")
    page = window.go(f"/projects/{project}")
    move = page.get_by_role("region", name="现在该谁做什么")
    expect(move).to_contain_text("缺：总结报告")
    expect(move).to_contain_text("审定补助")
    expect(move).to_contain_text("暂不能办理，须先完成：报送办班材料（还缺8件材料）。")
    move.get_by_role("link", name="第三部分第3段").first.click()
    expect(page.locator("#c-R25-20")).to_be_in_viewport()
    page.get_by_role("link", name="全部事项及办理依据").click()
    expect(page.locator("#subsidise")).to_contain_text("项目现为“已完成办班”，不能审定补助")
    assert window.console == []


def test_two_tabs_and_who_comes_second_loses_nothing(served: Served, room: Room) -> None:
    project = room.project("submitted")
    first, second = served.window("chen"), served.window("wang")
    page = first.go(f"/projects/{project}/do/review")
    page.get_by_label("审核意见").fill("同意推荐，建议列为示范项目")
    other = second.go(f"/projects/{project}/do/hand_over")
    other.get_by_label("联系电话").fill("0591-87654321")
    other.get_by_role("button", name="提交：更换联系人").click()
    expect(other.get_by_role("status")).to_be_visible()
    page.get_by_role("button", name="提交：审核推荐").click()
    expect(page.get_by_role("alert")).to_contain_text("在您填写期间，此项目已有新的办理")
    expect(page.get_by_role("alert")).to_contain_text("0591-87654321")
    expect(page.get_by_label("审核意见")).to_have_value("同意推荐，建议列为示范项目")
    assert first.barriers() == []
    page.get_by_role("button", name="看过了，仍然提交").click()
    expect(page.get_by_role("status")).to_contain_text("已办理“审核推荐”。")
    assert first.console == second.console == []


def test_a_subsidy_by_two_people(served: Served, room: Room) -> None:
    served.house.day = date(2025, 7, 1)
    project = room.project("reported")
    wang, zhou = served.window("wang"), served.window("zhou")
    page = wang.go(f"/projects/{project}")
    page.get_by_role("link", name="审定补助").click()
    page.get_by_label("补助金额（元）").fill("48000")
    page.get_by_role("button", name="提交拟办").click()
    expect(page.get_by_role("status")).to_contain_text("须由另一人复核后生效")
    other = zhou.go(f"/projects/{project}")
    other.get_by_role("link", name="复核：审定补助").click()
    expect(other.get_by_text("48,000元")).to_be_visible()
    other.get_by_label("补助金额（元）").fill("48000")
    assert zhou.barriers() == []
    other.get_by_role("button", name="复核并生效").click()
    expect(other.get_by_role("status")).to_contain_text("已办理“审定补助”。")
    expect(other.get_by_text("48,000.00 元")).to_be_visible()
    assert wang.console == zhou.console == []


@pytest.mark.parametrize(("language", "width"), OTHER_LOOKS)
def test_no_barriers_and_nothing_wider_than_the_screen(
    served: Served, room: Room, language: str, width: int
) -> None:
    project = room.project("planned")
    desk = served.house.desk
    served.house.day = date(2025, 6, 20)
    desk.do(project, Action.HOLD, CLERK, "2025-05-18", opens=date(2025, 5, 13),
            ends=date(2025, 5, 16), **HEADS)  # fmt: skip
    pending = room.project("reported", name="乙班")
    desk.do(pending, Action.SUBSIDISE, WANG, "2025-06-15", amount=4_800_000)
    window = served.window("zhou", width=width, language=language)
    paths = [
        f"{project}",
        f"{project}/why",
        f"{project}/history",
        f"{project}/do/dispose",
        f"{project}/do/report",
    ]
    for path in (*paths, f"{pending}", f"{pending}/do/subsidise", f"{pending}/do/plan"):
        page = window.go(f"/projects/{path}")
        for fold in page.locator("details:not([open]) > summary").all():
            if fold.is_visible():
                fold.click()
        page.evaluate("scrollTo(0, 0)")  # or the head, which stays, lies over half a fold
        assert window.barriers() == [], path
        assert page.evaluate("document.documentElement.scrollWidth") <= width, path
    assert window.console == []


def test_by_keyboard_alone(served: Served, room: Room) -> None:
    project = room.project("submitted")
    window = served.window("chen")
    page = window.go(f"/projects/{project}/do/send_back")
    page.get_by_label("需补正的内容").focus()
    page.keyboard.type("缺培训资质证明")
    page.keyboard.press("Tab")
    page.keyboard.type("04202025")  # month first: the language of this browser's own widgets
    page.get_by_role("button", name="提交：退回补正").focus()
    page.keyboard.press("Enter")
    expect(page.get_by_role("status")).to_contain_text("已办理“退回补正”。")
    expect(page.get_by_text("已退回补正，需补正：缺培训资质证明")).to_be_visible()


def test_what_is_folded_on_screen_is_printed(served: Served, room: Room) -> None:
    """Paper has no folds: how a day is reckoned is read there too."""
    page = served.window("wang").go(f"/projects/{room.project('held')}")
    folds = "[...document.querySelectorAll('details[data-unfold]')].map((fold) => fold.open)"
    before = page.evaluate(folds)
    page.evaluate("dispatchEvent(new Event('beforeprint'))")
    assert False in before and set(page.evaluate(folds)) == {True}
    page.evaluate("dispatchEvent(new Event('afterprint'))")
    assert page.evaluate(folds) == before
