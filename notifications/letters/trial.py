"""Trial mode: every mail goes to one address, and says to whom it would have gone."""

from __future__ import annotations

from dataclasses import replace
from html import escape

from notifications.letters.printing import one_line
from notifications.letters.values import Rendered
from states.terms import Text

PREFIX = Text("【试运行】", "[Trial] ")
BANNER = Text(
    "【试运行】本邮件未发给原收件人：{name} <{email}>",
    "[Trial] Not sent to the original recipient: {name} <{email}>",
)
BODY = '<body style="margin:0;padding:0;background-color:#eef1f5;">'  # of base.html.j2
STYLE = "margin:0;padding:10px 12px;background-color:#fff4ce;color:#1b2430;font-size:14px;"


def for_trial(rendered: Rendered, to: tuple[str, str], language: str) -> Rendered:
    """The mail marked as a trial in its subject and at the top of both texts."""
    name, email = map(one_line, to)
    said = BANNER.in_(language).format(name=name, email=email)
    head, body, rest = rendered.html.partition(BODY)
    banner = f'\n<p style="{STYLE}">{escape(said)}</p>'
    return replace(
        rendered,
        subject=PREFIX.in_(language) + rendered.subject,
        text=f"{said}\n\n{rendered.text}",
        html=f"{head}{body}{banner}{rest}",
    )
