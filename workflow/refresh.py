"""Brings deadlines in line with rules that have changed: a calendar, a ladder, a policy's text.

Rows follow from facts and rules. Facts change through the engine; rules change when a file does,
and then every project's rows are derived again, once.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from functools import cache
from hashlib import sha256
from pathlib import Path

from sqlalchemy import Connection, func, select, update

import states
from config.errors import ConfigError
from config.policy_files import policy_ids
from config.rulebook import Rulebook
from states.facts import Facts, Standing
from states.policy import Category
from states.terms import Text
from workflow import kept
from workflow.database import Database
from workflow.deadlines import expected_next, reconcile
from workflow.engine import redraw
from workflow.mail_tables import REMINDER
from workflow.office_tables import POLICY_TEXT
from workflow.policy_texts import keep_texts
from workflow.tables import DEADLINE, PROJECT

KEY = "rules"
BATCH = 500


def refresh(db: Database, book: Rulebook, *, anew: bool = False) -> int:
    """Derive all deadlines again if the rules have changed; how many projects were looked at.

    `anew`: also if they have not, since the tables have. Projects whose policy cannot be read are
    left as they are: once it can, the rules have changed.
    """
    digest = rules_digest(book)
    with db.read() as connection:
        known = kept.get(connection, KEY)
    if known == digest and not anew:
        return 0
    seen = last = 0
    while True:
        with db.write() as connection:
            some = select(PROJECT).where(PROJECT.c.id > last).order_by(PROJECT.c.id).limit(BATCH)
            rows = connection.execute(some).all()
            readable = set()
            for row in rows:
                facts = Facts.read(json.loads(row.facts))
                category = book.category(facts.policy, facts.category)
                if isinstance(category, Text):  # why it cannot be read
                    continue
                _project(connection, book, row.id, facts, category)
                redraw(connection, row, facts, book.policy(facts.policy))
                readable.add(row.policy)
            keep_texts(connection, book, readable)
            if not rows:
                kept.put(connection, KEY, digest)
                return seen
        seen, last = seen + len(rows), rows[-1].id


def _project(
    connection: Connection, book: Rulebook, project_id: int, facts: Facts, category: Category
) -> None:
    reconcile(connection, project_id, facts, category, book)
    rows = connection.execute(
        select(DEADLINE, func.max(REMINDER.c.on_date).label("last_step"))
        .join_from(DEADLINE, REMINDER, REMINDER.c.deadline_id == DEADLINE.c.id, isouter=True)
        .where(DEADLINE.c.project_id == project_id)
        .where(DEADLINE.c.standing == Standing.OPEN.value)
        .group_by(DEADLINE.c.id)
    ).all()
    for row in rows:
        following = expected_next(row, row.last_step, book)
        if following != row.next_on:
            values = {"next_on": following}
            connection.execute(update(DEADLINE).where(DEADLINE.c.id == row.id).values(values))


def categories_in_use(connection: Connection, policy: str) -> set[str]:
    """The categories of a policy that projects on the books belong to."""
    query = select(PROJECT.c.category).where(PROJECT.c.policy == policy).distinct()
    return set(connection.execute(query).scalars())


def rules_changed(db: Database, book: Rulebook) -> bool:
    """Whether deadlines were last derived by other rules than these: somebody else has read the
    files again since."""
    with db.read() as connection:
        known = kept.get(connection, KEY)
    return known is not None and known != rules_digest(book)


def unreadable_policies(connection: Connection, book: Rulebook) -> list[Text]:
    """What is wrong with policies by which projects are judged, a sentence each. One that nothing
    is judged by concerns nobody but who looks after policies.

    Asked with every workplace: projects are looked through only for what is broken."""
    names = connection.execute(select(POLICY_TEXT.c.policy).distinct().order_by("policy"))
    keys = list(_categories(connection))
    found: list[Text] = []
    for policy in names.scalars():
        for key in keys:
            read = book.category(policy, key)
            if isinstance(read, Text) and read not in found and _judges(connection, policy, key):
                found.append(read)
    return found


def _categories(connection: Connection) -> Iterator[str]:
    """The categories that projects belong to: step by step along their index, not row by row."""
    first = select(func.min(PROJECT.c.category).label("key")).cte("step", recursive=True)
    following = select(func.min(PROJECT.c.category)).where(PROJECT.c.category > first.c.key)
    following = following.correlate(first)
    step = first.union_all(
        select(following.scalar_subquery()).select_from(first).where(first.c.key.is_not(None))
    )
    yield from connection.execute(select(step.c.key).where(step.c.key.is_not(None))).scalars()


def _judges(connection: Connection, policy: str, category: str) -> bool:
    its = (PROJECT.c.policy == policy, PROJECT.c.category == category)
    return connection.execute(select(PROJECT.c.id).where(*its).limit(1)).first() is not None


@cache
def law_digest() -> str:
    """Of the modules that derive deadlines: a later version of them may derive others."""
    sources = sorted(Path(states.__file__).parent.rglob("*.py"))
    return sha256(b"".join(source.read_bytes() for source in sources)).hexdigest()


def _digest(book: Rulebook, name: str) -> str:
    """Of a policy that cannot be read, what is wrong with it: mending it is a change too."""
    try:
        return book.policy(name).digest
    except ConfigError as error:
        return f"unreadable: {error.text.en}"


def rules_digest(book: Rulebook) -> str:
    """One value for all rules that deadlines follow from, the program's own among them."""
    calendar = book.calendar
    parts = [
        law_digest(),
        sorted(calendar.years),
        sorted((day.isoformat(), name) for day, name in calendar.holidays.items()),
        sorted(day.isoformat() for day in calendar.make_up_days),
        sorted((kind.value, repr(ladder)) for kind, ladder in book.ladders.items()),
        [_digest(book, name) for name in policy_ids(book.own_policies)],
    ]
    return sha256(json.dumps(parts, ensure_ascii=False).encode()).hexdigest()
