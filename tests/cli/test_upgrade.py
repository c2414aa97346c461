"""A database that an earlier part of the program kept: after `init` nothing is left to mend.

tests/cli/earlier holds one of each part, made by that part's own program: a plan of 15 projects,
filings, classes and a report of the year, two people's decision on money, two rounds of the worker.
That of part 4 has besides: hosts told of the plan and one that confirmed, a returned mail, a flag to
be mended by a day, a clerk who left and a contact who was changed, mail halted by a restore.
`part3_mending` is that of part 3 after 限期补正 by the program that came next.
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
    if part != "part4":  # whose tables are today's, until the next change of them
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
    assert PARTS == ["part1", "part2", "part3", "part3_mending", "part4"]


def test_what_part_4_knew_is_still_known(run: Command) -> None:
    kept_by("part4", run)
    run.ok("init", TODAY="2025-09-24")
    assert "从备份恢复" in run.ok("mail", TODAY="2025-09-24").said
    deeds = {one["deed"] for one in run.json("show", 3)["history"]}
    assert {"announce", "acknowledge"} <= deeds
    [mending] = [one for one in run.json("show", 10)["deadlines"] if one["kind"] == "mending"]
    assert (mending["standing"], mending["due_on"]) == ("open", "2025-10-20")
    assert [one["reason"] for one in run.json("show", 5)["mail"] if one["reason"]] == ["bounced"]
    assert run.json("mail", "resume", TODAY="2025-09-24") == {"resumed": True}
    run("worker", "--once", TODAY="2025-10-20", SMTP_PORT=1)  # on the day by which it is mended
    assert run.json("verify", TODAY="2025-10-20")["ok"] is True


def test_what_was_to_be_mended_before_that_had_a_deadline_gets_it(run: Command) -> None:
    """限期补正 as a program recorded it that made no deadline of it: one with a day and one without."""
    kept_by("part3_mending", run)
    run.ok("init", TODAY="2025-09-24")
    shown = run.json("show", 2)
    [mending] = [one for one in shown["deadlines"] if one["kind"] == "mending"]
    assert (mending["standing"], mending["due_on"]) == ("open", "2025-10-20")
    disposed = {one["key"]: one["disposed"] for one in shown["findings"]}
    assert disposed["enough_trainees"]["mend_by"] == "2025-10-20"
    assert "mend_by" not in disposed["staff_within_limit"]
    run("worker", "--once", TODAY="2025-10-20", SMTP_PORT=1)
    assert run.json("verify", TODAY="2025-10-20") == {"ok": True, "problems": []}
    settled = ("--set", "flag=enough_trainees", "--set", "outcome=accepted", "--set", "reason=已补")
    run.ok("do", 2, "dispose", "--as", "province1", *settled, TODAY="2025-10-20")
    [mending] = [one for one in run.json("show", 2)["deadlines"] if one["kind"] == "mending"]
    assert mending["standing"] == "met"
    assert run.json("verify", TODAY="2025-10-21")["ok"] is True
