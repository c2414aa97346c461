"""What a unit fills in again and again: bank account, contact, experts; read, saved, handed to forms."""

from __future__ import annotations

import json
import re
import unicodedata
from collections.abc import Mapping
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, delete, func, insert, select

from states.actions.fields import ACCOUNT, Field, may
from states.discretion import masked
from states.facts import Facts
from states.form_reading import ACCOUNT_NUMBER, EMAIL, UNSEEN, Problem
from states.lifecycle import UNDER_WAY
from states.mailbox import mailbox
from states.terms import Role, Text
from workflow.identity import tidy
from workflow.office.log import note
from workflow.office_tables import PROFILE
from workflow.people import Actor
from workflow.tables import GRANT, PERSON, PROJECT, UNIT

PAGE, MOST_EXPERTS, LONGEST = 50, 50, 200
FIELDS: tuple[Field, ...] = (
    *ACCOUNT,
    may("address", "line", "通讯地址", "Postal address"),
    may("contact_name", "line", "联系人", "Contact"),
    may("contact_phone", "line", "联系电话", "Telephone"),
    may("contact_email", "email", "联系邮箱", "E-mail"),
)
EXPERT: tuple[Field, ...] = (
    may("name", "line", "姓名", "Name"),
    may("title", "line", "职称职务", "Title"),
    may("unit", "line", "工作单位", "Unit"),
    may("field", "line", "专业领域", "Field"),
)
NAMES = tuple(field.name for field in FIELDS)
SEES_NUMBERS = frozenset({Role.PROVINCE})  # who pays; besides the unit itself


def units(
    connection: Connection,
    own: frozenset[str] | None,
    word: str = "",
    after: str = "",
    *,
    limit: int = PAGE,
) -> tuple[list[dict[str, Any]], str]:
    """A page of units by name with their numbers of projects, and the key of the next page.
    `own`: only these; None: all."""
    projects = select(func.count()).where(PROJECT.c.host == UNIT.c.name).scalar_subquery()
    query = select(UNIT, projects.label("projects")).order_by(UNIT.c.name).limit(limit + 1)
    if own is not None:
        query = query.where(UNIT.c.name.in_(sorted(own)))
    if word:
        query = query.where(UNIT.c.name.contains(tidy(word), autoescape=True))
    if after:
        query = query.where(UNIT.c.name > after)
    rows = [dict(row._mapping) for row in connection.execute(query)]
    return rows[:limit], rows[limit - 1]["name"] if len(rows) > limit else ""


def unit(connection: Connection, number: int) -> dict[str, Any] | None:
    """A unit by its id with `people` and `projects` (how many by year); None if there is none."""
    row = connection.execute(select(UNIT).where(UNIT.c.id == number)).first()
    if row is None:
        return None
    people = (
        select(PERSON.c.id, PERSON.c.name, PERSON.c.email, PERSON.c.phone, PERSON.c.active)
        .add_columns(GRANT.c.role)
        .join_from(GRANT, PERSON, GRANT.c.person_id == PERSON.c.id)
        .where(GRANT.c.scope == row.name)
        .order_by(PERSON.c.name, PERSON.c.id)
        .limit(200)
    )
    years = (
        select(PROJECT.c.year, func.count())
        .where(PROJECT.c.host == row.name)
        .group_by(PROJECT.c.year)
        .order_by(PROJECT.c.year.desc())
    )
    found = [dict(one._mapping) for one in connection.execute(people)]
    held = [one | {"role": Role(one["role"])} for one in found]
    counted = [(one[0], one[1]) for one in connection.execute(years)]
    return dict(row._mapping) | {"people": held, "projects": counted}


def contacts(connection: Connection, name: str) -> list[dict[str, Any]]:
    """The contacts of a unit's projects under way: id, name, person, email, phone."""
    going = (state.value for state in UNDER_WAY)
    query = select(PROJECT.c.id, PROJECT.c.facts).order_by(PROJECT.c.opens, PROJECT.c.id)
    rows = connection.execute(
        query.where(PROJECT.c.host == name, PROJECT.c.state.in_(going)).limit(PAGE)
    )
    found = ((row.id, Facts.read(json.loads(row.facts))) for row in rows)
    return [
        {"id": number, "name": facts.name, "person": facts.contact_name}
        | {"email": facts.contact_email, "phone": facts.contact_phone}
        for number, facts in found
    ]


def unit_id(connection: Connection, name: str) -> int | None:
    found = connection.execute(select(UNIT.c.id).where(UNIT.c.name == name)).scalar()
    return None if found is None else int(found)


def own_units(connection: Connection, actor: Actor) -> dict[int, str]:
    """The units for which somebody acts as host, by their ids."""
    query = (
        select(UNIT.c.id, UNIT.c.name)
        .where(UNIT.c.name.in_(actor.units(Role.HOST)))
        .order_by(UNIT.c.name)
    )
    return {int(row.id): row.name for row in connection.execute(query)}


def profile(connection: Connection, number: int | None) -> dict[str, Any]:
    """A unit's profile, empty where none is saved; `experts` as a list."""
    row = connection.execute(select(PROFILE).where(PROFILE.c.unit_id == number)).first()
    if row is None:
        empty = {field.name: "" for field in FIELDS}
        return empty | {"experts": [], "saved_by": "", "saved_at": None}
    return dict(row._mapping) | {"experts": json.loads(row.experts)}


def sees_number(actor: Actor, unit_name: str) -> bool:
    """Whether somebody needs the whole account number: the unit itself, and who pays."""
    return not SEES_NUMBERS.isdisjoint(actor.roles) or unit_name in actor.units(Role.HOST)


def profile_for(connection: Connection, actor: Actor, number: int, name: str) -> dict[str, Any]:
    """A unit's profile as somebody may read it."""
    known = profile(connection, number)
    if not sees_number(actor, name):
        known["account_number"] = masked(known["account_number"])
    return known


def read_profile(raw: Mapping[str, str]) -> tuple[dict[str, Any], list[Problem]]:
    """A profile from a form, tidied, and what is wrong with it."""
    values: dict[str, Any] = {f.name: tidy(raw.get(f.name, "")) for f in FIELDS}
    values["account_number"] = re.sub(r"[\s-]", "", values["account_number"])
    values["account_number"] = unicodedata.normalize("NFKC", values["account_number"])
    problems = [
        Problem(f.name, BAD_LINE.format(label=f.label)) for f in FIELDS if _bad(values[f.name])
    ]
    if values["account_number"] and not ACCOUNT_NUMBER.fullmatch(values["account_number"]):
        problems.append(Problem("account_number", BAD_NUMBER))
    values["contact_email"] = mailbox(values["contact_email"])
    if values["contact_email"] and not EMAIL.fullmatch(values["contact_email"]):
        problems.append(Problem("contact_email", BAD_EMAIL))
    values["experts"], wrong = _experts(raw)
    return values, problems + wrong


def _experts(raw: Mapping[str, str]) -> tuple[list[dict[str, str]], list[Problem]]:
    found, problems = [], []
    for n in range(MOST_EXPERTS):
        one = {f.name: tidy(raw.get(f"expert_{f.name}_{n}", "")) for f in EXPERT}
        if not any(one.values()):
            continue
        if not one["name"] or any(map(_bad, one.values())):
            problems.append(Problem(f"expert_name_{n}", BAD_EXPERT.format(n=n + 1)))
        found.append(one)
    return found, problems


def _bad(text: str) -> bool:
    return len(text) > LONGEST or any(unicodedata.category(one) in UNSEEN for one in text)


def save_profile(
    connection: Connection, number: int, values: Mapping[str, Any], *, by: str, at: datetime
) -> bool:
    """Keep a profile; whether that changed it. The log names what changed, never the account
    number itself."""
    before = profile(connection, number)
    name = connection.execute(select(UNIT.c.name).where(UNIT.c.id == number)).scalar_one()
    labels = {field.name: field.label.zh for field in FIELDS} | {"experts": "专家"}
    changed = [label for key, label in labels.items() if values[key] != before[key]]
    if not changed:
        return False
    row = dict(values) | {"experts": json.dumps(values["experts"], ensure_ascii=False)}
    connection.execute(delete(PROFILE).where(PROFILE.c.unit_id == number))
    connection.execute(insert(PROFILE).values(unit_id=number, saved_by=by, saved_at=at, **row))
    note(connection, by, "profile_saved", about=name, detail="、".join(changed), at=at)
    return True


def of_host(connection: Connection, host: str) -> dict[str, Any]:
    """The profile of the unit of that name, empty where nobody keeps one."""
    return profile(connection, unit_id(connection, host))


def save_some(
    connection: Connection, host: str, values: Mapping[str, str], *, by: str, at: datetime
) -> bool:
    """Put what was filled in elsewhere into the host's profile, where the rest stays; whether that
    changed it. `values`: by the fields of a profile, already read by their form."""
    number = unit_id(connection, host)
    if number is None:
        return False
    known = profile(connection, number)
    wanted = {name: known[name] for name in (*NAMES, "experts")} | dict(values)
    return save_profile(connection, number, wanted, by=by, at=at)


BAD_LINE = Text(
    "{label}不超过200字，且不含控制字符。", "{label}: 200 characters at most, all visible."
)
BAD_NUMBER = Text("账号应为6至32位数字，请核对。", "An account number has 6 to 32 digits.")
BAD_EMAIL = Text("不是有效邮箱，请写作 someone@example.cn。", "This is no e-mail address.")
BAD_EXPERT = Text("第{n}位专家：请填写姓名，每项不超过200字。", "Expert {n}: a name is needed.")
