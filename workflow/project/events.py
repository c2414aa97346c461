"""What happened to a project, as its readers are told it: a host without what officials say among
themselves."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import Connection, bindparam, select

from states.choices import SETTLED
from states.discretion import internal_fields, is_internal
from states.facts import Json
from states.labels import deed_name, reached_label, refusal_name, rejected_label
from states.policy import Category, Policy
from states.terms import Act, Action, Role, State, Text, deed_of, known_deed
from workflow.project.told import Line, told
from workflow.queries import deed_label
from workflow.statements import Statement
from workflow.tables import EVENT, PERSON

RECENT = 5  # events that the project's own page shows


@dataclass(frozen=True, slots=True)
class Entry:
    """One event of the history as it is read. `who` is empty for the local operator."""

    seq: int
    on: date
    at: datetime
    deed: str
    label: Text
    who: str
    role: Role | None  # None: how the project came onto the books
    on_behalf: bool
    machine: bool
    moved_to: Text | None
    proposal: bool
    said: list[Line]
    papers: Json  # key -> what is kept of it
    flags: int
    let_in_by: str = ""  # who made the way in by which it was done, if somebody else; to officials


_SHOWN_OF_EVENTS = (
    select(
        EVENT.c.seq,
        EVENT.c.on_date,
        EVENT.c.recorded_at,
        EVENT.c.deed,
        EVENT.c.source,
        EVENT.c.target,
        EVENT.c.person,
        PERSON.c.name,
        EVENT.c.role,
        EVENT.c.on_behalf,
        EVENT.c.machine,
        EVENT.c.let_in_by,
        EVENT.c.given,
        EVENT.c.changes,
    )
    .join_from(EVENT, PERSON, PERSON.c.login == EVENT.c.person, isouter=True)
    .where(EVENT.c.project_id == bindparam("project_id"))
)
_EVENTS = Statement(_SHOWN_OF_EVENTS.where(EVENT.c.seq > bindparam("since")).order_by(EVENT.c.seq))
_LATEST = Statement(_SHOWN_OF_EVENTS.order_by(EVENT.c.seq.desc()).limit(RECENT))


def latest(
    connection: Connection, project_id: int, policy: Policy, category: str, *, inside: bool
) -> list[Entry]:
    """The last events, the newest first, without what is not the reader's."""
    rows = _LATEST.run(connection, {"project_id": project_id})
    entries = (_entry(row, policy, category, inside) for row in rows)
    return [one for one in entries if one is not None]


def history(
    connection: Connection,
    project_id: int,
    policy: Policy,
    category: str,
    *,
    inside: bool,
    since: int = 0,
) -> list[Entry]:
    """What happened after event `since`, oldest first, without what is not the reader's."""
    rows = _EVENTS.run(connection, {"project_id": project_id, "since": since})
    entries = (_entry(row, policy, category, inside) for row in rows)
    return [one for one in entries if one is not None]


def _entry(row: tuple[Any, ...], policy: Policy, category: str, inside: bool) -> Entry | None:
    seq, on, at, deed, source, target, login, name, role, on_behalf, machine, let_in_by, *_ = row
    given, changes = row[-2:]
    changed = json.loads(changes)
    by = Role(role) if role else None
    proposal = bool(changed.get("pending"))
    words = json.loads(given)
    if not inside and is_internal(deed, role, words, changed):
        return None
    hidden = frozenset() if inside else internal_fields(deed)
    said = {k: v for k, v in words.items() if k not in hidden}
    flags = [flag for flag in (changed.get("flags") or {}).values() if flag]
    return Entry(
        seq=seq,
        on=on,
        at=at,
        deed=deed,
        label=_called(deed, source, words, policy.categories[category], machine=bool(machine)),
        who=name or login,
        role=by,
        on_behalf=bool(on_behalf),
        machine=bool(machine),
        moved_to=_moved_to(source, target, words, policy.categories[category]),
        proposal=proposal,
        said=[
            *told(deed, said, policy, category, flags=_flag_words(changed)),
            *_settled(flags),
        ],
        papers=changed.get("papers") or {},
        flags=sum("disposed" not in flag for flag in flags),
        let_in_by=let_in_by,
    )


def _settled(flags: list[Json]) -> Iterator[Line]:
    """The flags whose cause went with the event, and by what."""
    for flag in flags:
        disposed = flag.get("disposed", {})
        if disposed.get("outcome") == SETTLED:
            what = Text(flag["zh"].rstrip("。"), flag["en"].rstrip("."))
            fact = Text(disposed["zh"], disposed["en"])
            yield SETTLED_FLAG, GONE.format(what=what, fact=fact)


def _moved_to(source: str, target: str, given: Json, category: Category) -> Text | None:
    """What the project became by it; None where it stayed what it was."""
    if target == source:
        return None
    if target == State.REJECTED and source:
        return rejected_label(State(source), category, given.get("code", ""))
    return reached_label(State(source) if source else None, State(target), category)


SETTLED_FLAG = Text("提示已消除（系统核对）", "flag settled (by the system)")
GONE = Text("{what}（{fact}）", "{what} ({fact})")


def _called(deed: str, source: str, given: Json, category: Category, *, machine: bool) -> Text:
    """What was done, in the words of its category and stage; progress by what was recorded."""
    if deed == Act.MILESTONE:
        known = {milestone.key: milestone.label for milestone in category.milestones}
        return known.get(given.get("name", ""), Act.MILESTONE.label)
    if deed == Action.REJECT:
        return refusal_name(State(source), category, given.get("code", ""))
    if known_deed(deed) is not None and not (machine and deed in (Act.CHANGE, Act.CANCEL)):
        return deed_name(deed_of(deed), State(source), category)
    return deed_label(deed, machine=machine)  # how it came onto the books, what a plan said


def _flag_words(changed: Json) -> dict[str, Text]:
    """What the flags that an event touched said, by their keys."""
    flags = (changed.get("flags") or {}).items()
    return {key: Text(flag["zh"], flag["en"]) for key, flag in flags if flag and "zh" in flag}


def paper_versions(history: Iterable[Entry]) -> dict[str, list[Json]]:
    """Every version of every paper with the event that brought it, the newest first."""
    found: dict[str, list[Json]] = {}
    for entry in history:
        for key, kept in entry.papers.items():
            by = {"seq": entry.seq, "by": entry.who, "let_in_by": entry.let_in_by}
            found.setdefault(key, []).insert(0, {**kept, **by})
    return found


def paper(
    connection: Connection, project_id: int, key: str, version: int, *, inside: bool
) -> Json | None:
    """What is kept of one version of a paper: sha256, name, size; None if there is none, or none
    that the reader may see."""
    rows = _EVENTS.run(connection, {"project_id": project_id, "since": 0})
    for *_, deed, _, _, _, _, role, _, _, _, given, changes in rows:
        changed = json.loads(changes)
        kept: Json | None = (changed.get("papers") or {}).get(key)
        if kept and kept.get("version") == version:
            hidden = not inside and is_internal(deed, role, json.loads(given), changed)
            return None if hidden else kept
    return None
