"""One project's page: whose move it is, what is missing, what happened; to each his own."""

from __future__ import annotations

import re
from datetime import date

import pytest
from rooms import Room, check_html
from stories import CLERK, COORDINATOR, FILING, HEADS, RECEIPT, REPORT, WANG
from visits import House, words

from states.terms import Act, Action, State
from workflow.deeds import Deed
from workflow.engine import perform
from workflow.papers import store_bytes

STATES = ("drafted", "submitted", "reviewed", "planned", "filed", "held", "reported", "subsidised")
ENGLISH_LEFT = re.compile(r"(?<![\w@./-])[a-z]{4,}(?:_[a-z]+)*(?![\w@./])")


@pytest.fixture
def room(house: House) -> Room:
    house.day = date(2025, 6, 1)
    return Room(house)


@pytest.mark.parametrize("login", ["lin", "chen", "wang", "he"])
@pytest.mark.parametrize("state", STATES)
def test_every_state_has_its_page_for_every_role(room: Room, state: str, login: str) -> None:
    project = room.project(state)
    for path in ("", "/why", "/history"):
        answer = room.visit(login).get(f"/projects/{project}{path}")
        assert answer.status_code == 200
        check_html(answer)
    assert "现在该谁做什么" in words(room.visit(login).get(f"/projects/{project}"))


@pytest.mark.parametrize("path", ["", "/why", "/history", "/do/file", "/papers/application_form/1"])
def test_what_is_not_yours_does_not_exist(room: Room, path: str) -> None:
    project = room.project("held")
    for login in ("zhao", "xu"):
        assert room.visit(login).get(f"/projects/{project}{path}").status_code == 404
    for number in ("4711", "0", "99999999999999999999"):
        assert room.visit("wang").get(f"/projects/{number}{path}").status_code == 404


def test_a_held_class_shows_within_a_minute_why_it_cannot_be_subsidised(room: Room) -> None:
    said = words(room.visit("wang").get(f"/projects/{room.project('held')}"))
    move = said[said.index("现在该谁做什么") : said.index("其他办理事项")]
    assert "承办单位 ：报送办班材料" in move
    assert "截止日 2025-06-16" in move
    assert "缺：总结报告。 第三部分第3段" in move
    assert "省厅 ：审定补助 暂不能办理，须先完成：报送办班材料（还缺8件材料）。" in move
    clauses = said[said.rindex("办理依据") :]
    assert "第三部分第3段 示范项目和工程领域专项" in clauses


@pytest.mark.parametrize(
    ("state", "login", "deed", "said"),
    [
        ("submitted", "chen", "review", "审核推荐 审核推荐 退回补正"),
        ("filed", "wang", "milestone", "开班前报送材料待备案 登记：省厅已备案 退回补正"),
        ("reported", "wang", "subsidise", "审定补助 审定补助 退回补正"),
    ],
)
def test_who_judges_papers_finds_them_and_the_way_back_beside_the_step(
    room: Room, state: str, login: str, deed: str, said: str
) -> None:
    project, visit = room.project(state), room.visit(login)
    shown = words(visit.get(f"/projects/{project}"))
    move = shown[shown.index("现在该谁做什么") : shown.index("其他办理事项")]
    assert said in move
    form = visit.get(f"/projects/{project}/do/{deed}")
    check_html(form)
    assert "已报送的材料 申报表：" in words(form)
    assert f'href="/projects/{project}/do/send_back"' in form.text
    back = visit.get(f"/projects/{project}/do/send_back")
    check_html(back)
    assert "已报送的材料 申报表：" in words(back)
    assert "材料不全或不符合要求的" not in words(back)


def test_a_filing_is_confirmed_without_looking_for_its_milestone(room: Room) -> None:
    shown = room.visit("wang").get(f"/projects/{room.project('filed')}/do/milestone").text
    assert '<option value="filing_confirmed" selected>' in shown


def test_no_name_of_the_command_line_is_left_on_a_chinese_page(room: Room) -> None:
    project = room.project("planned")
    desk = room.house.desk
    desk.do(project, Action.HOLD, CLERK, "2025-05-16", **CLASS_LATE, **HEADS)
    desk.do(project, Act.MILESTONE, WANG, "2025-05-20", name="paid")
    call = {"channel": "phone", "person": "林老师"}
    desk.do(project, Act.NOTE, COORDINATOR, "2025-05-20", **call)
    judged = {"flag": min(desk.flags(project)), "outcome": "accepted", "reason": "已说明"}
    desk.do(project, Act.DISPOSE, WANG, "2025-05-21", **judged)
    for login in ("wang", "lin"):
        for path in ("", "/why", "/do/report", "/history"):
            said = words(room.visit(login).get(f"/projects/{project}{path}"))
            assert set(ENGLISH_LEFT.findall(said)) <= {"application", "example", "pdf"}, said


def test_a_flag_that_settled_itself_says_by_what(room: Room) -> None:
    """Issue 11: the fact that closed it stands beside it and with the step, for host and office."""
    project = room.project("held")
    desk = room.house.desk
    desk.do(project, Action.REPORT, CLERK, "2025-06-10", papers=REPORT, promised=date(2025, 7, 1))
    desk.do(project, Act.SUPPLY, CLERK, "2025-06-25", papers=(RECEIPT,))
    for login in ("wang", "lin"):
        visit = room.visit(login)
        page = words(visit.get(f"/projects/{project}"))
        flags = page[page.index("提示及核定") :]
        assert "已消除" in flags and "待核定" not in flags
        assert "已收到" in flags and "提示已消除（系统核对）" in flags
        assert "提示已消除（系统核对）" in words(visit.get(f"/projects/{project}/history"))


CLASS_LATE = {"opens": date(2025, 5, 13), "ends": date(2025, 5, 16)}


def test_a_host_sees_neither_opinions_nor_proposals_nor_mail_to_others(room: Room) -> None:
    project = room.project("reported")
    room.house.desk.do(
        project, Action.SUBSIDISE, WANG, "2025-06-01", amount=4_712_300, document_number="内部1号"
    )
    room.house.desk.do(
        project, Act.NOTE, WANG, "2025-06-02", channel="phone", person="林老师", promise="私下答复"
    )
    room.house.desk.do(project, Act.INSPECT, WANG, "2025-06-02", findings="管理松散")
    whole = [f"/projects/{project}", f"/projects/{project}/history"]
    inside = "".join(words(room.visit("wang").get(path)) for path in whole)
    host = "".join(words(room.visit("lin").get(path)) for path in whole)
    for word in ("同意推荐", "47,123", "内部1号", "chen@example.cn", "私下答复", "管理松散"):
        assert word in inside
        assert word not in host
    assert "省厅正在办理" in host
    form = room.visit("lin").get(f"/projects/{project}/do/subsidise")
    assert form.status_code == 403
    assert "47,123" not in form.text


def test_the_second_person_finds_the_proposal_and_the_button(room: Room) -> None:
    project = room.project("reported")
    room.house.desk.do(project, Action.SUBSIDISE, WANG, "2025-06-01", amount=4_800_000)
    other = words(room.visit("zhou").get(f"/projects/{project}"))
    assert "王经办于2025-06-01拟办，须由另一人复核" in other
    assert "复核：审定补助" in other
    own = words(room.visit("wang").get(f"/projects/{project}"))
    assert "复核：审定补助" not in own
    assert "撤销拟办" in own


def test_deadlines_carry_their_clause_and_how_they_were_found(room: Room) -> None:
    said = words(room.visit("lin").get(f"/projects/{room.project('planned')}"))
    assert "开班前报送 2025-04-12 2025-04-11 已逾期50天 第一部分第3段" in said
    assert "起算日：开班日2025年5月12日（周一）" in said


def test_a_window_is_shown_as_provisional(room: Room) -> None:
    project = room.project(
        state="planned", opens_latest="2025-09-20", opens_earliest="2025-09-11", planned_ends=None
    )
    assert "暂定（待确认）" in words(room.visit("lin").get(f"/projects/{project}"))


def test_what_was_entered_for_the_host_is_marked_with_its_date(room: Room) -> None:
    project = room.project("planned")
    desk = room.house.desk
    desk.do(
        project, Action.FILE, COORDINATOR, "2025-04-10", today="2025-04-14",
        papers=FILING, on_behalf=True,
    )  # fmt: skip
    said = words(room.visit("lin").get(f"/projects/{project}/history"))
    assert "代承办单位录入 收到日期 2025-04-10" in said
    assert said.count("系统 · 登记于") == 1  # how it came onto the books


def test_an_ended_project_shows_where_it_ended(room: Room) -> None:
    project = room.project("planned")
    room.house.desk.do(
        project, Action.REJECT, WANG, "2025-06-01", code="not_carried_out", text="至今未办班。"
    )
    answer = room.visit("he").get(f"/projects/{project}")
    assert '<li class="over" aria-current="step">未按计划完成' in answer.text
    assert "R25-21" in words(answer)


@pytest.mark.parametrize("category", ["ordinary", "engineering", "national_self_funded"])
@pytest.mark.parametrize("state", [state.value for state in State])
def test_the_bar_knows_every_category_in_every_state(room: Room, category: str, state: str) -> None:
    came_from = "planned" if state in ("rejected", "withdrawn") else None
    project = room.project(category=category, state=state, came_from=came_from)
    answer = room.visit("wang").get(f"/projects/{project}")
    assert answer.status_code == 200
    assert answer.text.count('aria-current="step"') <= 1


def test_a_page_reads_as_often_whatever_has_happened(room: Room) -> None:
    young, old = room.project("planned"), room.project("subsidised", name="老项目高级研修班")
    counts = {
        (login, project): room.queries(room.visit(login), f"/projects/{project}")
        for login in ("lin", "wang")
        for project in (young, old)
    }
    # session, project, deadlines, history, mail, whom to ask, what is to come
    assert len({counts["lin", old], counts["wang", old]}) == 1
    # Besides, to whom the next reminders go, once for each sort of them: person, choice, mark …
    assert max(counts.values()) <= 36


# -- Papers ----------------------------------------------------------------------------------------


def stored(room: Room, name: str, content: bytes) -> int:
    project = room.project("planned")
    kept = store_bytes(room.house.folder / "papers", name, content)
    desk = room.house.desk
    desk.do(project, Action.FILE, CLERK, "2025-04-10", papers=FILING)
    deed = Deed(Act.SUPPLY, CLERK, {}, {"implementation_plan": kept}, date(2025, 4, 11))
    perform(desk.db, desk.book, project, deed, today=date(2025, 4, 11), at=room.house.at)
    return project


def test_a_paper_is_handed_out_as_a_file_and_nothing_else(room: Room) -> None:
    project = stored(room, "实施方案（终稿）.html", b"<script>alert(1)</script>")
    answer = room.visit("lin").get(f"/projects/{project}/papers/implementation_plan/2")
    assert answer.content == b"<script>alert(1)</script>"
    assert answer.headers["content-type"] == "application/octet-stream"
    assert answer.headers["x-content-type-options"] == "nosniff"
    named = "attachment; filename*=UTF-8''%E5%AE%9E%E6%96%BD%E6%96%B9%E6%A1%88"
    assert answer.headers["content-disposition"].startswith(named)
    assert "sandbox" in answer.headers["content-security-policy"]


@pytest.mark.parametrize("path", ["implementation_plan/3", "nothing/1", "implementation_plan/1"])
def test_a_paper_that_is_not_there_is_not_found(room: Room, path: str) -> None:
    project = stored(room, "方案.docx", b"x")  # version 1 was never written to the disk
    assert room.visit("wang").get(f"/projects/{project}/papers/{path}").status_code == 404


def test_a_day_on_the_bar_stands_under_what_was_reached_on_it(room: Room) -> None:
    """A filing that is confirmed later keeps the name that goes with its own day."""
    project = room.project("filed")
    room.house.desk.do(project, Act.MILESTONE, WANG, "2025-04-20", name="filing_confirmed")
    shown = words(room.visit("wang").get(f"/projects/{project}"))
    bar = shown[shown.index("起草中") : shown.index("现在该谁做什么")]
    assert "已报送实施方案" in bar and "已备案" not in bar
    assert "已备案" in shown
