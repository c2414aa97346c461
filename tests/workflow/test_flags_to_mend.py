"""What was flagged and is to be mended by a date has a deadline of its own, which the host meets by
what the flag asks for, or the province by taking it as it is."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest
from stories import CLASS, CLERK, FILING, HEADS, RECEIPT, REPORT, WANG, Desk

from states.facts import Facts
from states.mending import items, mends_by
from states.terms import Act, Action

pytestmark = pytest.mark.one_database

PROMISED = f"papers_present.{RECEIPT}"
MEND: dict[str, Any] = {"outcome": "mend", "reason": "内部意见", "mend_by": date(2025, 6, 30)}


def project_in(desk: Desk, state: str) -> int:
    one = desk.admit()
    desk.live(one, state)
    return one


def promised(desk: Desk) -> int:
    """Reported without the receipt, which is to come by 30 June."""
    one = project_in(desk, "held")
    desk.do(one, Action.REPORT, CLERK, "2025-06-10", papers=REPORT, promised=date(2025, 7, 1))
    desk.do(one, Act.DISPOSE, WANG, "2025-06-20", flag=PROMISED, **MEND)
    return one


def mending(desk: Desk, one: int) -> Any:
    return desk.standing(one).get("mending")


def told(desk: Desk, one: int) -> list[tuple[str, str]]:
    return [
        (m["notice"], m["to_email"]) for m in desk.show(one)["mail"] if m["notice"] == "dispose"
    ]


def test_a_flag_to_mend_has_a_deadline_and_the_paper_meets_it(desk: Desk) -> None:
    """Issue 11: 限期补正 is a deadline with reminders to the host."""
    one = promised(desk)
    assert mending(desk, one) == (1, "2025-06-30", "open")
    assert len(told(desk, one)) == 1
    desk.do(one, Act.SUPPLY, CLERK, "2025-06-22", papers=REPORT[:1])  # not what was asked for
    assert mending(desk, one) == (1, "2025-06-30", "open")
    desk.do(one, Act.SUPPLY, CLERK, "2025-06-25", papers=(RECEIPT,))
    assert mending(desk, one) == (1, "2025-06-30", "met")
    assert desk.show(one)["flags"][PROMISED]["disposed"]["outcome"] == "settled"
    assert desk.complaints() == []


def test_the_province_takes_it_as_it_is(desk: Desk) -> None:
    one = promised(desk)
    accepted = {"flag": PROMISED, "outcome": "accepted", "reason": "已另行收到"}
    desk.do(one, Act.DISPOSE, WANG, "2025-06-26", **accepted)
    assert mending(desk, one) == (1, "2025-06-30", "met")
    assert desk.refused(one, Act.DISPOSE, WANG, "2025-06-27", **accepted) == ["flag_known"]
    assert len(told(desk, one)) == 1  # of the date only
    assert desk.complaints() == []


def test_what_is_refused_asks_for_nothing_more(desk: Desk) -> None:
    one = promised(desk)
    refused = {"flag": PROMISED, "outcome": "refused", "reason": "x"}
    desk.do(one, Act.DISPOSE, WANG, "2025-06-26", **refused)
    assert mending(desk, one) == (1, "2025-06-30", "lifted")


def test_a_date_to_mend_by_is_needed(desk: Desk) -> None:
    one = project_in(desk, "held")
    desk.do(one, Action.REPORT, CLERK, "2025-06-10", papers=REPORT, promised=date(2025, 7, 1))
    without = {k: v for k, v in MEND.items() if k != "mend_by"}
    said = desk.refused(one, Act.DISPOSE, WANG, "2025-06-20", flag=PROMISED, **without)
    assert said == ["flag_known"]


def test_what_cannot_be_judged_again_is_mended_by_what_comes(desk: Desk) -> None:
    """A late filing stays late; what was asked about it came."""
    one = project_in(desk, "planned")
    desk.do(one, Action.FILE, CLERK, "2025-04-20", papers=FILING)
    by = MEND | {"mend_by": date(2025, 5, 6)}
    desk.do(one, Act.DISPOSE, WANG, "2025-04-25", flag="filed_in_time", **by)
    assert mending(desk, one) == (1, "2025-05-06", "open")
    desk.do(one, Act.SUPPLY, CLERK, "2025-05-07", papers=FILING[:1])
    assert mending(desk, one) == (1, "2025-05-06", "met")
    flag = desk.show(one)["flags"]["filed_in_time"]
    assert (flag["disposed"]["outcome"], flag["disposed"]["mended_on"]) == ("mend", "2025-05-07")
    accepted = {"flag": "filed_in_time", "outcome": "accepted", "reason": "说明属实"}
    desk.do(one, Act.DISPOSE, WANG, "2025-05-08", **accepted)
    assert mending(desk, one) == (1, "2025-05-06", "met")
    assert desk.complaints() == []


def test_it_may_be_extended_and_sending_back_comes_first(desk: Desk) -> None:
    one = promised(desk)
    more = {"kind": "mending", "due_on": date(2025, 7, 10), "reason": "x"}
    desk.do(one, Act.EXTEND, WANG, "2025-06-26", **more)
    assert mending(desk, one) == (2, "2025-07-10", "open")
    back = {"items": "补课程表", "mend_by": date(2025, 7, 4)}
    desk.do(one, Action.SEND_BACK, WANG, "2025-06-27", **back)
    assert mending(desk, one) == (3, "2025-07-04", "open")
    desk.do(one, Action.REPORT, CLERK, "2025-07-02", papers=REPORT)
    assert mending(desk, one) == (4, "2025-07-10", "open")
    assert desk.complaints() == []


def test_the_host_is_led_to_what_mends_it(desk: Desk) -> None:
    one = promised(desk)
    category = desk.book.policy("fujian-2025").categories["demonstration"]
    facts = Facts.read(stored(desk, one))
    assert mends_by(facts, category) is Act.SUPPLY
    assert items(facts).zh.endswith("承诺2025年7月1日（周二）前补交")


def stored(desk: Desk, one: int) -> Any:
    from workflow.engine import situation

    with desk.db.read() as connection:
        return situation(connection, desk.book, one)[1]


def test_a_milestone_that_lacks_is_mended_by_its_record(desk: Desk) -> None:
    one = project_in(desk, "filed")
    desk.do(one, Action.HOLD, CLERK, "2025-05-16", **CLASS, **HEADS)
    key = "milestones_recorded.filing_confirmed"
    desk.do(one, Act.DISPOSE, WANG, "2025-05-20", flag=key, **MEND)
    desk.do(one, Act.MILESTONE, WANG, "2025-05-22", name="filing_confirmed")
    assert mending(desk, one) == (1, "2025-06-30", "met")
