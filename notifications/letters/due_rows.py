"""The table of dates in a result mail: what is due next, and which day each takes the place of."""

from __future__ import annotations

from datetime import date

from sqlalchemy import Connection, bindparam, or_, select

from config.rulebook import Rulebook
from notifications.letters.items import ground
from notifications.letters.phrases import NATIONAL, SUBMITTED, WORDS
from notifications.letters.story import Story
from notifications.letters.values import DueRow
from states.facts import Facts, Standing
from states.labels import is_national_money
from states.lifecycle import FINAL
from states.mailing import NEW_DATES, plan_came_late
from states.policy import Category
from states.terms import ASKED_BY_SYSTEM, Act, Action, Force, Kind, State, Text
from states.wanted import wanted
from workflow.deadlines import TABLE as DEADLINE
from workflow.statements import Statement

# Their mails show beside each day the one that held before.
COMPARED = NEW_DATES | {Act.CORRECT}
# Their mails show the whole course ahead, not only what is open now.
WHOLE = COMPARED | {Action.PLAN, Action.REINSTATE}

_COLUMNS = ("kind", "due_on", "advised_on", "clause", "provisional", "force", "standing")
_ROWS = Statement(
    select(*(DEADLINE.c[name] for name in _COLUMNS))
    .where(DEADLINE.c.project_id == bindparam("project_id"))
    .where(
        or_(
            DEADLINE.c.standing == Standing.OPEN.value,
            DEADLINE.c.standing == Standing.AHEAD.value,
        )
    )
    .order_by(DEADLINE.c.due_on, DEADLINE.c.id)
)


def due_title(deed: Action | Act) -> Text:
    if deed is Action.PLAN:
        return Text("项目时间表", "Timetable")
    if deed in COMPARED:
        return Text("现行期限", "Deadlines now")
    return Text("后续时限", "What is due next")


def due_rows(
    connection: Connection, book: Rulebook, story: Story, project_id: int, language: str
) -> tuple[DueRow, ...]:
    """The deadlines as they stand now, those before this deed beside them where it moved them."""
    facts, category = story.facts, story.category
    if facts.state in FINAL:
        return ()
    earlier = _earlier(story, book) if story.deed in COMPARED else {}
    shown = {Standing.OPEN.value} | ({Standing.AHEAD.value} if story.deed in WHOLE else set())
    found = []
    for row in _ROWS.run(connection, {"project_id": project_id}):
        kind, due_on, advised_on, clause, provisional, force, standing = row
        if kind in ASKED_BY_SYSTEM or standing not in shown:
            continue
        advisory = force == Force.ADVISORY
        place = (
            Force.ADVISORY.label if advisory else ground(story.policy, category, kind, clause)[0]
        )
        said = place.in_(language)
        if kind == Kind.FILING and plan_came_late(facts, due_on):
            said = LATE_PLAN.in_(language).format(place=said)
        found.append(
            DueRow(
                what=what(Kind(kind), facts, category).in_(language),
                due_on=due_on,
                advised_on=advised_on,
                clause=said,
                provisional=provisional,
                was_on=earlier.get(Kind(kind)),
            )
        )
    return tuple(found)


LATE_PLAN = Text(
    "{place}；计划下达晚于备案期限，不归责于承办单位，请尽快报送",
    "{place}; the plan came after this date, which is not the host's fault: please file soon",
)


def _earlier(story: Story, book: Rulebook) -> dict[Kind, date]:
    """The due days that held before the deed."""
    return {
        want.kind: want.due_on
        for want in wanted(story.before, story.category, book.calendar)
        if want.standing in (Standing.OPEN, Standing.AHEAD)
    }


def what(kind: Kind, facts: Facts, category: Category) -> Text:
    """What a deadline asks for, in the table."""
    if kind is Kind.APPLICATION and facts.state is State.SUBMITTED:
        return SUBMITTED.deed
    if kind is Kind.REIMBURSEMENT and is_national_money(category):
        return NATIONAL.deed
    return WORDS[kind].deed
