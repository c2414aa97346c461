"""What a deed's form takes over from the host's profile, and what goes back into it on a tick."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection

from states.actions.fields import ACCOUNT, Field
from states.discretion import ACCOUNT_NUMBER
from states.facts import Facts, Json
from states.terms import Act, Action, Role, Text
from workflow.office import profiles
from workflow.people import Actor

# The text into which experts are taken.
EXPERTS_GO_TO: dict[Action | Act, str] = {Action.FILE: "lecturers", Act.CHANGE: "content"}
Line = tuple[Text, str | Text]


@dataclass(frozen=True, slots=True)
class Unit:
    """What the host's profile has for a form. `values`: by field; `experts`: a line each, for the
    text field `into`; `may_save`: whether the person keeps this profile."""

    values: dict[str, str]
    experts: list[str]
    into: str
    may_save: bool


def unit_of(
    connection: Connection, deed: Action | Act, fields: Sequence[Field], facts: Facts, actor: Actor
) -> Unit:
    """The profile of the project's host, as far as this form asks for it and the person needs it."""
    known = profiles.of_host(connection, facts.host)
    names = [one.name for one in fields if one.name in profiles.NAMES]
    into = EXPERTS_GO_TO.get(deed, "")
    experts = [_line(expert) for expert in known["experts"]] if into else []
    values = _needed({name: known[name] for name in names if known[name]}, facts, actor)
    return Unit(values, experts, into, bool(names) and keeps(actor, facts))


def _needed(known: Json, facts: Facts, actor: Actor) -> dict[str, str]:
    """The account's number is for the unit itself and for who pays."""
    seen = profiles.sees_number(actor, facts.host)
    return {name: value for name, value in known.items() if seen or name != ACCOUNT_NUMBER}


def keeps(actor: Actor, facts: Facts) -> bool:
    """Whether somebody may change the profile of the project's host: its own people."""
    return (Role.HOST, facts.host) in actor.grants


def _line(expert: Mapping[str, str]) -> str:
    return "，".join(expert[one.name] for one in profiles.EXPERT if expert[one.name])


def begun_with(
    deed: Action | Act, own: Mapping[str, str], facts: Facts, unit: Unit, actor: Actor
) -> dict[str, str]:
    """What the form begins with. A project is handed over to the contact whom the unit names now,
    whole; an account is the one that was reported of this project before, else the unit's."""
    if deed is Act.HAND_OVER and "contact_name" in unit.values:
        return {
            name: text for name, text in own.items() if name not in profiles.NAMES
        } | unit.values
    if deed is Action.REPORT:
        return {**own, **(_needed(facts.account, facts, actor) or unit.values)}
    return dict(own)


def with_experts(unit: Unit, typed: Mapping[str, str], chosen: Iterable[str]) -> dict[str, str]:
    """What was typed, and below it in the text those experts of the profile that were ticked."""
    text, ticked = typed.get(unit.into, ""), set(chosen)
    taken = [line for line in unit.experts if line in ticked and line not in text]
    lines = [text.rstrip(), *taken] if text.strip() else taken
    return {**typed, unit.into: "\n".join(lines)} if taken else dict(typed)


def save_back(
    connection: Connection, facts: Facts, actor: Actor, given: Mapping[str, Any], *, at: datetime
) -> bool:
    """Keep in the profile what the form says of it; whether that changed it. What was left empty
    stays there as it was."""
    known = {name: str(value) for name, value in given.items() if name in profiles.NAMES and value}
    return keeps(actor, facts) and profiles.save_some(
        connection, facts.host, known, by=actor.login, at=at
    )


def pays_to(connection: Connection, deed: Action | Act, facts: Facts, actor: Actor) -> list[Line]:
    """Where a subsidy goes, for those who decide on it: as reported, else as the unit's profile
    has it."""
    if deed is not Action.SUBSIDISE or not profiles.sees_number(actor, facts.host):
        return []
    known = facts.account or profiles.of_host(connection, facts.host)
    lines: list[Line] = [(one.label, known[one.name]) for one in ACCOUNT if known.get(one.name)]
    return lines if facts.account or not lines else [*lines, (SOURCE, FROM_PROFILE)]


SOURCE, FROM_PROFILE = Text("来源", "Source"), Text("单位资料", "the unit's profile")
