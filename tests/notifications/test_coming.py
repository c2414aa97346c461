"""The mails to come: what is foretold is what the sweep then sends; a moved date moves it."""

from __future__ import annotations

from typing import Any

import pytest
from desk import Desk, day

from notifications.coming import coming
from states.terms import Action, Role

TODAY = day("2025-06-02")


def foretold(desk: Desk, project: int, today: str, *, inside: bool = True) -> list[Any]:
    with desk.db.read() as connection:
        found = list(coming(connection, desk.book, project, today=day(today), inside=inside))
    return [
        (one.on.isoformat(), one.kind.value, one.step, one.to_email)
        for one in found
        if not one.reason
    ]


def sent(desk: Desk, project: int) -> list[Any]:
    """What was queued, by the day on which its mail belongs."""
    columns = ("on_date", "kind", "step", "recipient")
    rows = desk.ledger(*columns, project_id=project, status="queued")
    return sorted((on.isoformat(), *rest) for on, *rest in rows)


@pytest.mark.parametrize(
    "plan",
    [
        {},
        {"category": "national_funded", "planned_ends": "2025-09-19"},
        {"category": "engineering"},
        {"category": "ordinary"},
        {"opens_earliest": "2025-09-11", "opens_latest": "2025-09-20", "planned_ends": None},
        {
            "opens_earliest": "2025-11-03",
            "opens_latest": "2025-11-03",
            "planned_ends": "2025-11-06",
        },
    ],
)
def test_what_is_foretold_is_what_a_year_of_sweeps_sends(
    quick_desk: Desk, plan: dict[str, Any]
) -> None:
    """While nobody acts: day, matter, step and recipient of each."""
    desk = quick_desk
    desk.staff()
    [project] = desk.plan(plan)
    told = foretold(desk, project, "2025-01-02")
    desk.sweep_daily("2025-01-02", "2025-12-31")
    assert told and sorted(told) == sent(desk, project)
    assert foretold(desk, project, "2026-01-04") == []


def test_a_moved_date_moves_what_is_to_come_and_what_is_done_sends_none(quick_desk: Desk) -> None:
    desk = quick_desk
    [project] = desk.plan({})

    def filing() -> list[str]:
        return [on for on, kind, *_ in foretold(desk, project, "2025-06-02") if kind == "filing"]

    assert filing()[:2] == ["2025-07-16", "2025-08-01"]  # before 08-15
    desk.move(project, "2025-06-02", "2025-10-15", "2025-10-18")
    assert filing()[:2] == ["2025-08-15", "2025-09-01"]  # before 09-15
    desk.do(project, Action.FILE, "2025-06-03", by=Role.HOST)
    assert filing() == []


def test_who_is_told_and_who_could_not_be(quick_desk: Desk) -> None:
    """A host sees what goes to the host; nobody to write to is said, not left out."""
    desk = quick_desk
    desk.staff()
    [project] = desk.plan({"contact_email": None})
    with desk.db.read() as connection:
        whole = list(coming(connection, desk.book, project, today=TODAY, inside=True))
        own = list(coming(connection, desk.book, project, today=TODAY, inside=False))
    assert {one.role for one in own} == {Role.HOST}
    assert {one.reason for one in own} == {"no_address"}
    assert {one.to_email for one in whole if one.role is Role.COORDINATOR} == {
        "coordinator@example.cn"
    }


def test_of_steps_that_wait_the_latest_goes_out_next(quick_desk: Desk) -> None:
    """On a day off they wait for the next working day."""
    desk = quick_desk
    [project] = desk.plan({})
    told = [one for one in foretold(desk, project, "2025-08-09") if one[1] == "filing"]
    assert told[0] == ("2025-08-11", "filing", "D-7", "a@example.cn")
