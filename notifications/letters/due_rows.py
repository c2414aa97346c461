"""The table of dates in a result mail: what is due next, and which day each takes the place of."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import date
from typing import NamedTuple

from sqlalchemy import Connection, bindparam, or_, select

from config.rulebook import Rulebook
from notifications.letters.duty_words import PASSED, nature
from notifications.letters.grounds import came_late, ground, listed, papers
from notifications.letters.items import addressee
from notifications.letters.phrases import phrases
from notifications.letters.story import Story
from notifications.letters.values import DueRow
from notifications.letters.words import words_in
from states.actions import ROWS
from states.besides import duties
from states.facts import Standing
from states.lifecycle import FINAL
from states.policy import DutyDay
from states.terms import ASKED_BY_SYSTEM, BEFORE_PLAN, Act, Action, Force, Kind, Role, State, Text
from states.wanted import applied_late, wanted
from workflow.statements import Statement
from workflow.tables import DEADLINE

# Their mails show beside each day the one that held before.
COMPARED = {row.action for row in ROWS if row.new_dates} | {Act.CORRECT}
# Their mails show the whole course ahead, not only what is open now.
WHOLE = COMPARED | {Action.PLAN, Act.ANNOUNCE, Action.REINSTATE}


class _Row(NamedTuple):
    """A deadline as read."""

    kind: str
    due_on: date
    advised_on: date
    late_after: date
    clause: str
    provisional: bool
    force: str
    standing: str


_ROWS = Statement(
    select(*(DEADLINE.c[name] for name in _Row._fields))
    .where(DEADLINE.c.project_id == bindparam("project_id"))
    .where(
        or_(
            DEADLINE.c.standing == Standing.OPEN.value,
            DEADLINE.c.standing == Standing.AHEAD.value,
        )
    )
    .order_by(DEADLINE.c.due_on, DEADLINE.c.id)
)


def due_title(deed: Action | Act, state: State) -> Text:
    if deed is Act.RECLASSIFY and state in BEFORE_PLAN:
        return Text("列入计划后的期限", "Due once it is in the plan")
    if deed in (Action.PLAN, Act.ANNOUNCE):
        return Text("项目时间表", "Timetable")
    if deed in COMPARED:
        return Text("现行期限", "Deadlines now")
    return Text("后续时限", "What is due next")


def due_rows(
    connection: Connection, book: Rulebook, story: Story, project_id: int, language: str
) -> tuple[DueRow, ...]:
    """The deadlines as they stand now, those before this deed beside them where it moved them."""
    if story.facts.state in FINAL:
        return ()
    earlier = _earlier(story, book) if story.deed in COMPARED else {}
    shown = {Standing.OPEN.value} | ({Standing.AHEAD.value} if story.deed in WHOLE else set())
    rows = (_Row(*row) for row in _ROWS.run(connection, {"project_id": project_id}))
    found = [
        _due(row, story, earlier.get(Kind(row.kind)), language)
        for row in rows
        if row.kind not in ASKED_BY_SYSTEM
        and row.standing in shown
        # What came after its window has no day left: the province decides.
        and not (row.kind == Kind.APPLICATION and applied_late(story.facts, story.category))
    ]
    found += _duties(story, book, language)
    return tuple(sorted(found, key=lambda row: row.due_on))


def _duties(story: Story, book: Rulebook, language: str) -> Iterator[DueRow]:
    """What the host owes besides its papers; after a step only what comes with the next ones."""
    left = duties(story.facts, story.category, book.calendar)
    if story.deed not in WHOLE:
        left = [duty for duty in left if duty.rule.due in NEXT.get(story.facts.state, ())]
    for duty in left:
        if duty.on is not None:
            said = nature(replace(duty, provisional=False), story.policy, story.on)
            if duty.on < story.on:
                said.append(PASSED)
            yield DueRow(
                what=duty.rule.ask.in_(language),
                due_on=duty.on,
                advised_on=duty.on,
                clause=("; " if language == "en" else "；").join(one.in_(language) for one in said),
                provisional=duty.provisional,
                advisory=not duty.rule.dated,
            )


NEXT = {
    State.PLANNED: (DutyDay.FILING, DutyDay.OPENS),
    State.FILED: (DutyDay.FILING, DutyDay.OPENS, DutyDay.ENDS),
    State.HELD: (DutyDay.ENDS, DutyDay.REPORT),
}


def _due(row: _Row, story: Story, was_on: date | None, language: str) -> DueRow:
    kind, category = Kind(row.kind), story.category
    place, _ = ground(story.policy, category, kind, row.clause, story.on)
    advisory = row.force == Force.ADVISORY
    late = came_late(story.facts, kind, row.force, row.late_after)
    said = [Force.ADVISORY.label if advisory else place, late]
    between = "; " if language == "en" else "；"
    return DueRow(
        what=words_in(kind, story.facts, category).deed.in_(language),
        due_on=row.due_on,
        advised_on=row.advised_on,
        clause=between.join(text.in_(language) for text in said if text.zh),
        provisional=row.provisional,
        was_on=was_on,
        advisory=advisory,
        kind=kind,
    )


def hand_in(kind: Kind, story: Story, language: str) -> str:
    """Which papers a host sends, and where they go; nothing where none are asked for."""
    asked = listed(papers(story.category, kind))
    to, reached = addressee(story.facts, story.policy, story.category, kind, Role.HOST)
    say = phrases(language)
    told = (
        (say.papers, asked),
        (say.addressee, to),
        (say.originals, reached.originals),
        (say.copies, reached.copies),
    )
    said = [f"{label}{say.colon}{text.in_(language)}" for label, text in told if text.zh]
    between: str = say.semicolon
    return between.join(said) if asked.zh else ""


def _earlier(story: Story, book: Rulebook) -> dict[Kind, date]:
    """The due days that held before the deed, in the category of that time."""
    category = story.policy.categories[story.before.category]
    return {
        want.kind: want.due_on
        for want in wanted(story.before, category, book.calendar)
        if want.standing in (Standing.OPEN, Standing.AHEAD)
    }
