"""What waits for a second person and ends by another step is said before that step is sent."""

from __future__ import annotations

from datetime import date

import pytest
from callers import caller
from rooms import Room, check_html
from stories import CLERK, WANG
from test_deed_forms import FILES, send
from visits import House, words

from states.terms import Action

ENDS = "待复核的拟办“取消办班”随之终止，拟办和复核双方均收到邮件。"


@pytest.fixture
def room(house: House) -> Room:
    house.day = date(2025, 4, 10)
    return Room(house)


def to_be_cancelled(room: Room) -> int:
    """Its host proposes to cancel the class, and the province has not answered."""
    project = room.project("planned")
    room.house.desk.do(project, Action.WITHDRAW, CLERK, "2025-04-09", reason="台风")
    return project


@pytest.mark.parametrize("login", ["lin", "chen"])
def test_the_form_says_so_before_it_is_sent_and_whom_the_mail_reaches(
    room: Room, login: str
) -> None:
    project, visit = to_be_cancelled(room), room.visit(login)
    form = visit.get(f"/projects/{project}/do/file")
    check_html(form)
    after = words(form).partition("提交后")[2]
    assert ENDS in after and "省厅（王经办、周复核）" in after
    assert ENDS in words(visit.get(f"/projects/{project}/why"))
    assert ENDS not in words(visit.get(f"/projects/{project}/do/note"))  # which leaves it
    given = {"on": "2025-04-10"} | ({"on_behalf": "1"} if login == "chen" else {})
    assert send(visit, project, "file", given, FILES).status_code == 303
    assert "pending" not in room.house.desk.show(project)


def test_what_completes_it_or_cancels_it_ends_nothing_else(room: Room) -> None:
    project, visit = to_be_cancelled(room), room.visit("wang")
    for deed in ("withdraw", "cancel"):
        assert ENDS not in words(visit.get(f"/projects/{project}/do/{deed}"))


def test_programs_read_it_of_each_action_and_of_what_was_done(room: Room) -> None:
    project = to_be_cancelled(room)
    for role in ("host", "coordinator"):
        listed = caller(room.house, role).get(f"/projects/{project}/actions").json()["actions"]
        ends = {one["action"]: one["ends"] for one in listed}
        assert (ends["file"], ends["change"], ends["note"], ends["cancel"]) == (ENDS, ENDS, "", "")
    change = {"fields": {"reason": "换址", "place": "厦门"}, "on_behalf": True}
    done = caller(room.house, "coordinator").post(f"/projects/{project}/actions/change", change)
    assert (done.status_code, done.json()["ended"]) == (200, "withdraw")
    note = {"fields": {"channel": "phone", "person": "林"}}
    done = caller(room.house, "coordinator").post(f"/projects/{project}/actions/note", note)
    assert done.json()["ended"] is None


def test_a_step_on_several_names_those_whose_proposal_it_ends(room: Room) -> None:
    """To send back what somebody has proposed to pay."""
    money, other = room.project("reported"), room.project("reported", name="另一研修班")
    room.house.day = date(2025, 7, 3)
    room.house.desk.do(money, Action.SUBSIDISE, WANG, "2025-07-02", amount=4_000_000)
    sent = {"deed": "send_back", "stage": "check", "project": [money, other], "on": "2025-07-03"}
    sent |= {"items": "补签到表", "mend_by": "2025-07-20"}
    check = words(room.visit("zhou").post("/projects/steps", sent))
    assert check.count("待复核的拟办“审定补助”随之终止") == 1
