"""The workplace page: each role sees its own part, and what is not theirs is not there."""

from __future__ import annotations

import re
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from desk import with_a_desk
from sqlalchemy import event
from stories import FILING, OFFICE, OTHER_CLERK, SCHOOL, WANG
from visits import House, words

from states.terms import Act, Action, Role

CALL = {"channel": "phone", "person": "林老师", "promise": "尽快报送"}


@pytest.fixture
def busy(house: House) -> House:
    """A late filing, a filed plan to confirm, and somebody for each role."""
    house.day = date(2025, 4, 14)
    house.person("wang", (Role.PROVINCE, ""), name="王经办")
    house.person("chen", (Role.COORDINATOR, OFFICE), name="陈处")
    house.person("xu", (Role.COORDINATOR, "厦门市人社局"), name="许处")
    house.person("lin", (Role.HOST, SCHOOL), name="林老师")
    house.person("root", (Role.ADMIN, ""), name="管理员")
    house.person("he", (Role.AUDITOR, ""), name="何审计")
    desk = house.desk
    desk.admit(state="planned", known_on="2025-01-06")
    other = desk.admit(
        state="planned", host="厦门软件学院", department="厦门市人社局", name="软件高级研修班"
    )
    desk.do(other, Action.FILE, OTHER_CLERK, "2025-04-10", papers=FILING)
    desk.do(other, Act.NOTE, WANG, "2025-04-11", **CALL)
    return house


def at(house: House, login: str, path: str = "/") -> str:
    from workflow.people import person_id

    with house.desk.db.read() as connection:
        person = person_id(connection, login)
    answer = house.visit(person).get(path)
    assert answer.status_code == 200
    return answer.text


def headings(page: str) -> list[str]:
    found = re.findall(r"<h2[^>]*>(.*?)</h2>", page, re.DOTALL)
    return [re.sub(r"<[^>]+>", "", text).split()[0] for text in found]


def tiles(page: str) -> dict[str, str]:
    return {name: count for count, name in re.findall(r"<b>(.*?)</b>(.*?)</a>", page)}


def test_the_province_sees_what_waits_for_it(busy: House) -> None:
    page = at(busy, "wang")
    counts = {"逾期事项": "1", "本周到期": "0", "待我办理": "1", "今天约定联系": "0"}
    assert tiles(page) == counts | {"有待核定提示": "0", "邮件待处理": "0"}
    assert re.findall(r'href="(/projects/\d+/do/\w+)"', page) == [
        "/projects/2/do/milestone",
        "/projects/1/do/note",
    ]


def test_a_coordinator_sees_the_own_departments_projects_only(busy: House) -> None:
    assert "智能制造高级研修班" in at(busy, "chen")
    assert "软件高级研修班" not in at(busy, "chen")
    assert "智能制造高级研修班" not in at(busy, "xu")


def test_a_host_sees_its_projects_and_nothing_internal(busy: House) -> None:
    busy.desk.do(1, Act.NOTE, WANG, "2025-04-14", **CALL)
    page = at(busy, "lin")
    assert headings(page) == ["我的项目"]
    assert '<a class="button main big" href="/projects/1/do/file">' in page
    assert "下一步： 报送开班通知和实施方案" in words_of(page)
    for secret in ("催办", "尽快报送", "软件高级研修班", "待核定"):
        assert secret not in page, secret


def words_of(page: str) -> str:
    return " ".join(re.sub(r"<[^>]+>", " ", page).split())


def test_an_auditor_counts_and_does_nothing(busy: House) -> None:
    page = at(busy, "he")
    assert headings(page) == ["最近办理", "各环节项目"]
    assert "/do/" not in page


def test_an_administrator_sees_how_the_system_is(busy: House) -> None:
    page = at(busy, "root")
    assert headings(page) == ["系统运行"]
    assert "还没有运行过" in page


def test_whom_to_ask_stands_at_the_foot_of_pages_and_at_the_door(busy: House) -> None:
    """Also for a stranger who cannot get in; without projects there is no office to name."""
    asked = "咨询单位：福建省人力资源和社会保障厅职业能力建设处，电话0591-00000000"
    assert asked in at(busy, "wang", "/projects")
    assert asked in busy.visit().get("/sign-in").text
    assert asked in busy.visit().get("/nowhere").text


def test_pages_of_a_project_name_the_desk_of_its_category(busy: House, tmp_path: Path) -> None:
    """Issue 11, line 9: contacts per policy and category."""
    busy.site.book = with_a_desk(busy.desk.book, tmp_path / "policies")
    project = busy.desk.admit(category="engineering", state="planned")
    for path in ("", "/history", "/why", "/do/note"):
        page = at(busy, "wang", f"/projects/{project}{path}")
        assert "职业能力建设处，电话0591-11111111" in page
    assert "电话0591-00000000" in at(busy, "wang", "/projects")


def test_before_the_first_plan_no_office_is_named(house: House) -> None:
    assert "咨询单位" not in house.visit().get("/sign-in").text


def test_province_and_administrators_see_what_is_missing_of_whom_to_ask(busy: House) -> None:
    gap = "fujian-2025 的咨询和报送地址缺少：咨询电话、电子邮箱、邮寄地址（或仍为示例）"
    assert gap in at(busy, "wang") and gap in at(busy, "root")
    assert gap not in at(busy, "lin")


def test_several_roles_have_one_page_with_all_parts(busy: House) -> None:
    person = busy.person("all")
    busy.wear(person, (Role.PROVINCE, ""), (Role.HOST, SCHOOL), (Role.ADMIN, ""))
    found = headings(at(busy, "all"))
    assert [one for one in found if one in ("我的项目", "待我办理", "系统运行")] == [
        "我的项目",
        "待我办理",
        "系统运行",
    ]


def test_empty_parts_say_something_useful(house: House) -> None:
    house.person("wang", (Role.PROVINCE, ""))
    house.person("lin", (Role.HOST, SCHOOL))
    house.person("guest")
    assert "新的申报或材料送到后会列在这里" in at(house, "wang")
    assert "请与主管（推荐）单位联系" in at(house, "lin")
    assert "还没有分配角色" in at(house, "guest")


def test_the_page_asks_a_fixed_number_of_questions(busy: House) -> None:
    def questions() -> int:
        seen: list[Any] = []
        engine = busy.desk.db.engine

        def note(*more: Any) -> None:
            seen.append(more)

        person = busy.visit(1)
        event.listen(engine, "before_cursor_execute", note)
        assert person.get("/").status_code == 200
        assert person.get("/calls").status_code == 200
        event.remove(engine, "before_cursor_execute", note)
        return len(seen)

    few = questions()
    for number in range(15):
        busy.desk.admit(state="planned", name=f"研修班{number}", host=f"单位{number}")
    assert questions() == few
    assert few <= 26


def test_only_who_is_signed_in_gets_in(house: House) -> None:
    answer = house.visit().get("/")
    assert (answer.status_code, answer.headers["location"]) == (303, "/sign-in")
    assert "工作台" not in words(answer)


def test_who_can_enter_holidays_is_told_in_november_that_the_next_ones_are_missing(
    busy: House,
) -> None:
    busy.day = date(2026, 11, 2)
    for login, told in {"wang": True, "root": True, "chen": False, "lin": False}.items():
        assert ("还没有2027年放假安排" in at(busy, login)) is told, login
    busy.day = date(2026, 10, 30)
    assert "放假安排" not in at(busy, "wang").partition("<main")[2]
