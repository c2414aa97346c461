"""What a wording must pass before it is saved: syntax, names, every variant, and no more than text.

A wording is a sentence with names and conditions; office_template.py says what it may use.
"""

from __future__ import annotations

from jinja2 import TemplateSyntaxError, meta

from notifications.letters.notices import NAMES, NOTICES
from notifications.letters.office_template import LONGEST, TooMuch, compiled, forbidden, parsed
from notifications.letters.printing import one_line
from notifications.letters.samples import samples
from notifications.letters.wording import LEAD_LIMIT, SUBJECT_LIMITS, described
from states.terms import Text


class BadWording(Exception):
    """A wording cannot be saved; `text` says why."""

    def __init__(self, text: Text) -> None:
        self.text = text
        super().__init__(text.en)


def check(notice: str, language: str, subject: str, lead: str) -> None:
    """Raise BadWording unless both templates would hold in every mail; empty ones are not checked."""
    for part, template in (("subject", subject), ("lead", lead)):
        if template:
            _check_template(notice, part, template)
            _check_samples(notice, language, part, template)


def _check_template(notice: str, part: str, template: str) -> None:
    try:
        tree = parsed(template)
    except TooMuch:
        raise BadWording(TOO_LONG.format(part=PARTS[part], limit=LONGEST)) from None
    except TemplateSyntaxError as error:
        said = SYNTAX.format(part=PARTS[part], line=error.lineno, reason=error.message or "")
        raise BadWording(said) from None
    for found in forbidden(tree):
        raise BadWording(FORBIDDEN.format(part=PARTS[part], what=found))
    known = NAMES[NOTICES[notice].family]
    unknown = sorted(meta.find_undeclared_variables(tree) - set(known))
    if unknown:
        raise BadWording(UNKNOWN.format(part=PARTS[part], name=unknown[0], known=names(notice)))


def _check_samples(notice: str, language: str, part: str, template: str) -> None:
    limit = SUBJECT_LIMITS[language] if part == "subject" else LEAD_LIMIT
    try:
        ready = compiled(template)
    except TooMuch:
        raise BadWording(TOO_LONG.format(part=PARTS[part], limit=LONGEST)) from None
    for values in samples(notice, language):
        try:
            said = one_line(ready.render(values))
        except Exception as error:  # whatever it is, it would happen in a mail
            failed = FAILS.format(part=PARTS[part], role=values["role"], reason=described(error))
            raise BadWording(failed) from None
        if not said:
            raise BadWording(EMPTY.format(part=PARTS[part], role=values["role"]))
        if len(said) > limit:
            length = {"n": len(said), "limit": limit}
            raise BadWording(LONG.format(part=PARTS[part], role=values["role"], **length))


def names(notice: str) -> Text:
    """The names that a notice's wording may use, with their meaning, on one line."""
    known = NAMES[NOTICES[notice].family]
    return Text(
        "；".join(f"{name} {meaning.zh}" for name, meaning in known.items()),
        "; ".join(f"{name}: {meaning.en}" for name, meaning in known.items()),
    )


PARTS = {"subject": Text("主题", "subject"), "lead": Text("正文首段", "lead")}
TOO_LONG = Text(
    "{part}的措辞过长或过于复杂（最多{limit}字）。",
    "The {part} is too long or too complicated ({limit} characters at most).",
)
SYNTAX = Text(
    "{part}第{line}行写法有误：{reason}。请核对 {{{{ }}}} 和 {{% %}} 是否成对。",
    "The {part}, line {line}: {reason}. Check that every {{{{ }}}} and {{% %}} is closed.",
)
FORBIDDEN = Text(
    "{part}中不能使用 {what}；措辞只能包含文字、{{{{ 名称 }}}} 和 {{% if %}}。",
    "The {part} may not use {what}: only text, {{{{ names }}}} and {{% if %}}.",
)
UNKNOWN = Text(
    "{part}中的名称“{name}”不存在。可用：{known}。",
    "The {part} uses the unknown name “{name}”. Known: {known}.",
)
FAILS = Text("{part}在发给{role}时出错：{reason}。", "The {part} fails for {role}: {reason}.")
EMPTY = Text(
    "{part}在发给{role}的某种情况下是空的，请补充文字。",
    "The {part} is empty in some mail to {role}; add text.",
)
LONG = Text(
    "{part}在发给{role}时长{n}字，超过{limit}字，请改短。",
    "The {part} comes to {n} characters for {role}; {limit} at most.",
)
