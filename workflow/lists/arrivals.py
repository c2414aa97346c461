"""What came by post, e-mail or telephone for several projects, entered for their hosts at once.

Which papers are there and how they came is said once, and holds for each project as far as its
category asks. The days and figures of a class are told project by project, on the same form.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from config.rulebook import Rulebook
from states.actions import ACTIONS
from states.actions.fields import Field
from states.arrival import Received, received_as
from states.facts import Json
from states.policy import Category
from states.terms import Act, Action, Text
from workflow.lists.rows import ProjectRow

# The steps that hosts report, and what their forms say alike for every project.
ARRIVING: Mapping[Action | Act, tuple[str, ...]] = {
    Action.FILE: (),
    Action.HOLD: (),
    Action.REPORT: ("promised",),
}
BY_PAPERS = frozenset({Action.FILE, Action.REPORT})  # by handing papers in
# What each project says for itself, under names that begin with its number.
EACH: Mapping[Action | Act, tuple[Field, ...]] = {Action.HOLD: ACTIONS[Action.HOLD].form}


def named(project_id: int, name: str) -> str:
    """What a project's own field is called among those of all."""
    return f"{project_id}.{name}"


def own_words(deed: Action | Act, raw: Mapping[str, str], project_id: int) -> dict[str, str]:
    """What was typed for this project alone."""
    fields = EACH.get(deed, ())
    return {one.name: raw.get(named(project_id, one.name), "") for one in fields}


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
