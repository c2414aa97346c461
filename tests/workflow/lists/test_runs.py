"""One deed on several projects: nothing twice, nothing lost, whatever breaks off."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import date, timedelta

import pytest
from stories import AT, CLERK, COORDINATOR, FORM, WANG, Desk

from states.terms import Act, Action
from workflow.answers import KEPT, forget
from workflow.lists.runs import PATIENCE, How, Run, Wanted, begin, do_next, find, take_up
from workflow.people import add_person

DAY = date(2025, 4, 1)
TICKET = "t" * 16
WANTED = Wanted("review", {"opinion": "同意推荐"}, DAY, "q=研修")


@pytest.fixture
def person(desk: Desk) -> int:
    with desk.db.write() as connection:
        return add_person(connection, "wang", "王经办", "wang@example.cn")


@pytest.fixture
def projects(desk: Desk) -> list[int]:
    made = [desk.admit(name=f"研修班{n}") for n in range(4)]
    for one in made[:3]:
        desk.do(one, Action.SUBMIT, CLERK, "2025-01-08", papers=FORM)
    return made  # the last is a draft still


def begun(desk: Desk, person: int, projects: list[int], *, at: timedelta = timedelta()) -> bool:
    seen = dict.fromkeys(projects, 2)  # which the draft never was
    with desk.db.write() as connection:
        return begin(connection, person, TICKET, WANTED, seen, at=AT + at)


def step(desk: Desk, person: int, *, after: timedelta = timedelta()) -> bool:
    return do_next(desk.db, desk.book, person, TICKET, WANG, today=DAY, at=AT + after)


def stands(desk: Desk, person: int, *, after: timedelta = timedelta()) -> Run | None:
    with desk.db.read() as connection:
        return find(connection, person, TICKET, at=AT + after)


def hows(desk: Desk, person: int) -> list[How]:
    run = stands(desk, person)
    assert run is not None
    return [one.how for one in run.results]


def test_each_is_done_and_its_result_kept(desk: Desk, person: int, projects: list[int]) -> None:
    assert begun(desk, person, projects)
    desk.do(projects[1], Act.HAND_OVER, COORDINATOR, "2025-03-03", contact_name="新联系人")
    assert hows(desk, person) == [How.WAITING] * 4
    assert [step(desk, person) for _ in range(5)] == [True] * 4 + [False]
    assert hows(desk, person) == [How.DONE, How.CHANGED, How.DONE, How.CHANGED]
    run = stands(desk, person)
    assert run is not None and run.wanted == WANTED and not run.left
    assert "刚被他人办理" in run.results[1].said[0][0].zh
    assert [desk.show(one)["state"] for one in projects] == [
        *("reviewed", "submitted", "reviewed", "drafted")
    ]
    assert desk.complaints() == []


def test_a_refusal_is_kept_with_its_reasons(desk: Desk, person: int, projects: list[int]) -> None:
    with desk.db.write() as connection:
        begin(connection, person, TICKET, WANTED, {projects[3]: 1}, at=AT)
    assert step(desk, person)
    run = stands(desk, person)
    assert run is not None and run.results[0].how is How.REFUSED
    assert "不能审核推荐" in run.results[0].said[0][0].zh


def test_the_same_form_begins_once(desk: Desk, person: int, projects: list[int]) -> None:
    with ThreadPoolExecutor(2) as pool:
        both = pool.map(lambda _: begun(desk, person, projects), range(2))
    assert sorted(both) == [False, True]
    step(desk, person)
    assert not begun(desk, person, projects)
    assert hows(desk, person)[0] is How.DONE


def test_two_who_work_on_one_run_do_nothing_twice(
    desk: Desk, person: int, projects: list[int]
) -> None:
    begun(desk, person, projects[:3])
    with ThreadPoolExecutor(2) as pool:
        list(pool.map(lambda _: [step(desk, person) for _ in range(4)], range(2)))
    assert hows(desk, person) == [How.DONE] * 3
    assert [desk.show(one)["version"] for one in projects[:3]] == [3] * 3


def test_what_was_broken_off_is_known_and_gone_on_with_once(
    desk: Desk, person: int, projects: list[int]
) -> None:
    begun(desk, person, projects[:3])
    step(desk, person)
    for after, broken in ((PATIENCE - timedelta(seconds=1), False), (PATIENCE, True)):
        run = stands(desk, person, after=after)
        assert run is not None and run.is_broken(AT + after) is broken
    with desk.db.write() as connection:
        assert not take_up(connection, person, TICKET, at=AT)  # somebody is at work on it
    with desk.db.write() as connection:
        assert take_up(connection, person, TICKET, at=AT + PATIENCE)
        assert not take_up(connection, person, TICKET, at=AT + PATIENCE)
    while step(desk, person, after=PATIENCE):
        pass
    assert hows(desk, person) == [How.DONE] * 3
    run = stands(desk, person, after=PATIENCE * 2)
    assert run is not None and not run.is_broken(AT + PATIENCE * 2)  # it has ended


def test_a_result_and_its_project_stand_or_fall_together(
    desk: Desk, person: int, projects: list[int], monkeypatch: pytest.MonkeyPatch
) -> None:
    begun(desk, person, projects[:1])
    before = desk.rows()

    def breaks(*_: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr("workflow.lists.runs._keep", breaks)  # the process dies just there
    with pytest.raises(KeyboardInterrupt):
        step(desk, person)
    assert desk.rows() == before


def test_it_is_kept_a_day_and_only_for_who_asked(
    desk: Desk, person: int, projects: list[int]
) -> None:
    with desk.db.write() as connection:
        other = add_person(connection, "zhou", "周复核", "zhou@example.cn")
    begun(desk, person, projects[:1])
    assert stands(desk, other) is None
    assert stands(desk, person, after=KEPT - timedelta(seconds=1)) is not None
    assert stands(desk, person, after=KEPT) is None
    assert not step(desk, person, after=KEPT)
    with desk.db.write() as connection:
        assert forget(connection, at=AT + KEPT) == 1
