"""One project as its page shows it: read in a fixed number of queries of bounded size, whatever has
happened to it; the whole of its history and mail is read by a page of its own.

A host sees its own project without what is internal to officials: their opinions and notes, what
one of two people has proposed, and mail that went to others.
"""

from __future__ import annotations

from contextlib import suppress
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection

from config.rulebook import Rulebook
from states.facts import Facts, Json
from states.policy import Category, Policy
from states.terms import OFFICIALS
from workflow.deadlines import LATEST, SET
from workflow.deeds import NoSuchProject
from workflow.engine import situation
from workflow.people import Actor
from workflow.project.events import Entry, latest
from workflow.project.mails import mails
from workflow.scopes import may_see
from workflow.tables import LARGEST_ID

FEW = 3  # mails that the project's own page shows


@dataclass(frozen=True, slots=True)
class OneProject:
    """A project as it was read. `inside`: whether the reader sees what officials say."""

    id: int
    version: int
    facts: Facts
    policy: Policy
    category: Category
    inside: bool
    deadlines: list[dict[str, Any]]
    history: list[Entry]  # the latest RECENT
    mail: list[dict[str, Any]]  # the latest FEW

    @property
    def pending(self) -> Json:
        """What waits for a second person, for those whose matter it is."""
        return self.facts.pending if self.inside else {}


def seen_by(
    connection: Connection, book: Rulebook, project_id: int, actor: Actor
) -> tuple[Facts, Json, int, Policy] | None:
    """The project's facts, also as stored, version and policy. None where there is none of that
    number, or none that is this person's to see: nobody learns which."""
    if not 0 < project_id <= LARGEST_ID:
        return None
    with suppress(NoSuchProject):
        facts, stored, version, policy = situation(connection, book, project_id)
        return (facts, stored, version, policy) if may_see(actor, facts) else None
    return None


def is_inside(actor: Actor, facts: Facts) -> bool:
    return not OFFICIALS.isdisjoint(actor.roles_over(facts))


def one_project(
    connection: Connection, book: Rulebook, project_id: int, actor: Actor
) -> OneProject | None:
    """Everything about a project that this person may see; None as in `seen_by`."""
    found = seen_by(connection, book, project_id, actor)
    if found is None:
        return None
    facts, _, version, policy = found
    inside = is_inside(actor, facts)
    return OneProject(
        id=project_id,
        version=version,
        facts=facts,
        policy=policy,
        category=policy.categories[facts.category],
        inside=inside,
        deadlines=_deadlines(connection, project_id),
        history=latest(connection, project_id, policy, facts.category, inside=inside),
        mail=mails(connection, project_id, inside=inside, most=FEW),
    )


def _deadlines(connection: Connection, project_id: int) -> list[dict[str, Any]]:
    """Every round of every deadline, the last of each kind coming last."""
    names = ("id", "kind", "round", "anchor_on", "due_on", *SET)
    rows = LATEST.run(connection, {"project_id": project_id})
    return [dict(zip(names, row, strict=True)) for row in rows]
