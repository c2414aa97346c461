"""Forms and the unit's profile: what is taken over, who sees it, what goes back."""

from __future__ import annotations

import json
from datetime import date
from typing import Any

import pytest
from rooms import Room, check_html
from stories import REPORT, SCHOOL, WANG
from test_deed_forms import FILES, last, send
from visits import House, Visit, words

from states.discretion import masked
from states.terms import Action
from workflow.office.log import Search, lines
from workflow.office.profiles import of_host
from workflow.project.discretion import told_facts, told_history

NUMBER, OTHER = "6222000011112222", "6222000033334444"
PROFILE = {"account_name": "理工大学", "account_number": NUMBER, "bank": "某银行福州支行"}
PROFILE |= {"contact_name": "吴老师", "contact_phone": "0591-0000", "unit_name": SCHOOL}
PROFILE |= {"expert_name_0": "张教授", "expert_title_0": "教授", "expert_name_1": "李高工"}
FROM_UNIT = "取自单位资料"
PAPERS = {f"paper.{key}": (f"{key}.pdf", b"x", "application/pdf") for key in REPORT}
PAPERS |= {"paper.subsidy_receipt": ("票据.pdf", b"x", "application/pdf")}


@pytest.fixture
def room(house: House) -> Room:
    house.day = date(2025, 4, 10)
    return Room(house)


@pytest.fixture
def clerk(room: Room) -> Visit:
    """A clerk whose unit has kept its profile."""
    visit = room.visit("lin")
    assert visit.post("/me/unit", PROFILE).status_code == 303
    return visit


def kept(room: Room) -> dict[str, Any]:
    with room.house.desk.db.read() as connection:
        return of_host(connection, SCHOOL)


def form(visit: Visit, project: int, deed: str) -> str:
    answer = visit.get(f"/projects/{project}/do/{deed}")
    check_html(answer)
    return answer.text


def report(room: Room, visit: Visit, project: int, **given: str) -> Any:
    room.house.day = date(2025, 6, 10)
    return send(visit, project, "report", {"on": "2025-06-10", **given}, PAPERS)


def test_a_report_is_filled_with_the_account_of_the_unit(room: Room, clerk: Visit) -> None:
    project = room.project("held")
    text = form(clerk, project, "report")
    assert f'name="account_number" maxlength="200" value="{NUMBER}"' in text
    assert text.count(FROM_UNIT) == 3  # name, number, bank: each says where it comes from
    assert "/me/unit?unit=" in text and 'name="save_unit"' in text


def test_who_pays_sees_where_to_and_nobody_else_the_number(room: Room, clerk: Visit) -> None:
    project = room.project("held")
    account = {"account_name": "理工大学", "account_number": OTHER, "bank": "某银行"}
    assert report(room, clerk, project, **account).status_code == 303
    assert kept(room)["account_number"] == NUMBER  # not ticked
    assert OTHER in form(room.visit("wang"), project, "subsidise")
    for login in ("lin", "chen", "wang", "he"):
        visit = room.visit(login)
        page = visit.get(f"/projects/{project}/history").text
        assert OTHER not in page and masked(OTHER) in page, login
    given, changes = last(room, project).given, last(room, project).changes
    assert (
        json.loads(given)["account_number"]
        == OTHER
        == json.loads(changes)["account"]["account_number"]
    )


def test_without_a_reported_account_who_pays_sees_that_of_the_profile(
    room: Room, clerk: Visit
) -> None:
    project = room.project("reported")
    said = words(room.visit("wang").get(f"/projects/{project}/do/subsidise"))
    assert f"收款账户 账户名称 理工大学 账号 {NUMBER} 开户银行 某银行福州支行 来源 单位资料" in said


def test_who_enters_for_the_host_is_not_shown_the_number(room: Room, clerk: Visit) -> None:
    project = room.project("held")
    text = form(room.visit("chen"), project, "report")
    assert NUMBER not in text and "某银行福州支行" in text and 'name="save_unit"' not in text
    sent = report(room, room.visit("chen"), project, on_behalf="1", bank="别的银行", save_unit="1")
    assert sent.status_code == 303
    assert kept(room)["bank"] == "某银行福州支行"  # the unit's own people keep its profile


def test_a_tick_brings_what_was_changed_back(room: Room, clerk: Visit) -> None:
    project = room.project("held")
    answer = report(room, clerk, project, account_number="6222 0000 3333 4444", save_unit="1")
    assert answer.status_code == 303
    assert "单位资料已一并更新。" in words(clerk.get(f"/projects/{project}"))
    after = kept(room)
    assert (after["account_number"], after["bank"]) == (OTHER, "某银行福州支行")
    assert [one["name"] for one in after["experts"]] == ["张教授", "李高工"]
    with room.house.desk.db.read() as connection:
        said = [row["detail"] for row in lines(connection, Search())[0]]
    assert said[0] == "账号" and not any(OTHER in detail for detail in said)


def test_what_was_refused_saves_nothing_and_keeps_the_tick(room: Room, clerk: Visit) -> None:
    project = room.project("held")
    room.house.day = date(2025, 6, 10)
    typed = {"on": "2025-06-10", "bank": "别的银行", "account_number": OTHER, "save_unit": "1"}
    refused = send(clerk, project, "report", typed)
    assert refused.status_code == 422 and "save_unit" in refused.text
    assert 'name="save_unit" value="1" checked' in refused.text and OTHER in refused.text
    assert kept(room)["bank"] == "某银行福州支行"
    wrong = send(clerk, project, "report", typed | {"account_number": "12a"})
    assert "账号（account_number）应为6至32位数字" in words(wrong)
    assert 'value="12a"' in wrong.text


def test_what_was_reported_before_comes_first(room: Room, clerk: Visit) -> None:
    project = room.project("held")
    account = {"account_name": "理工大学", "account_number": OTHER, "bank": "某银行"}
    report(room, clerk, project, **account)
    back = {"items": "票据", "mend_by": date(2025, 7, 1)}
    room.house.desk.do(project, Action.SEND_BACK, WANG, "2025-06-11", **back)
    text = form(clerk, project, "report")
    assert f'value="{OTHER}"' in text and NUMBER not in text
    assert text.count(FROM_UNIT) == 1  # the account's name is the same


def test_a_project_is_handed_over_to_the_units_contact(room: Room, clerk: Visit) -> None:
    project = room.project("planned")
    text = form(room.visit("chen"), project, "hand_over")
    assert 'value="吴老师"' in text and 'value="0591-0000"' in text
    assert "lin@example.cn" not in text  # another person's address does not go with the name


def test_ticked_experts_go_into_the_text(room: Room, clerk: Visit) -> None:
    project = room.project("planned")
    assert "张教授，教授" in form(clerk, project, "file")
    typed = {"lecturers": "王院士", "expert": ["张教授，教授", "李高工", "某人"]}
    assert send(clerk, project, "file", typed, FILES).status_code == 303
    assert json.loads(last(room, project).given)["lecturers"] == "王院士\n张教授，教授\n李高工"


def test_a_stranger_sees_nothing_of_it_and_without_a_profile_forms_are_as_ever(room: Room) -> None:
    project = room.project("held")
    text = form(room.visit("lin"), project, "report")
    assert FROM_UNIT not in text and 'name="save_unit"' in text
    assert report(room, room.visit("lin"), project, bank="某银行", save_unit="1").status_code == 303
    assert kept(room)["bank"] == "某银行"  # the first thing that the unit keeps
    assert room.visit("zhao").get(f"/projects/{project}/do/report").status_code == 404


def test_my_settings_lead_to_the_unit(room: Room) -> None:
    assert 'href="/me/unit"' in room.visit("lin").get("/me").text
    assert 'href="/me/unit"' not in room.visit("wang").get("/me").text


def test_programs_are_told_the_numbers_end(room: Room, clerk: Visit) -> None:
    project = room.project("held")
    report(room, clerk, project, account_number=OTHER)
    shown = room.house.desk.show(project)
    told = told_facts(shown, official=True)
    assert told["account"]["account_number"] == masked(OTHER)
    assert OTHER not in json.dumps(told_history(shown["history"], official=True), default=str)
    assert room.house.desk.complaints() == []
