"""What pages say is what the notices say: no more, no harder, in the words of officials."""

from __future__ import annotations

from datetime import date

import pytest
from rooms import Room, check_html
from stories import CLERK, RECEIPT, REPORT, WANG
from visits import House, words

from states.terms import Act, Action
from workflow import queries

ENDS = {"opens_earliest": "2025-05-12", "opens_latest": "2025-05-12", "planned_ends": "2025-05-15"}


@pytest.fixture
def room(house: House) -> Room:
    house.day = date(2025, 6, 1)
    return Room(house)


def part(said: str, first: str, then: str) -> str:
    """What a page says from one heading to another."""
    return said[said.index(first) : said.index(then)]


def move(room: Room, project: int, login: str = "wang") -> str:
    answer = room.visit(login).get(f"/projects/{project}")
    check_html(answer)
    return part(words(answer), "现在该谁做什么", "其他办理事项")


@pytest.mark.parametrize("category", ["engineering", "ordinary"])
def test_nobody_is_late_with_what_no_notice_asks_for(room: Room, category: str) -> None:
    """R25-06a, R25-07: filing is asked of national and demonstration projects only."""
    project = room.project(state="planned", category=category, known_on="2025-01-06")
    said = words(room.visit("lin").get(f"/projects/{project}"))
    assert "逾期" not in said
    assert "登记办班情况 计划结束日 2025-05-15 已过17天" in said


def test_an_advised_filing_says_that_it_is_advised_and_assumed(room: Room) -> None:
    room.house.day = date(2025, 4, 20)
    project = room.project(state="planned", category="engineering", known_on="2025-01-06")
    said = move(room, project)
    assert "报送实施方案 建议日期 2025-04-12 已过8天 建议报送日 2025-04-11" in said
    rows = part(words(room.visit("wang").get(f"/projects/{project}")), "期限 事项", "办理经过")
    assert "开班前报送 建议（通知未作要求） 系统推定（无文件依据） 建议日期 2025-04-12" in rows
    assert "系统参照示范项目，建议于开班一个月前报送" in rows


def test_until_the_class_is_over_its_host_is_told_to_hold_it_not_to_record_it(room: Room) -> None:
    """R25-04: 30 November is the last day of the class, not a day to hand anything in."""
    room.house.day = date(2025, 4, 20)
    said = move(room, room.project(state="planned", category="ordinary"))
    assert "承办单位 ：按计划办班，结束后登记办班情况 截止日 2025-11-30 还有224天" in said
    assert "建议报送日" not in said


@pytest.mark.parametrize(
    ("today", "said"),
    [
        ("2025-05-15", "按计划办班，结束后登记办班情况 截止日 2025-11-30"),
        ("2025-05-16", "登记办班情况 计划结束日 2025-05-15 已过1天"),
        ("2025-11-30", "登记办班情况 计划结束日 2025-05-15 已过199天"),
        ("2025-12-01", "登记办班情况 截止日 2025-11-30 已逾期1天"),
    ],
)
def test_the_last_day_of_the_class_and_of_the_year_decide_what_is_asked(
    room: Room, today: str, said: str
) -> None:
    """R25-04: the day itself still counts."""
    room.house.day = date.fromisoformat(today)
    assert said in move(room, room.project(state="planned", category="ordinary"))


def test_a_class_without_dates_is_asked_for_its_dates(room: Room) -> None:
    open_dates = {"opens_earliest": None, "opens_latest": None, "planned_ends": None}
    said = move(room, room.project(state="planned", category="ordinary", **open_dates))
    assert "确认办班时间" in said
    assert "登记办班" not in said.split("之后")[0]


def test_a_class_that_is_not_recorded_is_called_about_but_not_late(room: Room) -> None:
    room.project(state="planned", category="ordinary", known_on="2025-01-06")
    said = words(room.visit("chen").get("/calls"))
    assert "办班登记" in said
    assert "2025-05-15 计划结束日，已过17天" in said
    assert "已逾期" not in said


def test_the_text_for_a_chat_calls_each_day_by_its_name(room: Room) -> None:
    """The planned end of a class is no due day, and no opening is "due today"."""
    room.project(state="planned", category="ordinary", known_on="2025-01-06")
    said = words(room.visit("chen").get("/calls/text"))
    assert "办班登记，计划结束日5月15日（周四）" in said
    assert "截止日" not in said
    room.house.day = date(2025, 5, 1)
    room.project(name="晚到班", state="planned", known_on="2025-04-20")
    said = words(room.visit("chen").get("/calls/text"))
    assert "“晚到班”开班前报送，截止日4月12日（周六），计划下达晚，不归责" in said


def test_a_plan_that_came_late_is_never_counted_in_days_late(room: Room) -> None:
    room.house.day = date(2025, 5, 1)
    project = room.project(state="planned", known_on="2025-04-20")
    for path in (f"/projects/{project}", "/"):
        said = words(room.visit("lin").get(path))
        assert "已逾期" not in said
        assert "不归责于" in said
    report = words(room.visit("wang").get("/pictures/report"))
    assert "开班前报送 2025-04-12 计划下达晚，不归责" in report


def test_a_report_that_has_not_come_would_be_late_and_is_late_once_it_came(room: Room) -> None:
    room.house.day = date(2025, 6, 20)
    project = room.project("held")
    said = move(room, project)
    assert "应于2025年6月16日（周一）前报送，如今天报送，将逾期4天，可能影响补助" in said
    assert "由省厅核定。 第三部分第3段" in said  # two rules of one paragraph: it is named once
    assert "第三部分第3段 第三部分第3段" not in said
    assert "实际" not in said
    done = room.house.desk.do(
        project, Action.REPORT, CLERK, "2025-06-20", papers=(*REPORT, RECEIPT)
    )
    assert "实际2025年6月20日（周五），逾期4天" in done.findings[0].message.zh


def test_a_project_that_came_with_the_plan_lacks_no_application(room: Room) -> None:
    """R24-13 asked for the form on paper, in another year's notice: assumed, and behind it."""
    project = room.project(state="held", category="demonstration", actual_ends="2025-05-15")
    papers = part(words(room.visit("lin").get(f"/projects/{project}")), "材料 申报", "办理经过")
    form, filing = papers.split("报送开班通知和实施方案")[:2]
    assert "未经本系统报送 申报表 2024年申报通知第三部分（四） 参照2024年申报通知 未存" in form
    assert "缺2件" in filing  # it was never filed, here or elsewhere: R25-07
    assert "系统推定" not in filing.split("报送办班材料")[0]


def test_milestones_and_reasons_that_no_document_names_say_so(room: Room) -> None:
    said = words(room.visit("wang").get(f"/projects/{room.project('reported')}"))
    assert "经费已拨付 第三部分第3段 系统推定（无文件依据）" in said
    assert "省厅已备案 第一部分第3段 2025-04-15" in said
    page = words(room.visit("wang").get("/projects/1/do/reject"))
    assert "存在违规行为【系统推定】" in page
    assert "办班材料不齐 存在违规行为" in page


@pytest.mark.parametrize(
    ("category", "state", "deed", "asked"),
    [
        ("ordinary", "planned", "file", False),
        ("engineering", "planned", "file", False),
        ("demonstration", "planned", "file", True),
        ("national_self_funded", "planned", "file", True),
        ("ordinary", "held", "report", False),
        ("national_self_funded", "held", "report", False),
        ("engineering", "held", "report", True),
        ("national_funded", "held", "report", True),
    ],
)
def test_what_no_notice_asks_for_is_offered_as_such(
    room: Room, category: str, state: str, deed: str, asked: bool
) -> None:
    """R25-06a, R25-07, R25-15b, R25-20: who files before, and who reports after."""
    project = room.project(state=state, category=category, actual_ends="2025-05-15")
    form = room.visit("lin").get(f"/projects/{project}/do/{deed}")
    check_html(form)
    assert ("通知未要求该类项目办理此事项" not in words(form)) is asked
    may_follow = deed == "report" and category == "engineering"
    assert ('name="promised"' in form.text) is may_follow


def test_a_change_can_name_whom_the_class_is_for(room: Room) -> None:
    """R25-02 fixes topic, content, trainees, time and place; their number is not among them."""
    project = room.project(state="planned", category="ordinary")
    form = room.visit("lin").get(f"/projects/{project}/do/change")
    for label in ("项目名称（选题）", "研修内容变更", "研修对象变更", "开班日期", "办班地点"):
        assert label in words(form)
    room.house.desk.do(
        project, Act.CHANGE, CLERK, "2025-04-01", papers=("change_notice",),
        reason="上级要求", audience="扩大至县级医院",
    )  # fmt: skip
    said = words(room.visit("wang").get(f"/projects/{project}/history"))
    assert "研修对象变更 扩大至县级医院" in said


def test_the_list_of_what_is_late_says_that_a_class_is_over_not_closed(room: Room) -> None:
    room.project(state="planned", category="demonstration", known_on="2025-01-06")
    assert "计划办班时间已过，请先登记办班情况" in words(room.visit("wang").get("/"))


CENTRE = "人社部事业单位人事服务中心"


def test_national_money_is_the_ministrys_from_bar_to_form(room: Room) -> None:
    """R25-15a, R25-15b: 资助, claimed from and decided by the ministry's centre."""
    project = room.project(state="held", category="national_funded", actual_ends="2025-05-15")
    answer = room.visit("wang").get(f"/projects/{project}")
    said = words(answer)
    assert "已报送经费报销材料 资助已审定 现在该谁做什么" in said
    assert "承办单位 ：报送经费报销材料" in said
    assert "省厅 ：登记资助审定结果" in said
    assert "资助上限 105,000.00 元 第三部分第2段" in said
    for wrong in ("报送办班材料", "审定补助", "补助上限", "补助已审定"):
        assert wrong not in said, wrong
    form = room.visit("lin").get(f"/projects/{project}/do/report")
    check_html(form)
    assert f"经费报销材料由承办单位报送{CENTRE}；此处登记报送情况" in words(form)
    assert "报送日期 （必填）" in words(form)
    assert 'name="account_number"' not in form.text  # R25-20 asks for it of the province's own
    done = room.project(state="reported", category="national_funded", name="乙班")
    form = words(room.visit("wang").get(f"/projects/{done}/do/subsidise"))
    assert "资助金额（元）" in form
    assert "补助金额" not in form


def test_the_provinces_money_is_asked_for_with_an_account(room: Room) -> None:
    """R25-20: the receipt comes with name, number and bank of the account."""
    form = room.visit("lin").get(f"/projects/{room.project('held')}/do/report")
    assert 'name="account_number"' in form.text
    assert CENTRE not in form.text


@pytest.mark.parametrize(
    ("state", "category", "refused", "ended"),
    [
        ("submitted", "ordinary", "不予推荐", "撤回申报"),
        ("reviewed", "ordinary", "不列入年度计划", "撤回申报"),
        ("planned", "demonstration", "终止项目", "取消办班"),
        ("held", "demonstration", "不予补助", None),
        ("held", "national_funded", "登记不再资助", None),
        ("held", "ordinary", "终止项目", None),
    ],
)
def test_no_is_said_in_the_words_of_the_stage(
    room: Room, state: str, category: str, refused: str, ended: str | None
) -> None:
    project = room.project(state=state, category=category)
    said = words(room.visit("wang").get(f"/projects/{project}"))
    offered = part(said, "其他办理事项", "全部事项及办理依据")
    assert refused in offered
    assert ended is None or ended in offered
    assert "不予通过" not in said
    assert refused in words(room.visit("wang").get(f"/projects/{project}/do/reject"))


def test_a_filing_is_called_by_its_papers_and_its_answer_by_what_it_is(room: Room) -> None:
    """R25-07: opening notice and plan; the province confirms them (备案)."""
    room.house.day = date(2025, 4, 11)
    planned, filed = room.project("planned"), room.project("filed", name="乙班")
    assert "承办单位 ：报送开班通知和实施方案" in move(room, planned)
    said = move(room, filed)
    assert "开班前报送材料待备案 登记：省厅已备案 退回补正" in said
    form = room.visit("wang").get(f"/projects/{filed}/do/milestone?name=filing_confirmed")
    assert "<h1>登记：省厅已备案</h1>" in form.text
    for page in ("", "/why"):
        assert "节点" not in words(room.visit("wang").get(f"/projects/{filed}{page}"))


def test_what_can_be_done_now_leaves_out_another_categorys_end(room: Room) -> None:
    """R25-17, R25-19: a demonstration class ends by its subsidy, an ordinary one without any."""
    for category, says in (("demonstration", "报送办班材料、不予补助。"), ("ordinary", "办结、")):
        project = room.project(state="held", category=category, name=category)
        said = words(room.visit("wang").get(f"/projects/{project}/why"))
        assert says in said
        assert ("现在可以办理：报送办班材料、办结" in said) is (category == "ordinary")


def test_a_day_that_no_new_one_replaced_is_not_said_to_be_replaced(room: Room) -> None:
    """Once the class is held nobody confirms its opening; once it is put off there is no date."""
    held = words(room.visit("lin").get(f"/projects/{room.project('held')}"))
    assert "开班前确认： 2025-05-12 不再适用" in held
    moved = room.project(state="planned", category="ordinary", name="乙班")
    room.house.desk.do(moved, Act.POSTPONE, CLERK, "2025-04-01", reason="档期未定")
    said = words(room.visit("lin").get(f"/projects/{moved}"))
    assert "办班登记： 2025-05-15 不再适用" in said
    room.house.desk.do(
        moved, Act.CONFIRM_DATES, CLERK, "2025-04-02",
        opens=date(2025, 7, 7), ends=date(2025, 7, 10),
    )  # fmt: skip
    said = words(room.visit("lin").get(f"/projects/{moved}"))
    assert "办班登记： 2025-05-15 已被新日期取代" in said


def test_nobody_has_to_file_what_no_notice_asks_for_before_the_subsidy(room: Room) -> None:
    """R25-06a, R25-07 ask for a filing of national and demonstration projects only."""
    room.house.day = date(2025, 3, 1)
    first = "须先完成：报送开班通知和实施方案、登记办班、报送办班材料"
    assert first in move(room, room.project("planned"))
    engineering = room.project(state="planned", category="engineering", name="乙班")
    assert "须先完成：登记办班、报送办班材料" in move(room, engineering)
    way = words(room.visit("wang").get(f"/projects/{engineering}/why"))
    assert "还须经过： 登记办班" in way
    assert "还须经过： 报送实施方案" not in way


def test_what_was_filed_unasked_goes_on_to_the_class(room: Room) -> None:
    room.house.day = date(2025, 4, 20)
    project = room.project(state="filed", category="ordinary", filed_on="2025-04-01")
    said = move(room, project)
    assert "承办单位 ：按计划办班，结束后登记办班情况" in said
    assert "须先完成：登记办班。" in said


def test_english_readers_are_told_in_english_where_a_clause_stands(room: Room) -> None:
    visit = room.visit("lin")
    visit.post("/language", {"to": "en", "where": "/"})
    said = words(visit.get(f"/projects/{room.project('planned')}"))
    assert "2025 implementation notice, part 1, paragraph 3" in said
    assert "第一部分" not in said


@pytest.mark.parametrize(
    ("trainees", "staff", "said"),
    [
        (47, 5, "工作人员5人，超过上限4人（学员47人的10%以内，最多10人）"),
        (120, 11, "工作人员11人，超过上限10人（学员120人的10%以内，最多10人）"),
        (55, 5, ""),
    ],
)
def test_how_many_staff_a_class_may_have_is_reckoned_for_the_reader(
    room: Room, trainees: int, staff: int, said: str
) -> None:
    """R25-08b: within a tenth of those trained, and never above ten."""
    project = room.project(state="filed", category="national_self_funded", filed_on="2025-04-01")
    done = room.house.desk.do(
        project, Action.HOLD, CLERK, "2025-05-20", opens=date(2025, 5, 12),
        ends=date(2025, 5, 16), trainees=trainees, online_trainees=0, staff=staff,
    )  # fmt: skip
    found = [f.message.zh for f in done.findings if f.rule == "staff_within_limit"]
    assert [one for one in found if said in one] == found
    assert bool(found) is bool(said)


def test_the_history_tells_what_was_done_in_the_words_of_its_stage(room: Room) -> None:
    """R25-07: the province confirmed the filing; R25-15b: the claim went to the ministry's centre."""
    said = words(room.visit("wang").get(f"/projects/{room.project('filed')}/history"))
    assert "报送开班通知和实施方案 → 已报送实施方案" in said
    room.house.desk.do(1, Act.MILESTONE, WANG, "2025-04-15", name="filing_confirmed")
    assert "省厅已备案 2025-04-15" in words(room.visit("lin").get("/projects/1"))
    claim = room.project(
        state="held", category="national_funded", name="乙班",
        actual_opens="2025-05-12", actual_ends="2025-05-16", held_on="2025-05-17",
    )  # fmt: skip
    papers = ("reimbursement_papers",)
    room.house.desk.do(claim, Action.REPORT, CLERK, "2025-05-30", papers=papers)
    said = words(room.visit("wang").get(f"/projects/{claim}/history"))
    assert "报送经费报销材料" in said
    room.house.desk.do(claim, Action.REJECT, WANG, "2025-05-31", code="budget_exhausted", text="x")
    said = words(room.visit("wang").get(f"/projects/{claim}/history"))
    assert "登记不再资助 → 不再资助" in said  # as the project's own page calls it
    assert "报送经费报销材料 → 已报送经费报销材料" in said
    plain = room.project(state="planned", category="ordinary", name="丙班")
    room.house.desk.do(plain, Action.FILE, CLERK, "2025-04-10")
    room.house.desk.do(plain, Action.WITHDRAW, CLERK, "2025-04-11", reason="x")
    room.house.desk.do(plain, Action.WITHDRAW, WANG, "2025-04-12", reason="x")
    said = words(room.visit("wang").get(f"/projects/{plain}/history"))
    assert "→ 已登记开班前报送" in said  # nothing was handed in
    assert "→ 已取消办班" in said


def test_r25_21_a_consequence_is_cited_beside_the_duty_on_every_face(room: Room) -> None:
    """The flag of a late filing rests on R25-07, what it may cost on R25-21: page, why, API."""
    room.house.day = date(2025, 5, 2)
    project = room.project(state="planned", known_on="2025-01-06")
    visit = room.visit("wang")
    assert "由省厅核定。 第一部分第3段 第三部分第3段" in move(room, project)
    assert "由省厅核定。 第一部分第3段 第三部分第3段" in words(
        visit.get(f"/projects/{project}/why")
    )
    room.house.desk.do(
        project, Action.FILE, CLERK, "2025-05-02", papers=("opening_notice", "implementation_plan")
    )
    page = visit.get(f"/projects/{project}")
    flags = part(words(page), "提示及核定", "基本情况" if "基本情况" in words(page) else "办理依据")
    assert "第一部分第3段 第三部分第3段" in flags
    assert 'id="c-R25-21"' in page.text
    desk = room.house.desk
    with desk.db.read() as connection:
        [flag] = queries.project(connection, desk.book, project)["findings"]
    assert (flag["clause"], flag["consequence"]) == ("R25-07", "R25-21")


def test_r25_23_misconduct_before_the_class_is_called_so_and_never_assumed(room: Room) -> None:
    project = room.project(state="planned", known_on="2025-01-06")
    deed = {"code": "misconduct", "text": "公款旅游"}
    room.house.desk.do(project, Action.REJECT, WANG, "2025-06-01", **deed)
    for login in ("lin", "wang"):
        said = words(room.visit(login).get(f"/projects/{project}"))
        assert "因违规行为终止" in said
        assert "未按计划完成" not in said
        assert "系统推定" not in part(said, "不予通过理由", "适用政策")


def test_the_button_before_the_class_says_no_ground_that_is_not_chosen(room: Room) -> None:
    """R25-21, R25-23: what is found is chosen on the form, and the history says it."""
    plain, wrong = room.project("filed"), room.project("filed", name="另一研修班")
    visit = room.visit("wang")
    page = words(visit.get(f"/projects/{plain}"))
    assert "终止项目" in page and "认定未按计划完成" not in page
    form = words(visit.get(f"/projects/{plain}/do/reject"))
    assert "认定未按计划完成" not in form
    assert "项目变为“未按计划完成”或“因违规行为终止”。" in form
    for project, code in ((plain, "not_carried_out"), (wrong, "misconduct")):
        deed = {"code": code, "text": "经核实"}
        room.house.desk.do(project, Action.REJECT, WANG, "2025-06-01", **deed)
    histories = [
        words(visit.get(f"/projects/{one}/history")).partition("办理经过")[2]
        for one in (plain, wrong)
    ]
    assert "认定未按计划完成" in histories[0]
    assert "因违规行为终止" in histories[1] and "未按计划完成" not in histories[1]


def test_a_host_reads_where_a_suggestion_comes_from_and_an_official_that_it_is_assumed(
    room: Room,
) -> None:
    """An engineering project's filing rests on no notice; the application form on last year's."""
    project = room.project("drafted", category="engineering")
    host, official = (words(room.visit(who).get(f"/projects/{project}")) for who in ("lin", "wang"))
    assert "系统推定" not in host
    assert "系统建议（通知未作要求）" in host and "参照2024年申报通知" in host
    assert "系统推定（无文件依据）" in official


def test_what_was_done_late_is_not_green(room: Room) -> None:
    """R25-07: due 2025-04-12; filed two days after, it is done, and late."""
    project = room.project("planned")
    room.house.day = date(2025, 4, 14)
    papers = ("opening_notice", "implementation_plan")
    room.house.desk.do(project, Action.FILE, CLERK, "2025-04-14", papers=papers)
    page = room.visit("wang").get(f"/projects/{project}").text
    assert '<span class="badge amber">逾期2天完成</span>' in page
    with room.house.desk.db.read() as connection:
        shown = queries.project(connection, room.house.desk.book, project)
    [filing] = [row for row in shown["deadlines"] if row["kind"] == "filing"]
    assert (filing["late_days"], filing["standing_label"].zh) == (2, "逾期2天完成")
