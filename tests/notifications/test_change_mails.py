"""Moved dates, extensions, other people, corrections: the old beside the new."""

from __future__ import annotations

from datetime import date

from desk import Desk, morning
from test_result_mails import last, sent_on
from test_writer import speak_english

from notifications.letters.due_rows import due_title
from notifications.mailbox import Mailbox
from states.terms import Act, Action, Role, State
from workflow.mail.preferences import appoint

MOVED = {"opens": "2025-10-20", "ends": "2025-10-23", "reason": "场地冲突"}


def test_a_moved_opening_tells_old_and_new_dates_and_deadlines(
    quick_desk: Desk, mailbox: Mailbox
) -> None:
    quick_desk.staff()
    [project] = quick_desk.plan({})
    quick_desk.do(project, Act.CHANGE, "2025-08-01", by=Role.HOST, **MOVED)
    host, coordinator = sent_on(quick_desk, mailbox, "2025-08-01")
    assert "Subject: 【时间变更】“研修班1号”办班时间调整为2025年10月20日至10月23日" in host
    assert "Subject: 【时间变更】甲单位承办的“研修班1号”办班时间调整为" in coordinator
    for said in (
        "办班时间由2025年9月15日至9月18日调整为2025年10月20日至10月23日，有关期限已重新推算。",
        "原定办班时间：2025年9月15日至9月18日",
        "现定办班时间：2025年10月20日至10月23日",
        "事由：场地冲突",
        "办理依据：2025年实施通知第一部分第1段（R25-05）",
    ):
        assert said in host
    table = host.partition("现行期限：\n")[2].partition("\n\n")[0].splitlines()
    assert table == [
        "  1. 报送开班通知和实施方案：截止日 2025年9月20日（周六）；"
        "原截止日 2025年8月15日（周五）；"
        "建议报送日 2025年9月19日（周五）；2025年实施通知第一部分第3段（R25-07）",
        "  2. 报送办班材料：截止日 2025年11月24日（周一）；暂定；"
        "原截止日 2025年10月20日（周一）；"
        "建议报送日 2025年11月21日（周五）；2025年实施通知第三部分第3段（R25-20）",
        "  3. 完成办班：截止日 2025年11月30日（周日）；2025年实施通知第一部分第1段（R25-04）",
    ]


def test_english_tells_two_spans_of_days_apart(quick_desk: Desk, mailbox: Mailbox) -> None:
    """It read “from 2025-09-15 to 2025-09-18 to 2025-10-20 to 2025-10-23”."""
    [project] = quick_desk.plan({})
    speak_english(quick_desk, "a@example.cn")
    quick_desk.do(project, Act.CHANGE, "2025-08-01", by=Role.HOST, **MOVED)
    text = last(quick_desk, mailbox, "2025-08-01")
    assert "2025-10-23 (before: 2025-09-15 to 2025-09-18)" in text
    assert text.count("Until now Fri 15 Aug 2025") == 1  # of the filing


def test_a_second_move_names_the_days_right_before_it(quick_desk: Desk, mailbox: Mailbox) -> None:
    [project] = quick_desk.plan({})
    quick_desk.do(project, Act.CHANGE, "2025-08-01", by=Role.HOST, **MOVED)
    again = {"opens": "2025-11-03", "ends": "2025-11-06", "reason": "专家时间"}
    quick_desk.do(project, Act.CHANGE, "2025-08-04", by=Role.HOST, **again)
    text = last(quick_desk, mailbox, "2025-08-04")
    assert "原定办班时间：2025年10月20日至10月23日" in text
    assert "原截止日 2025年9月20日（周六）" in text
    assert "2025-08-15" not in text


def test_a_change_of_place_moves_no_date(quick_desk: Desk, mailbox: Mailbox) -> None:
    [project] = quick_desk.plan({})
    quick_desk.do(project, Act.CHANGE, "2025-08-01", by=Role.HOST, place="厦门", reason="场地")
    text = last(quick_desk, mailbox, "2025-08-01")
    assert "Subject: 【变更报备】“研修班1号”变更情况说明已收到" in text
    assert "办班地点：由福州调整为厦门" in text
    for absent in ("原截止日", "原定办班时间", "批准", "同意"):
        assert absent not in text


def test_confirmed_dates_are_said_to_be_so(quick_desk: Desk, mailbox: Mailbox) -> None:
    window = {"schedule_text": "9月中旬", "opens_earliest": "2025-09-11"}
    window |= {"opens_latest": "2025-09-20", "planned_ends": None}
    [project] = quick_desk.plan(window)
    quick_desk.do(project, Act.CONFIRM_DATES, "2025-07-01", opens="2025-09-15", ends="2025-09-18")
    text = last(quick_desk, mailbox, "2025-07-01")
    assert "Subject: 【时间确认】“研修班1号”办班时间为2025年9月15日至9月18日" in text
    assert "原定办班时间：9月中旬（暂定）" in text
    assert "原截止日 2025年8月11日（周一）" in text


def test_a_postponement_leaves_the_dates_open(quick_desk: Desk, mailbox: Mailbox) -> None:
    [project] = quick_desk.plan({})
    quick_desk.do(project, Act.POSTPONE, "2025-08-01", by=Role.HOST, reason="台风")
    text = last(quick_desk, mailbox, "2025-08-01")
    assert "Subject: 【延期】“研修班1号”已登记延期，办班时间待定" in text
    assert "原定办班时间：2025年9月15日至9月18日" in text
    assert "报送开班通知和实施方案：" not in text
    assert "完成办班：截止日 2025年11月30日" in text


def test_a_day_that_is_only_advised_is_not_called_a_due_day(
    quick_desk: Desk, mailbox: Mailbox
) -> None:
    """R25-21 names no filing of engineering projects: advised, without a day to miss."""
    [project] = quick_desk.plan({"category": "engineering"})
    quick_desk.do(project, Act.CHANGE, "2025-08-01", by=Role.HOST, **MOVED)
    text = last(quick_desk, mailbox, "2025-08-01")
    assert "报送实施方案：建议日期 2025年9月20日（周六）" in text
    assert "建议（通知未作要求）" in text
    assert "原建议日期 2025年8月15日（周五）" in text
    assert "原截止日" not in text.partition("报送实施方案：")[2].partition("\n")[0]


def test_a_reminder_says_what_was_granted_in_the_same_sentence(
    quick_desk: Desk, mailbox: Mailbox
) -> None:
    """It stood behind the full stop, in brackets within brackets."""
    [project] = quick_desk.plan({})
    more = {"kind": "completion", "due_on": "2025-12-12", "reason": "搬迁"}
    quick_desk.do(project, Act.EXTEND, "2025-09-25", **more)
    quick_desk.sweep("2025-12-12")
    text = last(quick_desk, mailbox, "2025-12-12")
    said = "办班最迟在2025年11月30日完成；省厅已同意延长至2025年12月12日（周五）。"
    assert said in text and "（周五））" not in text


def test_an_extension_names_the_old_and_the_new_day(quick_desk: Desk, mailbox: Mailbox) -> None:
    quick_desk.staff()
    [project] = quick_desk.plan({})
    more = {"kind": "filing", "due_on": "2025-08-29", "reason": "台风停工"}
    quick_desk.do(project, Act.EXTEND, "2025-08-18", **more)
    host, _ = sent_on(quick_desk, mailbox, "2025-08-18")
    assert "Subject: 【期限延长】“研修班1号”开班通知和实施方案报送期限延长至8月29日（周五）" in host
    assert "延长至：2025年8月29日（周五）" in host
    assert "截止日 2025年8月29日（周五）；原截止日 2025年8月15日" in host


def test_a_transfer_names_both_departments(quick_desk: Desk, mailbox: Mailbox) -> None:
    quick_desk.staff()
    [project] = quick_desk.plan({})
    more = {"department": "省水利厅", "reason": "职能调整"}
    quick_desk.do(project, Act.TRANSFER, "2025-08-01", **more)
    text, parting = sent_on(quick_desk, mailbox, "2025-08-01")
    assert "To: 王五 <coordinator@example.cn>" in parting
    assert "Subject: 【主管（推荐）单位调整】甲单位承办的“研修班1号”已转由省水利厅联系" in parting
    assert "日历中的有关期限一并取消，无需再督促。" in parting
    assert "后续时限" not in parting and "事由：职能调整" in parting
    assert "Subject: 【主管（推荐）单位调整】“研修班1号”主管（推荐）单位已调整" in text
    assert "主管（推荐）单位：由省林业局调整为省水利厅" in text


def test_the_new_contact_hears_what_is_open_and_no_telephone(
    quick_desk: Desk, mailbox: Mailbox
) -> None:
    [project] = quick_desk.plan({})
    more = {
        "contact_name": "李七",
        "contact_email": "li@example.cn",
        "contact_phone": "0592-1234567",
    }
    quick_desk.do(project, Act.HAND_OVER, "2025-08-01", **more)
    text, parting = sent_on(quick_desk, mailbox, "2025-08-01")
    assert "To: 张三 <a@example.cn>" in parting
    assert "Subject: 【联系人更换】“研修班1号”今后由李七联系" in parting
    assert "日历中的有关期限一并取消，无需再办理。" in parting
    assert "后续时限" not in parting and "0592" not in parting
    assert "To: 李七 <li@example.cn>" in text
    assert "Subject: 【联系人更换】“研修班1号”的联系人已更换" in text
    assert "联系人：由张三调整为李七" in text
    assert "后续时限：\n  1. 报送开班通知和实施方案：截止日 2025年8月15日" in text
    assert "0592" not in text


def test_a_correction_names_what_was_and_what_is(quick_desk: Desk, mailbox: Mailbox) -> None:
    [project] = quick_desk.plan({})
    quick_desk.do(project, Action.FILE, "2025-08-01", by=Role.HOST)
    quick_desk.hold(project, "2025-09-19", "2025-09-15", "2025-09-18")
    more = {"trainees": 38, "online_trainees": 3, "reason": "漏登线上学员"}
    quick_desk.do(project, Act.CORRECT, "2025-09-22", **more)
    text = last(quick_desk, mailbox, "2025-09-22")
    assert "Subject: 【更正】“研修班1号”登记事项已更正" in text
    assert "学员人数：由40人调整为38人（其中线上3人）" in text
    quick_desk.do(project, Act.CORRECT, "2025-09-23", undo=True, reason="误登")
    text = last(quick_desk, mailbox, "2025-09-23")
    assert "撤销的登记：已完成办班" in text
    assert "项目现为“已报送实施方案”。" in text


def test_who_stands_in_is_told_with_the_days(quick_desk: Desk, mailbox: Mailbox) -> None:
    quick_desk.staff()
    quick_desk.plan({})
    person = quick_desk.person("a@example.cn", name="张三")
    other = quick_desk.person("li@example.cn", name="李四")
    days = (date(2025, 8, 4), date(2025, 8, 8))
    when = {"today": date(2025, 8, 1), "at": morning("2025-08-01")}
    with quick_desk.db.write() as connection:
        appoint(connection, person, other, *days, **when)
    text = last(quick_desk, mailbox, "2025-08-01")
    assert "To: 王五 <coordinator@example.cn>" in text
    assert "Subject: 【代收安排】张三的邮件由李四代收" in text
    assert "代收时间：2025年8月4日（周一）至2025年8月8日（周五）" in text
    assert "李四代收，特此告知。" in text and "未能送达" not in text


def test_the_days_of_another_category_hold_only_once_it_is_in_the_plan() -> None:
    """Of an application nothing is due yet."""
    before = due_title(Act.RECLASSIFY, State.REVIEWED)
    assert before.zh == "列入计划后的期限"
    assert due_title(Act.RECLASSIFY, State.PLANNED).zh == "现行期限"
    assert due_title(Act.EXTEND, State.DRAFTED).zh == "现行期限"
