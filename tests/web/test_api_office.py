"""Health, ladders and the log of the office for programs."""

from __future__ import annotations

from datetime import timedelta

import pytest
from callers import PEOPLE, Caller, caller
from visits import House

from notifications.watch.clock_guard import ClockAlarm, clock_alarm, raise_alarm
from notifications.watch.heartbeat import Heartbeat
from workflow.mail.halt import RESTORED, halt, halted
from workflow.office.log import note


def test_health_says_what_needs_a_person(house: House) -> None:
    auditor = caller(house, "auditor")
    found = {one["key"]: one for one in auditor.get("/health").json()["items"]}
    unwell = [key for key, one in found.items() if not one["well"]]
    assert unwell == ["worker"]
    assert {"clock", "halt", "sending", "mail", "calendar", "contacts"} < set(found)
    assert found["worker"]["said"] == "还没有运行过，不会发出提醒"
    Heartbeat(house.desk.db, lambda: house.at, lambda: 0.0, 1).store()

    def worker() -> bool:
        items = auditor.get("/health").json()["items"]
        return next(bool(one["well"]) for one in items if one["key"] == "worker")

    assert worker()
    house.at += timedelta(minutes=11)
    assert not worker()


@pytest.mark.parametrize("who", PEOPLE)
def test_the_office_accepts_a_held_clock(house: House, who: str) -> None:
    with house.desk.db.write() as connection:
        raise_alarm(connection, ClockAlarm(house.at, house.at, house.at, 0.0, ""))
    answer = caller(house, who).post("/health/accept-clock", Idempotency_Key="k")
    allowed = who in ("province", "admin")
    assert answer.status_code == (200 if allowed else 403)
    with house.desk.db.read() as connection:
        assert (clock_alarm(connection) is None) == allowed
    if allowed:
        assert answer.json() == {"accepted": True}
        assert caller(house, who).post("/health/accept-clock").json() == {"accepted": False}
        lines = caller(house, who).get("/audit?what=clock_accepted").json()["items"]
        assert [line["person"] for line in lines] == [who]


@pytest.mark.parametrize("who", PEOPLE)
def test_the_office_lets_halted_mail_go(house: House, who: str) -> None:
    with house.desk.db.write() as connection:
        halt(connection, RESTORED, at=house.at)
    answer = caller(house, who).post("/health/resume-mail", Idempotency_Key="k")
    allowed = who in ("province", "admin")
    assert answer.status_code == (200 if allowed else 403)
    with house.desk.db.read() as connection:
        assert (halted(connection) is None) == allowed
    if allowed:
        assert answer.json() == {"resumed": True}
        assert caller(house, who).post("/health/resume-mail").json() == {"resumed": False}


def test_ladders_are_told_step_by_step(house: House) -> None:
    items = caller(house, "coordinator").get("/ladders").json()["items"]
    filing = next(one for one in items if one["kind"] == "filing")
    told = {step["step"]: step["tells"] for step in filing["steps"]}
    ahead = ["D-30", "D-14", "D-7", "D-3", "D-1", "D-0"]
    assert [step for step in told if step.startswith("D-")] == ahead
    assert {"host", "coordinator", "province"} == {who for tells in told.values() for who in tells}


def pages(program: Caller, path: str) -> list[list[dict[str, object]]]:
    """All pages of a list, by the address that each names of the next."""
    found, headers = [], {"Authorization": f"Bearer {program.token}"}
    answer = program.get(path).json()
    while True:
        found.append(answer["items"])
        if answer["next"] is None:
            return found
        answer = program.client.get(answer["next"], headers=headers).json()


def test_the_log_is_narrowed_and_paged_from_its_end(house: House) -> None:
    admin = caller(house, "admin")
    with house.desk.db.write() as connection:
        for n in range(5):
            who = "wang" if n % 2 else "zhou"
            note(connection, who, "mail_held", about=str(n), at=house.at, detail="核对100%")
    found = pages(admin, "/audit?what=mail_held&limit=2")
    assert [[line["object"] for line in page] for page in found] == [["4", "3"], ["2", "1"], ["0"]]

    def objects(query: str) -> list[str]:
        return [one["object"] for one in admin.get(f"/audit?{query}").json()["items"]]

    assert objects("person=wang") == ["3", "1"]
    assert objects("q=100%25") == ["4", "3", "2", "1", "0"] and objects("q=1%25%25") == []
    assert objects("person=wang%00") == ["3", "1"]
    [line] = admin.get("/audit?person=wang&limit=1").json()["items"]
    assert (line["label"], line["detail"]) == ("扣下邮件", "核对100%")


def test_what_somebody_did_in_projects_is_paged(house: House) -> None:
    for n in range(3):
        house.desk.live(house.desk.admit(name=f"第{n}期"), "planned")
    auditor = caller(house, "auditor")
    found = pages(auditor, "/audit/projects?person=chen&limit=2")
    deeds = [(d["project"], d["deed"], d["label"]) for page in found for d in page]
    assert deeds == [(f"第{n}期", "review", "审核推荐") for n in (2, 1, 0)]
    assert [len(page) for page in found] == [2, 1]
    assert auditor.get("/audit/projects?person=nobody").json()["items"] == []
    for cursor in ("x", "0001-01-01T00:00:00+14:00~1~1", "2025-01-01T00:00:00~1~1"):
        wrong = auditor.get(f"/audit/projects?person=chen&cursor={cursor.replace('+', '%2B')}")
        assert (wrong.status_code, wrong.json()["fields"][0]["field"]) == (422, "cursor")
