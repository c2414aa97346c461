"""The list of projects in a real browser: search, filter, a deed on several, on PC and phone."""

from __future__ import annotations

import pytest
from playwright.sync_api import expect
from stories import CLERK, COORDINATOR, FORM
from windows import OTHER_LOOKS, Served

from states.terms import Action, Role

pytestmark = pytest.mark.browser


def fill(served: Served) -> list[int]:
    """Three submitted projects, one planned and late; somebody of the province."""
    desk = served.house.desk
    served.house.person("wang", (Role.PROVINCE, ""), name="王经办")
    made = [desk.admit(name=f"{topic}研修班") for topic in ("智能制造", "海洋经济", "师资培训")]
    for project in made:
        desk.do(project, Action.SUBMIT, CLERK, "2025-01-08", papers=FORM)
    day = {"opens_earliest": "2025-04-20", "opens_latest": "2025-04-20"}
    late = desk.admit(name="茶产业研修班", number=1, state="planned", place="福州市", **day)
    return [*made, late]


def test_search_filter_and_take_a_filter_away(served: Served) -> None:
    fill(served)
    window = served.window("wang")
    page = window.go("/projects")
    expect(page.locator("tbody tr")).to_have_count(4)
    page.get_by_label("关键词").fill("培训")
    page.get_by_role("button", name="查找").click()
    expect(page.locator("tbody tr")).to_have_count(1)
    page.locator(".chip", has_text="含“培训”").click()
    expect(page.locator("tbody tr")).to_have_count(4)
    page.get_by_text("更多条件").click()
    page.get_by_label("已列入年度计划").check()
    page.get_by_label("已逾期").check()
    page.get_by_role("button", name="查找").click()
    expect(page.locator("tbody tr")).to_have_count(1)
    expect(page.locator("tbody tr")).to_contain_text("已逾期12天")
    page.go_back()
    expect(page.locator("tbody tr")).to_have_count(4)
    assert window.console == []


def test_a_deed_on_several_with_one_that_fails(served: Served) -> None:
    made = fill(served)
    window = served.window("wang")
    page = window.go("/projects")
    page.get_by_label("全选本页").check()
    page.get_by_label("办理事项").select_option("review")
    page.get_by_role("button", name="办理勾选的项目").click()
    page.get_by_label("审核意见").fill("同意推荐")
    page.get_by_role("button", name="下一步：核对").click()
    expect(page.get_by_role("heading", name="可办理3项，暂不能办理1项")).to_be_visible()
    assert window.barriers() == []
    served.house.desk.do(made[1], Action.REVIEW, COORDINATOR, "2025-03-03", opinion="先办了")
    page.get_by_role("button", name="确认办理").click()
    expect(page.get_by_text("已办理2项，1项未办理，原因见下")).to_be_visible()
    expect(page.locator("tbody tr").first).to_contain_text("刚被他人办理")
    assert window.barriers() == []
    page.get_by_role("button", name="对未办理的1项重新核对").click()
    expect(page.get_by_label("审核意见")).to_have_value("同意推荐")
    assert window.console == []


@pytest.mark.parametrize(("language", "width"), OTHER_LOOKS)
def test_no_barriers_and_no_sideways_scrolling(served: Served, language: str, width: int) -> None:
    made = fill(served)
    window = served.window("wang", language=language, width=width)
    ticked = "&".join(f"project={project}" for project in made)
    for path in (
        "/projects",
        "/projects?q=研修&state=planned&overdue=1&due=30",
        "/projects?q=没有这样的班",
        f"/projects/steps?deed=extend&{ticked}",
    ):
        page = window.go(path)
        assert window.barriers() == [], path
        assert page.evaluate("document.documentElement.scrollWidth") <= width, path
    page = window.go("/projects")
    page.locator(".drop summary").click()
    page.locator(".filters summary").click()
    assert window.barriers() == []
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    assert window.console == []
