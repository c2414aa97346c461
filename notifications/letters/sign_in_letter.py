"""The mail with a link that signs in once: what it is, how long it holds, what to do if one did
not ask for it. It carries the link and nothing that would tell anybody that it was opened."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from notifications.letters.printing import one_line, plain
from notifications.letters.rendering import render
from notifications.letters.values import Rendered
from states.terms import Role, Text
from workflow.accounts.links import BY_MAIL
from workflow.people import shown_as

LINK = "link"  # the key in `about`
MINUTES = int(BY_MAIL.total_seconds() // 60)


@dataclass(frozen=True, slots=True)
class SignInLetter:
    """One link for one reader."""

    to_name: str
    today: date
    link: str
    language: str
    role: Role = Role.HOST
    ask: str = ""
    reach: str = ""
    by: str = ""  # who had it sent, if that is somebody else


def render_sign_in(letter: SignInLetter) -> Rendered:
    """The mail in the reader's language."""
    language = letter.language
    by = plain(shown_as(letter.by).in_(language), language)
    told = (*FACTS, (BY, ENDED.format(by=by))) if letter.by else FACTS
    facts = [(label.in_(language), said.in_(language).format(n=MINUTES)) for label, said in told]
    return render(
        "sign_in",
        letter,
        SUBJECT.in_(language),
        LEAD.in_(language),
        title=TITLE.in_(language),
        button=BUTTON.in_(language),
        facts=facts,
        due=(),
        due_title="",
        places=(),
    )


def link_of(mail: Any, about: Mapping[str, Any], at: datetime) -> str:
    """The link of a mail row, or empty: it was sent already, or the link is over before it is."""
    asked: datetime = mail.created_at
    return one_line(str(about.get(LINK, ""))) if at < asked + BY_MAIL else ""


TITLE = Text("登录链接", "Sign in")
SUBJECT = Text(
    "【登录】高级研修项目管理系统登录链接", "[Sign in] Your link to the training projects"
)
LEAD = Text(
    "请打开下方链接，在打开的页面上确认即可登录，无需密码。",
    "Follow the link below and confirm on the page that opens; no password is needed.",
)
BUTTON = Text("登录系统", "Sign in")
BY = Text("发送人", "Sent by")
ENDED = Text("{by}；您的原有登录均已退出", "{by}; your other sessions have ended")
FACTS = (
    (
        Text("有效时间", "Valid"),
        Text("自申请时起{n}分钟内有效，只能使用一次", "for {n} minutes from the request, once"),
    ),
    (
        Text("安全提示", "Please note"),
        Text(
            "不是您本人操作请忽略本邮件，您的账号不受影响。请勿转发本邮件。",
            "If you did not ask for it, ignore this mail; nothing happens to your account. "
            "Do not forward it.",
        ),
    ),
)
