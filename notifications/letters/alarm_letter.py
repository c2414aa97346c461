"""The alarm: mail to somebody did not arrive, and what is to be done about it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any

from notifications.letters.phrases import phrases
from notifications.letters.printing import long, plain, quotable
from notifications.letters.rendering import render
from notifications.letters.values import Rendered
from notifications.letters.wording import SHIPPED, Wordings
from states.terms import Role, Text


@dataclass(frozen=True)
class Alarm:
    """Mail to one person did not arrive, and somebody must see to it.

    `what`: "bounced" (a report says so that proves nothing) or "marked" (the address is no good,
    and nothing more is sent to it).
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
    language: str = "zh"
    ask: str = ""
    link: str = ""


ALARMS: dict[str, tuple[Text, Text]] = {  # what it is called, what is to be done
    "bounced": (
        Text("退信核实", "Returned mail"),
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
}
LABELS = {
    "person": Text("收件人", "Recipient"),
    "address": Text("邮箱", "Address"),
    "subject": Text("邮件主题", "Subject of the mail"),
    "said": Text("邮件服务器答复", "The server's words"),
    "todo": Text("请您办理", "What to do"),
}


def render_alarm(alarm: Alarm, wordings: Wordings = SHIPPED) -> Rendered:
    """The alarm about mail that did not arrive."""
    language, say = alarm.language, phrases(alarm.language)
    values = alarm_values(alarm)
    subject, lead = wordings.fill(f"alarm.{alarm.what}", language, values)
    number = "" if alarm.number is None else str(alarm.number)
    facts = [
        (say.name, plain(alarm.project, language)),
        (say.number, number),
        (say.host, plain(alarm.host, language)),
        (LABELS["person"].in_(language), values["person"]),
        (LABELS["address"].in_(language), values["address"]),
        (LABELS["subject"].in_(language), plain(alarm.subject, language)),
        (LABELS["said"].in_(language), plain(alarm.said, language)),
        (LABELS["todo"].in_(language), ALARMS[alarm.what][1].in_(language)),
    ]
    shown = [(label, value) for label, value in facts if value]
    more: dict[str, Any] = {"facts": shown, "due": (), "due_title": ""}
    return render("alarm", alarm, subject, lead, title=values["tag"], overdue=True, **more)


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
    }
