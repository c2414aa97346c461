"""A flag whose cause has gone closes itself, with the fact that closed it; what happened stays."""

from __future__ import annotations

import json
from datetime import date
from typing import Any

from sqlalchemy import select
from stories import CLASS, CLERK, FILING, HEADS, RECEIPT, REPORT, WANG, ZHOU, Desk

from states.terms import Act, Action
from workflow.project.events import history
from workflow.tables import EVENT

PROMISED = f"papers_present.{RECEIPT}"
CONFIRMED = "milestones_recorded.filing_confirmed"


def project_in(desk: Desk, state: str) -> int:
    one = desk.admit()
    desk.live(one, state)
    return one


def reported(desk: Desk) -> int:
    """Reported without the receipt, which is promised."""
    one = project_in(desk, "held")
    desk.do(one, Action.REPORT, CLERK, "2025-06-10", papers=REPORT, promised=date(2025, 7, 1))
    assert desk.flags(one) == {PROMISED}
    return one


def told(desk: Desk, one: int, *, inside: bool = False) -> list[str]:
    """What the last event says, as a reader sees it."""
    policy = desk.book.policy("fujian-2025")
    with desk.db.read() as connection:
        last = history(connection, one, policy, "demonstration", inside=inside)[-1]
    return [value.zh for _, value in last.said]


def last_changes(desk: Desk, one: int) -> Any:
    query = select(EVENT.c.changes).where(EVENT.c.project_id == one).order_by(EVENT.c.seq.desc())
    with desk.db.read() as connection:
        return json.loads(connection.execute(query.limit(1)).scalar_one())


def test_the_promised_receipt_came(desk: Desk) -> None:
    """Issue 11: the flag closes by the paper, on record with the event and in its words."""
    one = reported(desk)
    desk.do(one, Act.SUPPLY, CLERK, "2025-06-25", papers=(RECEIPT,))
    assert desk.flags(one) == set()
    disposed = last_changes(desk, one)["flags"][PROMISED]["disposed"]
    assert (disposed["outcome"], disposed["by"], disposed["on"]) == (
        *("settled", "supply"),
        "2025-06-25",
    )
    assert disposed["zh"] == f"已收到{receipt(desk)}"
    [said] = told(desk, one)
    assert said.startswith(receipt(desk)) and said.endswith(f"（已收到{receipt(desk)}）")
    assert desk.complaints() == []


def receipt(desk: Desk) -> str:
    papers = desk.book.policy("fujian-2025").categories["demonstration"].papers[Action.REPORT]
    return next(paper.label.zh for paper in papers if paper.key == RECEIPT)


def test_another_paper_settles_nothing(desk: Desk) -> None:
    one = reported(desk)
    desk.do(one, Act.SUPPLY, CLERK, "2025-06-25", papers=REPORT[:1])
    assert desk.flags(one) == {PROMISED}


def test_a_milestone_that_is_recorded_later(desk: Desk) -> None:
    one = project_in(desk, "filed")
    desk.do(one, Action.HOLD, CLERK, "2025-05-16", **CLASS, **HEADS)
    assert desk.flags(one) == {CONFIRMED}
    desk.do(one, Act.MILESTONE, WANG, "2025-05-20", name="filing_confirmed")
    assert desk.flags(one) == set()
    assert desk.show(one)["flags"][CONFIRMED]["disposed"]["by"] == "milestone"
    assert desk.complaints() == []


def test_a_plan_that_would_end_too_late_and_is_moved_back(desk: Desk) -> None:
    one = project_in(desk, "planned")
    late, early = ({"opens": date(2025, m, 1), "ends": date(2025, m, 4)} for m in (12, 9))
    desk.do(one, Act.CHANGE, CLERK, "2025-03-20", reason="x", papers=("change_notice",), **late)
    assert desk.flags(one) == {"can_end_in_time"}
    desk.do(one, Act.CHANGE, CLERK, "2025-03-21", reason="x", papers=("change_notice",), **early)
    assert desk.flags(one) == set()


def test_the_written_notice_came_later(desk: Desk) -> None:
    one = project_in(desk, "planned")
    days = {"opens": date(2025, 9, 1), "ends": date(2025, 9, 4)}
    desk.do(one, Act.CHANGE, CLERK, "2025-03-20", reason="x", **days)
    assert desk.flags(one) == {"change_in_writing"}
    desk.do(one, Act.SUPPLY, CLERK, "2025-03-21", papers=FILING[:1])
    assert desk.flags(one) == {"change_in_writing"}
    desk.do(one, Act.SUPPLY, CLERK, "2025-03-22", papers=("change_notice",))
    assert desk.flags(one) == set()


def test_what_has_happened_stays(desk: Desk) -> None:
    """Filed late is late, whatever is granted, moved or supplied later."""
    one = project_in(desk, "planned")
    desk.do(one, Action.FILE, CLERK, "2025-04-20", papers=FILING)
    assert desk.flags(one) == {"filed_in_time"}
    desk.do(one, Act.MILESTONE, WANG, "2025-04-21", name="filing_confirmed")
    days = {"opens": date(2025, 9, 1), "ends": date(2025, 9, 4)}
    desk.do(one, Act.CHANGE, CLERK, "2025-04-22", reason="x", papers=("change_notice",), **days)
    desk.do(one, Act.SUPPLY, CLERK, "2025-04-23", papers=FILING)
    assert desk.flags(one) == {"filed_in_time"}


def test_what_is_settled_comes_up_again_with_its_cause(desk: Desk) -> None:
    one = project_in(desk, "filed")
    desk.do(one, Act.MILESTONE, WANG, "2025-04-15", name="filing_confirmed")
    desk.do(one, Action.HOLD, CLERK, "2025-05-16", **CLASS, **{**HEADS, "trainees": 28})
    for trainees, flags in ((32, set()), (28, {"enough_trainees"}), (40, set())):
        desk.do(one, Act.CORRECT, WANG, "2025-05-20", reason="x", trainees=trainees)
        assert desk.flags(one) == flags
    assert desk.complaints() == []


def test_what_a_person_decided_stands(desk: Desk) -> None:
    one = reported(desk)
    desk.do(
        one, Act.DISPOSE, ZHOU, "2025-06-20", flag=PROMISED, outcome="accepted", reason="另行核对"
    )
    desk.do(one, Act.SUPPLY, CLERK, "2025-06-25", papers=(RECEIPT,))
    assert desk.show(one)["flags"][PROMISED]["disposed"]["outcome"] == "accepted"
