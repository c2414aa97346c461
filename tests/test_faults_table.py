"""The table of faults in docs/faults.md is true: every test that it names exists."""

from __future__ import annotations

import re
from pathlib import Path

ROOT = Path(__file__).parents[1]
TABLE = (ROOT / "docs" / "faults.md").read_text(encoding="utf-8")
NAME = re.compile(r"`(test_\w+)`")


def test_every_test_that_the_table_names_exists() -> None:
    written = {
        name
        for path in (ROOT / "tests").rglob("test_*.py")
        for name in re.findall(r"^def (test_\w+)\(", path.read_text(encoding="utf-8"), re.MULTILINE)
    }
    named = set(NAME.findall(TABLE))
    assert len(named) > 50
    assert named - written == set()


def test_every_row_names_a_test() -> None:
    rows = [line for line in TABLE.splitlines() if line.startswith("| ")]
    told = [row for row in rows if not row.startswith("| fault |")]
    assert [row for row in told if not NAME.search(row)] == []


def test_every_test_of_a_fault_stands_in_the_table() -> None:
    faults = (ROOT / "tests" / "notifications").glob("test_faults_*.py")
    written = re.findall(r"^def (test_\w+)\(", "\n".join(p.read_text() for p in faults), re.M)
    assert set(written) - set(NAME.findall(TABLE)) - NO_FAULT == set()


NO_FAULT = {
    "test_encryption_works_where_the_certificate_is_right",
    "test_logging_in_works",
    "test_the_beat_and_the_latest_time_are_kept",
}
