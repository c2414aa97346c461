"""The duties beside the papers (states/besides.py) in words, the same in mails, calendars and on the
timetable; and the papers that follow the class, beside the request to record it."""

from __future__ import annotations

from datetime import date

from notifications.letters.grounds import cite
from notifications.letters.words import words_in
from states.besides import Duty
from states.calendar import WorkCalendar
from states.facts import Facts
from states.policy import Policy
from states.terms import PROVISIONAL, Kind, Text, day_label
from states.wanted import deadlines_for

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
    notes = nature(duty, policy, on)
    if duty.on is None:
        inner = _list(notes)
        return Text(f"{duty.rule.ask.zh}：{inner.zh}", f"{duty.rule.ask.en} ({inner.en})")
    return _by_day(duty.rule.ask, duty.on, notes, on, BY if duty.rule.dated else SENSIBLY_BY)


def follows(
    kind: Kind, facts: Facts, policy: Policy, calendar: WorkCalendar, on: date
) -> list[Text]:
    """R25-15b, R25-20: the month for the papers runs from the class's last day, whether or not the
    class is on record; so who is asked to record it is told the day."""
    category = policy.categories[facts.category]
    found = deadlines_for(facts, category, calendar) if kind is Kind.RECORDING else ()
    return [
        _by_day(
            words_in(one.kind, facts, category).deed,
            one.due.due_on,
            [cite(policy, one.clause, on).place, *([PROVISIONAL] if one.provisional else [])],
            on,
            BY,
        )
        for one in found
        if one.kind is Kind.REIMBURSEMENT
    ]


def _by_day(ask: Text, day: date, notes: list[Text], on: date, by: Text) -> Text:
    passed = [PASSED] if day < on else []
    return by.format(ask=ask, day=day_label(day), notes=_list([*passed, *notes]))


def _list(notes: list[Text]) -> Text:
    return Text("，".join(one.zh for one in notes), ", ".join(one.en for one in notes))


BY = Text("{ask}：{day}前，{notes}", "{ask} by {day} ({notes})")
SENSIBLY_BY = Text("{ask}：宜在{day}前，{notes}", "{ask}, sensibly by {day} ({notes})")
