"""An idle tick: what the sweep costs when nothing is due, with many and with few deadlines."""

from __future__ import annotations

from datetime import UTC, date, datetime
from pathlib import Path

from bench.measure import Figure, interleaved
from config.rulebook import rulebook
from notifications.sweep import sweep
from workflow.database import Database
from workflow.migrations import upgrade

TICKS = 50
AS_OF, AT = date(2025, 2, 21), datetime(2025, 2, 21, 1, tzinfo=UTC)


def measure(folder: Path) -> Figure:
    """Milliseconds of one whole sweep over 1,000,000 open deadlines, against 1,000."""
    book = rulebook()
    large = _database(folder / "large.db", 1_000_000)
    small = _database(folder / "small.db", 1_000)

    def tick(db: Database) -> None:
        for _ in range(TICKS):
            result = sweep(db, book, as_of=AS_OF, at=AT)
            if result.mails or result.silent:
                raise SystemExit("the tick was not idle")

    tick(large), tick(small)
    ours, floor = interleaved(lambda: tick(large), lambda: tick(small))
    ratio = ours / floor
    large.close()
    small.close()
    return Figure(
        "idle tick: 1,000,000 open deadlines",
        ours / TICKS * 1000,
        "ms",
        floor / TICKS * 1000,
        ratio,
        "<= 1.5 x 1,000",
        ratio <= 1.5,
    )


def _database(path: Path, deadlines: int) -> Database:
    """Open deadlines of all kinds, three a project, whose next step is still to come."""
    db = Database(f"sqlite:///{path}")
    upgrade(db)
    count = deadlines // 3 + 1
    projects = (
        (n, "fujian-2025", 2025, f"p{n}", n, f"p{n}", "h", "demonstration", "d", "planned", "{}", 1)
        for n in range(1, count + 1)
    )
    kinds = ("filing", "completion", "reimbursement")
    rows = (
        (n // 3 + 1, kinds[n % 3], f"2025-{3 + n % 9:02d}-{1 + n % 28:02d}")
        for n in range(deadlines)
    )
    with db.write() as connection:
        cursor = connection.connection.cursor()
        cursor.executemany(
            "INSERT INTO project (id, policy, year, identity, number, name, host, category,"
            " department, state, facts, version, contact_email, head, city, plan_order, opening_order,"
            " name_order, open_flags)"
            " VALUES (?,?,?,?,?,?,?,?,?,?,?,?,'','','',0,0,'',0)",
            projects,
        )
        cursor.executemany(
            "INSERT INTO deadline (project_id, kind, round, anchor_on, due_on, advised_on, late_after, force,"
            " provisional, clause, standing, next_on) VALUES (?,?,1,'2025-12-30','2025-12-30',"
            "'2025-12-30','2025-12-30','stated',0,'','open',?)",
            rows,
        )
    return db
