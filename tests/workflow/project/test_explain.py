"""What can be done, by whom, and what stands against the rest: in step with what the engine does."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date, timedelta
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from databases import Empty
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from stories import AT, AUDITOR, CLERK, COORDINATOR, OFFICE, OTHER_CLERK, SCHOOL, WANG, ZHOU, Desk

from config.rulebook import Rulebook, rulebook
from states.terms import Act, Action, Role
from workflow.database import Database
from workflow.deeds import Deed, NoSuchProject, Refused
from workflow.engine import perform_in
from workflow.people import Actor
from workflow.project.explain import DEEDS, Option, Stand, options, worth_saying

BOOK = rulebook()
BOTH = Actor("both", "双岗", ((Role.HOST, SCHOOL), (Role.COORDINATOR, OFFICE)))
PEOPLE = (CLERK, COORDINATOR, WANG, ZHOU, OTHER_CLERK, AUDITOR, BOTH)
CATEGORIES = sorted(BOOK.policy("fujian-2025").categories)


@pytest.fixture
def desk(db: Database, book: Rulebook) -> Desk:
    return Desk(db, book)


def seen(desk: Desk, project_id: int, by: Actor | None, today: str | date) -> dict[str, Option]:
    day = date.fromisoformat(today) if isinstance(today, str) else today
    with desk.db.read() as connection:
        found = options(connection, desk.book, project_id, by, today=day)
    return {one.deed.value: one for one in found}


def rules(findings: object) -> list[tuple[str, str, str]]:
    return [(f.rule, f.fact, f.clause) for f in findings]  # type: ignore[attr-defined]


# -- What a person reads ---------------------------------------------------------------------------


def test_a_held_class_cannot_be_subsidised_because_its_report_lacks_papers(desk: Desk) -> None:
    project = desk.admit()
    desk.live(project, "held")
    found = seen(desk, project, WANG, "2025-05-20")["subsidise"]
    assert found.stand is Stand.BLOCKED
    assert rules(found.reasons) == [("right_order", "state", "")]
    report, decision = found.way
    assert (report.step, report.who) == (Action.REPORT, (Role.HOST,))
    lacking = [(f.fact, f.clause) for f in report.lacks]
    assert lacking[:2] == [("summary_report", "R25-20"), ("settlement_table", "R25-20")]
    assert [fact for fact, _ in lacking][-1] == "subsidy_receipt"
    assert (decision.step, decision.who, decision.lacks) == (Action.SUBSIDISE, (Role.PROVINCE,), ())


def test_open_flags_stand_before_the_decision(desk: Desk) -> None:
    project = desk.admit()
    desk.live(project, "planned")
    desk.do(project, Action.HOLD, CLERK, "2025-05-16", opens=date(2025, 5, 12), **HEADS)
    *_, decision = seen(desk, project, WANG, "2025-05-20")["subsidise"].way
    [finding] = decision.lacks
    assert (finding.rule, finding.severity.value) == ("flags_disposed", "flag")
    assert "开班前未报送开班通知和实施方案" in finding.message.zh


HEADS = {"ends": date(2025, 5, 15), "trainees": 32, "online_trainees": 0, "staff": 4}


def test_the_way_of_a_planned_project_goes_through_the_filing(desk: Desk) -> None:
    project = desk.admit()
    desk.live(project, "planned")
    way = seen(desk, project, WANG, "2025-03-01")["subsidise"].way
    assert [leg.step.value for leg in way] == ["file", "hold", "report", "subsidise"]
    hold = way[1].lacks
    assert [(f.rule, f.earliest) for f in hold if f.earliest] == [("has_ended", date(2025, 5, 15))]


def test_an_ordinary_project_has_no_subsidy_to_wait_for(desk: Desk) -> None:
    project = desk.admit(category="ordinary", state="held")
    [leg] = seen(desk, project, WANG, "2025-06-01")["subsidise"].way
    assert rules(leg.lacks) == [("has_subsidy", "category", "R25-19")]
    assert seen(desk, project, CLERK, "2025-06-01")["close"].open


def test_what_the_form_settles_is_told_apart_from_what_stands(desk: Desk) -> None:
    project = desk.admit()
    desk.live(project, "planned")
    found = seen(desk, project, CLERK, "2025-04-14")["file"]
    assert found.open
    assert rules(found.asks) == [
        ("papers_present", "opening_notice", "R25-07"),
        ("papers_present", "implementation_plan", "R25-07"),
    ]
    assert rules(found.reasons) == [("filed_in_time", "on", "R25-07")]  # late: a flag, no wall
    early = seen(desk, project, CLERK, "2025-04-10")["hold"]
    assert early.stand is Stand.BLOCKED
    assert [(f.rule, f.earliest) for f in worth_saying(early.reasons) if f.earliest] == [
        ("has_ended", date(2025, 5, 15))
    ]
    assert ("form_complete", "form", "") in rules(early.asks)


def test_a_coordinator_may_enter_what_the_host_sent_on_paper(desk: Desk) -> None:
    project = desk.admit()
    desk.live(project, "planned")
    found = seen(desk, project, COORDINATOR, "2025-04-10")
    assert (found["file"].open, found["file"].on_behalf) == (True, True)
    assert found["plan"].stand is Stand.BLOCKED
    assert seen(desk, project, AUDITOR, "2025-04-10")["file"].stand is Stand.OTHERS


def test_the_second_person_completes_what_the_first_has_proposed(desk: Desk) -> None:
    project = desk.admit()
    desk.live(project, "reported")
    assert seen(desk, project, WANG, "2025-07-01")["subsidise"].proposes
    desk.do(project, Action.SUBSIDISE, WANG, "2025-07-01", amount=4_800_000)
    own = seen(desk, project, WANG, "2025-07-02")["subsidise"]
    assert (own.stand, rules(own.reasons)) == (Stand.OTHERS, [("second_person", "person", "")])
    other = seen(desk, project, ZHOU, "2025-07-02")["subsidise"]
    assert (other.open, other.second) == (True, True)


def test_whoever_may_is_asked_where_nobody_is_named(desk: Desk) -> None:
    project = desk.admit()
    found = seen(desk, project, None, "2025-01-07")
    assert found["submit"].open
    assert found["submit"].who == (Role.HOST,)
    assert found["review"].stand is Stand.BLOCKED


def test_an_unknown_project_is_said(desk: Desk) -> None:
    with pytest.raises(NoSuchProject):
        seen(desk, 4711, None, "2025-01-07")


# -- In step with the engine -----------------------------------------------------------------------


@contextmanager
def fresh(empty_database: Empty) -> Iterator[Desk]:
    with TemporaryDirectory() as folder, empty_database(Path(folder)) as database:
        yield Desk(database, BOOK)


class NotKept(Exception):
    """Undoes what was only tried."""


def answer(desk: Desk, project: int, one: Option, by: Actor, today: date, keep: bool) -> set[str]:
    """The rules that refuse the deed with the form that `options` filled in; none: accepted."""
    case = one.case
    papers = {key: {"sha256": "0" * 64, "name": f"{key}.pdf", "size": 1} for key in case.papers}
    deed = Deed(one.deed, by, case.given, papers, today, on_behalf=one.on_behalf)
    try:
        with desk.db.write() as connection:
            perform_in(connection, BOOK, project, deed, today=today, at=AT)
            if not keep:
                raise NotKept
    except NotKept:
        return set()
    except Refused as refused:
        return {finding.rule for finding in refused.findings}
    return set()


@settings(
    max_examples=12,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(data=st.data(), category=st.sampled_from(CATEGORIES), dated=st.booleans())
def test_what_is_open_is_accepted_and_what_is_not_is_refused_for_the_same_rules(
    data: st.DataObject, category: str, dated: bool, empty_database: Empty
) -> None:
    dates = {} if dated else {"opens_latest": "2025-05-30", "planned_ends": None}
    with fresh(empty_database) as desk:
        project = desk.admit(category=category, **dates)
        today = date(2025, 1, 8)
        for _ in range(10):
            by = data.draw(st.sampled_from(PEOPLE))
            found = seen(desk, project, by, today)
            assert list(found) == [deed.value for deed in DEEDS]
            for one in found.values():
                refused = answer(desk, project, one, by, today, keep=False)
                assert refused == {f.rule for f in one.standing_blocks}, (one.deed, by.login)
                assert one.open == (not refused)
            going = [one for one in found.values() if one.open and one.deed not in QUIET]
            if going:
                one = data.draw(st.sampled_from(going))
                assert answer(desk, project, one, by, today, keep=True) == set()
            today += timedelta(days=data.draw(st.sampled_from([0, 1, 30, 70])))
        assert desk.complaints() == []


QUIET = {Act.HAND_OVER, Act.EXTEND, Act.TRANSFER}  # would only use up the walk, or leave the scope


@pytest.mark.parametrize("policy", ["fujian-2024", "xinjiang-2025"])
def test_other_policies_are_explained_too(desk: Desk, policy: str) -> None:
    book_policy = BOOK.policy(policy)
    for category in book_policy.categories:
        project = desk.admit(policy=policy, year=book_policy.year, category=category, name=category)
        for by in (*PEOPLE, None):
            assert len(seen(desk, project, by, "2025-06-01")) == len(DEEDS)
