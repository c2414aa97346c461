"""Receipts and other results of each step, through the engine into a mailbox."""

from __future__ import annotations

import pytest
from desk import Desk
from test_result_mails import last, sent_on

from notifications.mailbox import Mailbox
from states.terms import Act, Action, Role, State

AMOUNT = 4_550_000


def test_a_filing_is_receipted_with_papers_and_what_comes_next(
    quick_desk: Desk, mailbox: Mailbox
) -> None:
    [project] = quick_desk.plan({})
    quick_desk.do(project, Action.FILE, "2025-08-01", by=Role.HOST)
    text = last(quick_desk, mailbox, "2025-08-01")
    assert "Subject: 【材料接收回执】“研修班1号”开班通知和实施方案已收到" in text
    for said in (
        "您好！贵单位承办的“研修班1号”的开班通知和实施方案已收到，接收日期为2025年8月1日（周五）。",
        "接收日期：2025年8月1日（周五）",
        "已收材料：开班通知、实施方案",
        "后续时限：",
        "1. 完成办班：截止日 2025年11月30日（周日）；2025年实施通知第一部分第1段",
    ):
        assert said in text
    assert "尚缺材料" not in text
    assert quick_desk.mails("notice", "to_role") == [("file", "host")]


def test_a_report_names_what_was_promised_and_until_when(
    quick_desk: Desk, mailbox: Mailbox
) -> None:
    [project] = quick_desk.plan({})
    quick_desk.do(project, Action.FILE, "2025-08-01", by=Role.HOST)
    quick_desk.hold(project, "2025-09-19", "2025-09-15", "2025-09-18")
    without = {"opening_notice", "summary_report", "settlement_table", "trainee_list"}
    without |= {"attendance_sheets", "satisfaction_survey", "research_report", "news_items"}
    quick_desk.do(
        project, Action.REPORT, "2025-09-26", by=Role.HOST, papers=without, promised="2025-10-31"
    )
    text = last(quick_desk, mailbox, "2025-09-26")
    assert "Subject: 【材料接收回执】“研修班1号”办班材料已收到" in text
    assert "约定补交：补助款票据（含收款账户），2025年10月31日（周五）前" in text
    assert "尚缺材料" not in text


def test_a_paper_that_was_promised_is_receipted_when_it_comes(
    quick_desk: Desk, mailbox: Mailbox
) -> None:
    [project] = quick_desk.plan({"office_email": "office@example.cn"})
    quick_desk.do(project, Action.FILE, "2025-08-01", by=Role.HOST)
    quick_desk.hold(project, "2025-09-19", "2025-09-15", "2025-09-18")
    asked = quick_desk.policy.categories["demonstration"].papers[Action.REPORT]
    came = [paper.key for paper in asked if paper.key != "subsidy_receipt"]
    quick_desk.do(
        project, Action.REPORT, "2025-09-26", by=Role.HOST, papers=came, promised="2025-10-31"
    )
    quick_desk.do(project, Act.SUPPLY, "2025-10-20", by=Role.HOST, papers=["subsidy_receipt"])
    assert quick_desk.mails("to_email", notice="supply") == ["a@example.cn", "office@example.cn"]
    text = last(quick_desk, mailbox, "2025-10-20")
    assert "Subject: 【材料接收回执】“研修班1号”补交材料已收到" in text
    assert "接收日期：2025年10月20日（周一）" in text
    assert "已收材料：补助款票据（含收款账户）\n" in text.replace("\r", "")
    assert "尚缺材料" not in text and "约定补交" not in text


def test_a_class_that_was_held_is_confirmed_with_what_was_recorded(
    quick_desk: Desk, mailbox: Mailbox
) -> None:
    [project] = quick_desk.plan({})
    quick_desk.do(project, Action.FILE, "2025-08-01", by=Role.HOST)
    quick_desk.hold(project, "2025-09-19", "2025-09-15", "2025-09-18")
    text = last(quick_desk, mailbox, "2025-09-19")
    assert "Subject: 【办班登记】“研修班1号”办班情况已登记" in text
    for said in (
        "实际办班时间：2025年9月15日至9月18日",
        "学员人数：40人",
        "工作人员：2人",
        "报送办班材料：截止日 2025年10月20日（周一）",  # 10-18 is a Saturday
        "建议报送日 2025年10月17日（周五）",
    ):
        assert said in text


def test_a_ministry_project_reports_its_claim(quick_desk: Desk, mailbox: Mailbox) -> None:
    [project] = quick_desk.plan({"category": "national_funded"})
    quick_desk.do(project, Action.FILE, "2025-08-01", by=Role.HOST)
    quick_desk.hold(project, "2025-09-22", "2025-09-15", "2025-09-19")
    text = last(quick_desk, mailbox, "2025-09-22")
    assert "报送经费报销材料：截止日 2025年10月20日" in text
    [exam] = [line for line in text.splitlines() if "组织学员结业考核：" in line]
    assert exam.endswith("该日已过，系统中尚未登记")  # the class ended on 19 September
    quick_desk.do(project, Action.REPORT, "2025-09-26", by=Role.HOST)
    text = last(quick_desk, mailbox, "2025-09-26")
    # It went to the ministry's centre: nobody here has received it.
    assert "Subject: 【报送登记】“研修班1号”经费报销材料报送情况已登记" in text
    lead = "向人社部事业单位人事服务中心报送经费报销材料的情况已登记，报送日期为2025年9月26日（周五）。"
    assert f"贵单位承办的“研修班1号”{lead}" in text
    assert "报送至：人社部事业单位人事服务中心\n" in text
    for said in ("补助", "已收", "接收"):
        assert said not in text


def test_an_application_is_receipted_and_waits_for_its_department(
    quick_desk: Desk, mailbox: Mailbox
) -> None:
    quick_desk.staff()
    [project] = quick_desk.plan({"state": State.DRAFTED, "number": None})
    quick_desk.do(project, Action.SUBMIT, "2025-01-06", by=Role.HOST)
    host, coordinator = sent_on(quick_desk, mailbox, "2025-01-06")
    assert "Subject: 【材料接收回执】“研修班1号”申报材料已收到" in host
    assert "待主管（推荐）单位审核" in host
    assert "Subject: 【待审核】甲单位申报的“研修班1号”已申报，待审核" in coordinator
    assert "请审核推荐或退回补正。" in coordinator
    opinion = "内部意见：经费偏高，可酌情压减"
    quick_desk.do(project, Action.REVIEW, "2025-01-08", by=Role.COORDINATOR, opinion=opinion)
    text = last(quick_desk, mailbox, "2025-01-08")
    assert "Subject: 【审核推荐】“研修班1号”已审核推荐" in text
    assert "审核单位：省林业局" in text
    assert "内部意见" not in text
    assert "经费偏高" not in text


def test_a_plan_brings_its_timetable(quick_desk: Desk, mailbox: Mailbox) -> None:
    [project] = quick_desk.plan({"state": State.REVIEWED, "number": None}, today="2025-01-10")
    quick_desk.do(project, Action.PLAN, "2025-02-10", number=7)
    text = last(quick_desk, mailbox, "2025-02-10")
    table = text.partition("项目时间表：\n")[2].partition("\n\n")[0].splitlines()
    assert table == [
        "  1. 报送开班通知和实施方案：截止日 2025年8月15日（周五）；"
        "2025年实施通知第一部分第3段（R25-07）",
        "  2. 报送办班材料：截止日 2025年10月20日（周一）；暂定；"
        "建议报送日 2025年10月17日（周五）；2025年实施通知第三部分第3段（R25-20）",
        "  3. 完成办班：截止日 2025年11月30日（周日）；2025年实施通知第一部分第1段（R25-04）",
    ]
    assert text.count("计划序号：7") == text.count("计划序号") == 1


def test_what_was_recorded_without_a_paper_was_not_received(
    quick_desk: Desk, mailbox: Mailbox
) -> None:
    [project] = quick_desk.plan({"category": "engineering"})
    quick_desk.do(project, Action.FILE, "2025-08-01", by=Role.HOST)
    text = last(quick_desk, mailbox, "2025-08-01")
    assert "登记日期：2025年8月1日（周五）" in text
    assert "接收日期" not in text


@pytest.mark.parametrize(
    ("category", "milestone", "subject", "said"),
    [
        (
            "demonstration",
            "filing_confirmed",
            "【备案确认】“研修班1号”开班前报送材料已备案",
            "开班前报送的材料已于2025年8月5日（周二）备案，可按计划办班。",
        ),
        (
            "national_funded",
            "notice_issued",
            "【开班通知】“研修班1号”的开班通知已下发",
            "省厅已于2025年8月5日（周二）下发贵单位承办的“研修班1号”的开班通知",
        ),
        (
            "national_funded",
            "ministry_decision",
            "【经费审核】“研修班1号”经费审核情况",
            "人社部事业单位人事服务中心已于2025年8月5日（周二）审核",
        ),
    ],
)
def test_a_milestone_of_the_province_is_told(
    quick_desk: Desk,
    mailbox: Mailbox,
    category: str,
    milestone: str,
    subject: str,
    said: str,
) -> None:
    [project] = quick_desk.plan({"category": category})
    quick_desk.do(project, Action.FILE, "2025-08-01", by=Role.HOST)
    more = {"name": milestone, "evidence": "闽人社函〔2025〕88号"}
    quick_desk.do(project, Act.MILESTONE, "2025-08-05", **more)
    text = last(quick_desk, mailbox, "2025-08-05")
    assert f"Subject: {subject}" in text
    assert said in text
    assert "依据：闽人社函〔2025〕88号" in text
    assert quick_desk.mails("notice")[-1] == milestone


@pytest.mark.parametrize(
    ("category", "word"), [("demonstration", "补助"), ("national_funded", "资助")]
)
def test_what_was_paid_is_told_with_its_amount(
    quick_desk: Desk, mailbox: Mailbox, category: str, word: str
) -> None:
    [project] = quick_desk.plan({"category": category, "planned_ends": "2025-09-19"})
    quick_desk.do(project, Action.FILE, "2025-08-01", by=Role.HOST)
    quick_desk.hold(project, "2025-09-22", "2025-09-15", "2025-09-19")
    quick_desk.do(project, Action.REPORT, "2025-09-26", by=Role.HOST)
    for login in ("p1", "p2"):
        quick_desk.do(project, Action.SUBSIDISE, "2025-10-09", login=login, amount=AMOUNT)
    text = last(quick_desk, mailbox, "2025-10-09")
    assert f"Subject: 【{word}审定】“研修班1号”经费审定结果通知" in text
    assert f"的{word}已审定，金额为45,500元。" in text
    quick_desk.do(project, Act.MILESTONE, "2025-11-03", name="paid")
    text = last(quick_desk, mailbox, "2025-11-03")
    assert f"Subject: 【{word}拨付】“研修班1号”{word}经费已拨付" in text
    assert f"{word}金额：45,500元" in text


def test_a_self_funded_class_is_closed_without_a_word_of_money(
    quick_desk: Desk, mailbox: Mailbox
) -> None:
    [project] = quick_desk.plan({"category": "ordinary"})
    quick_desk.hold(project, "2025-09-22", "2025-09-15", "2025-09-18")
    quick_desk.do(project, Action.CLOSE, "2025-09-25", note="内部备注")
    for text in sent_on(quick_desk, mailbox, "2025-09-25"):
        for word in ("补助", "报销", "资助", "内部备注"):
            assert word not in text
    assert "Subject: 【办结】“研修班1号”已办结" in text


def test_what_was_entered_from_paper_says_so(quick_desk: Desk, mailbox: Mailbox) -> None:
    [project] = quick_desk.plan({})
    quick_desk.do(project, Action.FILE, "2025-08-01", on_behalf=True)
    text = last(quick_desk, mailbox, "2025-08-01")
    assert "录入方式：由主管（推荐）单位或省厅按纸质材料代为录入" in text


def test_numbers_of_people_and_accounts_never_leave(quick_desk: Desk, mailbox: Mailbox) -> None:
    [project] = quick_desk.plan({"contact_name": "张三 350102199001011234"})
    quick_desk.do(project, Action.FILE, "2025-08-01", by=Role.HOST)
    items = (
        "收款账户6222 0212 3456 7890 123与户名不符；身份证３５０１０２１９９００１０１１２３Ｘ有误"
    )
    quick_desk.do(project, Action.SEND_BACK, "2025-08-04", items=items, mend_by="2025-08-12")
    text = last(quick_desk, mailbox, "2025-08-04")
    assert "需补正的内容：收款账户【号码已隐去】与户名不符；身份证【号码已隐去】有误" in text
    raw = [bytes(content) for content in quick_desk.mails("content")]
    assert all(b"35010219" not in content for content in raw)
    quick_desk.sweep("2025-08-05")
    reminded = last(quick_desk, mailbox, "2025-08-05")
    assert "补正内容：收款账户【号码已隐去】与户名不符；身份证【号码已隐去】有误" in reminded
    assert "To: 张三 【号码已隐去】" in reminded
