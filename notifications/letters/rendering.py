"""From a view to text and HTML: one environment, two templates a mail, the same values in both."""

from __future__ import annotations

from datetime import date
from functools import cache
from typing import Protocol

from jinja2 import Environment, PackageLoader, StrictUndefined, Template, select_autoescape

from notifications.letters.phrases import CLOSINGS, phrases
from notifications.letters.printing import long, one_line, plain
from notifications.letters.values import Rendered
from states.terms import Role


class Mail(Protocol):
    """What every letter has."""

    @property
    def to_name(self) -> str: ...
    @property
    def role(self) -> Role: ...
    @property
    def today(self) -> date: ...
    @property
    def ask(self) -> str: ...
    @property
    def reach(self) -> str: ...
    @property
    def link(self) -> str: ...
    @property
    def language(self) -> str: ...


def render(template: str, mail: Mail, subject: str, lead: str, **values: object) -> Rendered:
    """Fill both templates. `values`: title, and what the template asks for."""
    language = mail.language
    said = phrases(language)
    closing = CLOSINGS[template].in_(language).format(today=long(mail.today, language))
    values = {
        "overdue": False,
        "subject": subject,
        "lead": lead,
        "say": said,
        "language": said.code,
        "to_name": plain(mail.to_name, language),
        "to_host": mail.role is Role.HOST,
        "ask": plain(mail.ask, language),
        "reach": plain(mail.reach, language),
        "link": one_line(mail.link),
        "closing": closing,
        "button": "",
        **values,
    }
    text, html = _pair("notice" if template in LAID_OUT_ALIKE else template)
    return Rendered(subject, text.render(values), html.render(values))


LAID_OUT_ALIKE = ("alarm", "sign_in")  # as a notice


@cache
def _pair(template: str) -> tuple[Template, Template]:
    found = environment()
    return found.get_template(f"{template}.txt.j2"), found.get_template(f"{template}.html.j2")


@cache
def environment() -> Environment:
    """The one jinja2 environment: an unknown name is an error, HTML alone is escaped."""
    return Environment(
        loader=PackageLoader("notifications"),
        autoescape=select_autoescape(("html.j2",), default=False),
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        auto_reload=False,
        keep_trailing_newline=True,
    )
