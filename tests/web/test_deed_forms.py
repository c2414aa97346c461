"""Forms: what they offer, what they keep, how they fail, and that nothing gets in another way."""

from __future__ import annotations

import json
from datetime import date
from typing import Any

import pytest
from rooms import Room, check_html, hidden
from sqlalchemy import select
from stories import CLERK, HEADS, REPORT, WANG
from visits import House, Visit, words

from states.terms import Act, Action
from workflow.tables import EVENT

PLAN = ("实施方案（终稿）.docx", b"plan", "application/octet-stream")
NOTICE = ("开班通知.pdf", b"notice", "application/pdf")


@pytest.fixture
def room(house: House) -> Room:
    house.day = date(2025, 4, 10)
    return Room(house)


def last(room: Room, project: int) -> Any:
    with room.house.desk.db.read() as connection:
        query = select(EVENT).where(EVENT.c.project_id == project).order_by(EVENT.c.seq.desc())
        return connection.execute(query).first()


def send(visit: Visit, project: int, deed: str, form: dict[str, str], files: Any = None) -> Any:
    """As a browser does: multipart, with the version that the page showed."""
    shown = visit.get(f"/projects/{project}/do/{deed}")
    seen = hidden(shown, "seen") if 'name="seen"' in shown.text else ""
    given = {"seen": seen, "on": "2025-04-10", **form}
    files = files or {"nothing": ("", b"", "application/octet-stream")}
    return visit.post(f"/projects/{project}/do/{deed}", given, files=files)


FILES = {"paper.implementation_plan": PLAN, "paper.opening_notice": NOTICE}


def test_a_host_files_papers_with_chinese_names(room: Room) -> None:
    project, visit = room.project("planned"), room.visit("lin")
    answer = send(visit, project, "file", {}, FILES)
    assert (answer.status_code, answer.headers["location"]) == (303, f"/projects/{project}")
    said = words(visit.get(f"/projects/{project}"))
    assert "已办理“报送开班通知和实施方案”。" in said
    assert "实施方案（终稿）.docx 1 KB · 2025-04-10" in said
    paper = visit.get(f"/projects/{project}/papers/implementation_plan/1")
    assert paper.content == b"plan"
    assert (last(room, project).person, last(room, project).deed) == ("lin", "file")


def test_flags_are_said_with_the_success(room: Room) -> None:
    project, visit = room.project("planned"), room.visit("lin")
    room.house.day = date(2025, 4, 20)
    send(visit, project, "file", {"on": "2025-04-20"}, FILES)
    said = words(visit.get(f"/projects/{project}"))
    assert "已办理“报送开班通知和实施方案”。提示：应于2025年4月12日（周六）前报送" in said
    assert "（第一部分第3段、第三部分第3段）" in said
    assert "可补交书面情况说明，供省厅核定时参考。" in said


def test_what_only_informs_is_shown_as_that_and_who_is_asked_is_somebody_else(room: Room) -> None:
    """A flag keeps nobody from sending the form; officials are not told to ask officials."""
    project, visit = room.project("planned"), room.visit("chen")
    room.house.day = date(2025, 4, 20)
    form = visit.get(f"/projects/{project}/do/file")
    said = words(form)
    assert "提示（不影响提交，由人工核定）： 提示： 应于2025年4月12日（周六）前报送" in said
    assert "不能办理" not in said and 'class="note bad"' not in form.text
    entered = {"on": "2025-04-20", "on_behalf": "1"}
    refused = words(send(visit, project, "file", entered, {"paper.implementation_plan": PLAN}))
    assert "缺：开班通知" in refused and "可由以下单位解决" not in refused
    send(visit, project, "file", entered, FILES)
    said = words(visit.get(f"/projects/{project}"))
    assert "提示：应于2025年4月12日（周六）前报送" in said
    assert "供省厅核定时参考" not in said and "请与咨询单位联系" not in said


def test_what_stands_against_a_form_is_no_flag_and_a_flag_no_reason_against_it(room: Room) -> None:
    project, visit = room.project("planned"), room.visit("wang")
    said = words(visit.get(f"/projects/{project}/do/hold"))  # the class has not been yet
    assert "目前还不能办理：" in said
    before, _, after = said.partition("提示（不影响提交，由人工核定）：")
    assert "结束后方可登记" in before and "结束后方可登记" not in after.partition("办班地点")[0]
    auditor = words(room.visit("he").get(f"/projects/{project}/do/hold"))
    assert "应由承办单位、省厅办理" in auditor and "提示：" not in auditor


def test_a_refused_form_keeps_what_was_typed_and_the_files_too(room: Room) -> None:
    project, visit = room.project("planned"), room.visit("lin")
    first = send(visit, project, "file", {}, {"paper.implementation_plan": PLAN})
    assert first.status_code == 422
    check_html(first)
    said = words(first)
    assert "缺：开班通知。 第一部分第3段" in said
    assert "可由以下单位解决" not in said  # that would be the reader itself
    assert "已上传：实施方案（终稿）.docx" in said
    ticket = hidden(first, "kept.implementation_plan")
    again = {"kept.implementation_plan": ticket}
    second = send(visit, project, "file", again, {"paper.opening_notice": NOTICE})
    assert second.status_code == 303
    kept = json.loads(last(room, project).changes)["papers"]
    assert kept["implementation_plan"]["name"] == "实施方案（终稿）.docx"
    assert visit.get(f"/projects/{project}/papers/implementation_plan/1").content == b"plan"


def test_a_ticket_fits_only_the_form_that_it_came_with(room: Room) -> None:
    project, other = room.project("planned"), room.project("planned", name="另一高级研修班")
    first = send(room.visit("lin"), project, "file", {}, {"paper.implementation_plan": PLAN})
    ticket = hidden(first, "kept.implementation_plan")
    forged = ticket[:-1] + ("0" if ticket[-1] != "0" else "1")
    for form, where, login in (
        ({"kept.implementation_plan": ticket}, other, "lin"),
        ({"kept.opening_notice": ticket}, project, "lin"),
        ({"kept.implementation_plan": ticket}, project, "wang"),
        ({"kept.implementation_plan": forged}, project, "lin"),
        ({"kept.implementation_plan": "x"}, project, "lin"),
        ({"kept.implementation_plan": ticket.partition(".")[0] + ".é"}, project, "lin"),
    ):
        answer = send(room.visit(login), where, "file", form)
        assert answer.status_code < 500
        assert "已上传" not in answer.text


def test_an_empty_file_is_refused_at_its_field(room: Room) -> None:
    project = room.project("planned")
    files = FILES | {"paper.opening_notice": ("空.pdf", b"", "application/pdf")}
    answer = send(room.visit("lin"), project, "file", {}, files)
    assert answer.status_code == 422
    assert 'id="paper-opening_notice-problem">文件“空.pdf”是空的' in answer.text


def test_a_hosts_own_step_has_no_date_to_choose(room: Room) -> None:
    """It counts on the day it arrives; whoever enters its paper gives the day of receipt."""
    project = room.project("planned")
    own = room.visit("lin").get(f"/projects/{project}/do/file")
    assert 'name="on"' not in own.text and "以系统收到之日（今天）为准" in words(own)
    entering = room.visit("chen").get(f"/projects/{project}/do/file")
    assert 'name="on"' in entering.text and "收到日期" in words(entering)
    milestone = room.visit("lin").get(f"/projects/{project}/do/milestone")
    assert 'name="on"' in milestone.text or milestone.status_code != 200
    send(room.visit("lin"), project, "file", {"on": "2025-03-01"}, FILES)
    assert last(room, project).on_date == room.house.day


def test_a_name_with_folders_is_only_a_name(room: Room) -> None:
    project, visit = room.project("planned"), room.visit("lin")
    files = FILES | {"paper.opening_notice": ("C:\\文件\\..\\通知.pdf", b"n", "application/pdf")}
    send(visit, project, "file", {}, files)
    assert json.loads(last(room, project).changes)["papers"]["opening_notice"]["name"] == "通知.pdf"


def test_what_is_wrong_stands_at_its_field_and_the_rest_is_kept(room: Room) -> None:
    project, visit = room.project("planned"), room.visit("wang")
    room.house.day = date(2025, 6, 1)
    form = {"opens": "2025-05-12", "ends": "2025-05-15", "trainees": "三十", "place": "福州"}
    answer = send(visit, project, "hold", form | {"on": "明天"})
    assert answer.status_code == 422
    check_html(answer)
    assert 'id="trainees-problem">研修学员总数（含线上）' in answer.text
    assert 'id="on-problem">日期无效' in answer.text
    assert 'value="三十"' in answer.text
    assert 'value="福州"' in answer.text
    assert "有2处填写有误" in words(answer)


def test_lists_hold_what_the_rules_accept(room: Room) -> None:
    reported, planned = room.project("reported"), room.project("planned", name="乙班")
    room.house.desk.do(planned, Action.HOLD, CLERK, "2025-05-16", opens=date(2025, 5, 13),
                       ends=date(2025, 5, 16), **HEADS)  # fmt: skip
    visit = room.visit("wang")
    codes = visit.get(f"/projects/{reported}/do/reject").text
    assert '<option value="late_report">办班材料逾期报送</option>' in codes
    assert "not_selected" not in codes
    names = visit.get(f"/projects/{planned}/do/milestone?name=paid").text
    assert '<option value="paid" selected>' in names
    flags = words(visit.get(f"/projects/{planned}/do/dispose"))
    assert "开班前未报送开班通知和实施方案" in flags
    kinds = visit.get(f"/projects/{planned}/do/extend").text
    assert '<option value="reimbursement">材料报送</option>' in kinds
    plan = room.project("reviewed", name="丙班")
    assert '<option value="demonstration" selected>' in visit.get(f"/projects/{plan}/do/plan").text


def test_who_comes_second_sees_what_happened_and_loses_nothing(room: Room) -> None:
    project, visit = room.project("submitted"), room.visit("chen")
    shown = visit.get(f"/projects/{project}/do/review")
    seen = hidden(shown, "seen")
    room.house.desk.do(
        project, Act.HAND_OVER, WANG, "2025-04-09", contact_name="黄老师", reason="调岗"
    )
    form = {"seen": seen, "on": "2025-04-10", "opinion": "同意推荐，排第一"}
    lost = visit.post(f"/projects/{project}/do/review", form)
    assert lost.status_code == 409
    check_html(lost)
    said = words(lost)
    assert "更换联系人" in said
    assert "黄老师" in said
    assert ">同意推荐，排第一</textarea>" in lost.text
    again = visit.post(f"/projects/{project}/do/review", form | {"seen": hidden(lost, "seen")})
    assert again.status_code == 303
    assert json.loads(last(room, project).given) == {"opinion": "同意推荐，排第一"}


def test_a_call_noted_meanwhile_takes_no_form_away(room: Room) -> None:
    project, visit = room.project("submitted"), room.visit("chen")
    seen = hidden(visit.get(f"/projects/{project}/do/review"), "seen")
    room.house.desk.do(project, Act.NOTE, WANG, "2025-04-09", channel="phone", person="林老师")
    form = {"seen": seen, "on": "2025-04-10", "opinion": "同意推荐"}
    assert visit.post(f"/projects/{project}/do/review", form).status_code == 303
    assert json.loads(last(room, project).given) == {"opinion": "同意推荐"}


def test_what_was_typed_can_be_copied_when_it_is_no_longer_possible(room: Room) -> None:
    project, visit = room.project("submitted"), room.visit("chen")
    seen = hidden(visit.get(f"/projects/{project}/do/review"), "seen")
    room.house.desk.do(project, Action.WITHDRAW, CLERK, "2025-04-09", reason="另有安排")
    form = {"seen": seen, "on": "2025-04-10", "opinion": "同意推荐，排第一"}
    lost = visit.post(f"/projects/{project}/do/review", form)
    assert lost.status_code == 409
    said = words(lost)
    assert "同意推荐，排第一" in said
    assert "项目现为“已撤回申报”，不能审核推荐" in said


def test_money_takes_two_people_and_the_same_amount_twice(room: Room) -> None:
    project = room.project("reported")
    room.house.day = date(2025, 7, 1)
    day = {"on": "2025-07-01"}
    wang, zhou = room.visit("wang"), room.visit("zhou")
    assert send(wang, project, "subsidise", {"amount": "50000.01"} | day).status_code == 422
    assert send(wang, project, "subsidise", {"amount": "48,000"} | day).status_code == 303
    assert "已拟办“审定补助”，须由另一人复核后生效。" in words(wang.get(f"/projects/{project}"))
    own = send(wang, project, "subsidise", {"amount": "48000"} | day)
    assert own.status_code == 403
    form = zhou.get(f"/projects/{project}/do/subsidise")
    assert "48,000元" in words(form)
    assert 'name="amount" inputmode="decimal" value=""' in form.text
    assert 'name="document_number"' not in form.text
    differs = send(zhou, project, "subsidise", {"amount": "47000"} | day)
    assert differs.status_code == 422
    assert "与拟办内容不一致" in words(differs)
    assert send(zhou, project, "subsidise", {"amount": "48000"} | day).status_code == 303
    assert room.house.desk.show(project)["amount"] == 4_800_000


def test_a_proposal_can_be_cancelled(room: Room) -> None:
    project = room.project("reported")
    room.house.desk.do(project, Action.SUBSIDISE, WANG, "2025-04-10", today="2025-07-01", amount=1)
    done = send(room.visit("zhou"), project, "cancel", {"reason": "金额有误"})
    assert done.status_code == 303
    assert "pending" not in room.house.desk.show(project)


def test_a_coordinator_enters_what_came_on_paper(room: Room) -> None:
    project, visit = room.project("planned"), room.visit("chen")
    form = visit.get(f"/projects/{project}/do/file")
    assert "收到日期" in words(form)
    assert hidden(form, "on_behalf") == "1"
    done = send(visit, project, "file", {"on": "2025-04-08", "on_behalf": "1"}, FILES)
    assert done.status_code == 303
    event = last(room, project)
    assert (event.person, event.role, event.on_behalf) == ("chen", "host", True)
    assert event.on_date == date(2025, 4, 8)


@pytest.mark.parametrize(
    ("login", "state", "deed", "status", "why"),
    [
        ("lin", "submitted", "review", 403, "审核推荐应由主管（推荐）单位联系人、省厅办理"),
        ("he", "planned", "file", 403, "报送开班通知和实施方案应由承办单位办理"),
        ("wang", "held", "subsidise", 409, "项目现为“已完成办班”，不能审定补助"),
    ],
)
def test_what_is_not_possible_is_explained(
    room: Room, login: str, state: str, deed: str, status: int, why: str
) -> None:
    project = room.project(state)
    answer = room.visit(login).get(f"/projects/{project}/do/{deed}")
    assert answer.status_code == status
    assert why in words(answer)
    assert '<button class="main' not in answer.text
    sent = room.visit(login).post(f"/projects/{project}/do/{deed}", {"on": "2025-04-10"})
    assert sent.status_code in (403, 422)
    assert last(room, project).deed != deed


def test_an_auditor_leaves_no_file(room: Room) -> None:
    project = room.project("planned")
    visit = room.visit("he")
    answer = visit.post(f"/projects/{project}/do/file", {"on": "2025-04-10"}, files=FILES)
    assert answer.status_code == 403
    assert not (room.house.folder / "papers").exists()


def test_the_form_says_what_follows_and_who_is_told(room: Room) -> None:
    project = room.project("planned")
    said = words(room.visit("wang").get(f"/projects/{project}/do/reject"))
    assert "项目变为“未按计划完成”或“因违规行为终止”。 办理即告结束，只有省厅能够恢复。" in said
    assert "邮件告知：承办单位（林老师）、主管（推荐）单位联系人（陈处）" in said


def test_no_such_deed_and_no_token(room: Room) -> None:
    project, visit = room.project("planned"), room.visit("lin")
    assert visit.get(f"/projects/{project}/do/dance").status_code == 404
    visit.csrf = "stolen"
    assert visit.post(f"/projects/{project}/do/file", {"on": "2025-04-10"}).status_code == 403


@pytest.mark.parametrize("language", ["zh", "en"])
def test_every_deed_has_a_valid_form_wherever_it_is_possible(room: Room, language: str) -> None:
    room.house.day = date(2025, 7, 3)
    states = ("drafted", "submitted", "reviewed", "planned", "filed", "held", "reported")
    projects = [room.project(state, name=f"{state}高级研修班") for state in states]
    forms = 0
    for login in ("lin", "wang"):
        visit = room.visit(login)
        visit.client.cookies.set("yanxiu_language", language)
        for project in projects:
            for deed in (*Action, *Act):
                answer = visit.get(f"/projects/{project}/do/{deed.value}")
                assert answer.status_code in (200, 403, 409)
                check_html(answer)
                forms += answer.status_code == 200
    assert forms > 60


def test_report_papers_may_follow(room: Room) -> None:
    project = room.project("held")
    room.house.day = date(2025, 6, 1)
    form = {"on": "2025-06-01", "promised": "2025-06-20"}
    files = {f"paper.{key}": (f"{key}.pdf", b"x", "application/pdf") for key in REPORT}
    assert send(room.visit("lin"), project, "report", form, files).status_code == 303
    assert room.house.desk.show(project)["promised"] == {"subsidy_receipt": "2025-06-20"}


def test_what_only_the_province_fills_in_is_asked_of_nobody_else(room: Room) -> None:
    project = room.project("submitted")
    asked = [room.visit(who).get(f"/projects/{project}/do/review").text for who in ("chen", "wang")]
    assert ['name="late_reason"' in page for page in asked] == [False, True]
