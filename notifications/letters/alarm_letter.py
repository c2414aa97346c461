"""The alarm: mail to somebody did not arrive, or goes to another, or somebody else has touched the
reader's account; and what is to be done."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any

from notifications.letters.grounds import NOTHING
from notifications.letters.phrases import phrases
from notifications.letters.printing import long, plain, quotable
from notifications.letters.rendering import render
from notifications.letters.values import Rendered
from notifications.letters.wording import SHIPPED, Wordings
from states.refusal import Reason, todo
from states.terms import Role, Text


@dataclass(frozen=True)
class Alarm:
    """Mail to one person did not arrive, and somebody must see to it; or it goes to another.

    `what`: "bounced" (it came back, for a reason that is not the address), "unproven" (a report says
    so that proves nothing), "marked" (the address is no good, and nothing more is sent to it),
    "forward" (the mailbox passes mail on to one that fails), "refusing" (one reason meets many: the
    fault is with our sending), "answer" (a person answered a mail of ours), "substitute" (somebody
    stands in for some days), "left" (the contact has been disabled), "let_in" (`by` made a password, link or key for the reader) or
    "new_address" (`by` changed the reader's address).
    """

    to_name: str
    to_email: str
    role: Role
    today: date
    what: str
    person: str  # to whom the mail was written
    address: str
    project: str = ""  # the names of the projects concerned; empty where there is none
    number: int | None = None  # of the one project
    host: str = ""
    subject: str = ""  # of the mail
    said: str = ""  # the server's words
    reason: Reason = Reason.UNKNOWN
    forward: str = ""  # where the mailbox passes mail on to
    count: int = 0  # addresses that one reason meets
    files: tuple[str, ...] = ()  # names of what came with an answer
    place: str = ""  # where the original of an answer lies
    substitute: str = ""  # who stands in, and when
    days: Text = NOTHING
    by: Text = NOTHING  # who did something to the reader's account
    language: str = "zh"
    ask: str = ""
    reach: str = ""
    link: str = ""


ALARMS: dict[str, tuple[Text, Text]] = {  # what it is called, what is to be done
    "bounced": (
        Text("退信", "Returned mail"),
        NOTHING,  # as the reason has it
    ),
    "unproven": (
        Text("退信核实", "Report of returned mail"),
        Text(
            "请与收件人联系，核实是否收到；邮箱有误的，请更正，更正后可重新发送。",
            "Ask the recipient whether the mail came; if the address is wrong, correct it, and the "
            "mail can be sent again.",
        ),
    ),
    "marked": (
        Text("邮箱停发", "Address stopped"),
        Text(
            "请与收件人联系，更正邮箱；确认邮箱可用的，请系统管理员恢复发送。"
            "在此之前，请以电话等方式通知。",
            "Contact the recipient and correct the address; if it works after all, have the "
            "administrator take the mark away. Until then, tell the recipient by telephone.",
        ),
    ),
    "forward": (
        Text("转发失效", "Forward that fails"),
        Text(
            "请告知收件人检查其邮箱的转发设置，并核实本次邮件是否收到。",
            "Tell the recipient to look at the forwarding of the mailbox, and ask whether the mail "
            "came.",
        ),
    ),
    "refusing": (
        Text("发信被拒", "Our mail is refused"),
        Text(
            "请系统管理员检查发信邮箱、发信域名认证（SPF、DKIM、DMARC）和邮件服务器，必要时联系邮件"
            "服务商；恢复后，未送达的邮件用 yanxiu mail --state bounced 列出，用 yanxiu mail resend 重新发送。急事请以电话等方式通知。",
            "Have the administrator check the sending mailbox, the domain's SPF, DKIM and DMARC and "
            "the mail server, and ask the provider if need be; once that is mended, find what did "
            "not arrive by `yanxiu mail --state bounced` and send it again. Tell what is urgent by telephone.",
        ),
    ),
    "answer": (
        Text("收到回复", "An answer"),
        Text(
            "请阅处；直接回复本邮件即可答复来信人。",
            "Please see to it; an answer to this mail goes to who wrote.",
        ),
    ),
    "substitute": (
        Text("代收安排", "Substitution"),
        Text(
            "如与实际不符，请与本人核实，并告知系统管理员。",
            "If this is not so, ask the person and tell the administrator.",
        ),
    ),
    "left": (
        Text("更换联系人", "Another contact"),
        Text(
            "请在项目页面办理“更换联系人”，或请承办单位更换；在此之前，提醒不再发给该联系人，"
            "请以电话等方式通知承办单位。",
            "Name another contact on the project's page, or have the host do so. Until then no "
            "reminder goes to this contact; tell the host by telephone.",
        ),
    ),
    "let_in": (
        Text("账号安全", "Your account"),
        Text(
            "是您本人要求的，无需处理；不是的，请立即在登录页用本邮箱登录，修改密码，并告知系统管理员。",
            "If you asked for it, there is nothing to do. If not, sign in by this address at once, "
            "change the password, and tell the administrator.",
        ),
    ),
    "new_address": (
        Text("账号安全", "Your account"),
        Text(
            "是您本人要求的，无需处理；不是的，请立即告知系统管理员。今后的邮件发往新邮箱。",
            "If you asked for it, there is nothing to do. If not, tell the administrator at once. "
            "Mail goes to the new address from now on.",
        ),
    ),
}
NEWS = frozenset({"answer", "substitute", "left", "let_in", "new_address"})  # nothing has failed
OWN = NEWS - {"answer", "substitute", "left"}  # about the reader
LABELS = {
    "person": Text("收件人", "Recipient"),
    "address": Text("邮箱", "Address"),
    "subject": Text("邮件主题", "Subject of the mail"),
    "reason": Text("退回原因", "Why it came back"),
    "forward": Text("转发到", "Passed on to"),
    "files": Text("附件", "Attachments"),
    "place": Text("原邮件存于", "The original is in"),
    "said": Text("邮件服务器答复", "The server's words"),
    "substitute": Text("代收人", "Substitute"),
    "days": Text("代收时间", "Days"),
    "by": Text("操作人", "Done by"),
    "todo": Text("请您办理", "What to do"),
}


_OF_WHOM = {
    **dict.fromkeys(OWN, Text("账号", "Account")),
    "left": Text("原联系人", "Contact"),
    "answer": Text("来信人", "Written by"),
}
WROTE = Text("来信内容", "What was written")


def render_alarm(alarm: Alarm, wordings: Wordings = SHIPPED) -> Rendered:
    """The alarm about mail that did not arrive, or the news of who stands in."""
    language, say = alarm.language, phrases(alarm.language)
    values = alarm_values(alarm)
    news, answer = alarm.what in NEWS, alarm.what == "answer"
    notice = alarm.what if news else f"alarm.{alarm.what}"
    subject, lead = wordings.fill(notice, language, values)
    person = "" if alarm.what == "refusing" else values["person"]
    number = "" if alarm.number is None else str(alarm.number)
    facts = [
        (say.name, plain(alarm.project, language)),
        (say.number, number),
        (say.host, plain(alarm.host, language)),
        (_OF_WHOM.get(alarm.what, LABELS["person"]).in_(language), person),
        (LABELS["address"].in_(language), values["address"]),
        (LABELS["subject"].in_(language), plain(alarm.subject, language)),
        (LABELS["forward"].in_(language), values["forward"]),
        (LABELS["reason"].in_(language), values["reason"] if alarm.said and not answer else ""),
        ((WROTE if answer else LABELS["said"]).in_(language), _paragraphs(alarm.said, language)),
        (LABELS["files"].in_(language), "、".join(plain(name) for name in alarm.files)),
        (LABELS["place"].in_(language), plain(alarm.place, language)),
        (LABELS["substitute"].in_(language), values["substitute"]),
        (LABELS["days"].in_(language), values["days"]),
        (LABELS["by"].in_(language), values["by"]),
        (LABELS["todo"].in_(language), _todo(alarm).in_(language)),
    ]
    shown = [(label, value) for label, value in facts if value]
    more: dict[str, Any] = {"facts": shown, "due": (), "due_title": "", "places": ()}
    return render("alarm", alarm, subject, lead, title=values["tag"], overdue=not news, **more)


def _paragraphs(said: str, language: str) -> str:
    """What was written in several lines, in one."""
    return "　".join(plain(line, language) for line in said.splitlines())


def _todo(alarm: Alarm) -> Text:
    return todo(alarm.reason) if alarm.what == "bounced" else ALARMS[alarm.what][1]


def alarm_values(alarm: Alarm) -> dict[str, Any]:
    """What the wording of an alarm may say (notices.NAMES)."""
    language = alarm.language
    return {
        "role": alarm.role.value,
        "today": long(alarm.today, language),
        "tag": ALARMS[alarm.what][0].in_(language),
        "ask": plain(alarm.ask, language),
        "person": plain(alarm.person, language) or plain(alarm.address, language),
        "address": plain(alarm.address, language),
        "name": quotable(alarm.project, language),
        "reason": alarm.reason.label.in_(language),
        "forward": plain(alarm.forward, language),
        "count": alarm.count,
        "substitute": plain(alarm.substitute, language),
        "days": alarm.days.in_(language),
        "by": plain(alarm.by.in_(language), language),
    }
