"""The engine: one transaction a deed, nothing written on refusal, races lost honestly."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import date, datetime, timedelta, timezone
from threading import Barrier
from typing import Any

import pytest
from stories import (
    AUDITOR,
    CLERK,
    COORDINATOR,
    FILING,
    FORM,
    OFFICE,
    OTHER_CLERK,
    OTHER_COORDINATOR,
    SCHOOL,
    STRANGER,
    WANG,
    Desk,
)

from states.terms import Act, Action, Role, State
from workflow.deeds import Deed, LostRace, NoSuchProject, Outcome, Refused
from workflow.engine import perform
from workflow.people import Actor

PLAN = {"number": 7}


def test_a_step_writes_event_row_deadlines_and_mail_together(desk: Desk) -> None:
    one = desk.admit()
    desk.live(one, "reviewed")
    done = desk.do(one, Action.PLAN, WANG, "2025-02-20", **PLAN)
    assert done == Outcome(one, 4, State.PLANNED, False, (), done.on)
    shown = desk.show(one)
    assert (shown["state"], shown["version"], shown["number"]) == ("planned", 4, 7)
    event = shown["history"][-1]
    names = ("seq", "deed", "source", "target", "person", "role", "on_date", "on_behalf")
    assert [event[name] for name in names] == [
        4,
        "plan",
        "reviewed",
        "planned",
        "wang",
        "province",
        date(2025, 2, 20),
        False,
    ]
    assert desk.standing(one) == {
        "filing": (1, "2025-04-12", "open"),
        "completion": (1, "2025-11-30", "open"),
        "recording": (1, "2025-05-15", "open"),
        "reimbursement": (1, "2025-06-16", "ahead"),
    }
    *receipts, mail = shown["mail"]
    assert [receipt["notice"] for receipt in receipts] == ["submit", "review"]
    assert (mail["purpose"], mail["to_email"], mail["status"], mail["event_seq"]) == (
        "result",
        "lin@example.cn",
        "pending",
        4,
    )
    assert desk.complaints() == []


def test_a_result_without_an_address_stays_as_suppressed_with_its_reason(desk: Desk) -> None:
    one = desk.admit(contact_email=None)
    desk.live(one, "planned")
    mail = desk.show(one)["mail"][-1]
    assert (mail["status"], mail["reason"], mail["to_name"]) == ("suppressed", "no_address", SCHOOL)


@pytest.mark.parametrize(
    ("what", "by", "on", "given", "rules"),
    [
        (Action.FILE, CLERK, "2025-02-20", {}, ["right_order"]),
        (Action.PLAN, CLERK, "2025-02-20", PLAN, ["right_role"]),
        (Action.PLAN, AUDITOR, "2025-02-20", PLAN, ["right_role"]),
        (Action.PLAN, STRANGER, "2025-02-20", PLAN, ["right_role", "in_scope"]),
        (Action.PLAN, WANG, "2025-02-20", {}, ["form_complete"]),
        (Action.PLAN, WANG, "2025-02-20", {**PLAN, "category": "x"}, ["category_known"]),
        (Action.PLAN, WANG, "2025-02-20", {**PLAN, "opens": date(2026, 1, 1)}, ["dates_in_order"]),
        (Action.WITHDRAW, OTHER_CLERK, "2025-02-20", {"reason": "x"}, ["right_role", "in_scope"]),
        (
            Act.DISPOSE,
            WANG,
            "2025-02-20",
            {"flag": "x", "outcome": "y", "reason": "z"},
            ["flag_known"] * 2,
        ),
    ],
)
def test_a_refusal_writes_nothing(
    desk: Desk, what: Any, by: Actor, on: str, given: dict[str, Any], rules: list[str]
) -> None:
    one = desk.admit()
    desk.live(one, "reviewed")
    assert desk.refused(one, what, by, on, **given) == rules


def test_a_deed_dated_in_the_future_is_refused(desk: Desk) -> None:
    one = desk.admit()
    early = {"papers": FORM, "today": "2025-01-08"}
    early |= {"on_behalf": True}
    refused = desk.refused(one, Action.SUBMIT, COORDINATOR, "2025-01-09", **early)
    assert refused == ["not_in_the_future"]


def test_there_is_no_such_project(desk: Desk) -> None:
    with pytest.raises(NoSuchProject):
        desk.do(1, Action.SUBMIT, CLERK, "2025-01-08")


def test_who_looked_at_an_older_version_has_lost_the_race(desk: Desk) -> None:
    one = desk.admit()
    desk.do(one, Action.SUBMIT, CLERK, "2025-01-08", papers=FORM, seen=1)
    before = desk.rows()
    with pytest.raises(LostRace):
        desk.do(one, Action.REVIEW, COORDINATOR, "2025-01-10", opinion="同意", seen=1)
    assert desk.rows() == before
    desk.do(one, Action.REVIEW, COORDINATOR, "2025-01-10", opinion="同意", seen=2)


@pytest.mark.parametrize("seen", [None, 3])
def test_of_two_at_once_exactly_one_wins(desk: Desk, seen: int | None) -> None:
    one = desk.admit()
    desk.live(one, "reviewed")
    gate = Barrier(2)

    def plan(number: int) -> str:
        gate.wait()
        try:
            desk.do(one, Action.PLAN, WANG, "2025-02-20", number=number, seen=seen)
        except (Refused, LostRace) as lost:
            return type(lost).__name__
        return "won"

    with ThreadPoolExecutor(2) as pool:
        outcomes = sorted(pool.map(plan, (7, 8)))
    expected = ["LostRace"] if seen else ["LostRace", "Refused"]
    assert outcomes[1] == "won" and outcomes[0] in expected
    shown = desk.show(one)
    assert (shown["version"], len(shown["history"]), len(shown["mail"])) == (4, 4, 3)
    assert desk.complaints() == []


def test_the_hour_of_recording_may_come_in_any_zone(desk: Desk) -> None:
    one = desk.admit()
    china = timezone(timedelta(hours=8))
    papers = {"application_form": {"sha256": "0" * 64, "name": "a.pdf", "size": 1}}
    deed = Deed(Action.SUBMIT, CLERK, {}, papers, date(2025, 1, 8))
    at = datetime(2025, 1, 8, 9, 30, tzinfo=china)
    perform(desk.db, desk.book, one, deed, today=deed.on, at=at)
    assert desk.complaints() == []


# -- Scope and roles ------------------------------------------------------------------------------


def test_a_coordinator_reviews_in_its_scope_only(desk: Desk) -> None:
    one = desk.admit()
    desk.live(one, "submitted")
    review = (Action.REVIEW, OTHER_COORDINATOR, "2025-01-10")
    assert desk.refused(one, *review, opinion="同意") == ["right_role", "in_scope"]
    assert (
        desk.do(one, Action.REVIEW, COORDINATOR, "2025-01-10", opinion="同意").state == "reviewed"
    )


def test_papers_are_entered_on_behalf_by_those_in_scope(desk: Desk) -> None:
    one = desk.admit()
    desk.live(one, "planned")
    late = {"papers": FILING, "today": "2025-05-06", "on_behalf": True}
    assert desk.refused(one, Action.FILE, OTHER_COORDINATOR, "2025-04-11", **late) == ["in_scope"]
    assert desk.refused(one, Action.FILE, CLERK, "2025-04-11", **late) == ["on_behalf"]
    done = desk.do(one, Action.FILE, COORDINATOR, "2025-04-11", **late)
    assert done.findings == ()  # the date on which the paper came in counts
    event = desk.show(one)["history"][-1]
    assert (event["person"], event["role"], event["on_behalf"]) == ("chen", "host", True)
    assert event["on_date"] == date(2025, 4, 11)


def test_nobody_gains_a_right_by_acting_on_behalf(desk: Desk) -> None:
    one = desk.admit()
    desk.live(one, "reviewed")
    behalf = {"number": 7, "on_behalf": True}
    assert desk.refused(one, Action.PLAN, WANG, "2025-02-20", **behalf) == ["right_role"]


BOTH = Actor("both", "双岗", ((Role.AUDITOR, ""), (Role.COORDINATOR, OFFICE), (Role.PROVINCE, "")))


def test_a_person_with_several_roles_has_the_rights_of_each(desk: Desk) -> None:
    may = {"opens_earliest": "2024-05-13", "opens_latest": "2024-05-13", "planned_ends": None}
    one = desk.admit(policy="fujian-2024", year=2024, **may)
    desk.do(one, Action.SUBMIT, CLERK, "2024-01-10", papers=FORM)
    late = {"opinion": "同意", "late_reason": "台风停工"}
    assert desk.refused(one, Action.REVIEW, COORDINATOR, "2024-01-16", **late) == [
        "reached_in_time"
    ]
    desk.do(one, Action.REVIEW, BOTH, "2024-01-16", **late)
    desk.do(one, Action.PLAN, BOTH, "2024-02-20", number=7)
    roles = [event["role"] for event in desk.show(one)["history"]]
    assert roles == ["", "host", "province", "province"]


def test_a_host_of_two_units_acts_for_each(desk: Desk) -> None:
    one, two = desk.admit(), desk.admit(host="厦门软件学院")
    both = Actor("lin", "林", ((Role.HOST, SCHOOL), (Role.HOST, "厦门软件学院")))
    for project_id in (one, two):
        done = desk.do(project_id, Action.SUBMIT, both, "2025-01-08", papers=FORM)
        assert done.state == State.SUBMITTED
