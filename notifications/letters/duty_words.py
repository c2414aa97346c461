"""The duties beside the papers (states/besides.py) in words, the same in mails, calendars and on the
timetable."""

from __future__ import annotations

from datetime import date

from notifications.letters.grounds import cite
from states.besides import Duty
from states.policy import Policy
from states.terms import PROVISIONAL, Text, day_label

PASSED = Text("该日已过，系统中尚未登记", "the day has passed and it is not on record")
NO_DAY = Text("通知未定日期", "the notice gives no day")


def nature(duty: Duty, policy: Policy, on: date) -> list[Text]:
    """Where it stands, that no day is given, that the day is provisional: what applies."""
    found = [cite(policy, duty.rule.clause, on).place]
    if not duty.rule.dated:
        found.append(NO_DAY)
    if duty.provisional:
        found.append(PROVISIONAL)
    return [one for one in found if one.zh]


def told(duty: Duty, policy: Policy, on: date) -> Text:
    """With its day, for a line of a reminder: 与省厅沟通：2025年8月15日（周五）前，…。"""
    passed = duty.on is not None and duty.on < on
    notes = [*([PASSED] if passed else []), *nature(duty, policy, on)]
    inner = Text("，".join(one.zh for one in notes), ", ".join(one.en for one in notes))
    if duty.on is None:
        return Text(f"{duty.rule.ask.zh}：{inner.zh}", f"{duty.rule.ask.en} ({inner.en})")
    day, by = day_label(duty.on), BY if duty.rule.dated else SENSIBLY_BY
    return by.format(ask=duty.rule.ask, day=day, notes=inner)


BY = Text("{ask}：{day}前，{notes}", "{ask} by {day} ({notes})")
SENSIBLY_BY = Text("{ask}：宜在{day}前，{notes}", "{ask}, sensibly by {day} ({notes})")
