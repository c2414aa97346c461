"""The list of projects: every filter and order, pages both ways, a cost that does not grow."""

from __future__ import annotations

import json
from datetime import date, timedelta
from typing import Any

import pytest
from sqlalchemy import event, select, text
from stories import (
    AT,
    CLERK,
    COORDINATOR,
    FILING,
    FORM,
    OFFICE,
    OTHER_CLERK,
    OTHER_COORDINATOR,
    STRANGER,
    WANG,
    Desk,
)

from config.rulebook import Rulebook
from states.facts import Facts
from states.terms import Act, Action, Entry, State
from workflow.admission import Newcomer, admit
from workflow.columns import drawn
from workflow.lists import finding as project_list
from workflow.lists.choices import choices
from workflow.lists.filters import conditions
from workflow.lists.finding import Found, everything, find
from workflow.lists.rows import project_rows
from workflow.lists.search import Cursor, Order, Search
from workflow.people import Actor
from workflow.refresh import refresh
from workflow.shelving import city_of, shelved
from workflow.tables import PROJECT

TODAY = date(2025, 4, 1)


def looked_up(
    desk: Desk,
    search: Search,
    by: Actor = WANG,
    *,
    cursor: Cursor | None = None,
    limit: int = 50,
) -> Found:
    with desk.db.read() as connection:
        wanted = list(conditions(search, by, today=TODAY))
        return find(connection, wanted, search.order, cursor, limit=limit, year=search.year)


def ids(found: Found) -> list[int]:
    return [place.id for place in found.places]


@pytest.fixture(params=["few", "walk"])
def way(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> str:
    """Both ways of finding must give the same: with FEW below zero everything is walked."""
    if request.param == "walk":
        monkeypatch.setattr(project_list, "FEW", -1)
    return str(request.param)


def season(desk: Desk) -> dict[str, int]:
    """A project in each of several situations on 1 April 2025."""
    late = {
        "opens_earliest": "2025-04-20",
        "opens_latest": "2025-04-20",
        "planned_ends": "2025-04-23",
    }
    made = {
        "draft": desk.admit(name="茶产业培训班", number=None, place="泉州"),
        "sent": desk.admit(name="海洋经济研修班", number=2, place="福建省厦门市思明区"),
        "plan": desk.admit(name="AI应用研修班", number=3, place="福州市", state="planned", **late),
        "file": desk.admit(name="古建100%保护_研修班", number=1, state="planned"),
        "held": desk.admit(
            name="数字乡村研修班",
            number=4,
            state="held",
            category="ordinary",
            host="厦门软件学院",
            department="厦门市人社局",
            actual_opens="2025-03-01",
            actual_ends="2025-03-04",
            opens_earliest="2025-03-01",
            opens_latest="2025-03-01",
        ),
        "old": desk.admit(name="旧班", number=9, year=2024, policy="fujian-2024", state="closed"),
    }
    desk.do(made["sent"], Action.SUBMIT, CLERK, "2025-01-08", papers=FORM)
    desk.do(made["file"], Action.FILE, CLERK, "2025-03-20", papers=FILING)
    return made


FILTERS: dict[str, tuple[Search, set[str]]] = {
    "nothing": (Search(), {"draft", "sent", "plan", "file", "held", "old"}),
    "two characters": (Search("培训"), {"draft"}),
    "host and name, in any case": (Search("ai 理工"), {"plan"}),
    "full width": (Search("ＡＩ"), {"plan"}),
    "a wildcard is a character": (Search("%"), {"file"}),
    "another wildcard": (Search("_"), {"file"}),
    "plan number": (Search("4"), {"held"}),
    "year": (Search(year=2024), {"old"}),
    "category": (Search(category="ordinary"), {"held"}),
    "states": (Search(states=(State.HELD, State.FILED)), {"held", "file"}),
    "department": (Search(department="厦门市人社局"), {"held"}),
    "city": (Search(city="厦门"), {"sent"}),
    "overdue": (Search(overdue=True), {"plan", "sent"}),
    "due soon": (Search(due_within=30), {"file"}),
    "waits for the province": (Search(mine=True), {"file"}),
    "two at once": (Search("研修", year=2025, states=(State.PLANNED,)), {"plan"}),
    "nothing fits": (Search("没有这样的班"), set()),
}


@pytest.mark.parametrize("name", sorted(set(FILTERS) - {"due soon", "overdue"}))
def test_each_filter_leaves_what_it_says(desk: Desk, way: str, name: str) -> None:
    made = season(desk)
    search, expected = FILTERS[name]
    wanted = {made[key] for key in expected}
    if name == "plan number":  # a number is also looked for among the ids
        wanted.add(int(search.words))
    assert set(ids(looked_up(desk, search))) == wanted


def test_overdue_and_due_soon_follow_the_deadlines(desk: Desk, way: str) -> None:
    made = season(desk)
    with desk.db.read() as connection:
        rows = project_rows(connection, desk.book, list(made.values()), today=TODAY)
    late = {row.id for row in rows if row.due and row.due.late}
    assert made["plan"] in late and made["draft"] not in late
    assert set(ids(looked_up(desk, Search(overdue=True)))) == late
    until = TODAY + timedelta(days=30)
    soon = {row.id for row in rows if row.due and TODAY <= row.due.on <= until}
    assert set(ids(looked_up(desk, Search(due_within=30)))) >= soon
    assert ids(looked_up(desk, Search(due_within=0))) == []


def test_what_waits_is_what_the_workplace_says(desk: Desk, way: str) -> None:
    made = season(desk)
    assert ids(looked_up(desk, Search(mine=True), WANG)) == [made["file"]]
    assert ids(looked_up(desk, Search(mine=True), COORDINATOR)) == [made["sent"]]
    assert made["plan"] in ids(looked_up(desk, Search(mine=True), CLERK))
    assert made["file"] not in ids(looked_up(desk, Search(mine=True), CLERK))
    desk.do(made["file"], Act.MILESTONE, WANG, "2025-03-25", name="filing_confirmed")
    # Nothing of the province's is left to record before the class: the move is its host's.
    assert ids(looked_up(desk, Search(mine=True), WANG)) == []
    assert made["file"] in ids(looked_up(desk, Search(mine=True), CLERK))


def test_open_flags_are_found_until_they_are_disposed_of(desk: Desk, way: str) -> None:
    project = desk.admit(state="planned", opens_earliest="2025-04-20", opens_latest="2025-04-20")
    desk.do(project, Action.FILE, CLERK, "2025-04-01", papers=FILING)
    flags = desk.flags(project)
    assert flags and ids(looked_up(desk, Search(flagged=True))) == [project]
    for flag in flags:
        desk.do(
            project, Act.DISPOSE, WANG, "2025-04-02", flag=flag, outcome="accepted", reason="已说明"
        )
    assert ids(looked_up(desk, Search(flagged=True))) == []
    assert desk.complaints() == []


def test_nobody_sees_beyond_their_scope(desk: Desk, way: str) -> None:
    made = season(desk)
    assert ids(looked_up(desk, Search(), OTHER_CLERK)) == [made["held"]]
    assert ids(looked_up(desk, Search(), OTHER_COORDINATOR)) == [made["held"]]
    assert ids(looked_up(desk, Search(department=OFFICE), OTHER_COORDINATOR)) == []
    assert ids(looked_up(desk, Search(), STRANGER)) == []


def test_each_order(desk: Desk, way: str) -> None:
    made = season(desk)
    by = {order: ids(looked_up(desk, Search(order=order))) for order in Order}
    keys = {number: key for key, number in made.items()}
    assert [keys[i] for i in by[Order.PLAN]] == ["file", "sent", "plan", "held", "draft", "old"]
    assert keys[by[Order.OPENING][0]] == "held" and keys[by[Order.OPENING][-1]] == "old"
    # AI, 茶 chá, 古 gǔ, 海 hǎi, 数 shù: by sound.
    assert [keys[i] for i in by[Order.NAME]] == ["plan", "draft", "file", "sent", "held", "old"]
    with desk.db.read() as connection:
        rows = project_rows(connection, desk.book, by[Order.DUE], today=TODAY)
    days = [row.due.on for row in rows if row.due]
    assert len(days) == len(by[Order.DUE]) and days == sorted(days)


def many(desk: Desk, count: int) -> None:
    """Projects that share keys, so that a page may end between equals."""
    known = {"policy": "fujian-2025", "year": 2025, "category": "demonstration", "state": "planned"}
    day = {
        "opens_earliest": "2025-05-12",
        "opens_latest": "2025-05-12",
        "planned_ends": "2025-05-15",
    }
    newcomers = [
        Newcomer(
            Entry.IMPORT, known | day | {"name": "研修班", "host": f"学校{n}", "number": n // 3}
        )
        for n in range(count)
    ]
    with desk.db.write() as connection:
        at = AT
        admit(connection, desk.book, newcomers, person="", today=date(2025, 1, 6), at=at)


@pytest.mark.parametrize("order", list(Order))
def test_pages_lead_through_everything_and_back(desk: Desk, way: str, order: Order) -> None:
    many(desk, 23)
    search = Search("研修", year=2025, order=order)
    whole = ids(looked_up(desk, search, limit=100))
    assert len(whole) == len(set(whole)) == 23
    pages, cursor = [], None
    while True:
        found = looked_up(desk, search, cursor=cursor, limit=7)
        pages.append(found)
        if not found.after:
            break
        cursor = Cursor(found.places[-1])
    assert [i for found in pages for i in ids(found)] == whole
    assert [found.before for found in pages] == [False, True, True, True]
    back = Cursor(pages[-1].places[0], back=True)
    for found in reversed(pages[:-1]):
        again = looked_up(desk, search, cursor=back, limit=7)
        assert ids(again) == ids(found)
        back = Cursor(again.places[0], back=True)
    assert not again.before


def test_a_walk_that_ends_early_says_so_and_goes_on(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    many(desk, 23)
    monkeypatch.setattr(project_list, "FEW", -1)
    monkeypatch.setattr(project_list, "WALK", 5)
    found, seen, stretches = None, [], 0
    while found is None or found.after:
        cursor = Cursor(found.unfinished or found.places[-1]) if found else None
        found = looked_up(desk, Search("学校22"), cursor=cursor)
        seen += ids(found)
        stretches += 1
    assert (len(seen), stretches) == (1, 5)


def test_everything_comes_in_stretches_and_is_capped(
    desk: Desk, way: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    many(desk, 23)
    monkeypatch.setattr(project_list, "STRETCH", 5)
    with desk.db.read() as connection:
        whole = [i for part in everything(connection, [], most=100, year=None) for i in part]
        capped = [i for part in everything(connection, [], most=12, year=None) for i in part]
    assert whole == ids(looked_up(desk, Search(), limit=100)) and capped == whole[:12]


def test_the_columns_of_lists_follow_from_the_facts(desk: Desk) -> None:
    made = season(desk)
    desk.do(made["file"], Act.MILESTONE, WANG, "2025-03-25", name="filing_confirmed")
    with desk.db.read() as connection:
        for row in connection.execute(select(PROJECT)):
            assert {k: getattr(row, k) for k in shelved(json.loads(row.facts))} == shelved(
                json.loads(row.facts)
            )
    assert desk.complaints() == []


def test_a_migrated_row_gets_its_columns(tmp_path: Any, book: Rulebook) -> None:
    from workflow.database import Database
    from workflow.migrations import upgrade

    database = Database(f"sqlite:///{tmp_path / 'old.db'}")
    upgrade(database, "0003")
    facts = {
        **{"state": "submitted", "policy": "fujian-2025", "year": 2025, "name": "甲班"},
        **{"number": 3, "host": "某大学", "category": "demonstration", "place": "福州市"},
    }
    with database.write() as connection:
        connection.execute(
            text(
                "INSERT INTO project (policy, year, identity, number, name, host, category, department,"
                " state, contact_email, facts, version, head) VALUES ('fujian-2025', 2025, 'i', 3, '甲班', '某大学',"
                " 'demonstration', '', 'submitted', '', :facts, 1, '')"
            ),
            {"facts": json.dumps(facts)},
        )
    upgrade(database)
    refresh(database, book)
    with database.read() as connection:
        row = connection.execute(select(PROJECT)).one()
    wanted = drawn(facts, Facts.read(facts), book.policy("fujian-2025"))
    assert wanted["waits_for"] == "coordinator" and wanted["city"] == "福州"
    assert {name: getattr(row, name) for name in wanted} == wanted
    database.close()


@pytest.mark.parametrize(
    ("place", "city"),
    [
        ("福建省福州市鼓楼区五四路", "福州"),
        ("厦门", "厦门"),
        ("泉州市", "泉州"),
        ("新疆维吾尔自治区乌鲁木齐市", "乌鲁木齐"),
        ("北京市海淀区", "北京"),
        ("伊犁哈萨克自治州", "伊犁哈萨克"),
        ("海峡会展中心三楼", ""),
        ("", ""),
    ],
)
def test_the_city_of_a_place(place: str, city: str) -> None:
    assert city_of(place) == city


def test_choices_offer_what_there_is_and_own_departments_only(desk: Desk) -> None:
    season(desk)
    with desk.db.read() as connection:
        categories = connection.execute(select(PROJECT.c.category)).scalars().all()
        known = choices(connection, desk.book, WANG)
        own = choices(connection, desk.book, OTHER_COORDINATOR)
    assert known.years == (2025, 2024)
    assert known.departments == tuple(sorted((OFFICE, "厦门市人社局")))
    assert set(known.cities) == {"泉州", "厦门", "福州"}
    assert {key for key, _ in known.categories} == set(categories)  # no other province's
    assert own.departments == ("厦门市人社局",)


@pytest.mark.parametrize("order", list(Order))
def test_a_walk_reads_its_index_and_never_sorts(desk: Desk, order: Order) -> None:
    """On SQLite, as it says itself: a search in an index that covers, and no temporary tree."""
    if not desk.db.is_sqlite:
        pytest.skip("SQLite's own words")
    many(desk, 3)
    search = Search("研修", states=(State.PLANNED,), city="福州", overdue=True, order=order)
    plans = []

    def heard(_c: Any, _cursor: Any, statement: str, parameters: Any, *_: Any) -> None:
        if "LIMIT" in statement and (
            "_order" in statement or "earlier" in statement or order is Order.DUE
        ):
            plans.append((statement, parameters))

    with desk.db.read() as connection:
        event.listen(desk.db.engine, "before_cursor_execute", heard)
        project_list.FEW, few = -1, project_list.FEW
        try:
            wanted = list(conditions(search, WANG, today=TODAY))
            place = find(connection, [], order, None, limit=1).places[0]
            find(connection, wanted, order, Cursor(place), limit=50)
        finally:
            project_list.FEW = few
            event.remove(desk.db.engine, "before_cursor_execute", heard)
        walks = [(s, p) for s, p in plans if "anon_1" in s]
        assert walks
        for statement, parameters in walks:
            plan = connection.exec_driver_sql(f"EXPLAIN QUERY PLAN {statement}", parameters).all()
            told = [row[3] for row in plan]
            assert not [line for line in told if "TEMP B-TREE" in line], told
            used = "ix_deadline_due" if order is Order.DUE else "COVERING INDEX ix_project_by"
        assert [line for line in told if used in line], told
