"""The calls: who stands on the sheet, and a note on the spot."""

from __future__ import annotations

import re
from datetime import date

import pytest
from stories import OFFICE, SCHOOL
from visits import House, Visit, words

from states.terms import Role

FORM = {"project": "1", "channel": "phone", "person": "林老师", "promise": "周三前报送"}


@pytest.fixture
def late(house: House) -> House:
    house.day = date(2025, 4, 14)
    house.desk.admit(state="planned", known_on="2025-01-06", contact_phone="0591-87654321")
    return house


def coordinator(house: House) -> Visit:
    return house.visit(house.person("chen", (Role.COORDINATOR, OFFICE), name="陈处"))


def notes(house: House, project: int = 1) -> list[tuple[str, str, str]]:
    history = house.desk.show(project)["history"]
    return [(e["person"], e["role"], e["given"]) for e in history if e["deed"] == "note"]


def test_the_sheet_names_unit_person_telephone_and_delay(late: House) -> None:
    said = words(coordinator(late).get("/calls"))
    for part in (SCHOOL, "林老师", "0591-87654321", "开班前报送", "2025-04-12", "已逾期2天"):
        assert part in said, part


def test_nobody_to_call_is_said(house: House) -> None:
    assert "今天没有需要联系的单位" in words(coordinator(house).get("/calls"))


def test_a_note_on_the_spot(late: House) -> None:
    visit = coordinator(late)
    answer = visit.post("/calls/note", FORM | {"follow_up": "2025-04-16"})
    assert (answer.status_code, answer.headers["location"]) == (303, "/calls")
    [(person, role, given)] = notes(late)
    assert (person, role) == ("chen", "coordinator")
    assert '"follow_up":"2025-04-16"' in given
    page = words(visit.get("/calls"))
    assert "已记录（1个项目）" in page
    assert "今天已联系" in page
    assert "答复：周三前报送" in page
    late.day = date(2025, 4, 16)
    assert "约定今天联系" in words(visit.get("/calls"))


def test_a_wrong_date_is_said_and_what_was_typed_stays(late: House) -> None:
    answer = coordinator(late).post("/calls/note", FORM | {"follow_up": "2025-04-31"})
    assert answer.status_code == 422
    assert "不是有效日期" in words(answer)
    assert "周三前报送</textarea>" in answer.text
    assert notes(late) == []


def test_what_the_rules_refuse_is_said(late: House) -> None:
    visit = coordinator(late)
    for form in (FORM | {"follow_up": "2025-04-11"}, FORM | {"person": ""}):
        answer = visit.post("/calls/note", form)
        assert answer.status_code == 422
        assert len(re.findall('<div class="said bad" role="alert">', answer.text)) == 1
    assert "请勾选" in words(visit.post("/calls/note", FORM | {"project": "x"}))
    assert notes(late) == []


def test_one_call_about_several_projects_or_about_none(late: House) -> None:
    late.desk.admit(state="planned", name="第二班")
    theirs = late.desk.admit(state="planned", name="第三班", department="厦门市人社局")
    visit = coordinator(late)
    assert visit.post("/calls/note", FORM | {"project": ["1", "2"]}).status_code == 303
    assert [len(notes(late, one)) for one in (1, 2)] == [1, 1]
    assert visit.post("/calls/note", FORM | {"project": ["1", str(theirs)]}).status_code == 404
    assert [len(notes(late, one)) for one in (1, theirs)] == [1, 0]


def test_only_officials_have_this_room(late: House) -> None:
    for role, scope in ((Role.HOST, SCHOOL), (Role.AUDITOR, ""), (Role.ADMIN, "")):
        visit = late.visit(late.person(role.value, (role, scope)))
        assert visit.get("/calls").status_code == 403
        assert visit.post("/calls/note", FORM).status_code == 403
    assert notes(late) == []


def test_the_form_stands_open_where_it_was_asked_for(late: House) -> None:
    visit = coordinator(late)
    assert '<form class="stack" action="/calls/note"' not in visit.get("/calls").text
    assert '<form class="stack" action="/calls/note"' in visit.get("/calls?note=1").text
    assert visit.get("/calls?note=9999999999999").status_code == 200
