"""When a class is planned or was held, in words."""

from __future__ import annotations

from datetime import date

from states.facts import Facts
from states.terms import Text


def planned_time(facts: Facts) -> Text:
    """When the class is planned, in words; a window keeps the words of the plan."""
    opens, ends = facts.opens_earliest, facts.planned_ends
    if opens is None and facts.postponed:
        return Text("待定（已登记延期）", "open (postponed)")
    if opens is None or facts.opens_latest is None:
        written = facts.schedule_text
        if not written or "待定" in written:
            return Text("待定", "open")
        return Text(f"待定（计划写为“{written}”）", f"open (the plan says “{written}”)")
    if facts.dates.open_window:
        if facts.schedule_text:
            return Text(f"{facts.schedule_text}（暂定）", f"{facts.schedule_text} (provisional)")
        between = span(opens, facts.opens_latest)
        return Text(f"{between.zh}之间（暂定）", f"{between.en} (provisional)")
    return span(opens, ends)


def span(opens: date, ends: date | None) -> Text:
    """The days of a class: 2025年3月31日至4月4日, 2025-03-31 to 2025-04-04."""
    first = f"{opens.year}年{opens.month}月{opens.day}日"
    if ends is None or ends == opens:
        return Text(first, opens.isoformat())
    year = f"{ends.year}年" if ends.year != opens.year else ""
    english = f"{opens.isoformat()} to {ends.isoformat()}"
    return Text(f"{first}至{year}{ends.month}月{ends.day}日", english)
