"""What people have chosen about their mail: how, in which language, and who stands in for them."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy import Connection, Row, delete, insert, select, update

from states.mailing import Mode, Sort, choices
from states.terms import Text
from workflow.mail.recipients import is_marked
from workflow.mail.substitution import tell_coordinators
from workflow.mail_tables import PREFERENCE, SUBSTITUTE
from workflow.people import roles_of
from workflow.tables import GRANT, PERSON


class NotAllowed(Exception):
    """A choice that cannot be had; `text` says why."""

    def __init__(self, text: Text) -> None:
        self.text = text
        super().__init__(text.en)


def prefer(connection: Connection, person: int, sort: Sort, mode: Mode) -> None:
    """Choose how one sort of mail comes. NotAllowed for what a notice requires of the person."""
    roles = roles_of(connection, person)
    if not any(mode in choices(sort, role) for role in roles) and mode is not Mode.AT_ONCE:
        listed = {one for role in roles for one in choices(sort, role)} or {Mode.AT_ONCE}
        known = Text(
            "、".join(f"{one.value}（{one.label.zh}）" for one in Mode if one in listed),
            ", ".join(one.value for one in Mode if one in listed),
        )
        raise NotAllowed(REQUIRED.format(sort=sort.label, mode=mode.label, known=known))
    _not_into_nothing(connection, person, sort, mode)
    its = (PREFERENCE.c.person_id == person, PREFERENCE.c.sort == sort.value)
    connection.execute(delete(PREFERENCE).where(*its))
    if mode is not Mode.AT_ONCE:
        values = {"person_id": person, "sort": sort.value, "mode": mode.value}
        connection.execute(insert(PREFERENCE).values(values))


def _not_into_nothing(connection: Connection, person: int, sort: Sort, mode: Mode) -> None:
    """What is put into the digest is muted if the digest is off."""
    query = select(PREFERENCE.c.sort, PREFERENCE.c.mode).where(PREFERENCE.c.person_id == person)
    chosen = {row.sort: row.mode for row in connection.execute(query)}
    chosen[sort.value] = mode.value
    if chosen.get(Sort.DIGEST.value) == Mode.OFF and Mode.DIGEST.value in chosen.values():
        raise NotAllowed(INTO_NOTHING)


def preferences(connection: Connection, person: int) -> list[dict[str, Any]]:
    """Every sort with what was chosen and what may be chosen, in the order of the sorts."""
    query = select(PREFERENCE.c.sort, PREFERENCE.c.mode).where(PREFERENCE.c.person_id == person)
    chosen = {row.sort: Mode(row.mode) for row in connection.execute(query)}
    roles = roles_of(connection, person)
    return [
        {
            "sort": sort,
            "mode": chosen.get(sort.value, Mode.AT_ONCE),
            "may": [m for m in Mode if any(m in choices(sort, role) for role in roles)],
        }
        for sort in Sort
    ]


LONGEST = timedelta(days=366)  # of a substitution: who is away for longer hands over


def appoint(
    connection: Connection,
    person: int,
    substitute: int,
    from_on: date,
    until_on: date,
    *,
    today: date,
    at: datetime,
) -> None:
    """Let somebody get a person's mail between two days, both included; it replaces what was
    appointed for days that overlap, and the coordinators of the person's unit are told by mail.

    NotAllowed for oneself, a turned or endless span, and for who cannot be written to.
    """
    if person == substitute:
        raise NotAllowed(ONESELF)
    if from_on > until_on:
        raise NotAllowed(TURNED.format(a=from_on, b=until_on))
    if until_on - from_on >= LONGEST:
        raise NotAllowed(TOO_LONG.format(a=from_on, b=until_on, n=LONGEST.days))
    must_be_reachable(connection, substitute)
    overlapping = (SUBSTITUTE.c.from_on <= until_on) & (SUBSTITUTE.c.until_on >= from_on)
    its = SUBSTITUTE.c.person_id == person
    connection.execute(delete(SUBSTITUTE).where(its, overlapping))
    values = {"person_id": person, "substitute_id": substitute}
    dates = {"from_on": from_on, "until_on": until_on}
    connection.execute(insert(SUBSTITUTE).values(values | dates))
    tell_coordinators(connection, person, substitute, (from_on, until_on), today=today, at=at)


def must_be_reachable(connection: Connection, person: int) -> None:
    """NotAllowed for one to whom others' mail cannot be sent: disabled, without an address, or
    with one at which mail did not arrive."""
    query = select(PERSON.c.login, PERSON.c.email, PERSON.c.active).where(PERSON.c.id == person)
    found = connection.execute(query).one()
    if not (found.email and found.active):
        raise NotAllowed(UNREACHABLE.format(login=found.login))
    if is_marked(connection, found.email):
        raise NotAllowed(MARKED.format(login=found.login, email=found.email))


def stand_ins(connection: Connection, person: int, *, on: date) -> list[Row[Any]]:
    """Who stands in for a person on that day or later: name, from_on, until_on."""
    query = (
        select(PERSON.c.name, SUBSTITUTE.c.from_on, SUBSTITUTE.c.until_on)
        .join_from(SUBSTITUTE, PERSON, SUBSTITUTE.c.substitute_id == PERSON.c.id)
        .where(SUBSTITUTE.c.person_id == person, SUBSTITUTE.c.until_on >= on)
        .order_by(SUBSTITUTE.c.from_on)
    )
    return list(connection.execute(query))


def colleagues(connection: Connection, person: int) -> list[Row[Any]]:
    """Who may be appointed: active people with an address who share a role and its scope; id and
    name."""
    own, its = GRANT.alias(), GRANT.alias()
    query = (
        select(PERSON.c.id, PERSON.c.name)
        .join_from(own, its, (own.c.role == its.c.role) & (own.c.scope == its.c.scope))
        .join(PERSON, PERSON.c.id == its.c.person_id)
        .where(own.c.person_id == person, PERSON.c.id != person)
        .where(PERSON.c.active, PERSON.c.email != "")
        .distinct()
        .order_by(PERSON.c.name)
        .limit(MOST)
    )
    return list(connection.execute(query))


MOST = 200  # of a list to choose from


def dismiss(connection: Connection, person: int) -> int:
    """Take back every substitute of a person; how many there were."""
    gone = connection.execute(delete(SUBSTITUTE).where(SUBSTITUTE.c.person_id == person))
    return gone.rowcount


def speak(connection: Connection, person: int, language: str) -> None:
    """The language of the mails to a person: zh or en."""
    connection.execute(update(PERSON).where(PERSON.c.id == person).values(language=language))


REQUIRED = Text(
    "“{sort}”不能设为“{mode}”：通知要求办理的事项和必须知晓的结果不能关闭。可选：{known}。",
    "“{sort}” cannot be set to “{mode}”: what a notice requires is never muted. Possible: {known}.",
)
INTO_NOTHING = Text(
    "有邮件并入定期汇总，定期汇总不能同时关闭；请先调整其中一项。",
    "Some mail is put into the digest, so the digest cannot be off; change one of them first.",
)
ONESELF = Text("代收人不能是本人。", "Nobody stands in for himself.")
TURNED = Text("起始日{a}晚于截止日{b}，请核对。", "The first day {a} lies after the last, {b}.")
TOO_LONG = Text(
    "代收期{a}至{b}过长，最多{n}天；长期不在岗的，请用 yanxiu user hand-over 移交。",
    "From {a} to {b} is too long, {n} days at most; who is away for longer hands over "
    "(`yanxiu user hand-over`).",
)
UNREACHABLE = Text(
    "{login} 已停用或没有邮箱，不能接收他人的邮件；请先登记邮箱，或另选他人。",
    "{login} is disabled or has no address and cannot get others' mail; "
    "register an address, or choose somebody else.",
)
MARKED = Text(
    "{login} 的邮箱 {email} 有退信标记，不能接收他人的邮件；"
    "请核实邮箱后用 yanxiu mail clear 取消标记，或另选他人。",
    "Mail to {login} at {email} came back, so others' mail cannot go there; check the address and "
    "take the mark away (`yanxiu mail clear`), or choose somebody else.",
)
