"""The holiday calendar for programs: what a draft would move, and who puts it in force."""

from __future__ import annotations

from datetime import date

import pytest
from callers import PEOPLE, Caller, caller
from visits import House

from states.facts import Json
from workflow.office.log import Search, lines
from workflow.verify import verify

OFFICE = {"province", "admin"}


def held(house: House) -> tuple[int, str]:
    """A project whose class is over, and the day by which it is to report."""
    number = house.desk.admit(name="移动班")
    house.desk.live(number, "held")
    return number, due(house, number)


def due(house: House, number: int) -> str:
    return house.desk.standing(number)["reimbursement"][1]


def day_off(year: Json, day: str) -> str:
    return f'{year["text"]}\n[[holidays]]\nname = "试验假"\nfirst = {day}\nlast = {day}\n'


def logged(house: House) -> list[tuple[str, str]]:
    with house.desk.db.read() as connection:
        rows, _ = lines(connection, Search(what="calendar_saved"))
    return [(row["person"], row["object"]) for row in rows]


def test_a_year_is_read_with_its_file_and_version(house: House) -> None:
    host = caller(house, "host")
    year = host.get("/calendar/2025").json()
    assert year["official"] and year["text"].startswith("year = 2025\n") and year["source"]
    assert len(year["version"]) == 64
    unknown = host.get("/calendar/2031").json()
    assert (unknown["official"], unknown["holidays"], unknown["source"]) == (False, [], "")


def test_a_draft_is_seen_before_it_holds(house: House) -> None:
    number, moved = held(house)
    province = caller(house, "province")
    year = province.get("/calendar/2025").json()
    text = day_off(year, moved)
    seen = province.post("/calendar/2025/preview", {"text": text}).json()
    assert (seen["first"], seen["last"], seen["more"]) == (moved, moved, 0)
    [shift] = [one for one in seen["shifts"] if one["kind"] == "reimbursement"]
    assert (shift["project_id"], shift["old_due_on"]) == (number, moved)
    assert shift["new_due_on"] > moved and due(house, number) == moved
    assert (
        province.get("/calendar/2025").json() == year and not (house.folder / "calendars").exists()
    )
    asked = {"text": text, "seen": year["version"]}
    done = province.post("/calendar/2025/apply", asked)
    assert done.status_code == 200, done.text
    assert due(house, number) == shift["new_due_on"]
    assert province.get("/calendar/2025").json()["version"] == done.json()["version"]
    assert not house.site.book.calendar.is_working(date.fromisoformat(moved))
    assert list(verify(house.desk.db, house.site.book, None)) == []
    assert logged(house) == [("province", "2025")]


def test_a_year_that_somebody_changed_meanwhile_is_left_alone(house: House) -> None:
    province, admin = caller(house, "province"), caller(house, "admin")
    year = admin.get("/calendar/2025").json()
    for who, day, status in ((province, "2025-03-03", 200), (admin, "2025-03-04", 409)):
        asked = {"text": day_off(year, day), "seen": year["version"]}
        answer = who.post("/calendar/2025/apply", asked)
        assert answer.status_code == status, answer.text
    assert "他人刚刚修改了本年放假安排" in answer.json()["detail"]
    assert "2025-03-04" not in admin.get("/calendar/2025").json()["text"]


def test_under_a_key_a_year_is_applied_once(house: House) -> None:
    admin = caller(house, "admin")
    year = admin.get("/calendar/2025").json()
    asked = {"text": day_off(year, "2025-03-03"), "seen": year["version"]}
    answers = [admin.post("/calendar/2025/apply", asked, Idempotency_Key="k") for _ in range(2)]
    assert [a.status_code for a in answers] == [200, 200]
    assert answers[0].content == answers[1].content and len(logged(house)) == 1
    assert admin.post("/calendar/2025/apply", asked).status_code == 409


@pytest.mark.parametrize("who", sorted(set(PEOPLE) - OFFICE))
def test_only_the_office_touches_it(house: House, who: str) -> None:
    program = caller(house, who)
    year = program.get("/calendar/2025").json()
    asked = {"text": year["text"], "seen": year["version"]}
    assert program.post("/calendar/2025/preview", {"text": year["text"]}).status_code == 403
    assert program.post("/calendar/2025/apply", asked).status_code == 403
    assert not (house.folder / "calendars").exists() and logged(house) == []


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("year = 2025", "缺少这一项"),
        ("nonsense [", "无法读取"),
        ('year = 2024\nsource = "x"\nmake_up_days = []\nholidays = []', "年份应为2025"),
    ],
)
def test_a_faulty_year_is_refused_in_a_sentence(house: House, text: str, said: str) -> None:
    admin: Caller = caller(house, "admin")
    for act in ("preview", "apply"):
        body = {"text": text} | ({"seen": "x"} if act == "apply" else {})
        answer = admin.post(f"/calendar/2025/{act}", body)
        assert answer.status_code == 422
        [wrong] = answer.json()["fields"]
        assert (
            wrong["field"] == "text"
            and "2025.toml" in wrong["message"]
            and said in wrong["message"]
        )
    assert admin.post("/calendar/1999/preview", {"text": text}).status_code == 422
