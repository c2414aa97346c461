"""Who gets what from the API: every route, every role, with and without a token."""

from __future__ import annotations

from datetime import date

import pytest
from callers import API, OTHER_SCHOOL, PEOPLE, Caller, caller
from stories import AT, SCHOOL, WANG
from visits import House

from states.facts import Json
from states.terms import Act, Action
from web.api.rooms import schema
from workflow.mail_tables import MAIL
from workflow.office_tables import TokenScope

# Who sees a project of SCHOOL, recommended by OFFICE.
INSIDE = {"host", "coordinator", "province", "admin", "auditor"}
EVERYBODY = set(PEOPLE)
PROJECT_ROUTES = {
    "/projects/{project_id}",
    "/projects/{project_id}/actions",
    "/projects/{project_id}/coming-mails",
    "/projects/{project_id}/papers",
    "/projects/{project_id}/papers/{key}",
}
# Who enters a room, as on the pages; 403 to anybody else.
OFFICIALS = {"coordinator", "other coordinator", "province", "admin", "auditor"}
OFFICE = OFFICIALS - {"coordinator", "other coordinator"}
WATCHERS = OFFICIALS - {"admin"}
STAFF = WATCHERS - {"auditor"}
ROOMS = {
    "/batches": WATCHERS,
    "/batches/{batch_id}": WATCHERS,
    "/batches/{batch_id}/candidates": STAFF,
    "/batches/{batch_id}/preview": STAFF,
    "/mail/{mail_id}": OFFICIALS,
    "/marked-addresses": OFFICIALS,
    "/announcements": {"province"},
    "/calls": STAFF,
    "/calls/text": STAFF,
    "/statistics": WATCHERS,
    "/statistics/{year}": WATCHERS,
    "/statistics/{year}/courses": WATCHERS,
    "/me/units": {"host", "other host"},
    "/people": OFFICIALS,
    "/people/{person_id}": OFFICIALS,
    "/units": OFFICIALS,
    "/units/{unit_id}": OFFICIALS,
    "/ladders": OFFICIALS,
    "/wordings": OFFICE,
    "/wordings/{notice}/{language}": OFFICE,
    "/health": OFFICE,
    "/audit": OFFICE,
    "/audit/projects": OFFICE,
}
# 404 to whose scope it is not in: of a project, or of a colleague's batch.
SCOPED = {"/mail/{mail_id}", "/units/{unit_id}", *(path for path in ROOMS if "{batch_id}" in path)}
FILL = {
    "{project_id}": "1",
    "{key}": "application_form",
    "{policy}": "fujian-2025",
    "{other}": "fujian-2024",
    "{year}": "2025",
    "{webhook_id}": "999",
    "{action}": "submit",
    "{batch_id}": "1",
    "{view_id}": "999",
    "{person_id}": "1",  # of the province
    "{role_id}": "1",
    "{unit_id}": "1",
    "{mail_id}": "1",
    "{notice}": "filing",
    "{language}": "zh",
    "{act}": "hold",
    "{email}": "lin@example.cn",
}
QUERY = {
    "/deadlines": "?policy=fujian-2025&category=demonstration&opens=2025-05-12",
    "/audit/projects": "?person=host",
}


def routes(method: str) -> list[str]:
    return [
        path.removeprefix(API) for path, methods in schema()["paths"].items() if method in methods
    ]


def filled(path: str) -> str:
    where = path
    for name, value in FILL.items():
        where = where.replace(name, value)
    return where + QUERY.get(path, "")


@pytest.fixture
def project(house: House) -> int:
    """A drafted project whose application form is kept."""
    number = house.desk.admit()
    assert number == 1
    kept = caller(house, "province").upload("申报表.pdf", b"%PDF-1")
    done = caller(house, "host").do(number, "submit", papers={"application_form": kept})
    assert done.status_code == 200, done.text
    new = {"deed": "review", "projects": [number]}
    assert caller(house, "coordinator").post("/batches", new).json()["id"] == 1
    return number


def expected(path: str, who: str) -> int:
    if path in ROOMS and who not in ROOMS[path]:
        return 403
    if path == "/people/{person_id}" and "coordinator" in who:
        return 404
    if path in SCOPED and who not in INSIDE:
        return 404
    return 404 if path in PROJECT_ROUTES and who not in INSIDE else 200


@pytest.mark.parametrize("who", PEOPLE)
def test_each_role_reads_what_is_theirs(house: House, project: int, who: str) -> None:
    program = caller(house, who, TokenScope.READ)
    found = {path: program.get(filled(path)).status_code for path in routes("get")}
    assert found == {path: expected(path, who) for path in routes("get")}
    assert len(found) >= 14


def test_without_a_token_nothing_is_told(house: House, project: int) -> None:
    client = house.visit().client
    for method in ("get", "post", "delete"):
        for path in routes(method):
            answer = client.request(method, API + filled(path))
            assert (answer.status_code, answer.headers["www-authenticate"]) == (401, "Bearer"), path
            assert answer.headers["content-type"] == "application/problem+json"
            assert answer.json()["detail"].startswith("请在请求中带上访问令牌")


@pytest.mark.parametrize("header", ["Bearer", "Bearer ", "Bearer yx_wrong", "Basic eDp5", "x"])
def test_what_is_no_token_opens_nothing(house: House, header: str) -> None:
    client = house.visit().client
    answer = client.get(f"{API}/me", headers={"Authorization": header})
    assert answer.status_code == 401


@pytest.mark.parametrize("who", PEOPLE)
def test_a_token_to_read_changes_nothing(house: House, project: int, who: str) -> None:
    program = caller(house, who, TokenScope.READ)
    before = house.desk.rows()
    for method in ("post", "delete"):
        for path in routes(method):
            answer = program.client.request(
                method, API + filled(path), headers={"Authorization": f"Bearer {program.token}"}
            )
            assert answer.status_code == 403, path
            assert answer.json()["detail"] == "这个访问令牌只能查看，不能办理。"
    after = house.desk.rows()
    # Only that the token was used is noted.
    assert {k: v for k, v in before.items() if k != "api_token"} == {
        k: v for k, v in after.items() if k != "api_token"
    }


def test_a_browsers_session_reads_and_does_not_change(house: House, project: int) -> None:
    caller(house, "province")
    person = caller(house, "province").person
    visit = house.visit(person)
    assert visit.get(f"{API}/projects/{project}").status_code == 200
    refused = visit.client.post(f"{API}/projects/{project}/actions/review", json={})
    assert refused.status_code == 403
    assert "访问令牌" in refused.json()["detail"]
    # Even with the session's own token for forms: a cookie is no key of the API.
    headers = {"X-CSRF-Token": visit.csrf}
    again = visit.client.post(f"{API}/projects/{project}/actions/review", json={}, headers=headers)
    assert again.status_code == 403


ACTING = {  # who may review, reject and so on is the engine's word; here only that it is asked
    "host": 403,
    "other host": 404,
    "coordinator": 200,
    "other coordinator": 404,
    "admin": 403,
    "auditor": 403,
    "nobody": 404,
    "province": 200,
}


@pytest.mark.parametrize("who", ACTING)
def test_acting_is_for_those_whose_turn_it_is(house: House, project: int, who: str) -> None:
    done = caller(house, who).do(project, "review", fields={"opinion": "同意推荐"})
    assert done.status_code == ACTING[who], done.text
    if done.status_code == 403:
        assert done.json()["findings"][0]["rule"] == "right_role"
        assert done.json()["findings"][0]["who"] == ["coordinator", "province"]


def ids(program: Caller, path: str = "/projects") -> list[int]:
    return [one["id"] for one in program.get(path).json()["items"]]


def test_each_list_ends_where_the_scope_does(house: House, project: int) -> None:
    other = house.desk.admit(host=OTHER_SCHOOL, department="厦门市人社局", name="软件研修班")
    assert ids(caller(house, "host")) == [project]
    assert ids(caller(house, "coordinator")) == [project]
    assert ids(caller(house, "other host")) == [other]
    assert ids(caller(house, "nobody")) == []
    assert ids(caller(house, "auditor")) == [project, other]
    # Nor does a filter reach beyond it.
    assert ids(caller(house, "host"), f"/projects?q={OTHER_SCHOOL}") == []
    assert ids(caller(house, "province"), f"/projects?q={OTHER_SCHOOL}") == [other]


def shown(house: House, who: str, project: int) -> Json:
    found: Json = caller(house, who).get(f"/projects/{project}").json()
    return found


def test_a_host_does_not_read_what_officials_say_among_themselves(
    house: House, project: int
) -> None:
    caller(house, "coordinator").do(project, "review", fields={"opinion": "师资偏弱，勉强同意"})
    host, province = shown(house, "host", project), shown(house, "province", project)
    assert province["history"][-1]["given"] == {"opinion": "师资偏弱，勉强同意"}
    assert province["history"][-1]["person"] == "coordinator"
    assert (host["history"][-1]["deed"], host["history"][-1]["given"]) == ("review", {})
    assert host["history"][-1]["person"] == ""
    assert host["history"][-2]["person"] == "host"
    assert "师资偏弱" not in caller(house, "host").get(f"/projects/{project}").text


def test_a_host_does_not_read_notes_and_inspections_of_officials(house: House) -> None:
    desk = house.desk
    number = desk.admit()
    desk.live(number, "filed")
    before = shown(house, "host", number)
    desk.do(
        number, Act.NOTE, WANG, "2025-04-10", channel="phone", person="林老师", promise="下周报"
    )
    desk.do(number, Act.INSPECT, WANG, "2025-04-11", findings="现场管理松散")
    after = shown(house, "host", number)
    assert (after["facts"], after["history"]) == (before["facts"], before["history"])
    assert len(shown(house, "auditor", number)["history"]) == len(after["history"]) + 2
    desk.do(number, Act.INSPECT, WANG, "2025-04-12", findings="缺签到表", mend_by=date(2025, 4, 20))
    assert shown(house, "host", number)["history"][-1]["given"]["findings"] == "缺签到表"


def test_a_host_does_not_see_what_is_noted_of_calls(house: House, project: int) -> None:
    given = {"channel": "phone", "person": "林老师", "promise": "推托", "follow_up": "2025-04-10"}
    noted = caller(house, "coordinator").do(project, "note", fields=given)
    assert noted.status_code == 200, noted.text
    assert "推托" in caller(house, "province").get(f"/projects/{project}").text
    read_by_host = caller(house, "host").get(f"/projects/{project}").text
    assert "推托" not in read_by_host
    assert "2025-04-10" not in read_by_host


def test_a_host_does_not_see_a_proposal_before_it_is_decided(house: House) -> None:
    desk = house.desk
    number = desk.admit()
    desk.live(number, "reported")
    desk.do(number, Action.SUBSIDISE, WANG, "2025-07-01", amount=4_800_000)
    host, auditor = shown(house, "host", number), shown(house, "auditor", number)
    assert auditor["facts"]["pending"]["given"] == {"amount": 4_800_000}
    assert "pending" not in host["facts"]
    assert len(host["history"]) == len(auditor["history"]) - 1
    assert "4800000" not in caller(house, "host").get(f"/projects/{number}").text


def test_mail_to_officials_is_not_told_to_a_host(house: House, project: int) -> None:
    rows = {
        "purpose": "result",
        "notice": "plan",
        "about": "{}",
        "project_id": project,
        "to_name": "某人",
        "to_email": "x@example.cn",
        "on_date": house.day,
        "created_at": AT,
        "due_at": AT,
    }
    with house.desk.db.write() as connection:
        connection.execute(MAIL.delete())
        for role in ("host", "coordinator", "province"):
            connection.execute(
                MAIL.insert().values(rows | {"key": role, "token": role, "to_role": role})
            )

    def told(who: str) -> list[str]:
        return [mail["to_role"] for mail in caller(house, who).get("/mail").json()["items"]]

    assert told("host") == ["host"]
    assert told("coordinator") == ["host", "coordinator"]
    assert told("province") == told("auditor") == ["host", "coordinator", "province"]
    assert told("other host") == told("other coordinator") == told("nobody") == []
    assert [mail["to_role"] for mail in shown(house, "host", project)["mail"]] == ["host"]


def test_an_administrator_sees_all_units_and_people(house: House, project: int) -> None:
    admin = caller(house, "admin")
    names = [unit["name"] for unit in admin.get("/units").json()["items"]]
    assert names.count(SCHOOL) == 1
    people = admin.get("/people").json()["items"]
    held = {person["login"]: person["roles"] for person in people}
    assert [(one["role"], one["scope"]) for one in held["host"]] == [("host", SCHOOL)]
