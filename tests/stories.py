"""People, projects and deeds for tests that go through the engine."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import Any

from sqlalchemy import Table, func, select

from config.rulebook import Rulebook
from states.facts import Facts, Json
from states.terms import Act, Action, Entry, Role
from workflow.admission import Newcomer, admit
from workflow.database import Database
from workflow.deeds import Deed, Outcome, Refused
from workflow.engine import perform, situation
from workflow.people import Actor
from workflow.queries import project
from workflow.schema import metadata
from workflow.verify import verify

AT = datetime(2025, 3, 3, 1, 0, tzinfo=UTC)
START = date(2025, 1, 6)
SCHOOL, OFFICE = "福建理工大学", "省教育厅"

CLERK = Actor("lin", "林老师", ((Role.HOST, SCHOOL),))
OTHER_CLERK = Actor("zhao", "赵老师", ((Role.HOST, "厦门软件学院"),))
COORDINATOR = Actor("chen", "陈处", ((Role.COORDINATOR, OFFICE),))
OTHER_COORDINATOR = Actor("xu", "许处", ((Role.COORDINATOR, "厦门市人社局"),))
WANG = Actor("wang", "王经办", ((Role.PROVINCE, ""),))
ZHOU = Actor("zhou", "周复核", ((Role.PROVINCE, ""),))
AUDITOR = Actor("he", "何审计", ((Role.AUDITOR, ""),))
STRANGER = Actor("guest", "来客", ())

FORM = ("application_form",)
FILING = ("opening_notice", "implementation_plan")
RECEIPT = "subsidy_receipt"
REPORT = (
    "opening_notice",
    "summary_report",
    "settlement_table",
    "trainee_list",
    "attendance_sheets",
    "satisfaction_survey",
    "research_report",
    "news_items",
)
CLASS = {"opens": date(2025, 5, 12), "ends": date(2025, 5, 15)}
HEADS = {"trainees": 32, "online_trainees": 0, "staff": 4}

# A demonstration class all the way: deed, person, day, papers, what is filled in.
Line = tuple[Action | Act, Actor, str, tuple[str, ...], dict[str, Any]]
WHOLE_LIFE: tuple[Line, ...] = (
    (Action.SUBMIT, CLERK, "2025-01-08", FORM, {}),
    (Action.REVIEW, COORDINATOR, "2025-01-10", (), {"opinion": "同意推荐"}),
    (Action.PLAN, WANG, "2025-02-20", (), {"number": 7}),
    (Action.FILE, CLERK, "2025-04-10", FILING, {}),
    (Act.MILESTONE, WANG, "2025-04-15", (), {"name": "filing_confirmed"}),
    (Action.HOLD, CLERK, "2025-05-16", (), {**CLASS, **HEADS}),
    (Action.REPORT, CLERK, "2025-06-10", (*REPORT, RECEIPT), {}),
    (Action.SUBSIDISE, WANG, "2025-07-01", (), {"amount": 4_800_000}),
    (Action.SUBSIDISE, ZHOU, "2025-07-02", (), {"amount": 4_800_000}),
)


@dataclass
class Desk:
    """Where projects come in and deeds are done, on one database."""

    db: Database
    book: Rulebook

    def admit(self, **known: Any) -> int:
        """A drafted demonstration project of May 2025, unless said otherwise; its id."""
        stored = {
            "state": "drafted",
            "policy": "fujian-2025",
            "year": 2025,
            "name": "智能制造高级研修班",
            "host": SCHOOL,
            "department": OFFICE,
            "category": "demonstration",
            "contact_name": "林老师",
            "contact_email": "lin@example.cn",
            "opens_earliest": "2025-05-12",
            "opens_latest": "2025-05-12",
            "planned_ends": "2025-05-15",
        } | known
        new = Newcomer(Entry.OPEN_BOOKS, {k: v for k, v in stored.items() if v is not None})
        with self.db.write() as connection:
            [project_id] = admit(connection, self.book, [new], person="wang", today=START, at=AT)
        return project_id

    def do(
        self,
        project_id: int,
        what: Action | Act,
        by: Actor,
        on: str | date,
        *,
        papers: Iterable[str] = (),
        today: str | date | None = None,
        on_behalf: bool = False,
        seen: int | None = None,
        **given: Any,
    ) -> Outcome:
        on = _day(on)
        files = {key: {"sha256": "0" * 64, "name": f"{key}.pdf", "size": 1} for key in papers}
        deed = Deed(what, by, given, files, on, on_behalf=on_behalf, seen=seen)
        return perform(self.db, self.book, project_id, deed, today=_day(today or on), at=AT)

    def refused(self, *args: Any, **given: Any) -> list[str]:
        """The rules that refuse the deed, having made sure that nothing at all was written."""
        before = self.rows()
        try:
            done = self.do(*args, **given)
        except Refused as refusal:
            assert self.rows() == before
            return [finding.rule for finding in refusal.findings]
        raise AssertionError(f"was not refused: {done}")

    def live(self, project_id: int, until: str = "subsidised") -> None:
        """Lead a drafted demonstration project through its life up to a state."""
        for what, by, on, papers, given in WHOLE_LIFE:
            if self.show(project_id)["state"] == until:
                return
            if what is Action.PLAN:  # no two projects of a plan carry one number
                given = {"number": 6 + project_id}
            self.do(project_id, what, by, on, papers=papers, **given)

    def show(self, project_id: int) -> Json:
        with self.db.read() as connection:
            return project(connection, self.book, project_id)

    def facts(self, project_id: int) -> Facts:
        with self.db.read() as connection:
            return situation(connection, self.book, project_id)[0]

    def standing(self, project_id: int) -> dict[str, tuple[int, str, str]]:
        """Kind -> (round, due, standing) of the deadlines that are not superseded, without
        the gentle question before an opening."""
        return {
            row["kind"]: (row["round"], row["due_on"].isoformat(), row["standing"])
            for row in self.show(project_id)["deadlines"]
            if row["standing"] != "superseded" and row["kind"] != "opening"
        }

    def flags(self, project_id: int) -> set[str]:
        """Keys of the flags that nobody has disposed of."""
        return {k for k, f in self.show(project_id).get("flags", {}).items() if "disposed" not in f}

    def rows(self) -> dict[str, list[Any]]:
        """Every row of every table."""
        with self.db.read() as connection:
            return {
                table.name: connection.execute(select(table).order_by(*table.primary_key)).all()
                for table in metadata.sorted_tables
            }

    def count(self, table: Table) -> int:
        with self.db.read() as connection:
            return int(connection.execute(select(func.count()).select_from(table)).scalar_one())

    def complaints(self) -> list[str]:
        return [text.en for text in verify(self.db, self.book)]


def _day(text: str | date) -> date:
    return date.fromisoformat(text) if isinstance(text, str) else text
