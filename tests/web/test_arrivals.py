"""Papers that came by post or e-mail: entered for one host or for many at once, recorded as what
they are, with no file to save."""

from __future__ import annotations

import json
import re
from datetime import date
from typing import Any

import pytest
from callers import caller
from rooms import Room, check_html, hidden
from sqlalchemy import update
from stories import CLERK, FILING
from test_deed_forms import FILES, last, send
from visits import House, words

from states.terms import Action
from workflow.tables import PROJECT
from workflow.verify import verify

ORIGINALS = {f"received.{key}": "original" for key in FILING}
KEPT = "纸质原件已收，未存电子件"


@pytest.fixture
def room(house: House) -> Room:
    house.day = date(2025, 4, 10)
    return Room(house)


def problems(room: Room) -> list[str]:
    """What `verify` finds, the stored papers held against the history too; but for the form, of
    which the desk stores no file."""
    desk = room.house.desk
    found = verify(desk.db, desk.book, room.house.site.settings.papers_folder)
    return [said.en for said in found if "application_form" not in said.en]


def test_an_original_is_entered_without_a_scan(room: Room) -> None:
    project, visit = room.project("planned"), room.visit("chen")
    form = visit.get(f"/projects/{project}/do/file")
    check_html(form)
    assert words(form).count(KEPT) == len(FILING)
    sent = {"on": "2025-04-08", "on_behalf": "1", **ORIGINALS}
    assert send(visit, project, "file", sent).status_code == 303
    event = last(room, project)
    assert (event.on_date, event.on_behalf) == (date(2025, 4, 8), True)
    for key in FILING:
        kept = json.loads(event.changes)["papers"][key]
        assert kept == {"received": "original", "on": "2025-04-08", "version": 1}
        assert visit.get(f"/projects/{project}/papers/{key}/1").status_code == 404
    for page in (f"/projects/{project}", f"/projects/{project}/history"):
        shown = visit.get(page)
        assert KEPT in words(shown)
        for key in FILING:
            assert f"/projects/{project}/papers/{key}/" not in shown.text
    assert problems(room) == []


def test_a_scan_that_follows_takes_its_place(room: Room) -> None:
    project, visit = room.project("planned"), room.visit("chen")
    send(visit, project, "file", {"on": "2025-04-08", "on_behalf": "1", **ORIGINALS})
    form = visit.get(f"/projects/{project}/do/supply")
    assert f"已有：{KEPT}" in words(form)
    sent = {"on": "2025-04-09", "on_behalf": "1"}
    assert send(visit, project, "supply", sent, FILES).status_code == 303
    standing = visit.get(f"/projects/{project}").text.split('id="papers"')[1].split("</section>")[0]
    assert KEPT not in standing
    assert visit.get(f"/projects/{project}/papers/implementation_plan/2").content == b"plan"
    assert KEPT in words(visit.get(f"/projects/{project}/history"))  # the first version
    assert problems(room) == []


def test_a_file_that_is_chosen_counts_before_a_box_that_is_ticked(room: Room) -> None:
    project, visit = room.project("planned"), room.visit("chen")
    sent = {"on": "2025-04-08", "on_behalf": "1", **ORIGINALS}
    assert send(visit, project, "file", sent, FILES).status_code == 303
    assert KEPT not in words(visit.get(f"/projects/{project}"))


def test_what_was_ticked_stays_when_the_form_comes_back(room: Room) -> None:
    project, visit = room.project("planned"), room.visit("chen")
    sent = {"on": "2025-04-08", "on_behalf": "1", "received.opening_notice": "original"}
    back = send(visit, project, "file", sent)
    assert back.status_code == 422  # the plan is missing
    assert re.findall(r'name="received.(\w+)" value="original" checked', back.text) == [
        "opening_notice"
    ]


def test_a_host_still_hands_in_files(room: Room) -> None:
    """Neither the form nor a forged one lets a host say that paper came."""
    project, visit = room.project("planned"), room.visit("lin")
    assert "received." not in visit.get(f"/projects/{project}/do/file").text
    refused = send(visit, project, "file", ORIGINALS)
    assert refused.status_code == 422
    assert "网上报送须附电子件" in words(refused)
    assert room.house.desk.show(project)["state"] == "planned"


@pytest.mark.parametrize("way", ["", "posted", "original ", "None"])
def test_an_unknown_way_is_no_paper(room: Room, way: str) -> None:
    project, visit = room.project("planned"), room.visit("chen")
    sent = {"on": "2025-04-08", "on_behalf": "1", **dict.fromkeys(ORIGINALS, way)}
    assert send(visit, project, "file", sent).status_code == 422


def test_verify_sees_that_a_paper_was_made_of_nothing(room: Room) -> None:
    """The row's facts are held against the history, where the paper says how it came."""
    project, visit = room.project("planned"), room.visit("chen")
    send(visit, project, "file", {"on": "2025-04-08", "on_behalf": "1", **ORIGINALS})
    facts = json.dumps(
        json.loads(_stored(room, project)) | {"papers": {}}, ensure_ascii=False, sort_keys=True
    )
    assert problems(room) == []
    with room.house.desk.db.write() as connection:
        connection.execute(update(PROJECT).where(PROJECT.c.id == project).values(facts=facts))
    assert problems(room) != []


def _stored(room: Room, project: int) -> str:
    with room.house.desk.db.read() as connection:
        found: str = connection.execute(PROJECT.select().where(PROJECT.c.id == project)).one().facts
    return found


# -- Many at once ---------------------------------------------------------------------------------


def planned(room: Room, *names: str, **known: Any) -> list[int]:
    found = []
    for number, name in enumerate(names, 1):
        found.append(room.house.desk.admit(name=name, state="planned", number=number, **known))
    return found


@pytest.mark.parametrize(("login", "way"), [("chen", "original"), ("wang", "mailbox")])
def test_what_came_for_several_is_entered_at_once(room: Room, login: str, way: str) -> None:
    one, two = planned(room, "甲研修班", "乙研修班")
    drafted = room.house.desk.admit(name="丙研修班")
    visit = room.visit(login)
    assert "代录收到的材料：报送实施方案" in words(visit.get("/projects"))
    ticked = {"deed": "file", "project": [one, two, drafted]}
    form = visit.get(f"/projects/steps?deed=file&project={one}&project={two}&project={drafted}")
    check_html(form)
    assert "收到日期" in words(form)
    empty = visit.post("/projects/steps", ticked | {"stage": "check", "on": "2025-04-08"})
    assert empty.status_code == 422
    assert "请选择材料是怎样收到的" in words(empty) and "请勾选已收到的材料" in words(empty)
    given = {"on": "2025-04-08", "came": way, "paper": list(FILING)}
    check = visit.post("/projects/steps", ticked | given | {"stage": "check"})
    check_html(check)
    assert "可办理2项，暂不能办理1项" in words(check)
    sent = {
        "deed": "file",
        "stage": "do",
        "seen": re.findall(r'name="seen" value="(\d+:\d+)"', check.text),
        "ticket": hidden(check, "ticket"),
        **given,
    }
    led = visit.post("/projects/steps", sent)
    assert "已办理2项" in words(visit.get(led.headers["location"]))
    for project in (one, two):
        assert room.house.desk.show(project)["state"] == "filed"
        event = last(room, project)
        assert (event.person, event.on_behalf, event.on_date) == (login, True, date(2025, 4, 8))
        papers = json.loads(event.changes)["papers"]
        assert {key: kept["received"] for key, kept in papers.items()} == dict.fromkeys(FILING, way)
    assert problems(room) == []


def test_a_project_takes_only_what_its_category_asks_for(room: Room) -> None:
    [one] = planned(room, "甲研修班")
    [two] = planned(room, "乙研修班", category="national_funded", policy="fujian-2025")
    visit = room.visit("wang")
    sent = {"deed": "file", "stage": "do", "on": "2025-04-08", "came": "original"}
    sent |= {"paper": list(FILING), "seen": [f"{one}:1", f"{two}:1"]}
    visit.post("/projects/steps", sent)
    kept = {
        project: set(json.loads(last(room, project).changes)["papers"]) for project in (one, two)
    }
    assert kept == {one: set(FILING), two: {"implementation_plan"}}


def test_what_is_missing_stands_against_each(room: Room) -> None:
    [one] = planned(room, "甲研修班")
    visit = room.visit("chen")
    sent = {"deed": "file", "stage": "check", "on": "2025-04-08", "came": "original"}
    check = visit.post("/projects/steps", sent | {"paper": ["opening_notice"], "project": one})
    assert "可办理0项" in words(check) and "缺：" in words(check)
    ahead = visit.post(
        "/projects/steps",
        sent | {"paper": list(FILING), "project": one, "on": "2025-04-11"},
    )
    assert "不能提前登记" in words(ahead)


def test_neither_hosts_nor_strangers_enter_for_hosts(room: Room) -> None:
    [one] = planned(room, "甲研修班")
    sent = {"deed": "file", "stage": "do", "on": "2025-04-08", "came": "original"}
    sent |= {"paper": list(FILING), "seen": f"{one}:1"}
    for login in ("lin", "he"):
        assert room.visit(login).post("/projects/steps", sent).status_code == 403
    room.visit("xu").post("/projects/steps", sent)  # of another department: not theirs to see
    assert room.house.desk.show(one)["state"] == "planned"


# -- The program's way ----------------------------------------------------------------------------


def test_the_same_by_program(room: Room) -> None:
    project = room.project("planned")
    chen = caller(room.house, "coordinator")
    body = {"on": "2025-04-08", "on_behalf": True}
    body |= {"papers": {key: {"received": "original"} for key in FILING}}
    unknown = body | {"papers": {"opening_notice": {"received": "pigeon"}}}
    path = f"/projects/{project}/actions/file"
    assert chen.post(path, unknown).status_code == 422
    assert chen.post(path, body).status_code == 200
    shown = chen.get(f"/projects/{project}").json()["papers"]
    papers = [one for one in shown if one["key"] in FILING]
    told = [(one["name"], one["sha256"], one["size"], one["received"]) for one in papers]
    assert told == [("", "", 0, "original")] * len(FILING)
    versions = chen.get(f"/projects/{project}/papers").json()["items"]
    came = {one["key"]: one["received"] for one in versions}
    assert came == dict.fromkeys(FILING, "original") | {"application_form": ""}
    assert chen.get(f"/projects/{project}/papers/{FILING[0]}").status_code == 404


def test_a_paper_with_a_file_is_read_as_before(room: Room) -> None:
    project = room.house.desk.admit()
    room.house.desk.do(project, Action.SUBMIT, CLERK, "2025-01-08", papers=("application_form",))
    wang = caller(room.house, "province")
    [paper] = wang.get(f"/projects/{project}").json()["papers"]
    assert (paper["name"], paper["received"]) == ("application_form.pdf", "")


# -- Classes, each with its own days and figures --------------------------------------------------


def of(project: int, **words: str) -> dict[str, str]:
    return {f"{project}.{name}": text for name, text in words.items()}


FIGURES = {"trainees": "60", "online_trainees": "0", "staff": "4"}


@pytest.mark.parametrize("login", ["chen", "wang"])
def test_classes_are_recorded_for_several_hosts_at_once(room: Room, login: str) -> None:
    """Where hosts do not come here: one form, with the days and figures of each project."""
    room.house.day = date(2025, 6, 3)
    days = {"opens_earliest": "2025-05-12", "opens_latest": "2025-05-12"}
    one, two, three = planned(
        room, "甲研修班", "乙研修班", "丙研修班", planned_ends="2025-05-15", **days
    )
    visit = room.visit(login)
    assert "代录：登记办班" in words(visit.get("/projects"))
    address = f"/projects/steps?deed=hold&project={one}&project={two}&project={three}"
    form = visit.get(address)
    check_html(form)
    assert f'name="{one}.opens" type="date" value="2025-05-12"' in form.text
    assert "怎样收到的" not in words(form) and "收到日期" in words(form)
    ticked = {"deed": "hold", "project": [one, two, three], "on": "2025-06-02"}
    first = of(one, opens="2025-05-12", ends="2025-05-15", **FIGURES)
    other = of(two, opens="2025-05-12", ends="2025-05-14", **FIGURES | {"trainees": "28"})
    odd = of(three, opens="2025-05-12", ends="2025-05-15", trainees="三十")
    wrong = visit.post("/projects/steps", ticked | first | other | odd | {"stage": "check"})
    check_html(wrong)
    assert wrong.status_code == 422 and f'id="{three}.trainees-problem"' in wrong.text
    assert f'name="{two}.trainees" inputmode="numeric" pattern="[0-9]*" value="28"' in wrong.text
    empty = of(three, opens="2025-05-12", ends="2025-05-15")
    check = visit.post("/projects/steps", ticked | first | other | empty | {"stage": "check"})
    check_html(check)
    said = words(check)
    assert "可办理2项，暂不能办理1项" in said and "研修学员28人，少于30人" in said
    assert "缺：研修学员总数（含线上）" in said
    carried = dict(re.findall(r'name="(\d+\.\w+)" value="([^"]*)"', check.text))
    assert carried == first | other | empty
    sent = {
        **{"deed": "hold", "stage": "do", "on": "2025-06-02", "ticket": hidden(check, "ticket")},
        "seen": re.findall(r'name="seen" value="(\d+:\d+)"', check.text),
        **carried,
    }
    led = visit.post("/projects/steps", sent)
    assert "已办理2项" in words(visit.get(led.headers["location"]))
    held = [room.house.desk.show(project) for project in (one, two, three)]
    assert [shown["state"] for shown in held] == ["held", "held", "planned"]
    assert [last(room, project).on_date for project in (one, two)] == [date(2025, 6, 2)] * 2
    facts = [json.loads(_stored(room, project)) for project in (one, two)]
    assert [known["trainees"] for known in facts] == [60, 28]
    assert [known["actual_ends"] for known in facts] == ["2025-05-15", "2025-05-14"]
    events = [last(room, project) for project in (one, two)]
    assert {(event.person, event.on_behalf) for event in events} == {(login, True)}
    assert problems(room) == []


def test_no_host_records_a_class_in_bulk(room: Room) -> None:
    room.house.day = date(2025, 6, 3)
    [one] = planned(room, "甲研修班")
    sent = {"deed": "hold", "stage": "do", "on": "2025-06-02", "seen": f"{one}:1"}
    sent |= of(one, opens="2025-05-12", ends="2025-05-15", **FIGURES)
    assert room.visit("lin").post("/projects/steps", sent).status_code == 403
    assert room.house.desk.show(one)["state"] == "planned"
