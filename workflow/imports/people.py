"""Takes in people who were read from a workbook: each row by itself, by whom they are his to give."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection

from states.terms import Labelled, Text
from workflow.accounts import reset
from workflow.accounts.care import Carer, NotTheirs
from workflow.accounts.enrolment import AddressTaken, Entry, enrol, shared
from workflow.people import AT_THE_SERVER, RolesApart, person_id


class Came(Labelled):
    """What came of a row."""

    NEW = "new", "新增", "New"
    CHANGED = "changed", "更新", "Changed"
    SAME = "same", "无变化", "As it was"
    REFUSED = "refused", "未导入", "Rejected"


NOTHING = Text("", "")


@dataclass(frozen=True, slots=True)
class Taken:
    """One row's result; `said`: why it was refused, or what is to be looked at."""

    row: int
    entry: Entry
    came: Came
    said: Text = NOTHING


def take_in(
    connection: Connection,
    entries: Iterable[tuple[int, Entry]],
    who: Carer | None,
    *,
    at: datetime,
) -> list[Taken]:
    """Register or update people, given with their rows; what is refused leaves the others alone.

    `who` takes them in: only people and roles that are theirs to look after (accounts/care.py),
    and never themselves; None is the local operator, to whom no account is closed.
    """
    return [_taken(connection, row, entry, who, at) for row, entry in entries]


def _taken(
    connection: Connection, row: int, entry: Entry, who: Carer | None, at: datetime
) -> Taken:
    by = who.login if who else AT_THE_SERVER
    try:
        if who is not None:
            _must_be_theirs(connection, who, entry)
        with connection.begin_nested():
            new, changed = enrol(connection, entry, by=by, at=at)
    except (AddressTaken, NotTheirs, RolesApart) as refused:
        return Taken(row, entry, Came.REFUSED, refused.text)
    came = Came.NEW if new else Came.CHANGED if changed else Came.SAME
    known = person_id(connection, entry.login)
    return Taken(row, entry, came, shared(connection, entry.email, known) or NOTHING)


def _must_be_theirs(connection: Connection, who: Carer, entry: Entry) -> None:
    if entry.login == who.login:
        raise NotTheirs(ONESELF)
    who.must_be_able_to_give(entry.role, entry.scope)
    if (known := person_id(connection, entry.login)) is not None:
        reset.must_be_theirs(connection, who, known)


ONESELF = Text("不能通过导入变更自己的账号", "nobody changes himself by an import")
