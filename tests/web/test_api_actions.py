"""Projects through the API: listed, shown, acted on; what is refused says why."""

from __future__ import annotations

from datetime import date
from urllib.parse import urlsplit

import pytest
from callers import API, PEOPLE, Caller, caller
from sqlalchemy import event
from stories import FILING, REPORT, SCHOOL
from visits import House

from states.terms import Act, Action


@pytest.fixture
def number(house: House) -> int:
    return house.desk.admit()


def test_a_project_goes_its_whole_way_by_the_api_alone(house: House, number: int) -> None:
    host, office = caller(house, "host"), caller(house, "coordinator")
    province, second = caller(house, "province"), second_of_the_province(house)

    def papers(*keys: str) -> dict[str, dict[str, str]]:
        return {key: host.upload(f"{key}.pdf", key.encode()) for key in keys}

    house.day = date(2025, 7, 1)
    steps: tuple[tuple[Caller, str, dict[str, object]], ...] = (
        (host, "submit", {"papers": papers("application_form"), "on": "2025-01-08"}),
        (office, "review", {"fields": {"opinion": "同意推荐"}, "on": "2025-01-10"}),
        (province, "plan", {"fields": {"number": 7}, "on": "2025-02-20"}),
        (host, "file", {"papers": papers(*FILING), "on": "2025-04-10"}),
        (province, "milestone", {"fields": {"name": "filing_confirmed"}, "on": "2025-04-15"}),
        (
            host,
            "hold",
            {
                "fields": {
                    **{"opens": "2025-05-12", "ends": "2025-05-15"},
                    **{"trainees": 32, "online_trainees": 0, "staff": 4},
                },
                "on": "2025-05-16",
            },
        ),
        (host, "report", {"papers": papers(*REPORT, "subsidy_receipt"), "on": "2025-06-10"}),
        (province, "subsidise", {"fields": {"amount": "48,000.00"}}),
        (second, "subsidise", {"fields": {"amount": 48000}}),
    )
    answers = []
    for program, action, body in steps:
        answer = program.do(number, action, **body)
        assert answer.status_code == 200, (action, answer.text)
        said = answer.json()
        answers.append((action, said["state"], said["pending"]))
    assert answers == [
        ("submit", "submitted", False),
        ("review", "reviewed", False),
        ("plan", "planned", False),
        ("file", "filed", False),
        ("milestone", "filed", False),
        ("hold", "held", False),
        ("report", "reported", False),
        ("subsidise", "reported", True),
        ("subsidise", "subsidised", False),
    ]
    shown = host.get(f"/projects/{number}").json()
    assert (shown["state_label"], shown["facts"]["amount"]) == ("补助已审定", 4_800_000)
    assert house.desk.complaints() == []


def second_of_the_province(house: House) -> Caller:
    PEOPLE["second province"] = PEOPLE["province"]
    return caller(house, "second province")


def test_what_is_refused_is_told_with_its_clause(house: House, number: int) -> None:
    before = house.desk.rows()["event"]
    refused = caller(house, "host").do(number, "submit")
    assert refused.status_code == 422
    problem = refused.json()
    assert (problem["type"], problem["title"]) == ("/api/docs#refused", "暂不能办理")
    assert [(f["rule"], f["severity"], f["clause"][:3]) for f in problem["findings"]] == [
        ("papers_present", "block", "R24")
    ]
    assert problem["detail"] == problem["findings"][0]["message"]
    assert house.desk.rows()["event"] == before


def test_the_caller_chooses_the_language(house: House, number: int) -> None:
    host = caller(house, "host")
    path = f"/projects/{number}/actions/submit"
    said = {
        tag: host.post(path, {}, Accept_Language=tag).json()["title"]
        for tag in ("zh", "en", "en-GB,zh;q=0.5", "zh-CN,en;q=0.9", "fr", "*;q=x")
    }
    assert said == {
        "zh": "暂不能办理",
        "en": "Not possible yet",
        "en-GB,zh;q=0.5": "Not possible yet",
        "zh-CN,en;q=0.9": "暂不能办理",
        "fr": "暂不能办理",
        "*;q=x": "暂不能办理",
    }


def test_wrong_values_are_told_field_by_field(house: House, number: int) -> None:
    given = {"opens": "5月", "ends": "2025-05-15", "colour": "red"}
    answer = caller(house, "host").do(number, "hold", fields=given)
    assert answer.status_code == 422
    assert {f["field"] for f in answer.json()["fields"]} == {"opens", "colour"}
    for body, field in (({"seen": 0}, "seen"), ({"on": "x"}, "on"), ({"extra": 1}, "extra")):
        answer = caller(house, "host").do(number, "hold", **body)
        assert [f["field"] for f in answer.json()["fields"]] == [field], answer.text


def test_who_looked_at_an_older_version_loses_the_race(house: House, number: int) -> None:
    host, office = caller(house, "host"), caller(house, "coordinator")
    form = {"application_form": host.upload("申报表.pdf", b"1")}
    seen = host.get(f"/projects/{number}").json()["version"]
    assert host.do(number, "submit", papers=form, seen=seen).status_code == 200
    late = office.do(number, "send_back", fields={"items": "x", "mend_by": "2025-04-20"}, seen=seen)
    assert late.status_code == 409
    assert late.json()["type"] == "/api/docs#lost_race"
    now = office.get(f"/projects/{number}").json()["version"]
    again = office.do(number, "send_back", fields={"items": "x", "mend_by": "2025-04-20"}, seen=now)
    assert again.status_code == 200


def test_papers_come_along_with_the_deed_or_before_it(house: House, number: int) -> None:
    host = caller(house, "host")
    deed = '{"on": "2025-01-08"}'  # which does not count: it arrives today
    files = {"application_form": ("../申报表 一.pdf", b"%PDF-1.7")}
    sent = host.send(f"/projects/{number}/actions/submit", files, {"deed": deed})
    assert (sent.status_code, sent.json()["on"]) == (200, "2025-04-01"), sent.text
    [paper] = host.get(f"/projects/{number}").json()["papers"]
    assert (paper["name"], paper["size"], paper["on"]) == ("申报表 一.pdf", 8, "2025-04-01")
    got = host.get(f"/projects/{number}/papers/application_form")
    assert got.content == b"%PDF-1.7"
    assert got.headers["content-type"] == "application/octet-stream"
    assert got.headers["content-disposition"].startswith("attachment; ")
    assert host.get(f"/projects/{number}/papers/nothing").status_code == 404


def test_a_paper_that_was_never_uploaded_is_not_attached(house: House, number: int) -> None:
    paper = {"sha256": "0" * 64, "name": "x.pdf"}
    answer = caller(house, "host").do(number, "submit", papers={"application_form": paper})
    assert answer.status_code == 422
    assert [f["field"] for f in answer.json()["fields"]] == ["papers.application_form"]
    assert caller(house, "host").send("/papers", {"file": ("x.pdf", b"")}).status_code == 422
    assert caller(house, "host").send("/papers", {"other": ("x.pdf", b"1")}).status_code == 422


def test_entering_from_paper_counts_by_its_date_and_says_so(house: House, number: int) -> None:
    office = caller(house, "coordinator")
    form = {"application_form": office.upload("申报表.pdf", b"1")}
    body = {"papers": form, "on": "2025-01-08", "on_behalf": True}
    assert office.do(number, "submit", **body).status_code == 200
    event = office.get(f"/projects/{number}").json()["history"][-1]
    assert (event["on"], event["on_behalf"], event["role"]) == ("2025-01-08", True, "host")


def test_actions_say_what_is_open_and_what_stands_against_the_rest(
    house: House, number: int
) -> None:
    found = caller(house, "host").get(f"/projects/{number}/actions").json()
    actions = {one["action"]: one for one in found["actions"]}
    assert len(actions) == len(Action) + len(Act)
    assert actions["submit"]["open"]
    assert [p["key"] for p in actions["submit"]["papers"]] == ["application_form"]
    assert not actions["review"]["open"]
    assert actions["review"]["reasons"][0]["rule"] in ("right_order", "right_role")
    fields = {field["name"]: field for field in actions["hold"]["fields"]}
    assert (fields["opens"]["kind"], fields["opens"]["required"]) == ("date", True)


def test_a_list_is_walked_page_by_page_and_holds_each_project_once(house: House) -> None:
    made = [house.desk.admit(name=f"第{n}期研修班") for n in range(7)]
    host = caller(house, "host")
    where, met, pages = "/projects?limit=3", [], 0
    while where:
        answer = host.get(where)
        body = answer.json()
        met += [one["id"] for one in body["items"]]
        pages += 1
        if body["next"]:
            assert answer.headers["link"] == f'<{body["next"]}>; rel="next"'
        else:
            assert "link" not in answer.headers
        where = (body["next"] or "").removeprefix(API)
    assert (met, pages) == (made, 3)


def test_filters_narrow_the_list(house: House) -> None:
    first = house.desk.admit(name="人工智能研修班", opens_earliest="2025-03-10")
    second = house.desk.admit(name="养老服务研修班", category="ordinary", department="省民政厅")
    province = caller(house, "province")

    def found(query: str) -> list[int]:
        answer = province.get(f"/projects?{query}")
        assert answer.status_code == 200, answer.text
        return [one["id"] for one in answer.json()["items"]]

    assert found("q=智能") == [first]
    assert found("q=智能 理工") == [first]
    assert found(f"q={SCHOOL}") == [first, second]
    assert found("q=%25") == found("q=_") == []
    assert found("category=ordinary") == found("department=省民政厅") == [second]
    assert found("year=2024") == found("state=held") == []
    assert found("state=drafted&year=2025") == [first, second]
    assert found("q=%00") == [first, second]
    house.day = date(2025, 12, 31)
    assert set(found("overdue=true")) == {
        one["id"] for one in province.get("/projects").json()["items"] if one["overdue"]
    }


@pytest.mark.parametrize("query", ["limit=0", "limit=201", "cursor=-1", "state=nowhere", "year=x"])
def test_parameters_that_do_not_fit_are_named(house: House, query: str) -> None:
    answer = caller(house, "province").get(f"/projects?{query}")
    assert answer.status_code == 422
    named = [f["field"].partition(".")[0] for f in answer.json()["fields"]]
    assert named == [query.partition("=")[0]]


def test_a_list_takes_the_same_few_queries_whatever_it_holds(house: House) -> None:
    seen: list[str] = []
    engine = house.desk.db.engine
    event.listen(engine, "before_cursor_execute", lambda *a: seen.append(a[2]))

    def queries() -> int:
        seen.clear()
        assert caller_.get("/projects?limit=200").status_code == 200
        return len(seen)

    house.desk.admit()
    caller_ = caller(house, "province")
    queries()  # the first call notes that the token was used
    few = queries()
    for n in range(30):
        house.desk.admit(name=f"第{n}期研修班")
    assert queries() == few <= 7


def test_the_calculator_gives_what_the_command_gives(house: House) -> None:
    path = "/deadlines?policy=fujian-2025&category=demonstration&opens=2025-03-31&ends=2025-04-03"
    found = {d["kind"]: d for d in caller(house, "nobody").get(path).json()["items"]}
    assert (found["filing"]["due_on"], found["filing"]["clause"]) == ("2025-02-28", "R25-07")
    assert len(found["filing"]["trace"]) >= 3
    assert (
        caller(house, "nobody").get("/deadlines?policy=x&category=y&opens=2025-03-31").status_code
        == 404
    )
    back = path.replace("2025-04-03", "2025-03-01")
    assert caller(house, "nobody").get(back).json()["fields"][0]["field"] == "ends"


def test_policies_are_shown_and_compared_with_clauses(house: House) -> None:
    program = caller(house, "auditor")
    listed = [p["id"] for p in program.get("/policies").json()["items"]]
    assert listed == ["fujian-2024", "fujian-2025", "xinjiang-2025"]
    shown = program.get("/policies/fujian-2025").json()
    clauses = {clause["id"] for clause in shown["clauses"]}
    cited = {f["clause"] for c in shown["categories"] for f in c["figures"] if f["clause"]}
    assert cited
    assert cited <= clauses
    assert program.get("/policies/fujian-2025/diff/fujian-2025").json()["items"] == []
    items = program.get("/policies/fujian-2025/diff/xinjiang-2025").json()["items"]
    back = program.get("/policies/xinjiang-2025/diff/fujian-2025").json()["items"]
    there = {(d["category"], d["key"], d["old"], d["new"]) for d in items}
    assert there == {(d["category"], d["key"], d["new"], d["old"]) for d in back}
    assert any(d["key"] == "deadline.filing" and d["clause"] for d in items)


def test_the_calendar_of_a_year(house: House) -> None:
    found = caller(house, "nobody").get("/calendar/2025").json()
    assert (found["official"], found["working_days"]) == (True, 248)
    assert {"on": "2025-10-01", "name": found["holidays"][-1]["name"]} in found["holidays"]
    assert "2025-01-26" in found["make_up_days"]
    assert caller(house, "nobody").get("/calendar/2150").json()["official"] is False


def test_me_says_who_calls_and_by_which_token(house: House) -> None:
    found = caller(house, "host").get("/me").json()
    assert found["login"] == "host"
    assert found["roles"] == [{"role": "host", "scope": SCHOOL}]
    assert (found["token"]["scope"], found["token"]["ends_at"]) == ("write", "2025-05-01T01:00:00Z")


def test_the_description_and_its_page_are_open_and_come_from_here_alone(house: House) -> None:
    client = house.visit().client
    described = client.get("/openapi.json").json()
    assert all(path.startswith(f"{API}/") for path in described["paths"])
    for language, word in (("zh", "办理一个事项"), ("en", "Do a step or an act")):
        client.cookies.set("yanxiu_language", language)
        answer = client.get("/api/docs")
        assert answer.status_code == 200
        assert word in answer.text
        assert all(path in answer.text for path in described["paths"])
        outside = [w for w in answer.text.split('"') if w.startswith(("http://", "https://", "//"))]
        assert [urlsplit(w).netloc for w in outside] == []
