"""What came by post or e-mail for several projects, entered for their hosts at once: which papers
are there and how they came is said once, and holds for each project as far as its category asks."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from config.rulebook import Rulebook
from states.arrival import Received, received_as
from states.facts import Json
from states.policy import Category
from states.terms import Act, Action, Text
from workflow.lists.rows import ProjectRow

# The steps by which hosts hand papers in, and what their forms say alike for every project. Figures
# of a class differ from one to the next, so a class is recorded one by one.
ARRIVING: Mapping[Action | Act, tuple[str, ...]] = {
    Action.FILE: (),
    Action.REPORT: ("promised",),
}


@dataclass(frozen=True, slots=True)
class Arrival:
    """How papers came, and which."""

    how: Received
    papers: tuple[str, ...]

    def attached(self, deed: Action | Act, category: Category) -> dict[str, Json]:
        """What the history keeps of those that the category asks of a project."""
        return {key: received_as(self.how) for key in asked(deed, category) if key in self.papers}


def asked(deed: Action | Act, category: Category) -> dict[str, Text]:
    """The papers of a step, with what each is called."""
    rules = category.papers.get(deed, ()) if isinstance(deed, Action) else ()
    return {rule.key: rule.label for rule in rules}


def all_asked(
    deed: Action | Act, rows: Sequence[ProjectRow], book: Rulebook
) -> list[tuple[str, Text]]:
    """Every paper that the step asks of one of these projects."""
    found: dict[str, Text] = {}
    for row in rows:
        category = book.category(row.facts.policy, row.facts.category)
        found |= {} if isinstance(category, Text) else asked(deed, category)
    return list(found.items())
