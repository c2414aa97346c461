"""A house with mail of every sort, for the tests of the mail room: pages and API."""

from __future__ import annotations

from typing import Any

from sqlalchemy import select, update
from stories import OFFICE, SCHOOL
from visits import House

from states.terms import Role
from workflow.mail.outbox import INSERT, draft
from workflow.mail_tables import MAIL, REMINDER, Purpose

OTHER_OFFICE = "厦门市人社局"
ROLES = {
    "province": (Role.PROVINCE, ""),
    "admin": (Role.ADMIN, ""),
    "auditor": (Role.AUDITOR, ""),
    "coordinator": (Role.COORDINATOR, OFFICE),
    "clerk": (Role.HOST, SCHOOL),
}
NAMES = ("mine", "theirs", "to the province", "gathered", "mixed", "digest", "own digest")
EVERYTHING = set(NAMES)
READ = {
    "province": EVERYTHING,
    "admin": EVERYTHING,
    "auditor": EVERYTHING,
    "coordinator": {"mine", "gathered", "own digest"},
}


class Post:
    """A house with mail of every sort; `ids` by name."""

    def __init__(self, house: House) -> None:
        self.house, desk = house, house.desk
        self.people = {
            login: house.person(login, grant, email=f"{login}@example.cn")
            for login, grant in ROLES.items()
        }
        mine, theirs = desk.admit(), desk.admit(name="另一班", department=OTHER_OFFICE)
        self.ids = {
            "mine": self.mail(project_id=mine),
            "theirs": self.mail(project_id=theirs),
            "to the province": self.mail(Role.PROVINCE, project_id=mine),
            "gathered": self.mail(carries=[mine]),
            "mixed": self.mail(carries=[mine, theirs]),
            "digest": self.mail(Role.PROVINCE, purpose=Purpose.DIGEST),
            "own digest": self.mail(
                Role.COORDINATOR, purpose=Purpose.DIGEST, to="Coordinator@example.cn"
            ),
        }

    def mail(
        self,
        role: Role = Role.HOST,
        *,
        to: str = "lin@example.cn",
        purpose: Purpose = Purpose.REMINDER,
        carries: list[int] | None = None,
        **more: Any,
    ) -> int:
        with self.house.desk.db.write() as connection:
            number = len(connection.execute(select(MAIL.c.id)).all()) + 1
            row = draft(
                f"test:{number}:{to}",
                purpose.value,
                ("林老师", to),
                role,
                on=self.house.day,
                at=self.house.at,
                subject=f"主题{number}",
                content=b"Subject: x\r\n\r\nhello",
            )
            INSERT.run(connection, row | more)
            for project in carries or []:
                connection.execute(REMINDER.insert().values(**self._reminder(project, number)))
        return number

    def _reminder(self, project: int, mail: int) -> dict[str, Any]:
        day = self.house.day
        values = {"project_id": project, "deadline_id": 1, "kind": "filing", "round": mail}
        values |= {"due_on": day, "step": "D-7", "on_date": day, "role": "host"}
        values |= {"recipient": "lin@example.cn", "status": "queued", "mail_id": mail}
        return values | {"recorded_at": self.house.at}

    def set(self, number: int, **values: Any) -> None:
        with self.house.desk.db.write() as connection:
            connection.execute(update(MAIL).where(MAIL.c.id == number).values(values))

    def state(self, number: int) -> str:
        with self.house.desk.db.read() as connection:
            query = select(MAIL.c.status).where(MAIL.c.id == number)
            return str(connection.execute(query).scalar_one())

    def visit(self, login: str) -> Any:
        return self.house.visit(self.people[login])
