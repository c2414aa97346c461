"""The people of the demonstration, for each role and scope, and their passwords for this folder."""

from __future__ import annotations

import json
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from sqlalchemy import select, update

from states.terms import Role
from workflow.tables import PERSON, UNIT

if TYPE_CHECKING:
    from sqlalchemy import Connection

    from workflow.database import Database

# Who may sign in: role, login (of a coordinator: the department), unit as printed.
SHOWN: tuple[tuple[Role, str, str], ...] = (
    (Role.PROVINCE, "province1", "经办"),
    (Role.PROVINCE, "province2", "复核"),
    (Role.COORDINATOR, "省卫生健康委", ""),
    (Role.COORDINATOR, "泉州市人力资源和社会保障局", ""),
    (Role.HOST, "unit09@example.cn", "泉州示例智能制造有限公司"),
    (Role.HOST, "unit84@example.cn", "泉州示例数字科技有限公司"),
    (Role.ADMIN, "admin", "—"),
    (Role.AUDITOR, "auditor", "—"),
)
PASSWORDS = "logins.json"


def enrol_people(connection: Connection, departments: list[str], *, at: datetime) -> None:
    """Province, administrator, auditor, and a coordinator for each department."""
    from workflow.accounts.enrolment import Entry, enrol
    from workflow.people import AT_THE_SERVER

    province = ("省厅经办（示例）", "省厅复核（示例）")
    entries = [
        Entry(f"province{n}", name, Role.PROVINCE, "", f"province{n}@example.cn", "")
        for n, name in enumerate(province, start=1)
    ]
    entries.append(Entry("admin", "系统管理员（示例）", Role.ADMIN, "", "", ""))
    entries.append(Entry("auditor", "审计人员（示例）", Role.AUDITOR, "", "", ""))
    for unit, login in coordinators(departments).items():
        name, email = f"{unit}联系人（示例）", f"{login}@example.cn"
        entries.append(Entry(login, name, Role.COORDINATOR, unit, email, ""))
    for entry in entries:
        enrol(connection, entry, by=AT_THE_SERVER, at=at)
    give_numbers(connection)


def give_numbers(connection: Connection) -> None:
    """A telephone number for every unit and person that has none. Nobody has such a number: no
    subscriber's begins with 0."""
    numbers = {UNIT: "01", PERSON: "02"}
    for table, statement in ((UNIT, update(UNIT)), (PERSON, update(PERSON))):
        without = select(table.c.id).where(table.c.phone == "").order_by(table.c.id)
        for number in connection.execute(without).scalars().all():
            phone = f"0591-{numbers[table]}{number:06d}"
            connection.execute(statement.where(table.c.id == number).values(phone=phone))


def coordinators(departments: list[str]) -> dict[str, str]:
    """Department -> login of its coordinator."""
    return {unit: f"coordinator{n:02d}" for n, unit in enumerate(departments, start=1)}


class Login(NamedTuple):
    """What is printed of somebody who may sign in."""

    role: Role
    login: str
    password: str
    unit: str


def give_passwords(
    db: Database, folder: Path, departments: list[str], *, at: datetime
) -> list[Login]:
    """Who may sign in, with a password drawn once for this folder and kept there for its owner
    alone."""
    from workflow.accounts.passwords import set_password
    from workflow.accounts.secrets import new_password
    from workflow.people import person_id
    from workflow.whole_files import write_whole

    kept = folder / PASSWORDS
    passwords: dict[str, str] = json.loads(kept.read_text()) if kept.exists() else {}
    known = coordinators(departments)
    shown = [(role, known.get(name, name), unit or name) for role, name, unit in SHOWN]
    with db.write() as connection:
        for _, login, _ in shown:
            if login in passwords:
                continue
            person = person_id(connection, login)
            assert person is not None, login
            passwords[login] = new_password()
            set_password(connection, person, passwords[login], at=at)
    write_whole(kept, json.dumps(passwords, indent=1).encode())
    return [Login(role, login, passwords[login], unit) for role, login, unit in shown]
