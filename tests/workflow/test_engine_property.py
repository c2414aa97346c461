"""Random deeds by random people on random days: what must hold after each, whatever they do."""

from __future__ import annotations

from contextlib import ExitStack
from datetime import date, timedelta
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, ClassVar

import pytest
from databases import Empty
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule
from stories import (
    AUDITOR,
    CLERK,
    COORDINATOR,
    FILING,
    FORM,
    OTHER_CLERK,
    RECEIPT,
    REPORT,
    WANG,
    ZHOU,
    Desk,
)

from config.rulebook import rulebook
from states.actions import ACTIONS
from states.decide import second_by, sides_of_proposal, who_may
from states.facts import Facts
from states.policy import Policy
from states.terms import Act, Action, Kind, Role, State
from workflow.deeds import LostRace, Refused
from workflow.engine import situation
from workflow.people import Actor

BOOK = rulebook()
PEOPLE = (CLERK, COORDINATOR, WANG, ZHOU, OTHER_CLERK, AUDITOR)
BY_ROLE = {Role.HOST: [CLERK], Role.COORDINATOR: [COORDINATOR], Role.PROVINCE: [WANG, ZHOU]}
DEEDS: tuple[Action | Act, ...] = (*Action, *Act)
CATEGORIES = ("demonstration", "engineering", "ordinary", "national_funded")
STAGES = ("planned", "filed", "held", "reported", "subsidised")
DAYS = st.dates(date(2025, 1, 6), date(2025, 12, 31))
PAPERS = ("reimbursement_papers", *FORM, *FILING, *REPORT, RECEIPT, "change_notice")
BY_KIND = {
    "date": DAYS,
    "count": st.integers(0, 120),
    "yuan": st.sampled_from([0, 4_800_000, 5_000_000, 5_000_001]),
    "yes": st.booleans(),
    "text": st.sampled_from(["事由", "另一说明"]),
    "line": st.sampled_from(["事由", "另一说明"]),
    "account": st.sampled_from(["6222000011112222", "123456"]),
    "email": st.sampled_from(["lin@example.cn", "new@example.cn"]),
}


class Office(RuleBasedStateMachine):
    """A new project, one well under way, and everybody who might do something with them."""

    empty: ClassVar[Empty]

    def __init__(self) -> None:
        super().__init__()
        self.open = ExitStack()
        folder = self.open.enter_context(TemporaryDirectory())
        self.db = self.open.enter_context(Office.empty(Path(folder)))
        self.desk = Desk(self.db, BOOK)
        self.projects: list[int] = []

    @initialize(category=st.sampled_from(CATEGORIES), until=st.sampled_from(STAGES))
    def begin(self, category: str, until: str) -> None:
        self.projects = [self.desk.admit(name="甲班", category=category), self.desk.admit()]
        self.desk.live(self.projects[1], until)

    @rule(data=st.data(), what=st.sampled_from(DEEDS), by=st.sampled_from(PEOPLE), on=DAYS)
    def anything_by_anybody(self, data: Any, what: Action | Act, by: Actor, on: date) -> None:
        facts, policy = self.facts(data)
        given = self.fill_in(data, what, facts, policy, data.draw(st.booleans()))
        more: dict[str, Any] = {
            "papers": sorted(
                data.draw(st.sets(st.sampled_from((*PAPERS, "nonsense")), max_size=3))
            ),
            "on_behalf": data.draw(st.booleans()),
            "seen": data.draw(st.sampled_from([None, 1])),
            "today": on + timedelta(days=data.draw(st.sampled_from([-1, 0, 300]))),
        }
        self.attempt(what, by, on, **more, **given)

    @rule(data=st.data(), on=DAYS)
    def something_sensible(self, data: Any, on: date) -> None:
        facts, policy = self.facts(data)
        open_now = [deed for deed in DEEDS if who_may(deed, facts.state)]
        what = data.draw(st.sampled_from(open_now))
        second = facts.pending.get("deed") == what.value
        roles = (second_by if second else who_may)(what, facts.state)
        if what is Act.CANCEL:
            roles = sides_of_proposal(facts) or roles
        by = data.draw(st.sampled_from([one for role in roles for one in BY_ROLE[role]]))
        given = proposed(facts) if second else self.fill_in(data, what, facts, policy, True)
        rule_papers = policy.categories[facts.category].papers
        papers = {p.key for p in rule_papers.get(what, ())} if isinstance(what, Action) else set()
        more = {"papers": sorted(papers or PAPERS[-1:]), "today": on + timedelta(days=400)}
        self.attempt(what, by, on, **more, **given)

    def facts(self, data: Any) -> tuple[Facts, Policy]:
        self.chosen = data.draw(st.sampled_from(self.projects))
        with self.db.read() as connection:
            facts, _, _, policy = situation(connection, BOOK, self.chosen)
        return facts, policy

    def fill_in(
        self, data: Any, what: Action | Act, facts: Facts, policy: Policy, whole: bool
    ) -> dict[str, Any]:
        """Values for a deed: what is required (if `whole`), and some of the rest."""
        given = {}
        for field in ACTIONS[what].form:
            if (field.required and whole) or data.draw(st.integers(0, 3)) == 0:
                given[field.name] = data.draw(BY_KIND[field.kind])
        fitting = [r.key for r in policy.reasons.values() if facts.state in r.states]
        known = [m.key for m in policy.categories[facts.category].milestones]
        choices = {
            "code": fitting,
            "category": list(policy.categories),
            "flag": facts.open_flags,
            "outcome": ["accepted", "mend"],
            "kind": [kind.value for kind in Kind],
        }
        if what is Act.MILESTONE:
            choices["name"] = known
        for name, values in choices.items():
            if name in given and values:
                given[name] = data.draw(st.sampled_from([*values, "nonsense"]))
        if {"opens", "ends"} <= set(given):
            given["ends"] = given["opens"] + timedelta(days=3)
        return given

    def attempt(self, what: Action | Act, by: Actor, on: date, **more: Any) -> None:
        before = self.desk.rows()
        try:
            done = self.desk.do(self.chosen, what, by, on, **more)
        except (Refused, LostRace):
            assert self.desk.rows() == before
        else:
            added = [e for e in self.desk.rows()["event"] if e not in before["event"]]
            # Its own event, after the end of a proposal that it overtook.
            ended = [e for e in added if e.deed == Act.CANCEL and e.machine]
            own = [e for e in added if e not in ended]
            assert [(e.project_id, e.seq) for e in own] == [(self.chosen, done.version)]
            assert [e.seq for e in ended] in ([], [done.version - 1])

    @invariant()
    def the_history_holds(self) -> None:
        assert self.desk.complaints() == []

    @invariant()
    def rows_agree(self) -> None:
        rows = self.desk.rows()
        for row in rows["project"]:
            events = [event for event in rows["event"] if event.project_id == row.id]
            assert row.version == len(events) == events[-1].seq
            assert row.state == State(row.state).value == events[-1].target
            due = [d for d in rows["deadline"] if d.project_id == row.id]
            current = [d.kind for d in due if d.standing != "superseded"]
            assert len(current) == len(set(current))
            # A row that is announced is open, or was, and still has silences to record.
            assert all(d.next_on is None for d in due if d.standing == "ahead")

    def teardown(self) -> None:
        self.open.close()


def proposed(facts: Facts) -> dict[str, Any]:
    """What the first person gave, as a form reads it."""
    days = {"opens", "ends", "mend_by", "due_on"}
    given = facts.pending["given"].items()
    return {name: date.fromisoformat(v) if name in days else v for name, v in given}


@pytest.fixture(autouse=True)
def _empty(empty_database: Empty) -> None:
    Office.empty = staticmethod(empty_database)


TestOffice = Office.TestCase
TestOffice.settings = settings(max_examples=6, stateful_step_count=20, deadline=None)


@pytest.mark.slow
class TestOfficeAtLength(Office.TestCase):
    """The same, for minutes."""

    settings = settings(max_examples=100, stateful_step_count=20, deadline=None)
