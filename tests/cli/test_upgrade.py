"""A database that an earlier part of the program kept: after `init` nothing is left to mend.

tests/cli/earlier holds one of each part, made by that part's own program: a plan of 15 projects,
filings, classes and a report of the year, two people's decision on money, two rounds of the worker.
"""

from __future__ import annotations

import tarfile
from pathlib import Path

import pytest
from command import Command

EARLIER = Path(__file__).with_name("earlier")
PARTS = sorted(path.name.partition(".")[0] for path in EARLIER.glob("*.tar.xz"))
pytestmark = pytest.mark.sqlite_file


def kept_by(part: str, run: Command) -> None:
    with tarfile.open(EARLIER / f"{part}.tar.xz") as packed:
        packed.extractall(run.data, filter="data")


@pytest.mark.parametrize("part", PARTS)
def test_after_an_upgrade_init_leaves_nothing_to_mend(part: str, run: Command) -> None:
    """427 problems stood until a worker had run."""
    kept_by(part, run)
    assert "yanxiu init" in run.fails(1, "projects", TODAY="2025-09-24").sentence
    run.ok("init", TODAY="2025-09-24")
    assert run.json("verify", TODAY="2025-09-24") == {"ok": True, "problems": []}
    states = [one["state"] for one in run.json("projects", TODAY="2025-09-24")]
    assert (len(states), states.count("subsidised"), states.count("held")) == (15, 1, 1)


@pytest.mark.parametrize("part", PARTS)
def test_an_upgraded_year_goes_on(part: str, run: Command) -> None:
    kept_by(part, run)
    run.ok("init", TODAY="2025-09-24")
    words = ("do", 6, "note", "--as", "province1", "--set", "channel=phone", "--set", "person=某人")
    run.ok(*words, TODAY="2025-09-24")
    run("worker", "--once", TODAY="2025-09-24", SMTP_PORT=1)  # nobody is there to take mail
    assert run.json("verify", TODAY="2025-09-24")["ok"] is True


def test_every_part_is_tried() -> None:
    assert PARTS == ["part1", "part2", "part3"]
