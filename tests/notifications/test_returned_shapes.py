"""Reports in the shapes in which servers write them: whom each concerns, and what it says.

The files in returned/ were written by Postfix, Exim and Chinese systems about made-up mail; the texts
below are written after the manner of each server.
"""

from __future__ import annotations

import base64
from collections.abc import Callable
from email import message_from_bytes
from email.mime.message import MIMEMessage
from email.mime.multipart import MIMEMultipart
from email.mime.text import MIMEText
from pathlib import Path

import pytest

from notifications.returns.bounces import parse
from states.refusal import Reason

TOKEN = "0123456789abcdef0123456789abcdef"
TO, OTHER = "unit02@example.cn", "unit03@example.cn"
RETURNED = Path(__file__).with_name("returned")


def kept(name: str, to: str = TO) -> bytes:
    """A report about our mail to that address."""
    raw = (RETURNED / f"{name}.eml").read_bytes()
    return raw.replace(b"TOKEN", TOKEN.encode()).replace(b"UNIT@example.cn", to.encode())


@pytest.mark.parametrize(
    ("name", "recipient", "reason", "status", "said"),
    [
        ("postfix-unit01", "unit01", Reason.GONE, "5.1.1", "User doesn't exist"),
        ("exim-unit01", "unit01", Reason.GONE, "5.1.1", "550 5.1.1 no such user here"),
        ("postfix-unit03", "unit03", Reason.FULL, "5.2.2", "Quota exceeded"),
        ("exim-unit04", "unit04", Reason.CONTENT, "5.7.1", "554 5.7.1 rejected as spam"),
        ("exim-unit05", "unit05", Reason.GIVEN_UP, "4.2.1", "mailbox locked"),
        ("postfix-unit14", "unit14", Reason.GONE, "5.1.1", "unknown user"),
        ("mailbox-full", "unit02", Reason.FULL, "", "552 Quota exceeded"),
        ("content-refused", "unit02", Reason.CONTENT, "", "550 Mail content denied"),
        ("no-such-user-control", "unit02", Reason.GONE, "", "550 User not found"),
    ],
)
def test_each_kept_report_gives_its_right_result(
    name: str, recipient: str, reason: Reason, status: str, said: str
) -> None:
    [report] = parse(kept(name))
    assert (report.token, report.recipient) == (TOKEN, f"{recipient}@example.cn")
    assert (report.action, report.reason, report.status) == ("failed", reason, status)
    assert said in report.said
    forward = "gone14@example.cn" if name == "postfix-unit14" else ""
    assert report.forward == forward


def standard(text: str, *blocks: str, kind: str = "plain") -> bytes:
    """A report by the standard: a text for people, and a block of fields a recipient."""
    report = MIMEMultipart("report", boundary="=_report", report_type="delivery-status")
    report["From"], report["To"] = "MAILER-DAEMON@mx.example.org", "yanxiu@example.org"
    report["Subject"], report["In-Reply-To"] = "Undeliverable", f"<{TOKEN}@example.org>"
    report.attach(MIMEText(text, kind, "utf-8"))
    fields = "\r\n\r\n".join(["Reporting-MTA: dns; mx.example.org", *blocks])
    part = f"Content-Type: message/delivery-status\r\n\r\n{fields}\r\n\r\n--=_report--"
    return report.as_bytes().replace(b"--=_report--", b"--=_report\n" + part.encode())


def block(to: str = TO, status: str = "5.0.0", said: str = "", original: str = "") -> str:
    lines = [f"Original-Recipient: rfc822;{original}"] if original else []
    lines += [f"Final-Recipient: rfc822;{to}", "Action: failed", f"Status: {status}"]
    return "\r\n".join(lines + ([f"Diagnostic-Code: smtp; {said}"] if said else []))


EXIM_OF_TWO = f"""\
This is a permanent error. The following address(es) failed:

  {TO}
    host mx.example.cn [192.0.2.7]
    SMTP error from remote mail server after RCPT TO:<{TO}>:
    550 5.1.1 <{TO}>: User unknown
  {OTHER}
    host mx.example.cn [192.0.2.7]
    SMTP error from remote mail server after end of data:
    552 5.2.2 mailbox full
"""
SENDMAIL = f"""\
   ----- The following addresses had permanent fatal errors -----
<{TO}>
    (reason: 550 5.1.1 <{TO}>... User unknown)

   ----- Transcript of session follows -----
... while talking to mx.example.cn.:
>>> DATA
<<< 550 5.1.1 <{TO}>... User unknown
550 5.1.1 <{TO}>... User unknown
<<< 503 5.0.0 Need RCPT (recipient)
"""
MICROSOFT = f"""\
<html><body><p>Delivery has failed to these recipients or groups:</p>
<p><a href="mailto:{TO}">{TO}</a></p><p>%s</p>
<p>This can happen if the address is misspelled, the mailbox is full or the message is too large.</p>
<p>Diagnostic information for administrators: Generating server: EXCH.example.cn</p></body></html>
"""


@pytest.mark.parametrize(
    ("raw", "reasons"),
    [
        (standard(EXIM_OF_TWO, block(TO), block(OTHER)), [Reason.GONE, Reason.FULL]),
        (standard(EXIM_OF_TWO, block(OTHER), block(TO)), [Reason.FULL, Reason.GONE]),
        (standard(SENDMAIL, block(TO, "5.1.1", f"550 5.1.1 <{TO}>... User unknown")), [Reason.GONE]),
        (standard(SENDMAIL, block(TO)), [Reason.GONE]),
        (
            standard(
                MICROSOFT % "The email address you entered couldn't be found.",
                block(TO, "5.1.10", "550 5.1.10 RESOLVER.ADR.RecipientNotFound; Recipient not found"),
                kind="html",
            ),
            [Reason.GONE],
        ),
        (
            standard(
                MICROSOFT % "The recipient's mailbox is full.",
                block(TO, "5.2.2", "550 5.2.2 STOREDRV.Deliver.Exception:QuotaExceededException"),
                kind="html",
            ),
            [Reason.FULL],
        ),
        (
            standard(
                MICROSOFT % "Your message couldn't be delivered.",
                block(
                    TO,
                    "5.0.350",
                    "550 5.0.350 Remote server returned an error -> 550 Mail content denied",
                ),
                kind="html",
            ),
            [Reason.CONTENT],
        ),
        (
            standard(
                MICROSOFT % "该组只接受其组织中人员的邮件。",
                block(TO, "5.7.133", "550 5.7.133 RESOLVER.RST.SenderNotAuthenticatedForGroup"),
                kind="html",
            ),
            [Reason.POLICY],
        ),
        (standard("It failed.", block(TO)), [Reason.UNKNOWN]),
        (standard("It failed: 用户不存在", block(TO)), [Reason.GONE]),
        (standard("Nobody knows.", block(TO, "5.1.1")), [Reason.GONE]),
    ],
)  # fmt: skip
def test_the_recipients_own_words_decide(raw: bytes, reasons: list[Reason]) -> None:
    assert [report.reason for report in parse(raw)] == reasons


@pytest.mark.parametrize(
    "raw",
    [
        standard("x", block("gone@example.com", "5.1.1", "550 user unknown", original=TO)),
        standard(
            f"  gone@example.com\n    (generated from {TO})\n    550 user unknown\n",
            block("gone@example.com"),
        ),
        standard(
            f"<gone@example.com> (expanded from <{TO}>): user unknown", block("gone@example.com")
        ),
    ],
)
def test_a_dead_forward_is_told_from_the_address_before_it(raw: bytes) -> None:
    [report] = parse(raw)
    assert (report.recipient, report.forward) == (TO, "gone@example.com")


def test_the_same_address_in_other_letters_is_no_forward() -> None:
    [report] = parse(standard("x", block("Unit02@Example.CN", "5.1.1", original=TO)))
    assert report.forward == ""


COREMAIL = """\
抱歉，您的邮件被退回来了……
原邮件信息：
        时间： 2025-02-21 08:31:00
        主题： 【开班前报送提醒】“500强企业高级研修班”
        收件人： {to}
退信原因：
        {zh}
        英文说明: {en}
建议解决方案：
        温馨提示：请检查收件人邮箱地址是否正确。
----------------
This message is generated by Coremail.
"""
EXMAIL = """\
<html><body><p>抱歉，您的邮件被退回来了……</p><table>
<tr><td>原邮件信息</td></tr>
<tr><td>主 题：</td><td>【开班前报送提醒】“500强企业高级研修班”</td></tr>
<tr><td>收件人：</td><td><a href="mailto:{to}">{to}</a></td></tr>
<tr><td>退信原因：</td><td>{zh}<br>host mx.example.cn[192.0.2.7] said: {en}</td></tr>
<tr><td>解决方案：</td><td>请联系对方确认邮箱是否有效，或是否已满。</td></tr></table></body></html>
"""
QMAIL = """\
Hi. This is the qmail-send program at mx.example.org.
I'm afraid I wasn't able to deliver your message to the following addresses.
This is a permanent error; I've given up. Sorry it didn't work out.

<{to}>:
{zh}
{en}

--- Below this line is a copy of the message.
"""
CASES = [
    ("收件人邮箱地址不存在，拒绝接收。", "550 User not found: {to}", Reason.GONE),
    ("对方邮箱已满，无法接收。", "552 Quota exceeded", Reason.FULL),
    ("邮件被对方反垃圾系统拦截。", "554 DT:SPM", Reason.CONTENT),
    ("发信IP频率超过限制。", "550 Ip frequency limited", Reason.RATE),
    ("收件人域名不存在。", "550 5.1.2 bad domain", Reason.ROUTE),
    ("对方服务器拒收。", "550 5.7.1 Access denied", Reason.POLICY),
]
SHAPES: dict[str, tuple[str, str, str, str]] = {  # text, kind, sender, subject
    "Coremail": (COREMAIL, "plain", "postmaster@example.net", "系统退信"),
    "腾讯企业邮": (EXMAIL, "html", "PostMaster@example.net", "来自example.net的退信"),
    "网易": (EXMAIL, "html", "Postmaster@example.net", "系统退信"),
    "qmail": (QMAIL, "plain", "MAILER-DAEMON@example.net", "failure notice"),
}


def as_base64_gbk(text: str, kind: str) -> MIMEText:
    mail = MIMEText("", kind, "utf-8")
    del mail["Content-Type"], mail["Content-Transfer-Encoding"]
    mail["Content-Type"] = f"text/{kind}; charset=gb2312"
    mail["Content-Transfer-Encoding"] = "base64"
    mail.set_payload(base64.encodebytes(text.encode("gbk")).decode())
    return mail


WRITTEN: dict[str, Callable[[str, str], MIMEText]] = {
    "utf-8": lambda text, kind: MIMEText(text, kind, "utf-8"),
    "gb18030": lambda text, kind: MIMEText(text, kind, "gb18030"),
    "base64 GBK": as_base64_gbk,
}


@pytest.mark.parametrize("how", WRITTEN)
@pytest.mark.parametrize("shape", SHAPES)
@pytest.mark.parametrize(("zh", "en", "reason"), CASES)
def test_a_text_without_fields_is_read(
    how: str, shape: str, zh: str, en: str, reason: Reason
) -> None:
    text, kind, sender, subject = SHAPES[shape]
    mail = WRITTEN[how](text.format(to=TO, zh=zh, en=en.format(to=TO)), kind)
    mail["From"], mail["To"], mail["Subject"] = sender, "yanxiu@example.org", subject
    mail["In-Reply-To"] = f"<{TOKEN}@example.org>"
    [report] = parse(mail.as_bytes())
    assert (report.token, report.recipient, report.reason) == (TOKEN, TO, reason)


# Each says what to do about other causes than its own, or names its cause without a reply's code.
ODD: tuple[tuple[str, str, str, Reason], ...] = (
    (
        "Postmaster@example.net",
        "系统退信",
        "收件人：{to}\n英文说明：550 User unknown\n建议解决方案：如邮箱已满，请联系对方清理\n",
        Reason.GONE,
    ),
    (
        "PostMaster@qq.example.net",
        "来自example.net的退信",
        "收件人 {to}\n退信原因\n收件人邮件地址不存在，请核对\nHost mx.example.cn said: "
        "550 Mailbox unavailable or access denied\n",
        Reason.GONE,
    ),
    (
        "PostMaster@qq.example.net",
        "来自example.net的退信",
        "收件人 {to}\n退信原因 对方邮箱空间已满\n解决方案 请确认收件人邮箱是否不存在\n",
        Reason.FULL,
    ),
    (
        "MAILER-DAEMON@example.net",
        "failure notice",
        "<{to}>:\nSorry, no mailbox here by that name. (#5.1.1)\n\n--- Below this line is a copy\n",
        Reason.GONE,
    ),
    (
        "MAILER-DAEMON@example.net",
        "failure notice",
        "<{to}>:\nThe users mailfolder is over the allowed quota (size). (#5.2.2)\n\n--- Below\n",
        Reason.FULL,
    ),
    (
        "MAILER-DAEMON@example.net",
        "邮件投递失败",
        "您的邮件无法投递至以下地址：\n\n<{to}>:\n此用户不存在 (#5.1.1)\n",
        Reason.GONE,
    ),
    (
        "Postmaster@example.net",
        "DELIVERY FAILURE: User unit02 not listed",
        "was not delivered to:\n\n  {to}\n\nbecause:\n\n  User unit02 ({to}) not listed in Domino "
        "Directory\n",
        Reason.GONE,
    ),
    (
        "postmaster@example.net",
        "邮件退回通知",
        "收件人：{to}\n退信原因：收件人设置了拒收规则\n",
        Reason.POLICY,
    ),
)


@pytest.mark.parametrize(("sender", "subject", "text", "reason"), ODD)
def test_a_text_is_read_up_to_its_advice_and_below_an_address(
    sender: str, subject: str, text: str, reason: Reason
) -> None:
    mail = MIMEText(text.format(to=TO), "plain", "gb18030")
    mail["From"], mail["To"], mail["Subject"] = sender, "yanxiu@example.org", subject
    mail["In-Reply-To"] = f"<{TOKEN}@example.org>"
    [report] = parse(mail.as_bytes())
    assert (report.token, report.recipient, report.reason) == (TOKEN, TO, reason)
    assert "解决方案" not in report.said


@pytest.mark.parametrize("name", ["postfix-unit01", "no-such-user-control"])
def test_a_report_that_an_officer_forwards_whole_is_read(name: str) -> None:
    """Returned mail that went to somebody's own box reaches ours as an attachment."""
    whole = MIMEMultipart("mixed")
    whole["From"], whole["To"] = "clerk@example.cn", "yanxiu@example.org"
    whole["Subject"] = "转发：系统退信"
    whole.attach(MIMEText("请处理", "plain", "utf-8"))
    whole.attach(MIMEMessage(message_from_bytes(kept(name))))
    [report] = parse(whole.as_bytes())
    assert (report.token, report.reason) == (TOKEN, Reason.GONE)


def note(subject: str, text: str, **headers: str) -> bytes:
    mail = MIMEText(text, "plain", "utf-8")
    given = {"Return-Path": "<>", "From": "c1@example.cn", "To": "yanxiu@example.org"}
    given |= {"Subject": subject, "In-Reply-To": f"<{TOKEN}@example.org>"}
    for name, value in (given | {k.replace("_", "-"): v for k, v in headers.items()}).items():
        mail[name] = value
    return mail.as_bytes()


QUOTED = "本人休假。\n> 收件人：a@example.cn\n> 邮件服务器答复：550 5.1.1 User unknown\n"


@pytest.mark.parametrize(
    "raw",
    [
        kept("absence-note"),
        note("Re: 【退信】发给张三的邮件被退回：邮箱不存在", QUOTED),
        note("回复：【邮箱停发】张三的邮箱收不到邮件，请更正", QUOTED),
        note("答复: [Returned mail] Mail to 张三 came back", QUOTED),
        note("【退信】发给张三的邮件被退回：邮箱不存在", QUOTED),
        note("自动回复：【退信核实】", QUOTED),
        note("Out of office: 【退信】", QUOTED, Auto_Submitted="auto-replied"),
        note("系统退信", "550 我休假了"),  # nobody is named to whom mail was returned
        note("系统退信", "收件人：c1@example.cn\n550 5.1.1 我休假了"),  # by the recipient itself
    ],
)
def test_an_absence_note_is_no_report(raw: bytes) -> None:
    assert parse(raw) == []
