"""One action, one row: all that is special to it. Who may do it, from where to where, and whom it
tells stands in states/lifecycle.py."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from states.actions.fields import Field
from states.choices import Chooser, Options
from states.facts import Facts, Json
from states.findings import Case, Rule
from states.labels import BESIDES, NOTICE
from states.policy import Category, PaperRule
from states.terms import Act, Action, Role, Severity, Text

Given = dict[str, Any]
SAID = "…"  # stands for any text in an example; never stored


def asked_papers(case: Case) -> tuple[PaperRule, ...]:
    """The papers that the policy asks for at this step."""
    return case.category.papers.get(case.deed, ()) if isinstance(case.deed, Action) else ()


def notice_of_change(_: Case) -> tuple[PaperRule, ...]:
    return (PaperRule(key=NOTICE, label=BESIDES[NOTICE], severity=Severity.FLAG, clause=""),)


def papers_lacking(case: Case) -> list[str]:
    """Keys of those that are not there yet."""
    return [paper.key for paper in asked_papers(case) if not case.has_paper(paper.key)]


def as_the_table_says(_: Category, __: Mapping[str, Any]) -> tuple[Role, ...]:
    return ()


def unfilled(_: Facts, __: Category) -> Given:
    return {}


def nothing(_: Case, __: int = 0) -> Json:
    return {}


def a_reason(_: Case) -> Given:
    return {"reason": SAID}


def first(options: Options, case: Case) -> str:
    """The first that can be chosen; "" where there is nothing, which the rules will say."""
    who = Chooser(case.facts, case.policy, case.calendar, (case.role,))
    return next((key for key, _ in options.offered(who)), "")


def taken(case: Case, *names: str, **renamed: str) -> Json:
    """Given values under their own or another fact's name, those that were given."""
    pairs = {**{name: name for name in names}, **renamed}
    return {fact: case.given[name] for name, fact in pairs.items() if name in case.given}


@dataclass(frozen=True, slots=True)
class Batch:
    """How an action is prepared for many projects and done at once: what is filled in once for all,
    and what line by line. A line's own word wins over what is said for all."""

    title: Text
    about: Text
    shared: tuple[str, ...]
    own: tuple[str, ...]
    letter: bool = False  # one stamped letter goes with all


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class ActionRow:
    """What an action asks, what stands against it, what it changes.

    `effect`: the changed facts of a case that nothing blocks, as JSON but for dates, which may be
    dates; the second argument numbers the event. None removes a fact (facts.merge).
    `example`: how somebody would fill in the form properly, from what is known of the project. It
    is judged, never stored: what stands against it stands against the action whatever is filled in.
    `by`: who of those in the table may do what is filled in, where the policy says so.
    """

    action: Action | Act
    form: tuple[Field, ...] = ()
    papers: Callable[[Case], tuple[PaperRule, ...]] = asked_papers  # what may go with it
    attaches: Callable[[Case], list[str]] = papers_lacking  # keys of what goes with the example
    rules: tuple[Rule, ...] = ()  # beside those of every action (states/rules/every.py)
    effect: Callable[[Case, int], Json] = nothing
    example: Callable[[Case], Given] = nothing
    begins_with: Callable[[Facts, Category], Given] = unfilled  # what is known when it is opened
    by: Callable[[Category, Mapping[str, Any]], tuple[Role, ...]] = as_the_table_says
    internal: frozenset[str] = frozenset()  # fields that its host does not see
    receipt: bool = False  # done by the host: the mail about it says no more than that it arrived
    new_dates: bool = False  # may bring new dates, which its own mail announces
    unsettles: bool = False  # what was proposed rested on facts that it changes
    mends: bool = False  # handing in again what was sent back
    batch: Batch | None = None
    spends: bool = False  # may change what a fund pays
    numbers: bool = False  # gives a number in the plan
    renames: str = ""  # the field that changes what the project is known by
    corrects: bool = False  # what was recorded wrongly, not what has changed since
    weighs: bool = False  # judges what somebody else had better have entered
    several: bool = False  # its form says the same for every project: done on several, one by one
