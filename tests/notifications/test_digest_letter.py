"""Digests list what is late, due, waiting and new; alarms say which mail to whom did not arrive."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import date
from typing import Any

import pytest
from test_every_notice import CHINESE, same

from notifications.letters.alarm_letter import ALARMS, NEWS, Alarm, render_alarm
from notifications.letters.digest_letter import (
    MOST_ROWS,
    SECTIONS,
    Digest,
    DigestRow,
    render_digest,
)
from notifications.letters.links import Links
from states.refusal import Reason
from states.terms import Role, Text

TODAY = date(2025, 8, 11)
ROW = DigestRow(
    project_id=5,
    number=5,
    name="“数字福建”高级研修班",
    host="福州大学",
    what=Text("报送实施方案", "file the plan"),
    by=date(2025, 8, 15),
    note=Text("已逾期3天", "3 days late"),
)
DIGEST = Digest(
    to_name="王五",
    to_email="w@example.cn",
    role=Role.COORDINATOR,
    today=TODAY,
    overdue=(ROW,),
    due_this_week=(replace(ROW, note=Text("", "")), replace(ROW, number=None)),
    links=Links("https://yanxiu.example.cn"),
)
ALARM = Alarm(
    to_name="王五",
    to_email="w@example.cn",
    role=Role.COORDINATOR,
    today=TODAY,
    what="bounced",
    person="张三",
    address="a@example.cn",
    project="数字经济高级研修班",
    number=5,
    host="福州大学",
    subject="【材料报送提醒】“数字经济高级研修班”",
    said="550 5.1.1 <a@example.cn>: User unknown",
)


def test_a_weekly_digest_reads_as_a_list() -> None:
    rendered = render_digest(DIGEST)
    assert rendered.subject == "【每周汇总】您负责联系的项目：已逾期1项，本周到期2项"
    assert rendered.text == (
        "王五：\n"
        "\n"
        "您好！现将您负责联系的项目截至2025年8月11日（周一）的情况汇总如下，请督促有关承办单位办理。\n"
        "\n"
        "已逾期（1项）\n"
        "  1. 计划5号 “‘数字福建’高级研修班”（福州大学）\n"
        "     报送实施方案，8月15日（周五），已逾期3天\n"
        "     https://yanxiu.example.cn/projects/5\n"
        "\n"
        "本周到期（2项）\n"
        "  1. 计划5号 “‘数字福建’高级研修班”（福州大学）\n"
        "     报送实施方案，8月15日（周五）\n"
        "     https://yanxiu.example.cn/projects/5\n"
        "  2. “‘数字福建’高级研修班”（福州大学）\n"
        "     报送实施方案，8月15日（周五），已逾期3天\n"
        "     https://yanxiu.example.cn/projects/5\n"
        "\n"
        "办理地址：https://yanxiu.example.cn\n"
        "\n"
        "--------\n"
        "本邮件由系统于2025年8月11日（周一）自动汇总发送，仅供工作参考。\n"
    )
    same(rendered)


def test_nobody_is_asked_to_urge_hosts_about_what_waits_for_the_reader() -> None:
    """A department whose one item was its own review was told to urge the host units."""
    own = replace(DIGEST, overdue=(), due_this_week=(), waiting=(ROW,))
    said = render_digest(own).text
    assert "情况汇总如下，待您办理的请及时办理。" in said and "督促" not in said
    both = render_digest(replace(DIGEST, waiting=(ROW,))).text
    assert "情况汇总如下，请督促有关承办单位办理，待您办理的请及时办理。" in both
    english = render_digest(replace(own, language="en")).text
    assert "host units act" not in english


def test_a_daily_digest_counts_mail_that_died() -> None:
    province = replace(DIGEST, role=Role.PROVINCE, waiting=(ROW,), died=(ROW, ROW))
    assert render_digest(province).subject == (
        "【每日汇总】全省项目：已逾期1项，本周到期2项，待您办理1项，邮件未送达2封"
    )
    assert render_digest(replace(province, language="en")).subject == (
        "[Daily digest] All projects: 1 overdue, 2 due this week, 1 waiting for you, "
        "2 mails not delivered"
    )


def test_the_sections_come_in_their_order_and_only_with_rows() -> None:
    names = [name for name, _, _ in SECTIONS]
    assert names == [
        *("overdue", "unrecorded", "due_this_week", "waiting", "new", "died", "openings")
    ]
    full = replace(DIGEST, **dict.fromkeys(names, (ROW,)))
    heads = re.findall(r"^(.+)（1[项封]）$", render_digest(full).text, re.M)
    assert heads[:2] == ["已逾期", "计划结束日已过、尚未登记办班"]
    assert heads[2:] == ["本周到期", "待您办理", "新到事项", "未送达的邮件", "本周开班"]
    alone = replace(DIGEST, overdue=(), due_this_week=(), new=(ROW,))
    assert re.findall(r"^(.+)（1项）$", render_digest(alone).text, re.M) == ["新到事项"]
    english = render_digest(replace(full, language="en", to_name="W"))
    assert not CHINESE.search(english.subject)
    same(english)


@pytest.mark.parametrize(("rows", "more"), [(50, None), (51, "另有1项未列出"), (500, "另有450项")])
def test_a_long_section_shows_fifty_and_counts_the_rest(rows: int, more: str | None) -> None:
    rendered = render_digest(replace(DIGEST, overdue=(ROW,) * rows, due_this_week=()))
    assert f"已逾期（{rows}项）" in rendered.text
    assert rendered.text.count("报送实施方案") == MOST_ROWS
    assert ("未列出" in rendered.text) == bool(more)
    assert more is None or more in rendered.text
    same(rendered)


def test_what_was_typed_is_harmless_in_a_digest() -> None:
    bad = "<script>x</script>\n6222 0212 3456 7890 123"
    row = replace(ROW, name=bad, host=bad, what=Text(bad, bad), note=Text(bad, bad))
    rendered = render_digest(replace(DIGEST, overdue=(row,), to_name=bad))
    assert "<script" not in rendered.html
    assert "6222" not in rendered.html + rendered.text + rendered.subject


SAID = {  # subject, first sentence, and what to do, of each alarm
    "bounced": (
        "【退信】发给张三的邮件被退回：未说明原因",
        "您好！发给张三（a@example.cn）的邮件被退回或拒收，原因：未说明原因。",
        "请您办理：请与收件人联系，核对邮箱；更正后邮件可重新发送。",
    ),
    "unproven": (
        "【退信核实】发给张三的邮件可能未送达，请核实",
        "您好！收到退信报告，称发给张三（a@example.cn）的邮件未能送达。",
        "请您办理：请与收件人联系，核实是否收到；邮箱有误的，请更正，更正后可重新发送。",
    ),
    "marked": (
        "【邮箱停发】张三的邮箱收不到邮件，请更正",
        "您好！张三的邮箱（a@example.cn）收不到邮件，系统已停止向该邮箱发送。",
        "请您办理：请与收件人联系，更正邮箱；确认邮箱可用的，请系统管理员恢复发送。",
    ),
    "forward": (
        "【转发失效】张三的邮箱转发失败，请告知检查转发设置",
        "您好！发给张三（a@example.cn）的邮件，由该邮箱转发到b@example.com时被退回。",
        "请您办理：请告知收件人检查其邮箱的转发设置",
        "转发到：b@example.com",
    ),
    "refusing": (
        "【发信被拒】20个邮箱以同一原因退回或拒收邮件，请检查发信设置",
        "您好！发往20个邮箱的邮件以同一原因被退回或拒收：未说明原因。",
        "系统没有停发其中任何一个邮箱。",
        "请您办理：请系统管理员检查发信邮箱、发信域名认证（SPF、DKIM、DMARC）和邮件服务器",
    ),
}


def shown(what: str, **more: Any) -> Alarm:
    about = {"forward": {"forward": "b@example.com"}, "refusing": {"count": 20}}.get(what, {})
    return replace(ALARM, what=what, **about | more)


@pytest.mark.parametrize(
    ("reason", "todo"),
    [
        (Reason.FULL, "邮箱地址无误的，无需更正"),
        (Reason.CONTENT, "与收件人的邮箱地址无关，无需更正"),
        (Reason.ROUTE, "请与收件人联系，核对邮箱"),
    ],
)
def test_returned_mail_says_why_and_what_helps(reason: Reason, todo: str) -> None:
    """A full mailbox or a refused content is not mended by correcting the address."""
    rendered = render_alarm(shown("bounced", reason=reason))
    assert rendered.subject == f"【退信】发给张三的邮件被退回：{reason.label.zh}"
    assert f"请您办理：{todo}" in rendered.text


def test_each_alarm_says_in_its_own_words_who_what_and_what_to_do() -> None:
    assert set(SAID) == set(ALARMS) - NEWS
    for what, (subject, *sentences) in SAID.items():
        rendered = render_alarm(shown(what))
        assert rendered.subject == subject
        for said in (
            *sentences,
            "项目名称：数字经济高级研修班",
            *(["收件人：张三"] if what != "refusing" else []),  # whose are many
            "邮箱：a@example.cn",
            "邮件主题：【材料报送提醒】“数字经济高级研修班”",
            "邮件服务器答复：550 5.1.1 <a@example.cn>: User unknown",
        ):
            assert said in rendered.text
        same(rendered)


@pytest.mark.parametrize("language", ["zh", "en"])
@pytest.mark.parametrize("what", sorted(set(SAID) - {"refusing"}))
def test_an_alarm_without_a_name_gives_the_address_once(what: str, language: str) -> None:
    rendered = render_alarm(shown(what, language=language, person="", said=""))
    assert rendered.subject.count("a@example.cn") == 1
    lead = next(line for line in rendered.text.splitlines() if "a@example.cn" in line)
    assert lead.count("a@example.cn") == 1
    same(rendered)


def test_who_stands_in_is_told_without_alarm() -> None:
    days = Text("8月11日至8月15日", "11 to 15 Aug")
    rendered = render_alarm(replace(ALARM, what="substitute", substitute="李四", days=days))
    assert rendered.subject == "【代收安排】张三的邮件由李四代收"
    assert "您好！张三的研修项目邮件在8月11日至8月15日期间由李四代收，特此告知。" in rendered.text
    same(rendered)


def test_what_another_did_to_an_account_is_told_without_alarm() -> None:
    by = Text("陈处", "Chen")
    own = replace(ALARM, subject="", said="", project="", number=None, host="", by=by)
    made = render_alarm(replace(own, what="let_in"))
    assert made.subject == "【账号安全】陈处为您的账号设置了登录方式"
    assert "操作人：陈处" in made.text and "不是的，请立即在登录页用本邮箱登录" in made.text
    moved = render_alarm(replace(own, what="new_address", address="new@example.cn"))
    assert moved.subject == "【账号安全】陈处变更了您账号的邮箱"
    assert "把您账号的邮箱由本邮箱改为new@example.cn。" in moved.text
    for rendered in (made, moved):
        assert "账号：张三" in rendered.text and "收件人：" not in rendered.text
        same(rendered)


def test_an_alarm_does_without_a_project() -> None:
    text = render_alarm(replace(ALARM, project="", number=None, host="", subject="", said="")).text
    for absent in ("项目名称", "计划序号", "承办单位", "邮件主题", "服务器答复"):
        assert absent not in text
