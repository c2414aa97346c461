"""All that an official finds on the workplace, put together for the page and for programs."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date

from sqlalchemy import Connection

from config.rulebook import Rulebook
from states.terms import Role
from workflow.workplace import counts as workplace_counts
from workflow.workplace import tasks as workplace
from workflow.workplace.tasks import Happened, Task
from workflow.workplace.watching import Scope


@dataclass(frozen=True, slots=True)
class Office:
    """`counts` and `states` end at their caps (workplace/counts.py); `year`: that of `states`. Auditors
    see only how much there is, and what happened."""

    role: Role
    counts: dict[str, int]
    year: int
    states: dict[str, int]
    recent: list[Happened]
    to_do: list[Task] = field(default_factory=list)
    late: list[Task] = field(default_factory=list)
    week: list[Task] = field(default_factory=list)
    openings: list[Task] = field(default_factory=list)
    unrecorded: list[Task] = field(default_factory=list)
    to_confirm: list[Task] = field(default_factory=list)
    flagged: list[Task] = field(default_factory=list)
    unreachable: list[Task] = field(default_factory=list)

    @property
    def acts(self) -> bool:
        return self.role is not Role.AUDITOR


def office(connection: Connection, book: Rulebook, scope: Scope, today: date) -> Office:
    """In a fixed number of bounded questions, whatever there is."""
    year = workplace_counts.latest_year(connection, today)
    counts = workplace_counts.counts(connection, scope, today)
    states = workplace_counts.counts_by_state(connection, scope, year)
    recent = workplace.recent(connection, scope)
    if scope.role is Role.AUDITOR:
        return Office(scope.role, counts, year, states, recent)
    return Office(
        role=scope.role,
        counts=counts,
        year=year,
        states=states,
        recent=recent,
        to_do=workplace.to_do(connection, book, scope),
        late=workplace.late(connection, scope, today),
        week=workplace.due_this_week(connection, scope, today),
        openings=workplace.openings(connection, scope, today),
        unrecorded=workplace.unrecorded(connection, scope, today),
        to_confirm=workplace.to_confirm(connection, scope, today),
        flagged=workplace.flagged(connection, scope),
        unreachable=workplace.unreachable(connection, scope),
    )
