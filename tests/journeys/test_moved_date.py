"""A class that moves: announced before, counted anew, the old dates kept, nothing double."""

from __future__ import annotations

from datetime import date

from stories import AT, CLERK, HEADS, WANG, Desk

from notifications.sweep import sweep
from states.terms import Act, Action

JUNE = {"opens": date(2025, 6, 16), "ends": date(2025, 6, 19)}


def test_a_class_moves_from_may_to_june(desk: Desk) -> None:
    one = desk.admit()
    desk.live(one, "filed")
    moved = desk.do(
        one,
        Act.CHANGE,
        CLERK,
        "2025-05-06",
        papers=("change_notice",),
        reason="主讲专家改期",
        **JUNE,
    )
    assert moved.findings == ()
    shown = desk.show(one)
    assert (shown["opens_earliest"], shown["planned_ends"]) == ("2025-06-16", "2025-06-19")
    assert shown["changes"] == {
        str(shown["version"]): {
            "on": "2025-05-06",
            "reason": "主讲专家改期",
            "opens": "2025-06-16",
            "ends": "2025-06-19",
        }
    }
    assert desk.standing(one) == {
        "filing": (2, "2025-05-16", "met"),  # the first filing counts
        "completion": (1, "2025-11-30", "open"),
        "recording": (2, "2025-06-19", "open"),
        "reimbursement": (2, "2025-07-21", "ahead"),
    }

    desk.do(one, Act.MILESTONE, WANG, "2025-05-20", name="filing_confirmed")
    held = desk.do(one, Action.HOLD, CLERK, "2025-06-20", **JUNE, **HEADS)
    assert held.findings == ()
    assert desk.standing(one)["reimbursement"] == (2, "2025-07-21", "open")
    assert desk.complaints() == []


def test_an_unannounced_move_is_a_flag_when_it_comes_out(desk: Desk) -> None:
    one = desk.admit()
    desk.live(one, "filed")
    desk.do(one, Act.MILESTONE, WANG, "2025-04-15", name="filing_confirmed")
    held = desk.do(one, Action.HOLD, CLERK, "2025-06-20", **JUNE, **HEADS)
    assert [(f.rule, f.clause) for f in held.findings] == [("held_as_planned", "R25-02")]
    assert desk.standing(one)["reimbursement"] == (2, "2025-07-21", "open")


def test_what_was_announced_for_the_old_date_is_announced_again_for_the_new(desk: Desk) -> None:
    one = desk.admit()
    desk.live(one, "planned")
    sweep(desk.db, desk.book, as_of=date(2025, 4, 11), at=AT)
    desk.do(one, Act.CHANGE, CLERK, "2025-04-11", reason="改期", **JUNE)
    sweep(desk.db, desk.book, as_of=date(2025, 5, 16), at=AT)
    queued = [
        (row["kind"], row["round"], row["due_on"].isoformat(), row["step"])
        for row in desk.show(one)["reminders"]
        if row["status"] == "queued" and row["kind"] == "filing"
    ]
    assert queued == [("filing", 1, "2025-04-12", "D-0"), ("filing", 2, "2025-05-16", "D-0")]
    assert desk.complaints() == []
