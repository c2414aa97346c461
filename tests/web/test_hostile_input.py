"""What a person with bad intent may send: each is a clear answer, never a page that broke."""

from __future__ import annotations

import re
from base64 import urlsafe_b64encode
from html import unescape

import pytest
from starlette.routing import Route
from visits import House, Visit, words

from states.terms import Role
from web.app import PAGES
from workflow.accounts.passwords import set_password

LONG = "9" * 4400  # more digits than Python reads as a number
HUGE = ("2147483648", "9223372036854775808", "9" * 30)


@pytest.fixture
def visit(house: House) -> Visit:
    """Somebody who may do everything."""
    house.desk.admit()
    person = house.person("wang", email="wang@example.cn")
    house.wear(person, (Role.PROVINCE, ""), (Role.ADMIN, ""))
    return house.visit(person)


def paths(method: str) -> list[str]:
    """Addresses of pages with a row's number in them."""
    routes = [route for room in PAGES for route in room.routes.routes if isinstance(route, Route)]
    found = {route.path for route in routes if method in (route.methods or ())}
    return sorted(path for path in found if re.search("{(number|project_id|token|webhook)}", path))


def with_number(path: str, number: str) -> str:
    named = {"{notice}": "filing", "{deed}": "note", "{act}": "enable", "{key}": "report"}
    for name, value in named.items():
        path = path.replace(name, value)
    return "/".join(number if part.startswith("{") else part for part in path.split("/"))


@pytest.mark.parametrize("number", HUGE)
def test_a_number_that_no_row_can_have_is_a_page_that_is_not_there(
    visit: Visit, number: str
) -> None:
    gets = [(path, visit.get(with_number(path, number))) for path in paths("GET")]
    posts = [(path, visit.post(with_number(path, number))) for path in paths("POST")]
    assert len(gets) > 5 and len(posts) > 10
    assert [(p, a.status_code) for p, a in gets + posts if a.status_code != 404] == []


@pytest.mark.parametrize("number", [*HUGE, LONG, "²", "-1", ""])
def test_a_number_in_a_form_that_is_none_is_refused_there(visit: Visit, number: str) -> None:
    said = {"channel": "phone", "said": "已联系"}
    assert visit.get(f"/calls?note={number}").status_code == 200
    assert visit.post("/calls/note", said | {"project": number}).status_code == 422
    days = {"from_on": "2025-04-02", "until_on": "2025-04-03"}
    assert visit.post("/me/stand-in", days | {"who": number}).status_code == 422


@pytest.mark.parametrize("number", [*HUGE, LONG, "-1", "-" + HUGE[-1]])
def test_a_list_begins_before_no_row_that_there_cannot_be(visit: Visit, number: str) -> None:
    for path in ("/batches", "/mail", "/admin/audit"):
        assert visit.get(f"{path}?before={number}").status_code == 400, path


@pytest.mark.parametrize("path", ["/pictures", "/pictures/year", "/pictures/report"])
def test_charts_of_a_year_that_is_none_are_those_of_the_latest(visit: Visit, path: str) -> None:
    for year in ("002025" + HUGE[-1], LONG[:200], "²", "-2025", "٢٠٢٥"):
        assert words(visit.get(f"{path}?year={year}")) == words(visit.get(path))


NAMES = ("..", ".", "/", "a.\0xlsx", "\0", "x" * 300 + ".xlsx")


@pytest.mark.parametrize("name", NAMES)
def test_a_file_of_any_name_is_read_or_refused(visit: Visit, name: str) -> None:
    file = {"file": (name.replace("\0", "\x00"), b"no workbook")}
    assert visit.post("/admin/people/import", files=file).status_code == 422
    assert visit.post("/admin/policies", files=file).status_code == 422
    [batch] = re.findall(
        r"/batches/\d+", visit.post("/batches", {"deed": "review"}).headers["location"]
    )
    assert visit.post(batch, files={"letter": file["file"]}).status_code == 303


@pytest.mark.parametrize("do", ["preview", "test"])
def test_a_mail_is_not_tried_with_a_project_or_a_reader_that_is_none(visit: Visit, do: str) -> None:
    wording = {"lang": "zh", "subject": "【新】", "lead": "", "do": do}
    for project in (*HUGE, "1" + LONG, "0000000001" + LONG, "²", "-1"):
        answer = visit.post("/admin/wordings/filing", wording | {"project": project})
        assert answer.status_code == 422
    answer = visit.post("/admin/wordings/filing", wording | {"project": "1", "role": "nobody"})
    assert answer.status_code == (200 if do == "preview" else 303)  # as for a host


@pytest.mark.parametrize("where", ["//[", "//[x", "//]/", "/\\[", "\x00"])
def test_an_address_that_is_none_leads_to_the_workplace(house: House, where: str) -> None:
    assert house.visit().post("/language", {"to": "en", "next": where}).headers["location"] == "/"


def test_a_chinese_address_can_be_gone_to_from_a_part_of_a_page(house: House) -> None:
    person = house.person("wang", (Role.PROVINCE, ""))
    with house.desk.db.write() as connection:
        set_password(connection, person, "correct horse battery", at=house.at)
    form = {
        "login": "wang",
        "password": "correct horse battery",
        "next": "/projects?q=研修&year=2025",
    }
    answer = house.visit().post("/sign-in", form, headers={"HX-Request": "true"})
    assert answer.headers["HX-Redirect"] == "/projects?q=%E7%A0%94%E4%BF%AE&year=2025"


@pytest.mark.parametrize(
    "value",
    ["5", "null", '{"a": 1, "b": 2, "c": 3}', "[1, 2, 3]", "[" * 3000, '["good", "\\ud800", "x"]'],
)
def test_a_sentence_that_is_not_ours_is_not_said(house: House, value: str) -> None:
    packed = urlsafe_b64encode(value.encode()).decode()
    answer = house.visit().get("/sign-in", Cookie=f"yanxiu_said={packed}")
    assert answer.status_code == 200
    assert 'class="flash' not in answer.text


@pytest.mark.parametrize("origin", ["null", "http://[", "http://testserver.evil", "file://"])
def test_a_form_from_elsewhere_is_refused(visit: Visit, origin: str) -> None:
    answer = visit.post("/me/mail", {"language": "en"}, headers={"Origin": origin})
    assert answer.status_code == 403


def test_a_unit_is_found_again_whatever_its_name_holds(house: House) -> None:
    unit = "甲&乙#1?=%+研究院"
    visit = house.visit(house.person("lin", (Role.HOST, unit)))
    saved = visit.post("/me/unit", {"unit_name": unit})
    assert saved.status_code == 303
    answer = visit.get(saved.headers["location"])
    assert (answer.status_code, unit in unescape(answer.text)) == (200, True)
