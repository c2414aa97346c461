"""The mail room: who reads which mail, who does what to it, and what nobody reads."""

from __future__ import annotations

import json
import re

import pytest
from callers import caller
from posts import EVERYTHING, NAMES, READ, Post
from sqlalchemy import select, update
from visits import House, words

from notifications.sending.journal import Journal, backwards
from workflow.mail.addresses import mark_address
from workflow.mail.desk import SHOWN_AS, STATES
from workflow.mail.finding import BY_REASON
from workflow.mail.outbox import queue_sign_in
from workflow.mail.room import PAGE
from workflow.mail_tables import ADDRESS, MAIL
from workflow.tables import PERSON


@pytest.fixture
def room(house: House) -> Post:
    return Post(house)


@pytest.mark.parametrize("login", list(READ))
def test_each_reads_what_is_theirs(room: Post, login: str) -> None:
    visit = room.visit(login)
    listed = re.findall(r'<a href="/mail/(\d+)">', visit.get("/mail").text)
    opened = {name for name, n in room.ids.items() if visit.get(f"/mail/{n}").status_code == 200}
    assert {name for name, n in room.ids.items() if str(n) in listed} == opened == READ[login]
    missing = [visit.get(f"/mail/{room.ids[name]}").status_code for name in EVERYTHING - opened]
    assert set(missing) <= {404}


@pytest.mark.parametrize("state", list(STATES))
def test_a_mail_is_found_by_each_state_that_it_can_be_shown_in(room: Post, state: str) -> None:
    """Issue 11, line 4: returned mail too, on the page as for a program, by the word it shows."""
    status = BY_REASON.get(state)
    how = {"status": status.value, "reason": state} if status else {"status": state}
    number = room.ids["mine"]
    room.set(number, **how)
    visit, program = room.visit("province"), caller(room.house, "province")
    listed = visit.get(f"/mail?state={state}").text
    assert re.findall(r'<a href="/mail/(\d+)">', listed)[-1:] == [str(number)]
    assert f'<option value="{state}" selected>{STATES[state].zh}</option>' in listed
    assert f">{STATES[state].zh}</span>" in listed
    answer = program.get(f"/mail?status={state}").json()
    assert answer["items"][0]["id"] == number
    assert answer["items"][0]["status_label"] == STATES[state].zh
    other = "dead" if state != "dead" else "bounced"
    assert f'"/mail/{number}"' not in visit.get(f"/mail?state={other}").text
    assert number not in [one["id"] for one in program.get(f"/mail?status={other}").json()["items"]]


def test_no_state_is_shown_that_cannot_be_asked_for() -> None:
    assert {(status.value, reason) for reason, status in BY_REASON.items()} == set(SHOWN_AS)


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize("act", ["hold", "release", "resend", "by_hand"])
@pytest.mark.parametrize("login", ["coordinator", "auditor", "clerk"])
def test_nobody_does_what_is_not_theirs(room: Post, login: str, act: str, name: str) -> None:
    number = room.ids[name]
    fits = {"hold": "pending", "release": "awaiting", "resend": "dead", "by_hand": "dead"}[act]
    room.set(number, status=fits, reason="approval" if act == "release" else "")
    answer = room.visit(login).post(f"/mail/{number}/{act}", {"note": "试"})
    theirs = login == "coordinator" and name in ("mine", "gathered") and act in ("hold", "resend")
    assert (answer.status_code == 303) == theirs
    assert (room.state(number) != fits) == theirs
    hidden = login == "coordinator" and name not in READ["coordinator"]
    assert theirs or answer.status_code == (404 if hidden else 403)


@pytest.mark.parametrize("login", ["province", "admin"])
def test_the_office_does_all(room: Post, login: str) -> None:
    visit, number = room.visit(login), room.ids["theirs"]
    states = []
    for act in ("hold", "release", "by_hand"):
        assert visit.post(f"/mail/{number}/{act}", {"note": "已电话告知"}).status_code == 303
        states.append(room.state(number))
    assert states == ["awaiting", "pending", "sent"]
    room.set(number, status="dead")
    visit.post(f"/mail/{number}/resend")
    assert room.state(number) == "pending"
    shown = words(visit.get(f"/mail/{number}"))
    assert [word for word in ("扣下", "放行", "人工送达", "重新排队") if word not in shown] == []


def test_what_is_delivered_by_hand_stands_in_the_journal(room: Post) -> None:
    """By the page and by the API: a restored copy must not mail it."""
    journal = Journal(room.house.site.settings.data_dir)
    mine, theirs = room.ids["mine"], room.ids["theirs"]
    room.visit("province").post(f"/mail/{mine}/by_hand", {"note": "已电话告知"})
    program = caller(room.house, "province")
    for _ in range(2):  # told twice, noted once
        program.post(f"/mail/{theirs}/by_hand", {"note": "已电话告知"}, Idempotency_Key="k")
    [path] = journal.files()
    with room.house.desk.db.read() as connection:
        query = select(MAIL.c.token).where(MAIL.c.id.in_([mine, theirs]))
        tokens = set(connection.execute(query).scalars())
    noted = [line.token for block in backwards(path) for line in block]
    assert (set(noted), len(noted)) == (tokens, 2)


def test_a_coordinator_releases_only_what_they_held_themselves(room: Post) -> None:
    visit, number = room.visit("coordinator"), room.ids["mine"]
    visit.post(f"/mail/{number}/hold")
    assert visit.post(f"/mail/{number}/release").status_code == 303
    room.visit("province").post(f"/mail/{number}/hold")
    assert visit.post(f"/mail/{number}/release").status_code == 403
    assert room.state(number) == "awaiting"


def test_a_refusal_says_why_and_keeps_what_was_typed(room: Post) -> None:
    number = room.ids["mine"]
    answer = room.visit("province").post(f"/mail/{number}/release", {"note": "先核对"})
    assert answer.status_code == 409 and 'value="先核对"' in answer.text
    assert f"第{number}号邮件的情况是“待发送”，不能放行。" in words(answer)
    assert room.visit("province").post(f"/mail/{number}/by_hand").status_code == 422


def test_a_sign_in_mail_is_shown_to_nobody(room: Post) -> None:
    link = "http://testserver/sign-in/link/secret-of-the-clerk"
    with room.house.desk.db.write() as connection:
        person = room.people["coordinator"]
        queue_sign_in(connection, person, link, on=room.house.day, at=room.house.at)
        [number] = connection.execute(select(MAIL.c.id).where(MAIL.c.purpose == "sign_in")).one()
    room.set(number, content=f"Subject: x\r\n\r\n{link}".encode())
    for login in READ:
        visit = room.visit(login)
        pages = [visit.get(f"/mail{path}") for path in ("", f"/{number}", f"/{number}/styled")]
        assert [page.status_code for page in pages] == [200, 200, 404]
        assert "secret-of-the-clerk" not in "".join(page.text for page in pages)
    refused = room.visit("province").post(f"/mail/{number}/by_hand", {"note": "x"})
    assert refused.status_code == 409
    with room.house.desk.db.read() as connection:
        query = select(MAIL.c.about).where(MAIL.c.id == number)
        assert json.loads(connection.execute(query).scalar_one()) == {"link": link}


def test_mail_is_found_by_state_address_and_project(room: Post) -> None:
    room.set(room.ids["theirs"], status="dead")
    visit = room.visit("province")

    def found(query: str) -> list[int]:
        listed = re.findall(r'<a href="/mail/(\d+)">', visit.get(f"/mail?{query}").text)
        return sorted(map(int, listed))

    assert found("state=dead") == [room.ids["theirs"]]
    assert found("q=COORDINATOR@") == [room.ids["own digest"]]
    assert found("project=2") == [room.ids["theirs"], room.ids["mixed"]]
    assert found("project=x") == found("q=%25") == found("q=nobody") == []


def test_the_list_pages_by_key(room: Post) -> None:
    for _ in range(PAGE):
        room.mail()
    visit = room.visit("province")
    first = visit.get("/mail?state=pending").text
    [following] = re.findall(r'href="(/mail\?[^"]*before=\d+)"', first)
    second = visit.get(following.replace("&amp;", "&")).text
    pages = [
        [int(n) for n in re.findall(r'<a href="/mail/(\d+)">', text)] for text in (first, second)
    ]
    assert pages[0] + pages[1] == list(range(PAGE + len(NAMES), 0, -1))


def test_marks_are_taken_away_by_those_who_see_to_them(room: Post) -> None:
    marks = {"status": "5.1.1", "said": "User unknown", "mail_id": None, "at": room.house.at}
    with room.house.desk.db.write() as connection:
        for email in ("lin@example.cn", "far@example.cn"):
            mark_address(connection, email, **marks)
    visit = room.visit("coordinator")
    shown = words(visit.get("/mail/addresses"))
    assert "lin@example.cn" in shown and "far@example.cn" not in shown
    assert visit.post("/mail/addresses", {"email": "far@example.cn"}).status_code == 404
    assert (
        room.visit("auditor").post("/mail/addresses", {"email": "far@example.cn"}).status_code
        == 403
    )
    assert visit.post("/mail/addresses", {"email": "lin@example.cn"}).status_code == 303
    room.visit("admin").post("/mail/addresses", {"email": "far@example.cn"})
    with room.house.desk.db.read() as connection:
        assert connection.execute(select(ADDRESS.c.email)).all() == []


def test_a_mail_as_it_looks_may_do_nothing(room: Post) -> None:
    content = b"Content-Type: text/html; charset=utf-8\r\n\r\n<p style='color:red'>hi</p>"
    room.set(room.ids["mine"], content=content)
    answer = room.visit("coordinator").get(f"/mail/{room.ids['mine']}/styled")
    assert answer.status_code == 200 and "<p style" in answer.text
    assert "sandbox" in answer.headers["content-security-policy"]
    assert "script-src" not in answer.headers["content-security-policy"]


def test_who_has_no_address_has_no_mail_of_their_own(room: Post) -> None:
    with room.house.desk.db.write() as connection:
        own = PERSON.c.id == room.people["coordinator"]
        connection.execute(update(PERSON).where(own).values(email=""))
        connection.execute(update(MAIL).where(MAIL.c.id == 6).values(to_email=""))
    assert room.visit("coordinator").get("/mail/6").status_code == 404
