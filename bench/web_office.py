"""Offices to measure pages in: many projects of all states at once, and one that is lived in."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

from cli.demo_people import enrol_people
from cli.demo_story import tell
from config.rulebook import Rulebook
from states.facts import Json
from states.terms import Entry, Role, State
from workflow.admission import Newcomer, admit
from workflow.database import Database
from workflow.imports.plan import apply_plan
from workflow.imports.plan_file import read_plan
from workflow.migrations import upgrade
from workflow.people import add_person, grant, know_contacts

TODAY, AT = date(2025, 9, 23), datetime(2025, 9, 23, 2, tzinfo=UTC)
SAMPLE = Path(__file__).parents[1] / "config" / "samples" / "plan-2025.xlsx"
DEPARTMENTS = tuple(f"示例市{n:02d}人力资源和社会保障局" for n in range(20))
CATEGORIES = ("ordinary", "demonstration", "engineering", "ordinary", "national_funded")
TOPICS = ("集成电路", "海洋装备", "生物育种", "智慧林业", "公共卫生", "数字孪生", "绿色建筑")
WITHOUT_MONEY = {State.SUBSIDISED: "demonstration", State.CLOSED: "ordinary"}
CHUNK = 5_000


def crowded(path: Path, book: Rulebook, count: int) -> Database:
    """An office with `count` projects, alike in their mixture whatever their number: every state,
    opening days around the whole year, twenty departments."""
    db = Database(f"sqlite:///{path}")
    upgrade(db)
    people(db)
    known = datetime(2025, 1, 1, 1, tzinfo=UTC)
    for first in range(0, count, CHUNK):
        numbers = range(first, min(first + CHUNK, count))
        newcomers = [Newcomer(Entry.OPEN_BOOKS, facts(n)) for n in numbers]
        with db.write() as connection:
            admit(connection, book, newcomers, person="", today=date(2025, 1, 1), at=known)
    with db.write() as connection:
        connection.exec_driver_sql("ANALYZE")
    return db


def people(db: Database) -> None:
    """One of the province, one coordinator."""
    with db.write() as connection:
        know_contacts(connection, [("", "", unit) for unit in DEPARTMENTS])
        for login, role, scope in (
            ("province1", Role.PROVINCE, ""),
            ("coordinator", Role.COORDINATOR, DEPARTMENTS[0]),
        ):
            number = add_person(connection, login, login, f"{login}@example.cn")
            grant(connection, number, role, scope)


def facts(n: int) -> Json:
    """One project; its state follows from its number, its other facts from the state."""
    state = list(State)[n % len(State)]
    opens = date(2025, 3, 3) + timedelta(n * 7 % 270)
    ends, written = opens + timedelta(3), date(2025, 2, 3) + timedelta(n % 20)
    known: dict[str, Any] = {
        **{"state": state.value, "policy": "fujian-2025", "year": 2025, "number": n + 1},
        **{"name": f"{TOPICS[n % len(TOPICS)]}第{n}期高级研修班", "host": f"示例单位{n // 25}"},
        **{"department": DEPARTMENTS[n % 20], "place": "福州市", "planned_trainees": 40},
        "category": WITHOUT_MONEY.get(state, CATEGORIES[n // 11 % 5]),
        **{"contact_name": "联系人", "contact_email": f"unit{n // 25}@example.cn"},
        **{"opens_earliest": opens, "opens_latest": opens, "planned_ends": ends},
        "schedule_text": f"{opens} 至 {ends}",
    }
    for name, since in STAMPS.items():
        if state in since:
            known[name] = written
    if state in AFTER:
        known |= {"actual_opens": opens, "actual_ends": ends}
        known |= {"held_on": ends, "trainees": 42, "online_trainees": 0, "staff": 3}
    if state is State.SUBSIDISED:
        known["amount"] = 4_800_000
    return {k: v.isoformat() if isinstance(v, date) else v for k, v in known.items()}


S = State
AFTER = frozenset({S.HELD, S.REPORTED, S.SUBSIDISED, S.CLOSED})
PLANNED = AFTER | {S.PLANNED, S.FILED}
ENDED = frozenset({S.SUBSIDISED, S.CLOSED, S.REJECTED, S.WITHDRAWN})
STAMPS: dict[str, frozenset[State]] = {
    "submitted_on": PLANNED | {S.SUBMITTED, S.REVIEWED, S.REJECTED},
    "reviewed_on": PLANNED | {S.REVIEWED},
    "planned_on": PLANNED,
    "known_on": PLANNED,
    "filed_on": AFTER | {S.FILED},
    "reported_on": frozenset({S.REPORTED, S.SUBSIDISED}),
    "ended_on": ENDED,
}


def lived_in(folder: Path, book: Rulebook) -> Database:
    """The demonstration's year, in which projects have papers, flags and a history."""
    db = Database(f"sqlite:///{folder / 'lived_in.db'}")
    upgrade(db)
    policy = book.policy("fujian-2025")
    plan = read_plan(SAMPLE, policy)
    known = datetime(2025, 1, 1, 1, tzinfo=UTC)
    apply_plan(db, book, policy, plan, today=date(2025, 1, 1), at=known)
    with db.write() as connection:
        enrol_people(
            connection, sorted({row.department for row in plan.rows if row.department}), at=known
        )
    tell(db, book, folder, after=None, today=TODAY)
    return db
