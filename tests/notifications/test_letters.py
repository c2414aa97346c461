"""What the mails say: subjects word for word, bodies by what must and must not stand in them."""

import html
import re
from dataclasses import fields, replace
from datetime import date, timedelta

import pytest
from jinja2 import UndefinedError

from notifications.letters.notice_letter import render_notice
from notifications.letters.printing import quotable
from notifications.letters.reminder_letter import render_reminder
from notifications.letters.rendering import environment
from notifications.letters.samples import DUE, ITEM
from notifications.letters.values import Item, Letter, Notice
from notifications.letters.wording import SUBJECT_LIMITS
from notifications.letters.words import WORDS
from states.terms import Kind, Role

BEFORE, AFTER = date(2025, 2, 21), date(2025, 3, 3)
LETTER = Letter(
    to_name="福州大学",
    to_email="host@example.cn",
    role=Role.HOST,
    today=BEFORE,
    items=(ITEM,),
    ask="省人社厅职业能力建设处",
    link="http://127.0.0.1:8000/",
)
NOTICE = Notice(
    to_name="福州大学",
    to_email="host@example.cn",
    role=Role.HOST,
    today=BEFORE,
    project_id=5,
    number=5,
    name="数字经济高级研修班",
    host="福州大学",
    notice="send_back",
    tag="退回补正",
    lines=(("需补正事项", "实施方案缺少经费预算"), ("补正期限", "2025年3月5日（周三）")),
    clause="2025年实施通知第一部分第3段（R25-07）",
    ask="省人社厅职业能力建设处",
    link="",
)

# Before, on and after the due day.
HOST_SUBJECTS = {
    Kind.APPLICATION: (
        "【申报提醒】“数字经济高级研修班”请于2月28日（周五）前报送申报材料（还有7天）",
        "【申报提醒】“数字经济高级研修班”请于2月28日（周五）前报送申报材料（今天截止）",
        "【催报】“数字经济高级研修班”申报材料报送已逾期3天",
    ),
    Kind.FILING: (
        "【开班前报送提醒】“数字经济高级研修班”请于2月28日（周五）前报送开班通知和实施方案（还有7天）",
        "【开班前报送提醒】“数字经济高级研修班”请于2月28日（周五）前报送开班通知和实施方案（今天截止）",
        "【催报】“数字经济高级研修班”开班通知和实施方案报送已逾期3天",
    ),
    Kind.COMPLETION: (
        "【办班时限提醒】“数字经济高级研修班”请于2月28日（周五）前完成办班（还有7天）",
        "【办班时限提醒】“数字经济高级研修班”请于2月28日（周五）前完成办班（今天截止）",
        "【催报】“数字经济高级研修班”办班已逾期3天",
    ),
    Kind.REIMBURSEMENT: (
        "【材料报送提醒】“数字经济高级研修班”请于2月28日（周五）前报送办班材料（还有7天）",
        "【材料报送提醒】“数字经济高级研修班”请于2月28日（周五）前报送办班材料（今天截止）",
        "【催报】“数字经济高级研修班”办班材料报送已逾期3天",
    ),
    Kind.MENDING: (
        "【退回补正提醒】“数字经济高级研修班”请于2月28日（周五）前报送补正材料（还有7天）",
        "【退回补正提醒】“数字经济高级研修班”请于2月28日（周五）前报送补正材料（今天截止）",
        "【催报】“数字经济高级研修班”补正材料报送已逾期3天",
    ),
    Kind.RECORDING: ("【办班登记提醒】“数字经济高级研修班”计划办班时间已过，请登记办班情况",) * 3,
    Kind.OPENING: (
        "【开班前确认】“数字经济高级研修班”计划于2月28日（周五）开班，请确认时间和地点（还有7天）",
        "【开班前确认】“数字经济高级研修班”计划于2月28日（周五）开班，请确认时间和地点（今天开班）",
        "【开班前确认】“数字经济高级研修班”计划开班日已过，请登记办班情况",
    ),
}


def for_watchers(subject: str, kind: Kind) -> str:
    """The host's subject as the coordinator and the province must get it."""
    of = "申报的" if kind is Kind.APPLICATION else "承办的"
    subject = subject.replace("】", f"】福州大学{of}").replace("请于", "应于")
    if kind is Kind.RECORDING:
        return subject.replace("请登记", "请督促登记")
    if kind is Kind.OPENING:
        return subject.replace("，请", "，请督促承办单位")
    return f"{subject}，请予督促"


def one(*, letter: Letter = LETTER, **changes: object) -> Letter:
    return replace(letter, items=(replace(ITEM, **changes),))  # type: ignore[arg-type]


def visible(markup: str) -> str:
    """What a reader sees of the HTML."""
    body = re.sub(r"<head>.*?</head>", "", markup, flags=re.S)
    return squeezed(html.unescape(re.sub(r"<[^>]+>", "", body)))


def squeezed(text: str) -> str:
    """Without white space and the colons that a table does without."""
    return re.sub(r"[\s：]", "", text)


@pytest.mark.parametrize("role", [Role.HOST, Role.COORDINATOR, Role.PROVINCE])
@pytest.mark.parametrize("today", [BEFORE, DUE, AFTER], ids=["before", "at", "after"])
@pytest.mark.parametrize("kind", Kind)
def test_subject_of_every_kind_day_and_role(kind: Kind, today: date, role: Role) -> None:
    letter = replace(one(kind=kind), today=today, role=role)
    expected = HOST_SUBJECTS[kind][(BEFORE, DUE, AFTER).index(today)]
    rendered = render_reminder(letter)
    assert rendered.subject == (expected if role is Role.HOST else for_watchers(expected, kind))
    if role is not Role.HOST:
        assert "贵单位" not in rendered.text
        whom = "申报单位" if kind is Kind.APPLICATION and today <= DUE else "承办单位"
        assert f"督促{whom}" in rendered.text
    for line in rendered.text.split("\n"):
        if not line.startswith("-"):
            assert squeezed(line) in visible(rendered.html)  # text and HTML tell the same


def test_the_body_says_all_that_a_host_needs() -> None:
    assert render_reminder(LETTER).text == (
        "福州大学：\n"
        "\n"
        "您好！贵单位承办的“数字经济高级研修班”，请于2025年2月28日（周五）前报送开班通知和实施方案，还有7天。\n"
        "\n"
        "项目名称：数字经济高级研修班\n"
        "计划序号：5\n"
        "项目类别：省级高级研修示范项目\n"
        "承办单位：福州大学\n"
        "计划办班时间：2025年3月31日至4月4日\n"
        "办班地点：福州市\n"
        "截止日：2025年2月28日（周五）（当天报送仍算按时）\n"
        "时限情况：还有7天\n"
        "材料报送至：省人社厅职业能力建设处\n"
        "所需材料：\n"
        "  1. 开班通知\n"
        "  2. 实施方案\n"
        "办理依据：2025年实施通知第一部分第3段（R25-07）：开班1个月前报送开班通知和实施方案\n"
        "逾期影响：可能影响补助，由省厅核定。\n"
        "\n"
        "办理地址：http://127.0.0.1:8000/\n"
        "咨询单位：省人社厅职业能力建设处\n"
        "\n"
        "--------\n"
        "本邮件由系统于2025年2月21日（周五）自动发送，仅作提醒，不替代正式通知。"
        "如已办理，请忽略本邮件。\n"
    )


def test_whom_to_ask_has_a_telephone_and_papers_have_their_own_destinations() -> None:
    """In text and HTML alike, alone and among several."""
    item = replace(ITEM, originals="示例路1号", copies="a@example.cn")
    reach = "电话0591-00000000，邮箱b@example.cn"
    for items in ((item,), (item, item)):
        mail = render_reminder(replace(LETTER, items=items, reach=reach))
        said = f"咨询单位：{LETTER.ask}，{reach}"
        assert said in mail.text and said in mail.html
        assert "纸质材料寄送：示例路1号" in mail.text and "电子版发送至：a@example.cn" in mail.text
        assert "示例路1号" in mail.html and "a@example.cn" in mail.html
    result = render_notice(replace(NOTICE, reach=reach)).text
    assert f"咨询单位：{NOTICE.ask}，{reach}\n" in result


@pytest.mark.parametrize(
    ("today", "subject_end", "explained"),
    [
        (
            date(2025, 9, 23),
            "请于9月30日（周二）前报送开班通知和实施方案（还有7天）",
            "日期说明：因期限遇节假日或周末，建议提前至9月30日（周二）报送；截止日为10月3日（周五）。",
        ),
        (
            date(2025, 9, 30),
            "请于9月30日（周二）前报送开班通知和实施方案（今天为建议报送日）",
            "日期说明：因期限遇节假日或周末，建议提前至9月30日（周二）报送；截止日为10月3日（周五）。",
        ),
        (
            date(2025, 10, 1),
            "请于10月3日（周五）前报送开班通知和实施方案（还有2天）",
            "日期说明：因期限遇节假日或周末，建议报送日为9月30日（周二），现已过；"
            "截止日为10月3日（周五），请尽快报送。",
        ),
        (date(2025, 10, 6), "开班通知和实施方案报送已逾期3天", None),
    ],
)
def test_a_due_day_off_has_an_earlier_advised_day(
    today: date, subject_end: str, explained: str | None
) -> None:
    letter = one(due_on=date(2025, 10, 3), advised_on=date(2025, 9, 30))
    rendered = render_reminder(replace(letter, today=today))
    assert rendered.subject.partition("”")[2] == subject_end
    notes = [line for line in rendered.text.split("\n") if line.startswith("日期说明")]
    assert notes == ([explained] if explained else [])
    assert "建议报送日：2025年9月30日（周二）\n" in rendered.text
    assert "截止日：2025年10月3日（周五）" in rendered.text


def test_what_is_only_advised_is_never_called_overdue() -> None:
    letter = one(advisory=True, consequence="")
    subjects = [render_reminder(replace(letter, today=day)).subject for day in (BEFORE, DUE, AFTER)]
    assert subjects == [
        "【开班前报送提醒】“数字经济高级研修班”建议于2月28日（周五）前报送开班通知和实施方案（还有7天）",
        "【开班前报送提醒】“数字经济高级研修班”建议于2月28日（周五）前报送开班通知和实施方案（今天为建议报送日）",
        "【开班前报送提醒】“数字经济高级研修班”开班通知和实施方案报送建议日期已过3天",
    ]
    late = render_reminder(replace(letter, today=AFTER)).text
    assert "逾期" not in late
    assert "要求性质：建议（通知未作要求）\n" in late


def test_provisional_dates_are_marked() -> None:
    text = render_reminder(one(provisional=True, opens="9月中旬（暂定）")).text
    assert "日期状态：暂定（待确认）\n" in text
    assert "计划办班时间：9月中旬（暂定）\n" in text


def test_recording_asks_for_the_facts_and_threatens_nothing() -> None:
    text = render_reminder(replace(one(kind=Kind.RECORDING), today=AFTER)).text
    assert "请登记实际办班日期和学员人数" in text
    assert "计划结束日：2025年2月28日（周五）\n" in text
    for word in ("逾期", "影响", "截止日", "所需材料", "材料报送至"):
        assert word not in text


def test_what_is_unknown_is_left_out() -> None:
    letter = one(number=None, place="", clause="", rule="", consequence="", addressee="", papers=())
    text = render_reminder(replace(letter, link="", ask="")).text
    assert "办班地点：待定\n" in text
    for label in (
        "计划序号",
        "办理依据",
        "逾期影响",
        "材料报送至",
        "所需材料",
        "办理地址",
        "咨询单位",
    ):
        assert label not in text


COMING = replace(ITEM, project_id=6, name="海洋经济高级研修班", due_on=date(2025, 3, 7))
LATE = replace(ITEM, project_id=7, due_on=date(2025, 2, 18), advised_on=date(2025, 2, 18))


@pytest.mark.parametrize(
    ("role", "items", "subject"),
    [
        (Role.HOST, (COMING, ITEM), "【开班前报送提醒】您有2项待办事项，最早2月28日（周五）前"),
        (
            Role.HOST,
            (COMING, replace(ITEM, kind=Kind.COMPLETION)),
            "【待办事项提醒】您有2项待办事项，最早2月28日（周五）前",
        ),
        (Role.HOST, (COMING, ITEM, LATE), "【催报】您有3项待办事项，其中1项已逾期"),
        (Role.HOST, (LATE, replace(LATE, project_id=8)), "【催报】您有2项待办事项，均已逾期"),
        (
            Role.COORDINATOR,
            (COMING, LATE),
            "【催报】您负责联系的项目有2项待办事项，其中1项已逾期，请予督促",
        ),
        (
            Role.PROVINCE,
            (COMING, ITEM),
            "【开班前报送提醒】全省项目有2项待办事项，最早2月28日（周五）前，请予督促",
        ),
        (
            Role.HOST,
            (replace(ITEM, kind=Kind.RECORDING), replace(COMING, kind=Kind.RECORDING)),
            "【办班登记提醒】您有2项待办事项",
        ),
    ],
)
def test_several_items_share_one_subject(role: Role, items: tuple[Item, ...], subject: str) -> None:
    rendered = render_reminder(replace(LETTER, role=role, items=items))
    assert rendered.subject == subject
    assert [line for line in rendered.text.split("\n") if line.startswith("【第")] == [
        f"【第{n}项】“{item.name}”"
        for n, item in enumerate(sorted(items, key=lambda i: (i.advised_on, i.project_id)), 1)
    ]


def test_who_has_no_page_to_record_a_class_reports_it() -> None:
    late = replace(ITEM, kind=Kind.RECORDING, link="")
    offline = render_reminder(replace(LETTER, items=(late,), link=""))
    assert offline.subject.endswith("计划办班时间已过，请报告办班情况")
    assert "请报告实际办班日期和学员人数" in offline.text
    watching = render_reminder(replace(LETTER, items=(late,), link="", role=Role.COORDINATOR))
    assert "请督促登记办班情况" in watching.subject
    assert "请登记实际办班日期" in render_reminder(replace(LETTER, items=(late,))).text


def test_a_letter_without_items_is_refused() -> None:
    with pytest.raises(ValueError, match="at least one item"):
        render_reminder(replace(LETTER, items=()))


@pytest.mark.parametrize(
    ("name", "shown"),
    [
        ("“数字福建”高级研修班", "‘数字福建’高级研修班"),
        ("“数字福建高级研修班”", "数字福建高级研修班"),
        ("“甲”与“乙”", "‘甲’与‘乙’"),
        ('A "B" C', 'A "B" C'),
        (" 数字\r\nBcc: x\u2028班\u202e ", "数字 Bcc: x 班"),
    ],
)
def test_names_stay_legible_between_quotes(name: str, shown: str) -> None:
    assert quotable(name) == shown
    subject = render_reminder(one(name=name)).subject
    assert (
        subject
        == f"【开班前报送提醒】“{shown}”请于2月28日（周五）前报送开班通知和实施方案（还有7天）"
    )


def test_the_earliest_of_several_may_be_an_opening() -> None:
    """What is due first decides, also where no notice asks for it."""
    opening = replace(ITEM, kind=Kind.OPENING, due_on=date(2025, 2, 25), papers=())
    recording = replace(ITEM, kind=Kind.RECORDING, due_on=date(2025, 2, 24))
    subject = render_reminder(replace(LETTER, items=(ITEM, opening))).subject
    assert subject == "【待办事项提醒】您有2项待办事项，最早2月25日（周二）前"
    subject = render_reminder(replace(LETTER, items=(ITEM, recording))).subject
    assert subject == "【待办事项提醒】您有2项待办事项，最早2月28日（周五）前"


def test_only_the_name_of_a_very_long_subject_is_cut() -> None:
    fits, long = "班" * 78, "班" * 300
    whole = render_reminder(one(name=fits)).subject
    assert (fits in whole, len(whole) <= SUBJECT_LIMITS["zh"]) == (True, True)
    cut = render_reminder(one(name=long)).subject
    assert len(cut) == SUBJECT_LIMITS["zh"]
    assert cut.endswith("班…”请于2月28日（周五）前报送开班通知和实施方案（还有7天）")
    watcher = replace(one(name=long, host="校" * 300), role=Role.PROVINCE)
    assert len(render_reminder(watcher).subject) == SUBJECT_LIMITS["zh"]


def test_hostile_text_is_escaped_in_html_and_stays_on_its_line() -> None:
    hostile = "<script>alert('1')</script>\n咨询单位：别处"
    texts = {field.name: hostile for field in fields(Item) if field.type == "str"}
    texts.pop("step")
    items = (replace(ITEM, papers=(hostile,), **texts), ITEM)  # type: ignore[arg-type]
    for letter in (replace(LETTER, items=items[:1]), replace(LETTER, items=items)):
        rendered = render_reminder(replace(letter, to_name=hostile, ask=hostile, link=hostile))
        assert "<script" not in rendered.html
        assert "&lt;script&gt;" in rendered.html
        assert not re.search(r"^咨询单位：别处", rendered.text, re.M)
        assert "<script>alert('1')</script>" in rendered.text  # plain text is not escaped
    notice = render_notice(replace(NOTICE, name=hostile, tag=hostile, lines=((hostile, hostile),)))
    assert "<script" not in notice.html


def test_html_loads_nothing_and_runs_nothing() -> None:
    markup = render_reminder(replace(LETTER, items=(ITEM, LATE))).html
    assert markup.lstrip().startswith("<!DOCTYPE html>")
    assert '<html lang="zh-CN">' in markup
    for tag in ("<script", "<img", "<link", "<style", "url(", "@import"):
        assert tag not in markup


def test_an_unknown_name_in_a_template_is_an_error() -> None:
    with pytest.raises(UndefinedError):
        environment().from_string("{{ no_such_name }}").render()
    with pytest.raises(UndefinedError):
        environment().get_template("notice.txt.j2").render(to_name="甲")


def test_the_environment_is_built_once() -> None:
    assert environment() is environment()


def test_every_kind_has_words() -> None:
    assert set(WORDS) == set(Kind)


def test_the_body_of_a_result() -> None:
    assert render_notice(NOTICE).text == (
        "福州大学：\n"
        "\n"
        "您好！贵单位承办的“数字经济高级研修班”已退回，请补正后重新报送。\n"
        "\n"
        "项目名称：数字经济高级研修班\n"
        "计划序号：5\n"
        "承办单位：福州大学\n"
        "需补正事项：实施方案缺少经费预算\n"
        "补正期限：2025年3月5日（周三）\n"
        "办理依据：2025年实施通知第一部分第3段（R25-07）\n"
        "\n"
        "咨询单位：省人社厅职业能力建设处\n"
        "\n"
        "--------\n"
        "本邮件由系统于2025年2月21日（周五）自动发送，仅作告知，具体以正式文件为准。"
        "如有疑问，请与咨询单位联系。\n"
    )


def test_a_class_that_nobody_recorded_may_still_have_been_held() -> None:
    day = LETTER.today - timedelta(days=3)
    late = one(kind=Kind.COMPLETION, step="D+3", due_on=day, advised_on=day)
    text = render_reminder(late).text
    assert "已逾期3天（系统中尚未登记办班）" in text


NATIONAL = {
    "kind": Kind.REIMBURSEMENT,
    "national": True,
    "papers": ("经费报销材料",),
    "addressee": "人社部事业单位人事服务中心",
    "consequence": "",
}


def test_only_the_ministrys_money_is_claimed() -> None:
    rendered = render_reminder(one(**NATIONAL))
    assert rendered.subject == (
        "【材料报送提醒】“数字经济高级研修班”请于2月28日（周五）前报送经费报销材料（还有7天）"
    )
    assert "前向人社部事业单位人事服务中心报送经费报销材料，还有7天。" in rendered.text
    late = render_reminder(replace(one(**NATIONAL), today=AFTER))
    assert late.subject == "【催报】“数字经济高级研修班”经费报销材料报送已逾期3天"
    other = render_reminder(one(kind=Kind.REIMBURSEMENT))
    assert "报销" not in other.subject + other.text


def test_an_application_in_the_departments_hands_is_the_departments_to_review() -> None:
    letter = one(kind=Kind.APPLICATION, submitted=True, papers=())
    assert render_reminder(letter).subject == (
        "【申报提醒】“数字经济高级研修班”已申报，应于2月28日（周五）前由主管（推荐）单位审核推荐（还有7天）"
    )
    coordinator = render_reminder(replace(letter, role=Role.COORDINATOR))
    assert coordinator.subject == (
        "【申报提醒】福州大学申报的“数字经济高级研修班”请于2月28日（周五）前审核推荐（还有7天）"
    )
    assert (
        "应于2025年2月28日（周五）前审核汇总并报省厅，还有7天。请及时审核推荐。" in coordinator.text
    )


def test_before_an_opening_everything_is_asked_gently() -> None:
    letter = one(kind=Kind.OPENING, advisory=True, advised_on=date(2025, 2, 27), consequence="")
    text = render_reminder(letter).text
    assert (
        "您好！贵单位承办的“数字经济高级研修班”计划于2025年2月28日（周五）开班。"
        "请确认办班时间和地点；如有变更，请在开班前报送变更情况说明。\n"
    ) in text
    assert "计划开班日：2025年2月28日（周五）\n" in text
    for word in ("逾期", "影响", "截止日", "所需材料", "要求性质", "建议"):
        assert word not in text
    window = render_reminder(
        one(kind=Kind.OPENING, advisory=True, provisional=True, opens="9月中旬（暂定）")
    )
    assert window.subject == (
        "【开班前确认】“数字经济高级研修班”计划于9月中旬（暂定）办班，请确认具体日期"
    )
    assert "请确认开班和结束日期；如不能按计划办班，请在开班前报送变更情况说明。" in window.text


@pytest.mark.parametrize(
    ("today", "left"),
    [
        (date(2025, 2, 26), "还有2天"),
        (date(2025, 2, 27), "还有1天"),
        (date(2025, 2, 28), "今天截止"),
        (date(2025, 3, 1), "已逾期1天"),
        (date(2025, 3, 2), "已逾期2天"),
    ],
)
def test_the_days_around_the_due_day(today: date, left: str) -> None:
    rendered = render_reminder(replace(LETTER, today=today))
    assert f"时限情况：{left}\n" in rendered.text
    assert rendered.subject.startswith("【催报】") == ("逾期" in left)
    assert left in rendered.subject


def test_the_body_in_english() -> None:
    item = replace(
        ITEM,
        name="Digital economy",
        host="Fuzhou University",
        category="Provincial demonstration",
        place="Fuzhou",
        opens="2025-03-31 to 2025-04-04",
        papers=("Opening notice", "Implementation plan"),
        clause="Notice (R25-07)",
        rule="File a month before the opening.",
        consequence="this may affect the subsidy; the province decides",
        addressee="Vocational Capacity Division",
    )
    letter = replace(
        LETTER,
        to_name="Fuzhou University",
        items=(item,),
        ask="Vocational Capacity Division",
        language="en",
    )
    rendered = render_reminder(letter)
    assert rendered.subject == (
        "[Filing before opening] “Digital economy”: please file the opening notice and "
        "implementation plan by Fri 28 Feb (7 days left)"
    )
    assert rendered.text == (
        "Dear Fuzhou University,\n"
        "\n"
        "Your project “Digital economy”: please file the opening notice and implementation plan by "
        "Fri 28 Feb 2025; 7 days left.\n"
        "\n"
        "Project: Digital economy\n"
        "Number in the plan: 5\n"
        "Category: Provincial demonstration\n"
        "Host unit: Fuzhou University\n"
        "Planned dates: 2025-03-31 to 2025-04-04\n"
        "Place: Fuzhou\n"
        "Due: Fri 28 Feb 2025; that day still counts as in time\n"
        "Time left: 7 days left\n"
        "Papers go to: Vocational Capacity Division\n"
        "Papers:\n"
        "  1. Opening notice\n"
        "  2. Implementation plan\n"
        "Basis: Notice (R25-07): File a month before the opening.\n"
        "If late: This may affect the subsidy; the province decides.\n"
        "\n"
        "Address: http://127.0.0.1:8000/\n"
        "Office to ask: Vocational Capacity Division\n"
        "\n"
        "--------\n"
        "Sent automatically on Fri 21 Feb 2025. This is a reminder and does not replace the "
        "official notice. If the matter is settled, please disregard it.\n"
    )
    late = render_reminder(replace(letter, today=AFTER, role=Role.PROVINCE))
    assert late.subject == (
        "[Overdue] Fuzhou University: “Digital economy”: opening notice and implementation plan 3 days overdue; "
        "please follow up"
    )


def test_who_is_host_here_and_watches_there_reads_each_item_in_its_own_words() -> None:
    watched = replace(ITEM, name="碳汇高级研修班", host="乙大学", role=Role.COORDINATOR)
    mixed = replace(LETTER, items=(replace(ITEM, role=Role.HOST), watched))
    rendered = render_reminder(mixed)
    assert rendered.subject == "【开班前报送提醒】您有2项待办事项，最早2月28日（周五）前"
    assert "您好！您有2项待办事项，请及时办理。" in rendered.text
    assert "1. “数字经济高级研修班”：报送开班通知和实施方案，还有7天" in rendered.text
    assert "2. “碳汇高级研修班”（乙大学）：报送开班通知和实施方案，还有7天" in rendered.text
    assert "贵单位" not in rendered.text
    english = render_reminder(replace(mixed, language="en"))
    assert english.subject.startswith("[") and "You have 2 items to see to" in english.subject


def test_a_late_plan_blames_nobody_and_threatens_nothing() -> None:
    late = replace(one(late_plan=True, step="D+7"), today=date(2025, 3, 12))
    found = render_reminder(late)
    assert found.subject == (
        "【开班前报送提醒】“数字经济高级研修班”计划下达晚于备案期限，请尽快报送开班通知和实施方案"
    )
    assert "不归责于贵单位。请尽快报送开班通知和实施方案。" in found.text
    assert "时限情况：计划下达晚于备案期限，请尽快报送" in found.text
    assert [word for word in ("催报", "逾期", "建议报送日") if word in found.text] == []
