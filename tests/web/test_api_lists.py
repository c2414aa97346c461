"""Lists and figures through the API: the same as on the pages, for whoever enters there."""

from __future__ import annotations

import re
from datetime import date
from io import BytesIO

import pytest
from callers import OTHER_OFFICE, Caller, caller
from openpyxl import load_workbook
from rooms import queries
from stories import WANG
from visits import House, Visit

from states.terms import Act, Role

SEARCHES = (
    "",
    "order=opening",
    "order=due",
    "order=name",
    "q=研修班1",
    "state=filed&state=held",
    "overdue=1",
    "due=60",
    "mine=1",
    "flagged=1",
    "city=福州",
    "year=2025&department=省教育厅&category=demonstration",
)


@pytest.fixture
def year(house: House) -> list[int]:
    """Projects in most states, one of another department, some of them late."""
    house.day = date(2025, 6, 20)
    made = []
    for n, state in enumerate(("drafted", "submitted", "reviewed", "planned", "filed", "held")):
        opens = f"2025-0{9 - n}-10"
        known = {
            "opens_earliest": opens,
            "opens_latest": opens,
            "planned_ends": f"2025-0{9 - n}-13",
        }
        made.append(
            house.desk.admit(name=f"研修班{n}", place="福建省福州市" if n % 2 else "", **known)
        )
        house.desk.live(made[-1], state)
    made.append(house.desk.admit(name="外地研修班", department=OTHER_OFFICE, host="厦门软件学院"))
    return made


def walked(program: Caller, where: str) -> list[int]:
    met: list[int] = []
    while where:
        answer = program.get(where)
        assert answer.status_code == 200, answer.text
        met += [one["id"] for one in answer.json()["items"]]
        where = (answer.json()["next"] or "").removeprefix("/api/v1")
    return met


def on_the_page(visit: Visit, query: str) -> list[int]:
    text = visit.get(f"/projects?{query}").text
    rows = text[text.index("<tbody") : text.index("</tbody")] if "<tbody" in text else ""
    return list(dict.fromkeys(int(n) for n in re.findall(r'href="/projects/(\d+)"', rows)))


@pytest.mark.parametrize("who", ["province", "coordinator", "host"])
def test_a_list_is_the_pages_in_filters_search_and_order(
    house: House, year: list[int], who: str
) -> None:
    program = caller(house, who)
    visit = house.visit(program.person)
    told = {query: on_the_page(visit, query) for query in SEARCHES}
    assert {query: walked(program, f"/projects?limit=2&{query}") for query in SEARCHES} == told
    assert len(told[""]) == (7 if who == "province" else 6)
    assert len({tuple(found) for found in told.values()}) >= 5  # they do narrow and order


def test_a_row_says_what_is_due_and_what_it_waits_for(house: House, year: list[int]) -> None:
    rows = {one["id"]: one for one in caller(house, "province").get("/projects").json()["items"]}
    planned = rows[year[3]]
    assert (planned["state"], planned["category_label"][:2]) == ("planned", "省级")
    assert planned["due"]["kind"] == "filing"
    assert planned["overdue"] == (planned["due"]["late"] > 0)
    assert rows[year[1]]["waits"] != []


@pytest.mark.parametrize(
    "cursor", ["x", "1", "~1", "12~x", "1~" + "9" * 20, "1~9999999999", "-1", "a~1"]
)
def test_a_cursor_of_another_list_is_refused(house: House, cursor: str) -> None:
    province = caller(house, "province")
    for path in ("/projects", "/statistics/2025/courses"):
        answer = province.get(f"{path}?cursor={cursor}")
        assert answer.status_code == 422, path
        assert [one["field"] for one in answer.json()["fields"]] == ["cursor"]


def test_the_list_is_taken_along_as_a_workbook(house: House, year: list[int]) -> None:
    host = caller(house, "host")
    answer = host.get("/projects/export?state=filed&state=held")
    assert answer.status_code == 200
    assert "filename*=UTF-8''" in answer.headers["content-disposition"]
    sheet = load_workbook(BytesIO(answer.content)).active
    assert sheet is not None
    names = {str(cell) for row in sheet.iter_rows(values_only=True) for cell in row}
    assert {"研修班4", "研修班5"} <= names
    assert not {"研修班3", "外地研修班"} & names


WHOLE = (
    *("/projects", "/projects?overdue=1&order=due", "/views", "/workplace", "/calls", "/people"),
    *("/units", "/units/1", "/batches", "/batches/1", "/statistics/2025"),
    *("/statistics/2025/courses", "/projects/1/papers"),
)


def test_no_answer_asks_the_database_more_when_there_is_more_in_it(house: House) -> None:
    visit = house.visit(caller(house, "province").person)

    def grown(by: int) -> dict[str, int]:
        added = []
        for n in range(by):
            added.append(house.desk.admit(name=f"研修班{by}-{n}"))
            house.desk.live(added[-1], "submitted")
            house.person(f"clerk{by}{n}", (Role.HOST, f"第{by}{n}大学"))
        program = caller(house, "province")
        program.post("/views", {"name": f"第{by}个"})
        first = program.get("/batches").json()["items"] or [
            program.post("/batches", {"deed": "review"}).json()
        ]
        program.post(f"/batches/{first[-1]['id']}/lines", {"projects": added})
        program.post("/batches", {"deed": "review", "projects": added})
        return {path: queries(house, visit, f"/api/v1{path}") for path in WHOLE}

    house.day = date(2025, 6, 20)
    few = grown(2)
    assert grown(12) == few
    assert 1 < min(few.values()) <= max(few.values()) <= 20


# -- Saved views ----------------------------------------------------------------------------------


def test_a_view_is_saved_shared_opened_and_deleted(house: House, year: list[int]) -> None:
    province, office = caller(house, "province"), caller(house, "coordinator")
    new = {"name": "逾期", "search": "overdue=1&nonsense=2&order=due", "shared": True}
    made = province.post("/views", new)
    assert (made.status_code, made.json()["search"]) == (201, "overdue=1&order=due")
    [seen] = office.get("/views").json()["items"]
    assert (seen["name"], seen["by"], seen["shared"]) == ("逾期", "province", True)
    found = walked(office, f"/projects?{seen['search']}")
    assert found == walked(office, "/projects?overdue=1&order=due") != []
    assert office.delete(f"/views/{seen['id']}").status_code == 404
    again = province.post("/views", new | {"shared": False}).json()
    assert office.get("/views").json()["items"] == []
    assert [one["id"] for one in province.get("/views").json()["items"]] == [again["id"]]
    assert province.delete(f"/views/{again['id']}").status_code == 204
    assert province.get("/views").json()["items"] == []


def test_a_view_needs_a_name_and_a_host_shares_none(house: House) -> None:
    host = caller(house, "host")
    for name in ("", "x" * 41):
        answer = host.post("/views", {"name": name, "search": ""})
        assert (answer.status_code, answer.json()["fields"][0]["field"]) == (422, "name")
    assert host.post("/views", {"name": "x", "shared": True}).status_code == 403
    assert host.post("/views", {"name": "x"}, Idempotency_Key="k").status_code == 201
    assert host.post("/views", {"name": "x"}, Idempotency_Key="k").status_code == 201
    assert len(host.get("/views").json()["items"]) == 1
    caller(house, "province").post("/views", {"name": "共享", "shared": True})
    assert [one["name"] for one in host.get("/views").json()["items"]] == ["x"]


# -- The workplace, calls, figures ----------------------------------------------------------------


def test_the_workplace_has_a_part_for_each_role(house: House, year: list[int]) -> None:
    told = {
        who: caller(house, who).get("/workplace").json()
        for who in ("host", "coordinator", "province", "auditor", "admin")
    }
    parts = {who: (one["mine"] is not None, one["office"] is not None) for who, one in told.items()}
    assert parts == {
        "host": (True, False),
        "coordinator": (False, True),
        "province": (False, True),
        "auditor": (False, True),
        "admin": (False, False),
    }
    mine = {one["project_id"]: one for one in told["host"]["mine"]}
    assert set(mine) == set(year[:-1])
    first = mine[year[0]]["next"]
    assert (first["deed"], first["papers"]) == ("submit", ["application_form"])
    assert mine[year[1]]["next"]["deed"] is None  # it waits for the department
    office = told["coordinator"]["office"]
    assert [(one["project_id"], one["deed"]) for one in office["to_do"]] == [(year[1], "review")]
    assert office["counts"]["waiting"] == 1
    assert office["states"]["filed"] == 1
    assert told["province"]["office"]["late"] != []
    watching = told["auditor"]["office"]
    assert (watching["role"], watching["late"], watching["to_do"]) == ("auditor", [], [])
    assert watching["recent"] != []


def test_whom_to_call_today_and_why(house: House, year: list[int]) -> None:
    given = {"channel": "phone", "person": "林老师", "promise": "下周报"}
    house.desk.do(year[3], Act.NOTE, WANG, "2025-06-18", follow_up=date(2025, 6, 20), **given)
    calls = caller(house, "province").get("/calls").json()["items"]
    first = calls[0]
    assert (first["promised"], first["called"]) == (True, False)
    matters = {one["project_id"]: one for one in first["matters"]}
    assert matters[year[3]]["note"]["promise"] == "下周报"
    assert all(one["what"] and (one["due"] or one["follow_up"]) for one in matters.values())
    own = caller(house, "coordinator").get("/calls").json()["items"]
    assert {one["unit"] for one in own} <= {one["unit"] for one in calls}


def test_the_figures_of_a_year_are_those_of_the_scope(house: House, year: list[int]) -> None:
    province, office = caller(house, "province"), caller(house, "coordinator")
    assert province.get("/statistics").json() == {"items": [2025]}
    whole, part = (p.get("/statistics/2025").json() for p in (province, office))
    assert [sum(one["here"] for one in f["states"]) for f in (whole, part)] == [7, 6]
    assert {one["department"] for one in whole["departments"]} == {"省教育厅", OTHER_OFFICE}
    assert [one["department"] for one in part["departments"]] == ["省教育厅"]
    late = sum(one["late"] for one in whole["departments"])
    assert late == len(walked(province, "/projects?overdue=1"))
    assert all(week["total"] == sum(week["kinds"].values()) for week in whole["weeks"])
    assert whole["funds"][0]["decided"] == 0
    assert province.get("/statistics/2031").json()["departments"] == []


def test_the_classes_of_a_year_stand_by_their_opening(house: House, year: list[int]) -> None:
    office = caller(house, "coordinator")
    items = office.get("/statistics/2025/courses").json()["items"]
    assert [one["project_id"] for one in items] == [year[n] for n in (4, 5, 3, 2, 1, 0)]
    assert [one["meeting"]["begins"] for one in items[:3]] == [
        *("2025-05-10", "2025-05-12", "2025-06-10")
    ]
    assert office.get("/statistics/2025/courses?department=x").json()["items"] == []
