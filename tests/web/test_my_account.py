"""One's own settings."""

from __future__ import annotations

import re
from datetime import date

import pytest
from visits import House, Visit, words

from states.terms import Role


@pytest.fixture
def visit(house: House) -> Visit:
    wang = house.person("wang", (Role.PROVINCE, ""), name="王经办", email="w@example.cn")
    house.person("zhou", (Role.PROVINCE, ""), name="周复核", email="z@example.cn")
    house.person("lin", (Role.HOST, "某单位"), name="林老师", email="l@example.cn")
    return house.visit(wang)


def chosen(page: str) -> dict[str, str]:
    """What stands selected in each list; the first where nothing is marked."""
    found = {}
    for name, body in re.findall(r'<select id="[^"]*" name="(\w+)".*?>(.*?)</select>', page, re.S):
        marked = re.findall(r'value="(\w*)" selected', body)
        found[name] = marked[0] if marked else re.findall(r'value="(\w*)"', body)[0]
    return found


def test_language_and_sorts_of_mail(visit: Visit) -> None:
    form = {"language": "en", "chasing": "digest", "receipts": "off"}
    assert visit.post("/me/mail", form).status_code == 303
    found = chosen(visit.get("/me").text)
    assert {name: found[name] for name in form} == form


def test_what_would_be_lost_is_refused_whole(visit: Visit) -> None:
    answer = visit.post("/me/mail", {"language": "en", "chasing": "digest", "digest": "off"})
    assert answer.status_code == 422
    assert "goes" not in words(answer)
    assert "定期汇总不能同时关闭" in words(answer)
    assert chosen(answer.text)["digest"] == "off"  # what was chosen stays on the page
    found = chosen(visit.get("/me").text)
    assert (found["language"], found["chasing"], found["digest"]) == ("zh", "at_once", "at_once")


def test_what_a_notice_requires_is_not_offered(visit: Visit) -> None:
    assert "deadlines" not in chosen(visit.get("/me").text)
    answer = visit.post("/me/mail", {"chasing": "off"})
    assert answer.status_code == 422


def test_a_colleague_stands_in_and_no_longer(house: House, visit: Visit) -> None:
    form = {"who": "2", "from_on": "2025-04-02", "until_on": "2025-04-09"}
    assert visit.post("/me/stand-in", form).status_code == 303
    assert "周复核 2025-04-02 至 2025-04-09" in words(visit.get("/me"))
    house.day = date(2025, 4, 10)
    assert "2025-04-09" not in words(visit.get("/me"))
    house.day = date(2025, 4, 3)
    visit.post("/me/stand-in/end")
    assert "2025-04-09" not in words(visit.get("/me"))


@pytest.mark.parametrize(
    "form",
    [
        {"who": "3", "from_on": "2025-04-02", "until_on": "2025-04-09"},  # of another unit
        {"who": "1", "from_on": "2025-04-02", "until_on": "2025-04-09"},  # oneself
        {"who": "2", "from_on": "2025-04-09", "until_on": "2025-04-02"},
        {"who": "2", "from_on": "2025-03-01", "until_on": "2025-03-02"},
        {"who": "2", "from_on": "", "until_on": "soon"},
        {},
    ],
)
def test_nobody_else_and_no_turned_days(visit: Visit, form: dict[str, str]) -> None:
    answer = visit.post("/me/stand-in", form)
    assert answer.status_code == 422
    assert len(re.findall('<div class="said bad" role="alert">', answer.text)) == 1


def feed(visit: Visit) -> str:
    [found] = re.findall(
        r'readonly value="http://testserver(/calendar/[^"]+)"', visit.get("/me").text
    )
    return str(found)


def test_the_calendar_gets_a_new_address(visit: Visit) -> None:
    old = feed(visit)
    assert visit.get(old).status_code == 200
    visit.post("/me/feed")
    assert [visit.get(old).status_code, visit.get(feed(visit)).status_code] == [404, 200]


def test_the_others_sessions_end_and_mine_stays(house: House, visit: Visit) -> None:
    other, stranger = house.visit(1), house.visit(2)
    assert "还在以下浏览器登录" in words(visit.get("/me"))
    visit.post("/me/sessions")
    statuses = [one.get("/me").status_code for one in (visit, other, stranger)]
    assert statuses == [200, 303, 200]
    assert "只在当前浏览器登录" in words(visit.get("/me"))
