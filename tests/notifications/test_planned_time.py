"""When a class is planned, as letters say it."""

from __future__ import annotations

from datetime import date

import pytest

from notifications.letters.schedule import planned_time
from states.facts import Facts
from states.terms import State

SEPTEMBER = (date(2025, 9, 1), date(2025, 9, 30))
DAY = date(2025, 9, 15)


@pytest.mark.parametrize(
    ("known", "words"),
    [
        ({"schedule_text": "待定"}, "待定"),
        ({"schedule_text": "时间待定"}, "待定"),
        ({}, "待定"),
        ({"schedule_text": "等领导定"}, "待定（计划写为“等领导定”）"),
        (
            {"schedule_text": "延期，时间待定", "postponed": {"on": "2025-06-01"}},
            "待定（已登记延期）",
        ),
        (
            {"schedule_text": "9月", "opens_earliest": SEPTEMBER[0], "opens_latest": SEPTEMBER[1]},
            "9月（暂定）",
        ),
        (
            {"opens_earliest": DAY, "opens_latest": DAY, "planned_ends": date(2025, 9, 19)},
            "2025年9月15日至9月19日",
        ),
    ],
)
def test_an_open_time_is_said_as_open(known: dict[str, object], words: str) -> None:
    facts = Facts(
        state=State.PLANNED,
        policy="fujian-2025",
        year=2025,
        category="demonstration",
        name="甲研修班",
        host="甲单位",
        **known,
    )
    assert planned_time(facts).zh == words
