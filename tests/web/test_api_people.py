"""Accounts and units through the API: who looks after whom, and that no secret is answered."""

from __future__ import annotations

from typing import Any

import pytest
from callers import OTHER_SCHOOL, Caller, caller
from sqlalchemy import select
from stories import OFFICE, SCHOOL
from visits import House

from states.terms import Role
from web.api.units import NewProfile
from workflow.mail_tables import MAIL
from workflow.office import profiles
from workflow.office_tables import LINK
from workflow.tables import PERSON

NEW = {"login": "lin", "name": "林老师", "role": "host", "scope": SCHOOL, "email": "lin@example.cn"}
NUMBER = "6222021234567890"


@pytest.fixture
def project(house: House) -> int:
    """One of SCHOOL in OFFICE, so that its coordinator looks after the school's clerks."""
    return house.desk.admit()


def made(program: Caller, **known: str) -> int:
    answer = program.post("/people", NEW | known)
    assert answer.status_code == 201, answer.text
    return int(answer.json()["id"])


def active(house: House, person: int) -> bool:
    with house.desk.db.read() as connection:
        return bool(
            connection.execute(select(PERSON.c.active).where(PERSON.c.id == person)).scalar()
        )


def test_an_account_from_beginning_to_end(house: House, project: int) -> None:
    admin = caller(house, "admin")
    number = made(admin)
    changed = admin.post(f"/people/{number}", {"phone": "0591-1234567"}).json()
    assert (changed["name"], changed["phone"]) == ("林老师", "0591-1234567")
    given = admin.post(f"/people/{number}/roles", {"role": "coordinator", "scope": OFFICE}).json()
    held = {(one["role"], one["scope"]): one["id"] for one in given["roles"]}
    assert set(held) == {("host", SCHOOL), ("coordinator", OFFICE)}
    role = held["coordinator", OFFICE]
    assert admin.delete(f"/people/{number}/roles/{role}").status_code == 204
    assert admin.delete(f"/people/{number}/roles/{role}").status_code == 404
    assert admin.get(f"/people/{number}").json()["roles"] == [
        {"id": held["host", SCHOOL], "role": "host", "scope": SCHOOL}
    ]
    for act, stands in (("disable", False), ("enable", True), ("unlock", True)):
        answer = admin.post(f"/people/{number}/{act}")
        assert (answer.status_code, answer.json()["active"]) == (200, stands), act
        assert active(house, number) is stands
    house.visit(number)
    assert admin.get(f"/people/{number}").json()["sessions"] == 1
    assert admin.post(f"/people/{number}/end-sessions").json()["sessions"] == 0


def test_a_link_is_mailed_once_and_never_answered(house: House, project: int) -> None:
    admin = caller(house, "admin")
    number = made(admin)
    answers = [admin.post(f"/people/{number}/mail-link", Idempotency_Key="k") for _ in range(2)]
    assert [answer.status_code for answer in answers] == [200, 200]
    with house.desk.db.read() as connection:
        links = connection.execute(select(LINK).where(LINK.c.person_id == number)).all()
        mails = connection.execute(select(MAIL).where(MAIL.c.purpose == "sign_in")).all()
    assert (len(links), [mail.to_email for mail in mails]) == (1, ["lin@example.cn"])
    kept = house.desk.rows()["api_answer"]
    for text in (*(answer.text for answer in answers), repr(kept)):
        assert "sign-in/link" not in text
    secret = mails[0].about.split("/sign-in/link/")[1].split('"')[0]
    assert house.visit().client.post(f"/sign-in/link/{secret}").headers["location"] == "/"


def test_without_an_address_there_is_no_link(house: House, project: int) -> None:
    admin = caller(house, "admin")
    refused = admin.post(f"/people/{made(admin, email='')}/mail-link")
    assert (refused.status_code, refused.json()["type"]) == (422, "/api/docs#refused")
    assert refused.json()["detail"] == "该人员没有登记邮箱，请先登记本人邮箱。"


@pytest.mark.parametrize(
    ("body", "said"),
    [
        ({"name": ""}, "姓名和单位不能为空"),
        ({"email": "not an address"}, "邮箱"),
        ({"scope": ""}, "须填写所属单位"),
        ({"login": "admin"}, "登录名已被使用"),
    ],
)
def test_who_cannot_be_registered_is_said_in_a_sentence(
    house: House, project: int, body: dict[str, str], said: str
) -> None:
    before = house.desk.rows()["person"]
    refused = caller(house, "admin").post("/people", NEW | body)
    assert refused.status_code == 422
    assert said in refused.json()["detail"]
    assert refused.json()["detail"].endswith("。")
    assert len(house.desk.rows()["person"]) == len(before) + 1  # the administrator himself


def test_a_coordinator_looks_after_the_clerks_of_his_own_units_alone(
    house: House, project: int
) -> None:
    office = caller(house, "coordinator")
    number = made(office)
    assert office.post(f"/people/{number}/disable").status_code == 200
    for body in (
        {"scope": OTHER_SCHOOL},
        {"role": "coordinator", "scope": OFFICE},
        {"role": "province", "scope": ""},
    ):
        answer = office.post("/people", NEW | {"login": "x", "email": ""} | body)
        assert (answer.status_code, answer.json()["type"]) == (403, "/api/docs#forbidden"), body
    role = {"role": "admin", "scope": ""}
    assert office.post(f"/people/{number}/roles", role).status_code == 403
    held = office.get(f"/people/{number}").json()["roles"][0]["id"]
    assert office.delete(f"/people/{number}/roles/{held}").status_code == 403
    province = caller(house, "province").person
    for path in ("", "/disable", "/mail-link", "/roles"):
        body = NEW_ROLE if path == "/roles" else {}
        assert office.post(f"/people/{province}{path}", body).status_code == 404, path
    assert [one["login"] for one in office.get("/people").json()["items"]] == ["lin"]


NEW_ROLE = {"role": "host", "scope": SCHOOL}


def test_the_province_does_not_reset_its_own_second_person(house: House, project: int) -> None:
    province = caller(house, "province")
    other = house.person("zhou", (Role.PROVINCE, ""))
    shown = province.get(f"/people/{other}").json()
    assert (shown["login"], shown["cares"]) == ("zhou", False)
    for act in ("mail-link", "disable", "end-sessions"):
        assert province.post(f"/people/{other}/{act}").status_code == 403, act
        assert province.post(f"/people/{province.person}/{act}").status_code == 403, act
    assert province.post("/people", NEW | {"role": "admin"}).status_code == 403


WHO = {
    "host": 403,
    "coordinator": 200,
    "other coordinator": 404,
    "province": 200,
    "admin": 200,
    "auditor": 403,
    "nobody": 403,
}


@pytest.mark.parametrize("who", WHO)
def test_an_account_is_changed_by_who_looks_after_it(house: House, project: int, who: str) -> None:
    number = made(caller(house, "admin"))
    program = caller(house, who)
    for path, body in (("", {"phone": "1"}), ("/roles", NEW_ROLE), ("/disable", None)):
        answer = program.post(f"/people/{number}{path}", body)
        assert answer.status_code == WHO[who], (path, answer.text)


def test_lists_are_searched_and_walked_page_by_page(house: House, project: int) -> None:
    admin = caller(house, "admin")
    for n in range(3):
        made(admin, login=f"clerk{n}", email=f"c{n}@example.cn")
    assert walked(admin, "/people?limit=2&q=clerk", "login") == ["clerk0", "clerk1", "clerk2"]
    assert walked(admin, "/people?limit=2&role=admin", "login") == ["admin"]
    caller(house, "other host")
    units = walked(admin, "/units?limit=1", "name")
    assert units == [one["name"] for one in admin.get("/units").json()["items"]]
    assert {SCHOOL, OTHER_SCHOOL} <= set(units)


def walked(program: Caller, where: str, field: str) -> list[str]:
    met: list[str] = []
    while where:
        answer = program.get(where).json()
        met += [one[field] for one in answer["items"]]
        where = (answer["next"] or "").removeprefix("/api/v1")
    return met


# -- Units ----------------------------------------------------------------------------------------


def own_unit(program: Caller) -> dict[str, Any]:
    [unit] = program.get("/me/units").json()["items"]
    return dict(unit)


def test_a_host_fills_in_the_profile_of_its_unit_and_of_no_other(
    house: House, project: int
) -> None:
    host, other = caller(house, "host"), caller(house, "other host")
    number = own_unit(host)["id"]
    experts = [{"name": "陈教授", "title": "教授"}]
    saved = host.post(
        f"/me/units/{number}", {"account_number": "6222 0212-3456 7890", "experts": experts}
    )
    assert saved.status_code == 200, saved.text
    profile = host.post(f"/me/units/{number}", {"bank": "中国银行福州分行"}).json()["profile"]
    told = (profile["account_number"], profile["bank"], profile["experts"][0]["name"])
    assert told == (NUMBER, "中国银行福州分行", "陈教授")
    assert other.post(f"/me/units/{number}", {"bank": "x"}).status_code == 404
    assert own_unit(other)["profile"]["bank"] == ""
    wrong = host.post(
        f"/me/units/{number}", {"account_number": "abc", "experts": [{"title": "教授"}]}
    )
    assert [one["field"] for one in wrong.json()["fields"]] == ["account_number", "experts.0"]
    assert own_unit(host)["profile"] == profile
    assert set(NewProfile.model_fields) == {f.name for f in profiles.FIELDS} | {"experts"}


def test_the_account_number_is_for_the_unit_and_who_pays(house: House, project: int) -> None:
    host = caller(house, "host")
    number = own_unit(host)["id"]
    host.post(f"/me/units/{number}", {"account_number": NUMBER})

    def shown(who: str) -> str:
        found = caller(house, who).get(f"/units/{number}").json()
        return str(found["profile"]["account_number"])

    assert shown("province") == NUMBER
    for who in ("coordinator", "admin", "auditor"):
        assert shown(who) == "•" * 12 + NUMBER[-4:], who
    assert caller(house, "other coordinator").get(f"/units/{number}").status_code == 404
    assert host.get(f"/units/{number}").status_code == 403


def test_a_unit_is_shown_with_its_people_and_projects(house: House, project: int) -> None:
    host, office = caller(house, "host"), caller(house, "coordinator")
    unit = office.get(f"/units/{own_unit(host)['id']}").json()
    assert (unit["name"], unit["projects"]) == (SCHOOL, [{"year": 2025, "projects": 1}])
    assert "host" in {one["name"] for one in unit["people"]}
    assert [one["name"] for one in office.get("/units").json()["items"]] == [SCHOOL]
