"""`yanxiu user …`: people, their addresses, their roles."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from cli import reading
from cli.office import Office, Stop
from cli.output import REFUSED, USAGE
from states.terms import Role, Text
from workflow import people
from workflow.imports.words import CellError, ReadingError


def add(
    login: str, name: str, role: str, scope: str, email: str, phone: str, as_json: bool
) -> None:
    """Register a person with one role."""
    from workflow.accounts.enrolment import enrol, shared
    from workflow.imports.people_file import check_person

    office = Office(as_json)
    with _usage():
        entry = check_person(login, name, role, scope, email, phone)
    with office.db.write() as connection:
        if people.person_id(connection, entry.login) is not None:
            raise Stop(TAKEN.format(login=entry.login), REFUSED)
        enrol(connection, entry, by=people.AT_THE_SERVER, at=office.clock.now())
        own = people.person_id(connection, entry.login)
        warning = shared(connection, entry.email, own)
    told(office, ADDED.format(login=entry.login, role=entry.role.label), entry.login, warning)


def give(login: str, role: str, scope: str, as_json: bool) -> None:
    """Give a person another role."""
    from workflow.accounts.enrolment import give_role
    from workflow.imports.people_file import check_scope

    office = Office(as_json)
    wanted = reading.one_of(Role, role, Text("角色", "role"))
    with _usage():
        unit = check_scope(wanted, scope)
    with office.db.write() as connection:
        found = person(connection, login)
        give_role(connection, found, wanted, unit, at=office.clock.now())
    told(office, GIVEN.format(login=login, role=wanted.label), login)


def disable(login: str, as_json: bool) -> None:
    """A disabled person gets no mail and can do nothing; the history keeps the name."""
    from workflow.accounts.leaving import disable as end
    from workflow.office.log import note

    office = Office(as_json)
    with office.db.write() as connection:
        found = person(connection, login)
        known = people.person_of(connection, login).login
        at = office.clock.now()
        end(connection, found, at=at)
        note(connection, people.AT_THE_SERVER, "person_disabled", about=known, at=at)
    told(office, DISABLED.format(login=login), login)


@contextmanager
def _usage() -> Iterator[None]:
    """What is wrong with a typed value is wrong usage; in a workbook it is a rejected row."""
    try:
        yield
    except CellError as error:
        raise Stop(Text(f"{error.text.zh}。", f"{error.text.en}."), USAGE) from None


def person(connection: Any, login: str) -> int:
    """The person of that login; Stop if there is none."""
    found = people.person_id(connection, login)
    if found is None:
        raise Stop(NOBODY.format(login=login[:80]), REFUSED)
    return found


def told(office: Office, text: Text, login: str, warning: Text | None = None) -> None:
    """Say that it is done, and what is to be looked at."""
    if office.printer.as_json:
        warnings = {"warnings": [warning]} if warning else {}
        office.printer.data({"login": login, "ok": True} | warnings)
    else:
        office.printer.line(text)
    if warning:
        office.printer.message(warning)


def list_people(as_json: bool) -> None:
    """Everybody with all roles."""
    office = Office(as_json)
    with office.db.read() as connection:
        found = people.everybody(connection)
    if as_json:
        office.printer.data(found)
        return
    say = office.printer.say
    rows = [
        (
            p["login"],
            p["name"],
            p["email"],
            "；".join(f"{say(Role(g['role']).label)} {g['scope']}".strip() for g in p["roles"]),
            "" if p["active"] else Text("停用", "disabled"),
        )
        for p in found
    ]
    office.printer.table(HEADS, rows)


def import_people(file: Path, skip_bad_rows: bool, dry_run: bool, as_json: bool) -> None:
    """Register the people of a workbook; what is there already stays."""
    from workflow.imports.people import Came, take_in
    from workflow.imports.people_file import read_people

    office = Office(as_json)
    try:
        found = read_people(file)
    except ReadingError as error:
        remark = {"row": None, "column": None, "message": error.text}
        data = {"imported": 0, "changed": 0, "warnings": [], "rejected": [remark]}
        raise Stop(error.text, REFUSED, data) from None
    with office.db.write() as connection:
        taken = take_in(connection, found.entries, None, at=office.clock.now())
        rejected = [
            {"row": r.row, "column": r.column, "message": r.message} for r in found.rejected
        ]
        rejected += [
            {"row": one.row, "column": None, "message": one.said}
            for one in taken
            if one.came is Came.REFUSED
        ]
        refused = bool(rejected) and not skip_bad_rows
        if dry_run or refused:
            connection.rollback()
    new, changed = (
        0 if refused else sum(one.came is came for one in taken)
        for came in (Came.NEW, Came.CHANGED)
    )
    warnings = [
        {"row": one.row, "column": None, "message": one.said}
        for one in taken
        if one.came is not Came.REFUSED and one.said.zh
    ]
    if as_json:
        result = {"imported": new, "changed": changed, "warnings": warnings, "rejected": rejected}
        office.printer.data(result)
        if refused:
            office.printer.message(NOTHING.format(bad=len(rejected)))
    else:
        heads = (Text("行", "Row"), Text("列", "Column"), Text("说明", "Message"))
        rows: list[dict[str, Any]] = [*rejected, *warnings]
        if rows:
            office.printer.table(heads, [tuple(row.values()) for row in rows])
        said = NOTHING if refused else IMPORTED
        office.printer.line(said.format(new=new, changed=changed, bad=len(rejected)))
    if refused:
        raise SystemExit(REFUSED)


HEADS = (
    Text("登录名", "Login"),
    Text("姓名", "Name"),
    Text("邮箱", "E-mail"),
    Text("角色和范围", "Roles"),
    Text("", ""),
)
TAKEN = Text("登录名“{login}”已被使用。", "The login “{login}” is taken.")
ADDED = Text("已登记 {login}（{role}）。", "{login} added as {role}.")
GIVEN = Text("{login} 增加角色：{role}。", "{login} is now also {role}.")
DISABLED = Text("已停用 {login}。", "{login} is disabled.")
NOBODY = Text("没有登录名“{login}”。", "There is no login “{login}”.")
NOTHING = Text(
    "有{bad}处不能导入，没有写入任何内容。改正后重新导入，或加 --skip-bad-rows 跳过这些行。",
    "{bad} fault(s): nothing was written. Mend them, or leave those rows out by --skip-bad-rows.",
)
IMPORTED = Text(
    "新增{new}人，变更{changed}人，未导入{bad}处。", "{new} new, {changed} changed, {bad} rejected."
)
