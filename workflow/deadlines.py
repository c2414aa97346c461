"""Deadline rows: derived from the facts, kept in rounds, never entered by hand."""

from __future__ import annotations

from datetime import date
from typing import Any

from sqlalchemy import Connection, bindparam, insert, select, update

from config.rulebook import Rulebook
from states.facts import Facts, Standing
from states.policy import Category
from states.terms import Force, Kind
from states.wanted import Wanted, wanted
from workflow.statements import Statement
from workflow.tables import DEADLINE

COLUMNS = [column.name for column in DEADLINE.columns if column.name != "id"]
INSERT = Statement(insert(DEADLINE), COLUMNS)
SET = (
    "advised_on",
    "late_after",
    "force",
    "provisional",
    "clause",
    "standing",
    "met_on",
    "known_on",
    "next_on",
    "department",
)
LATEST = Statement(  # the last round of a kind comes last
    select(
        DEADLINE.c.id,
        DEADLINE.c.kind,
        DEADLINE.c.round,
        DEADLINE.c.anchor_on,
        DEADLINE.c.due_on,
        *(DEADLINE.c[name] for name in SET),
    )
    .where(DEADLINE.c.project_id == bindparam("project_id"))
    .order_by(DEADLINE.c.round)
)
UPDATE = Statement(
    update(DEADLINE)
    .where(DEADLINE.c.id == bindparam("row_id"))
    .values({name: bindparam(f"new_{name}") for name in SET})
)


def reconcile(
    connection: Connection,
    project_id: int,
    facts: Facts,
    category: Category,
    book: Rulebook,
    *,
    known_on: date | None = None,
) -> None:
    """Bring the rows of a project in line with its facts.

    A moved date or a re-entry begins a new round; the old round stays as superseded. Steps before
    `known_on` will not be announced (a plan that comes late must not flood its hosts).
    """
    rows = {row[1]: row for row in LATEST.run(connection, {"project_id": project_id})}
    added, changed = [], []
    for want in wanted(facts, category, book.calendar):
        row = rows.pop(want.kind.value, None)
        if row is None:
            added.append(new_row(project_id, facts, want, 1, book, known_on))
            continue
        row_id, _, round_, anchor_on, due_on, *held = row
        old = dict(zip(SET, held, strict=True))
        moved = (anchor_on, due_on) != (want.anchor_on, want.due_on)
        if moved or _comes_again(old["standing"], want.standing):
            changed.append((row_id, old, old | OVER))
            added.append(new_row(project_id, facts, want, round_ + 1, book, known_on))
            continue
        new = old | {
            "advised_on": want.advised_on,
            "late_after": want.late_after,
            "force": want.force.value,
            "provisional": want.provisional,
            "clause": want.clause,
            "standing": want.standing.value,
            "met_on": want.met_on,
            "department": facts.department,
        }
        if want.standing is Standing.OPEN and old["standing"] == Standing.AHEAD:
            new |= {"known_on": known_on or old["known_on"], "next_on": first_step(want, book)}
        changed.append((row_id, old, new))
    for row_id, _, _, _, _, *held in rows.values():  # no longer asked for
        old = dict(zip(SET, held, strict=True))
        changed.append((row_id, old, old | OVER))
    INSERT.many(connection, added)
    UPDATE.many(connection, [_updated(row_id, new) for row_id, old, new in changed if new != old])


OVER = {"standing": Standing.SUPERSEDED.value}


def _updated(row_id: int, values: dict[str, Any]) -> dict[str, Any]:
    return {"row_id": row_id, **{f"new_{name}": value for name, value in values.items()}}


def _comes_again(stood: str, stands: Standing) -> bool:
    """Whether a deadline that was over is open anew, or one that was open lies ahead again."""
    if stood == Standing.SUPERSEDED:  # a kind that was not asked for in between
        return True
    if stands is Standing.OPEN:
        return stood in (Standing.MET, Standing.LIFTED)
    return stands is Standing.AHEAD and stood == Standing.OPEN


def new_row(
    project_id: int,
    facts: Facts,
    want: Wanted,
    round_: int,
    book: Rulebook,
    known_on: date | None,
) -> dict[str, Any]:
    """A row to insert. Only an open deadline has a next step."""
    return {
        "project_id": project_id,
        "department": facts.department,
        "kind": want.kind.value,
        "round": round_,
        "anchor_on": want.anchor_on,
        "due_on": want.due_on,
        "advised_on": want.advised_on,
        "late_after": want.late_after,
        "force": want.force.value,
        "provisional": want.provisional,
        "clause": want.clause,
        "standing": want.standing.value,
        "met_on": want.met_on,
        "known_on": known_on,
        "next_on": first_step(want, book) if want.standing is Standing.OPEN else None,
    }


def expected_next(row: Any, last_step: date | None, book: Rulebook) -> date | None:
    """The day of an open row's next step: the first after the last one that is on record."""
    ladder = book.ladder(Kind(row.kind), Force(row.force))
    if ladder is None:
        return None
    after = last_step or date.min
    return book.stepper.next_on(ladder, row.advised_on, row.late_after, after)


def first_step(want: Wanted, book: Rulebook) -> date | None:
    """The day of the ladder's first rung, or None where the kind has no ladder."""
    ladder = book.ladder(want.kind, want.force)
    if ladder is None:
        return None
    rises = book.stepper.rises(ladder, want.advised_on, want.late_after)
    return rises[0].on if rises else None
