"""No two projects of a year's list carry one plan number by a decision made here."""

from __future__ import annotations

from datetime import UTC, date, datetime
from threading import Barrier, Thread

import pytest
from sqlalchemy import func, select
from stories import AT, WANG, Desk

from states.terms import Act, Action
from workflow.batches.edits import Edit, begin, put_in, save
from workflow.batches.prepared import find, fingerprint, lines_of
from workflow.batches.publishing import BatchRefused, publish
from workflow.deeds import Deed, Refused
from workflow.engine import perform
from workflow.numbers import list_of, next_free, proposal
from workflow.tables import PROJECT

DAY = date(2025, 2, 20)


def reviewed(desk: Desk, name: str, **known: object) -> int:
    one = desk.admit(name=name, **known)
    desk.live(one, "reviewed")
    return one


def planned(desk: Desk, name: str, number: int, category: str = "demonstration") -> int:
    """As a published plan brought it."""
    return desk.admit(name=name, number=number, category=category, state="planned")


def refusal(desk: Desk, project: int, what: Action | Act, **given: object) -> str:
    with pytest.raises(Refused) as refused:
        desk.do(project, what, WANG, DAY, **given)
    [found] = refused.value.findings
    assert found.rule == "number_taken"
    return found.message.zh


def test_a_number_that_another_project_carries_is_refused_with_its_name(desk: Desk) -> None:
    other, one = planned(desk, "甲班", 7), reviewed(desk, "乙班")
    planned(desk, "丙班", 9)
    assert refusal(desk, one, Action.PLAN, number=7) == (
        f"序号7已由项目{other}“甲班”（福建理工大学）使用，请另编序号；现有序号之后的下一个是10。"
    )
    assert desk.show(one)["state"] == "reviewed"
    desk.do(one, Action.PLAN, WANG, DAY, number=8)
    assert desk.show(one)["number"] == 8


def test_another_years_plan_has_numbers_of_its_own(desk: Desk) -> None:
    desk.admit(name="旧班", number=7, state="planned", year=2024, policy="fujian-2024")
    one = reviewed(desk, "乙班")
    desk.do(one, Action.PLAN, WANG, DAY, number=7)


def test_where_each_category_begins_with_1_each_is_a_list(desk: Desk) -> None:
    """Published plans number on through the year, or anew in each category."""
    planned(desk, "甲班", 1)
    planned(desk, "乙班", 2)
    ordinary = planned(desk, "丙班", 1, "ordinary")
    one = reviewed(desk, "丁班")
    with desk.db.read() as connection:
        facts = desk.facts(one)
        assert next_free(connection, list_of(connection, facts)) == 3
        assert next_free(connection, list_of(connection, facts, "ordinary")) == 2
    assert "“乙班”" in refusal(desk, one, Action.PLAN, number=2)
    assert "“丙班”" in refusal(desk, one, Action.PLAN, number=1, category="ordinary")
    desk.do(one, Action.PLAN, WANG, DAY, number=2, category="ordinary")
    # Put in the other category it would carry 甲班's number: it needs another.
    assert "“甲班”" in refusal(
        desk, ordinary, Act.RECLASSIFY, category="demonstration", reason="调整"
    )
    desk.do(ordinary, Act.RECLASSIFY, WANG, DAY, category="demonstration", number=5, reason="调整")
    assert (desk.show(ordinary)["category"], desk.show(ordinary)["number"]) == ("demonstration", 5)


def batch_of(desk: Desk, *chosen: int, **how: object) -> int:
    with desk.db.write() as connection:
        batch = begin(connection, WANG, Action.PLAN, "第一批", at=AT)
        put_in(connection, WANG, batch, chosen)
    lines = how.pop("lines", {})
    with desk.db.write() as connection:
        save(connection, WANG, batch, Edit("第一批", {}, lines, **how))  # type: ignore[arg-type]
    return batch


def numbers(desk: Desk, batch: int) -> list[str]:
    with desk.db.read() as connection:
        return [line.fields.get("number", "") for line in lines_of(connection, batch, WANG)[0]]


def go(desk: Desk, batch: int) -> None:
    with desk.db.read() as connection:
        seen = fingerprint(find(connection, WANG, batch), lines_of(connection, batch, WANG)[0])
    with desk.db.write() as connection:
        publish(connection, desk.book, WANG, batch, seen, today=DAY, at=AT)


def test_a_batch_proposes_the_next_free_numbers(desk: Desk) -> None:
    planned(desk, "甲班", 7)
    planned(desk, "乙班", 9)
    chosen = [reviewed(desk, name) for name in ("丙班", "丁班", "戊班")]
    with desk.db.read() as connection:
        assert proposal(connection, [desk.facts(one) for one in chosen]) == 10
    assert numbers(desk, batch_of(desk, *chosen, number=True)) == ["10", "11", "12"]
    batch = batch_of(desk, *chosen, number=True, number_from=6)
    assert numbers(desk, batch) == ["6", "8", "10"]  # what is taken is passed over
    go(desk, batch)
    assert [desk.show(one)["number"] for one in chosen] == [6, 8, 10]
    assert desk.complaints() == []


def test_a_batch_numbers_each_category_where_each_is_a_list(desk: Desk) -> None:
    planned(desk, "甲班", 1)
    planned(desk, "乙班", 1, "ordinary")
    planned(desk, "丙班", 2, "ordinary")
    one, two, three = (reviewed(desk, name) for name in ("丁班", "戊班", "己班"))
    with desk.db.read() as connection:
        assert proposal(connection, [desk.facts(one)]) == 2
    lines = {two: {"category": "ordinary"}}
    batch = batch_of(desk, one, two, three, number=True, lines=lines)
    assert numbers(desk, batch) == ["2", "3", "3"]
    go(desk, batch)
    assert desk.complaints() == []


def test_two_lines_of_a_batch_cannot_share_a_number(desk: Desk) -> None:
    one, two = reviewed(desk, "丙班"), reviewed(desk, "丁班")
    batch = batch_of(desk, one, two, lines={one: {"number": "4"}, two: {"number": "4"}})
    with pytest.raises(BatchRefused) as refused:
        go(desk, batch)
    [verdict] = refused.value.verdicts
    assert (verdict.line.project_id, f"项目{one}“丙班”" in verdict.problems[0].message.zh) == (
        two,
        True,
    )
    assert [desk.show(n)["state"] for n in (one, two)] == ["reviewed", "reviewed"]


def test_two_people_cannot_give_one_number_at_once(desk: Desk) -> None:
    """Both look, both find it free: one of them must wait, and then see it taken."""
    chosen = [reviewed(desk, f"研修班{n}") for n in range(4)]
    start, said = Barrier(len(chosen)), []
    at = datetime(2025, 2, 20, 1, tzinfo=UTC)

    def give(project: int) -> None:
        start.wait()
        try:
            deed = Deed(Action.PLAN, WANG, {"number": 3}, {}, DAY)
            perform(desk.db, desk.book, project, deed, today=DAY, at=at)
            said.append("done")
        except Refused as refused:
            said.append(refused.findings[0].rule)

    threads = [Thread(target=give, args=(one,)) for one in chosen]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(said) == ["done", *["number_taken"] * 3]
    with desk.db.read() as connection:
        count = select(func.count()).where(PROJECT.c.number == 3)
        assert connection.execute(count).scalar_one() == 1
