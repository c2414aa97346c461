"""The lines that the mails about several deeds share: each a label and what is said beside it."""

from __future__ import annotations

from datetime import date

from notifications.letters.printing import long_text, short
from notifications.letters.schedule import span
from notifications.letters.story import SUBSIDY, Line, Said, Story
from states.facts import Facts
from states.terms import Text, yuan

HELD = Text("实际办班时间", "Held")
PLACE, TRAINEES = Text("办班地点", "Place"), Text("学员人数", "Trainees")
STAFF = Text("工作人员", "Staff")
PLANNED = Text("计划办班时间", "Planned dates")
CATEGORY, MATTER = Text("项目类别", "Category"), Text("事项", "Matter")
AMOUNT = Text("{money}金额", "Amount of the {money}")
PERSONS = Text("{n}人", "{n}")
ONLINE = Text("{n}人（其中线上{m}人）", "{n}, of these {m} online")
YUAN = Text("{amount}元", "{amount} yuan")


def reason(story: Story) -> Line:
    return Text("事由", "Reason"), story.text("reason")


def document(story: Story) -> Line:
    return Text("文号", "Document number"), story.text("document_number")


def amount_label(story: Story) -> Text:
    return AMOUNT.format(money=story.money or SUBSIDY)


def fund(story: Story) -> tuple[Line, ...]:
    """Where the money comes from; nothing where no fund is named."""
    found = story.policy.funds.get(story.category.fund or "")
    return ((Text("经费来源", "Fund"), found.label),) if found else ()


def in_yuan(fen: int | None) -> Said:
    return "" if fen is None else YUAN.format(amount=yuan(fen))


def held(facts: Facts) -> Said:
    """The days of the class as recorded."""
    return span(facts.actual_opens, facts.actual_ends) if facts.actual_opens else ""


def heads(facts: Facts) -> Said:
    """How many were trained, as recorded; no more than the number."""
    if facts.trainees is None or not facts.online_trainees:
        return persons(facts.trainees)
    return ONLINE.format(n=facts.trainees, m=facts.online_trainees)


def persons(number: int | None) -> Said:
    return "" if number is None else PERSONS.format(n=number)


def until(day: date) -> dict[str, Said]:
    """A day for the wording: short, and with its year."""
    return {"by": Text(short(day, "zh"), short(day, "en")), "by_long": long_text(day)}
