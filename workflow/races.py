"""Lost races: whether what has happened since somebody looked matters to what that person does.

A mere note (催办记录) moves a project's version on, but no rule looks at what it changes; so it takes
nobody's form away. Of two who act on one version still only one wins: the engine's compare-and-set
sees to that.
"""

from __future__ import annotations

import json
from collections.abc import Mapping

from sqlalchemy import Connection, select

from states.facts import UNJUDGED
from workflow.tables import EVENT


def matters(changes: str) -> bool:
    """Whether an event, by its `changes` as they are stored, changed anything that a rule judges."""
    return not json.loads(changes).keys() <= UNJUDGED


def moved_on(connection: Connection, seen: Mapping[int, int]) -> set[int]:
    """Those of the projects to which something that matters has happened since the version that
    was seen. `seen`: project id -> version, only of projects that are not at that version."""
    if not seen:
        return set()
    rows = connection.execute(
        select(EVENT.c.project_id, EVENT.c.seq, EVENT.c.changes)
        .where(EVENT.c.project_id.in_(sorted(seen)))
        .where(EVENT.c.seq > min(seen.values()))
    )
    return {one.project_id for one in rows if one.seq > seen[one.project_id] and matters(one[2])}


def has_moved_on(connection: Connection, project_id: int, *, seen: int, version: int) -> bool:
    """Whether a project, now at `version`, is no longer what somebody at `seen` looked at."""
    if seen == version:
        return False
    return seen > version or bool(moved_on(connection, {project_id: seen}))
