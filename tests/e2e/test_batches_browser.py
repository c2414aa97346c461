"""Batches and charts in a real browser: prepared, previewed, published; on a PC and on a phone."""

from __future__ import annotations

from datetime import date

import pytest
from playwright.sync_api import expect
from stories import OFFICE
from windows import OTHER_LOOKS, Served

from states.terms import Role

pytestmark = pytest.mark.browser
CHARTS = ("/pictures", "/pictures/year", "/pictures/report")


def filled(served: Served) -> list[int]:
    """Four reviewed projects, others along the way, people."""
    house = served.house
    house.person("wang", (Role.PROVINCE, ""), name="王经办", email="wang@example.cn")
    house.person("zhou", (Role.PROVINCE, ""), name="周复核", email="zhou@example.cn")
    house.person("chen", (Role.COORDINATOR, OFFICE), name="陈处", email="chen@example.cn")
    found = []
    for n, name in enumerate(("人工智能", "海洋碳汇", "智能制造", "数字文旅")):
        one = house.desk.admit(name=f"{name}高级研修班", contact_email=f"c{n}@example.cn")
        house.desk.live(one, "reviewed")
        found.append(one)
    for n, state in enumerate(("planned", "filed", "held", "reported", "reported", "subsidised")):
        one = house.desk.admit(name=f"新材料专题{n}高级研修班", contact_email=f"d{n}@example.cn")
        house.desk.live(one, state)
    other = {"host": "厦门软件学院", "department": "厦门市人社局"}
    house.desk.admit(name="集成电路高级研修班", **other)
    house.day = date(2025, 7, 10)
    return found


def test_prepare_preview_and_publish_a_plan(served: Served) -> None:
    chosen = filled(served)
    window = served.window("wang")
    page = window.go("/batches")
    page.get_by_role("radio", name="年度计划批次").check()
    page.get_by_label("批次名称").fill("2025年第一批")
    page.get_by_role("button", name="新建，选择项目").click()
    page.get_by_label("本页全选").check()
    assert window.barriers() == []
    page.get_by_role("button", name="加入所选").click()
    page.get_by_label("文号").fill("闽人社〔2025〕1号")
    page.get_by_role("button", name="按顺序编号").click()
    page.get_by_role("button", name="上移：海洋碳汇高级研修班").click()
    expect(page.locator("table tbody tr").first).to_contain_text("海洋碳汇")
    assert window.barriers() == []
    page.get_by_role("button", name="保存并预览").click()
    expect(page.get_by_text("【列入计划】")).to_have_count(4)
    assert window.barriers() == []
    page.get_by_role("button", name="公布本批").click()
    expect(page.get_by_role("status")).to_contain_text("已公布，4个项目全部办理完成")
    states = [served.house.desk.show(one)["state"] for one in chosen]
    assert (states, window.barriers(), window.console) == (["planned"] * 4, [], [])


def test_two_tabs_publish_and_the_second_is_told(served: Served) -> None:
    filled(served)
    first, second = served.window("wang"), served.window("zhou")
    page = first.go("/batches")
    page.get_by_role("radio", name="不予通过批次").check()
    page.get_by_role("button", name="新建，选择项目").click()
    page.get_by_label("人工智能高级研修班").check()
    page.get_by_role("button", name="加入所选").click()
    page.locator("#code").select_option(label="择优遴选未入选【系统推定】")
    page.locator("#text").fill("名额有限")
    page.get_by_role("button", name="保存并预览").click()
    other = second.go("/batches/1/preview")
    page.get_by_role("button", name="公布本批").click()
    expect(page.get_by_role("status")).to_contain_text("已公布")
    other.get_by_role("button", name="公布本批").click()
    expect(other.get_by_role("alert")).to_contain_text("该批次已公布（王经办）")
    assert (first.console, second.console) == ([], [])


@pytest.mark.parametrize(("language", "width"), OTHER_LOOKS)
def test_charts_have_no_barriers(served: Served, language: str, width: int) -> None:
    filled(served)
    window = served.window("wang", language=language, width=width)
    for path in CHARTS:
        page = window.go(path)
        assert window.barriers() == [], path
        assert page.evaluate("document.documentElement.scrollWidth") <= width, path
        assert page.locator("svg[role=img]").count() >= 1
        assert page.locator("main table").count() >= 1
    assert window.console == []


@pytest.mark.parametrize(("language", "width"), OTHER_LOOKS)
def test_batches_have_no_barriers(served: Served, language: str, width: int) -> None:
    filled(served)
    window = served.window("wang", language=language, width=width)
    page = window.go("/batches")
    seen = [(window.barriers(), page.evaluate("document.documentElement.scrollWidth") <= width)]
    page.locator("input[value=subsidise]").check()
    page.locator("main form .main").click()
    page.wait_for_url("**/batches/1/add")
    page.locator("main table input[type=checkbox]").last.check()
    page.locator("main button.main").click()
    page.locator("main table input[inputmode=decimal]").fill("48000")
    page.wait_for_load_state()
    seen.append((window.barriers(), page.evaluate("document.documentElement.scrollWidth") <= width))
    page.locator("main button.main").click()
    page.wait_for_url("**/batches/1/preview")
    page.wait_for_load_state()
    seen.append((window.barriers(), page.evaluate("document.documentElement.scrollWidth") <= width))
    assert seen == [([], True)] * 3
    assert window.console == []
