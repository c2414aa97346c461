"""A desk to try things at: imports plans, does deeds, sweeps and sends, reads the ledger."""

from __future__ import annotations

import json
from collections.abc import Collection
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, time, timedelta
from pathlib import Path
from typing import Any

from sqlalchemy import select

from config.policy_files import policy_path
from config.rulebook import Rulebook
from config.settings import Settings
from config.zone import SHANGHAI
from notifications.letters.drafts import Writer
from notifications.sending.delivery import Clock, Delivery
from notifications.sweep import EVERYTHING, SweepResult, sweep
from states.calendar import WorkCalendar
from states.facts import Facts
from states.terms import Act, Action, Role
from workflow.database import Database
from workflow.deeds import Deed, Outcome
from workflow.engine import perform
from workflow.imports.outcome import Imported
from workflow.imports.plan import apply_plan
from workflow.imports.plan_file import PlanFile, read_plan
from workflow.imports.rows import PlanRow
from workflow.mail_tables import ATTEMPT, MAIL, REMINDER
from workflow.people import Actor, add_person, grant
from workflow.tables import DEADLINE, PERSON, PROJECT
from workflow.verify import verify

SAMPLE = Path("config/samples/plan-2025.xlsx").resolve()
FROM = "研修项目管理系统 <yanxiu@example.cn>"
WHOLE = PlanRow(
    row=2,
    number=1,
    name="甲研修班",
    category="demonstration",
    host="甲单位",
    department="省林业局",
    place="福州",
    schedule_text="2025年9月15日-18日",
    opens_earliest=date(2025, 9, 15),
    opens_latest=date(2025, 9, 15),
    planned_ends=date(2025, 9, 18),
    planned_trainees=40,
    contact_name="张三",
    contact_phone=None,
    contact_email="a@example.cn",
    state=None,
    actual_opens=None,
    actual_ends=None,
    document_number=None,
    amount=None,
)


def day(text: str) -> date:
    return date.fromisoformat(text)


def with_a_desk(book: Rulebook, folder: Path) -> Rulebook:
    """The rules as an office wrote them whose engineering projects have a desk of their own."""
    text = policy_path("fujian-2025").read_text(encoding="utf-8")
    head = "[categories.engineering]\n"
    assert head in text
    folder.mkdir(parents=True)
    own = text.replace(head, f'{head}contact = {{ telephone = "0591-11111111" }}\n')
    (folder / "fujian-2025.toml").write_text(own, encoding="utf-8")
    return replace(book, own_policies=folder)


def morning(on: date | str) -> datetime:
    """08:30 of that day in China."""
    on = day(on) if isinstance(on, str) else on
    return datetime.combine(on, time(8, 30), SHANGHAI).astimezone(UTC)


class HandClock:
    """A clock that stands until it is moved."""

    def __init__(self, now: datetime) -> None:
        self.now = now

    def __call__(self) -> datetime:
        return self.now

    def forward(self, **span: float) -> None:
        self.now += timedelta(**span)

    def to_next_working_day(self, calendar: WorkCalendar) -> None:
        """A day on; reminders wait on days off."""
        self.forward(days=1)
        while not calendar.is_working(self.now.astimezone(SHANGHAI).date()):
            self.forward(days=1)


@dataclass
class Desk:
    db: Database
    book: Rulebook

    # -- Plans and people --------------------------------------------------------------------

    def sample(self, today: str = "2025-01-02") -> Imported:
        return self.apply(read_plan(SAMPLE, self.policy), today)

    @property
    def policy(self) -> Any:
        return self.book.policy("fujian-2025")

    def apply(self, plan: PlanFile, today: str, **how: Any) -> Imported:
        on = day(today)
        return apply_plan(self.db, self.book, self.policy, plan, today=on, at=morning(on), **how)

    def plan(self, *changes: dict[str, Any], today: str = "2025-01-02") -> list[int]:
        """Import one project per dict of what differs from WHOLE; their ids."""
        rows = []
        for n, change in enumerate(changes, start=1):
            usual = {"row": n + 1, "number": n, "name": f"研修班{n}号"}
            rows.append(replace(WHOLE, **(usual | _dated(change))))
        result = self.apply(PlanFile(rows=rows), today)
        assert (result.imported, result.rejected) == (len(rows), [])
        with self.db.read() as connection:
            found = connection.execute(select(PROJECT.c.id).order_by(PROJECT.c.id)).scalars().all()
        return list(found)[-len(rows) :]

    def person(self, email: str, *roles: tuple[Role, str], name: str = "李四") -> int:
        with self.db.write() as connection:
            known = select(PERSON.c.id).where(PERSON.c.login == email)
            person_id = connection.execute(known).scalar()
            if person_id is None:
                person_id = add_person(connection, email, name, email)
            for role, scope in roles:
                grant(connection, person_id, role, scope)
        return int(person_id)

    def staff(self) -> None:
        """A coordinator of 省林业局 and one of the province."""
        self.person("coordinator@example.cn", (Role.COORDINATOR, "省林业局"), name="王五")
        self.person("province@example.cn", (Role.PROVINCE, ""), name="赵六")

    # -- Deeds -------------------------------------------------------------------------------

    def do(
        self,
        project_id: int,
        what: Action | Act,
        on: str,
        *,
        by: Role = Role.PROVINCE,
        login: str = "",
        papers: Collection[str] | None = None,
        on_behalf: bool = False,
        **given: Any,
    ) -> Outcome:
        """`papers`: the keys of those attached; None: all that the step asks for."""
        facts = self.facts(project_id)
        scope = {Role.HOST: facts.host, Role.COORDINATOR: facts.department}.get(by, "")
        actor = Actor(login or by.value, by.label.zh, ((by, scope),))
        asked = self.policy.categories[facts.category].papers.get(what, ())
        keys = [paper.key for paper in asked] if papers is None else papers
        attached = {key: {"sha256": "0", "name": "x", "size": 1} for key in keys}
        deed = Deed(what, actor, _dated(given), attached, day(on), on_behalf=on_behalf)
        at = morning(on)
        return perform(self.db, self.book, project_id, deed, today=day(on), at=at)

    def move(self, project_id: int, on: str, opens: str, ends: str) -> None:
        self.do(project_id, Act.CONFIRM_DATES, on, opens=opens, ends=ends)

    def hold(self, project_id: int, on: str, opens: str, ends: str) -> None:
        heads = {"trainees": 40, "online_trainees": 0, "staff": 2}
        self.do(project_id, Action.HOLD, on, opens=opens, ends=ends, **heads)

    def facts(self, project_id: int) -> Facts:
        with self.db.read() as connection:
            query = select(PROJECT.c.facts).where(PROJECT.c.id == project_id)
            return Facts.read(json.loads(connection.execute(query).scalar_one()))

    # -- Sweeping and sending -----------------------------------------------------------------

    def sweep(self, on: str | date, kinds: Any = EVERYTHING) -> SweepResult:
        on = day(on) if isinstance(on, str) else on
        return sweep(self.db, self.book, as_of=on, at=morning(on), kinds=kinds)

    def sweep_daily(self, first: str, last: str) -> list[date]:
        """Sweep each day of the span; the days on which something was announced."""
        busy, on = [], day(first)
        while on <= day(last):
            if self.sweep(on).reminders:
                busy.append(on)
            on += timedelta(days=1)
        return busy

    def delivery(
        self, port: int, clock: Clock, *, owner: str = "one:1", **settings: Any
    ) -> Delivery:
        chosen = {"smtp_port": port, "smtp_timeout": 2, "mail_from": FROM} | settings
        writer = Writer(self.book, FROM, "https://yanxiu.example.cn")
        said = Settings(**chosen)
        return Delivery(self.db, writer, said, owner=owner, clock=clock)

    # -- What came of it ---------------------------------------------------------------------

    def ledger(self, *columns: str, **where: Any) -> list[Any]:
        """Reminder rows as tuples of these columns (one column: its values), oldest first."""
        return self._rows(REMINDER, columns, where)

    def mails(self, *columns: str, **where: Any) -> list[Any]:
        return self._rows(MAIL, columns, where)

    def attempts(self, *columns: str, **where: Any) -> list[Any]:
        return self._rows(ATTEMPT, columns, where)

    def deadlines(self, *columns: str, **where: Any) -> list[Any]:
        return self._rows(DEADLINE, columns, where)

    def projects(self, *columns: str, **where: Any) -> list[Any]:
        return self._rows(PROJECT, columns, where)

    def _rows(self, table: Any, columns: tuple[str, ...], where: dict[str, Any]) -> list[Any]:
        query = select(*(table.c[name] for name in columns)).order_by(table.c.id)
        for name, value in where.items():
            query = query.where(table.c[name] == value)
        with self.db.read() as connection:
            rows = connection.execute(query).all()
        return [row[0] if len(columns) == 1 else tuple(row) for row in rows]

    def problems(self) -> list[str]:
        return [said.en for said in verify(self.db, self.book)]


def _dated(values: dict[str, Any]) -> dict[str, Any]:
    """ISO texts as dates, where the field is one."""
    return {
        key: day(value) if isinstance(value, str) and key in DATES else value
        for key, value in values.items()
    }


DATES = frozenset(
    {
        *("opens", "ends", "due_on", "mend_by", "promised", "opens_earliest", "opens_latest"),
        *("planned_ends", "actual_opens", "actual_ends"),
    }
)
