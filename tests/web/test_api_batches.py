"""Batches through the API: prepared, previewed, published at once or not at all; who may."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest
from callers import PEOPLE, Caller, caller
from stories import WANG
from visits import House

from states.terms import Act, Action


def projects(house: House, state: str, count: int = 3) -> list[int]:
    found = []
    for n in range(count):
        one = house.desk.admit(name=f"研修班{n}", contact_email=f"c{n}@example.cn")
        house.desk.live(one, state)
        found.append(one)
    return found


def made(program: Caller, deed: str, chosen: list[int]) -> int:
    answer = program.post("/batches", {"deed": deed, "title": "第一批", "projects": chosen})
    assert answer.status_code == 201, answer.text
    return int(answer.json()["id"])


def filled(program: Caller, batch: int, **body: Any) -> dict[str, Any]:
    answer = program.post(f"/batches/{batch}", body)
    assert answer.status_code == 200, answer.text
    found: dict[str, Any] = answer.json()
    return found


def preview(program: Caller, batch: int) -> dict[str, Any]:
    answer = program.get(f"/batches/{batch}/preview")
    assert answer.status_code == 200, answer.text
    found: dict[str, Any] = answer.json()
    return found


def publish(program: Caller, batch: int, **headers: str) -> Any:
    body = {"shown": preview(program, batch)["shown"]}
    return program.post(f"/batches/{batch}/publish", body, **headers)


def states(house: House, chosen: list[int]) -> list[str]:
    return [house.desk.show(one)["state"] for one in chosen]


def second(house: House) -> Caller:
    PEOPLE["second province"] = PEOPLE["province"]
    return caller(house, "second province")


def test_a_plan_from_choosing_to_publishing(house: House) -> None:
    one, two, three = projects(house, "reviewed")
    province = caller(house, "province")
    batch = made(province, "plan", [one])
    offered = province.get(f"/batches/{batch}/candidates?q=研修班2").json()["items"]
    assert [found["id"] for found in offered] == [three]
    added = province.post(f"/batches/{batch}/lines", {"projects": [three, two]}).json()
    assert [line["project_id"] for line in added["lines"]] == [one, two, three]
    document = {"document_number": "闽人社〔2025〕1号"}
    ranked = filled(province, batch, fields=document, order=[three, one], number_from=5)
    told = [(line["project_id"], line["place"], line["fields"]) for line in ranked["lines"]]
    assert told == [
        (three, 1, {"number": "5"}),
        (one, 2, {"number": "6"}),
        (two, 3, {"number": "7"}),
    ]
    before = house.desk.rows()
    foreseen = preview(province, batch)
    assert {k: v for k, v in house.desk.rows().items() if k != "api_token"} == {
        k: v for k, v in before.items() if k != "api_token"
    }
    assert (foreseen["can_publish"], foreseen["mails"], foreseen["stopped"]) == (True, 3, 0)
    assert {line["state_label"] for line in foreseen["lines"]} == {"已列入年度计划"}
    assert foreseen["lines"][0]["mails"][0]["to_email"] == "c2@example.cn"
    assert "filing" in {due["kind"] for due in foreseen["lines"][0]["deadlines"]}
    done = publish(province, batch)
    assert done.status_code == 200, done.text
    assert (done.json()["stage"], done.json()["ended_by"]) == ("published", "province")
    assert {line["result"]["state"] for line in done.json()["lines"]} == {"planned"}
    assert [house.desk.show(n)["number"] for n in (three, one, two)] == [5, 6, 7]
    assert house.desk.complaints() == []


def test_a_coordinator_recommends_with_a_ranking_and_one_stamped_letter(house: House) -> None:
    one, two = projects(house, "submitted", 2)
    office = caller(house, "coordinator")
    batch = made(office, "review", [one, two])
    letter = office.upload("推荐函.pdf", b"%PDF-stamped")
    told = filled(office, batch, fields={"opinion": "同意推荐"}, order=[two, one], letter=letter)
    assert (told["letter"]["name"], told["problems"]) == ("推荐函.pdf", [])
    assert publish(office, batch).status_code == 200
    for place, number in enumerate((two, one), start=1):
        shown = office.get(f"/projects/{number}").json()
        said = shown["history"][-1]["given"]["opinion"]
        assert said == f"同意推荐（推荐排序：第{place}位，共2项）"
        assert "recommendation_letter" in {paper["key"] for paper in shown["papers"]}


def test_a_letter_is_taken_out_again_by_null_alone(house: House) -> None:
    office = caller(house, "coordinator")
    batch = made(office, "review", projects(house, "submitted", 1))
    filled(office, batch, letter=office.upload("推荐函.pdf", b"1"))
    assert filled(office, batch, title="另名")["letter"]["name"] == "推荐函.pdf"
    assert filled(office, batch, letter=None)["letter"] is None


def test_money_is_proposed_by_one_and_completed_by_another(house: House) -> None:
    chosen = projects(house, "reported", 2)
    house.day = date(2025, 7, 1)
    first, other = caller(house, "province"), second(house)
    batch = made(first, "subsidise", chosen)
    lines = [{"project_id": one, "fields": {"amount": 48000}} for one in chosen]
    told = filled(first, batch, lines=lines)
    assert [(fund["asked"], fund["lines"]) for fund in told["funds"]] == [(9_600_000, 2)]
    assert preview(first, batch)["total"] == 9_600_000
    assert publish(first, batch).json()["stage"] == "proposed"
    assert states(house, chosen) == ["reported"] * 2
    foreseen = preview(first, batch)
    assert (foreseen["own"], foreseen["can_publish"]) == (True, False)
    again = publish(first, batch)
    assert (again.status_code, again.json()["type"]) == (422, "/api/docs#refused")
    locked = first.post(f"/batches/{batch}", {"title": "x"})
    assert locked.status_code == 409
    assert publish(other, batch).json()["stage"] == "published"
    assert states(house, chosen) == ["subsidised"] * 2


def test_what_was_proposed_is_taken_back_and_changed(house: House) -> None:
    [one] = projects(house, "reported", 1)
    house.day = date(2025, 7, 1)
    first, other = caller(house, "province"), second(house)
    batch = made(first, "subsidise", [one])
    filled(first, batch, lines=[{"project_id": one, "fields": {"amount": "48,000"}}])
    publish(first, batch)
    back = other.post(f"/batches/{batch}/back")
    assert (back.status_code, back.json()["stage"]) == (200, "prepared")
    assert "pending" not in house.desk.show(one)
    assert other.post(f"/batches/{batch}/back").status_code == 409


def test_one_line_that_cannot_be_done_stops_all_and_is_told(house: House) -> None:
    one, two = projects(house, "reported", 2)
    house.day = date(2025, 7, 1)
    province = caller(house, "province")
    batch = made(province, "subsidise", [one, two])
    lines = [
        {"project_id": one, "fields": {"amount": 48000}},
        {"project_id": two, "fields": {"amount": 50000.01}},
    ]
    filled(province, batch, lines=lines)
    assert preview(province, batch)["stopped"] == 1
    before = house.desk.rows()["event"]
    refused = publish(province, batch)
    assert refused.status_code == 422, refused.text
    assert refused.headers["content-type"] == "application/problem+json"
    [line] = refused.json()["lines"]
    assert (line["project_id"], line["findings"][0]["clause"]) == (two, "R25-17")
    assert "没有公布：1个项目不能办理（“研修班1”）" in refused.json()["detail"]
    assert house.desk.rows()["event"] == before


def test_what_changed_since_the_preview_is_not_published(house: House) -> None:
    chosen = projects(house, "reviewed", 2)
    province = caller(house, "province")
    batch = made(province, "plan", chosen)
    filled(province, batch, number_from=1)
    seen = preview(province, batch)["shown"]
    filled(province, batch, number_from=8)
    late = province.post(f"/batches/{batch}/publish", {"shown": seen})
    assert (late.status_code, late.json()["type"]) == (409, "/api/docs#lost_race")
    house.desk.do(chosen[1], Act.HAND_OVER, WANG, "2025-03-01", contact_name="新联系人")
    assert preview(province, batch)["lines"][1]["changed"]
    told = province.get(f"/batches/{batch}").json()["lines"][1]
    assert [news["what"] for news in told["news"]] == [Act.HAND_OVER.label.zh]
    assert publish(province, batch).status_code == 422
    filled(province, batch, looked_at=[chosen[1]])
    assert publish(province, batch).status_code == 200
    assert states(house, chosen) == ["planned"] * 2


def test_wrong_values_are_kept_and_told(house: House) -> None:
    [one] = projects(house, "reported", 1)
    province = caller(house, "province")
    batch = made(province, "subsidise", [one])
    told = filled(province, batch, lines=[{"project_id": one, "fields": {"amount": "四万"}}])
    [line] = told["lines"]
    assert line["fields"] == {"amount": "四万"}
    assert [problem["field"] for problem in line["problems"]] == ["amount"]
    again = filled(province, batch, lines=[{"project_id": one, "fields": {"amount": None}}])
    assert (again["lines"][0]["fields"], again["lines"][0]["problems"]) == ({}, [])


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ({"fields": {"colour": "red"}}, "fields.colour"),
        ({"lines": [{"project_id": 1, "fields": {"opinion": "x"}}]}, "lines.1.opinion"),
        ({"lines": [{"project_id": 99, "fields": {}}]}, "lines.99"),
        ({"order": [99]}, "order.99"),
        ({"looked_at": [99]}, "looked_at.99"),
        ({"letter": {"sha256": "0" * 64, "name": "x.pdf"}}, "letter"),
        ({"colour": "red"}, "colour"),
        ({"title": "x" * 201}, "title"),
    ],
)
def test_what_a_batch_does_not_have_is_named(
    house: House, body: dict[str, Any], field: str
) -> None:
    province = caller(house, "province")
    batch = made(province, "plan", projects(house, "reviewed", 1))
    before = house.desk.rows()["batch"]
    answer = province.post(f"/batches/{batch}", body)
    assert answer.status_code == 422
    assert [problem["field"] for problem in answer.json()["fields"]] == [field]
    assert house.desk.rows()["batch"] == before


def test_only_a_plan_is_numbered_and_only_known_deeds_come_in_batches(house: House) -> None:
    province = caller(house, "province")
    batch = made(province, "subsidise", projects(house, "reported", 1))
    answer = province.post(f"/batches/{batch}", {"number_from": 1})
    assert [problem["field"] for problem in answer.json()["fields"]] == ["number_from"]
    answer = province.post("/batches", {"deed": "submit"})
    assert answer.json()["fields"] == [
        {"field": "deed", "message": "可选：review, plan, subsidise, reject。"}
    ]


def test_lines_are_taken_out_and_a_batch_given_up(house: House) -> None:
    one, two = projects(house, "reviewed", 2)
    province = caller(house, "province")
    batch = made(province, "plan", [one, two])
    assert [line["project_id"] for line in filled(province, batch, remove=[one])["lines"]] == [two]
    dropped = province.post(f"/batches/{batch}/drop")
    assert (dropped.status_code, dropped.json()["stage"]) == (200, "dropped")
    for path, body in (("", {}), ("/lines", {"projects": []}), ("/drop", {}), ("/back", {})):
        assert province.post(f"/batches/{batch}{path}", body).status_code == 409, path
    assert province.get(f"/batches/{batch}/preview").status_code == 409
    assert province.get(f"/batches/{batch}").json()["stage"] == "dropped"


def test_a_batch_is_made_and_published_once_under_its_key(house: House) -> None:
    chosen = projects(house, "reviewed", 1)
    province = caller(house, "province")
    body = {"deed": "plan", "projects": chosen}
    one, two = (province.post("/batches", body, Idempotency_Key="k1") for _ in range(2))
    assert (two.status_code, two.json()) == (201, one.json())
    assert [batch["id"] for batch in province.get("/batches").json()["items"]] == [1]
    filled(province, 1, number_from=1)
    shown = {"shown": preview(province, 1)["shown"]}
    done = [
        province.post("/batches/1/publish", shown, Idempotency_Key="k2").status_code for _ in "12"
    ]
    assert done == [200, 200]
    assert province.post("/batches/1/publish", shown, Idempotency_Key="k3").status_code == 409


def test_lists_are_walked_page_by_page(house: House) -> None:
    province = caller(house, "province")
    chosen = projects(house, "reviewed", 3)
    batches = [made(province, "plan", []) for _ in range(3)]
    assert walked(province, "/batches?limit=2") == batches[::-1]
    assert walked(province, f"/batches/{batches[0]}/candidates?limit=2") == chosen


def walked(program: Caller, where: str) -> list[int]:
    met: list[int] = []
    while where:
        answer = program.get(where).json()
        met += [one["id"] for one in answer["items"]]
        where = (answer["next"] or "").removeprefix("/api/v1")
    return met


# What each role is answered where a coordinator prepares a recommendation, and the province a plan.
REVIEWS = {
    "host": 403,
    "coordinator": 200,
    "other coordinator": 404,
    "province": 200,
    "admin": 403,
    "auditor": 403,
    "nobody": 403,
}


@pytest.mark.parametrize("who", REVIEWS)
def test_a_batch_is_changed_by_those_whose_it_is(house: House, who: str) -> None:
    batch = made(caller(house, "coordinator"), "review", projects(house, "submitted", 1))
    program = caller(house, who)
    for path, body in (("", {"title": "另名"}), ("/lines", {"projects": []}), ("/drop", {})):
        assert program.post(f"/batches/{batch}{path}", body).status_code == REVIEWS[who], path


@pytest.mark.parametrize(("who", "reads"), [("coordinator", 404), ("auditor", 200), ("host", 403)])
def test_a_plan_is_the_provinces(house: House, who: str, reads: int) -> None:
    chosen = projects(house, "reviewed", 1)
    batch = made(caller(house, "province"), "plan", chosen)
    program = caller(house, who)
    assert program.get(f"/batches/{batch}").status_code == reads
    assert program.post("/batches", {"deed": "plan", "projects": chosen}).status_code == 403
    body = {"shown": preview(caller(house, "province"), batch)["shown"]}
    refused = program.post(f"/batches/{batch}/publish", body)
    assert refused.status_code == (404 if reads == 404 else 403)
    assert states(house, chosen) == ["reviewed"]


def test_projects_out_of_scope_are_not_put_in(house: House) -> None:
    own, other = (
        house.desk.admit(name="甲"),
        house.desk.admit(name="乙", department="厦门市人社局"),
    )
    house.desk.do(
        own, Action.SUBMIT, WANG, "2025-01-08", papers=("application_form",), on_behalf=True
    )
    office = caller(house, "coordinator")
    batch = made(office, "review", [own, other])
    shown = office.get(f"/batches/{batch}").json()
    assert ([line["project_id"] for line in shown["lines"]], shown["hidden"]) == ([own], 0)
