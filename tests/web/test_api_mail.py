"""The mail room for programs: who reads which mail and does what to it, with the page's own rights."""

from __future__ import annotations

import pytest
from callers import OTHER_SCHOOL, Caller, caller
from posts import NAMES, READ, Post
from sqlalchemy import select
from visits import House

from workflow.mail.addresses import mark_address
from workflow.mail.outbox import queue_sign_in
from workflow.mail_tables import ADDRESS, MAIL, Purpose
from workflow.office.log import Search, lines

OFFICIALS = list(READ)


@pytest.fixture
def post(house: House) -> Post:
    return Post(house)


def program(post: Post, who: str) -> Caller:
    return caller(post.house, who)


def logged(post: Post) -> list[tuple[str, str, str]]:
    with post.house.desk.db.read() as connection:
        rows, _ = lines(connection, Search())
    told = [(row["person"], row["what"], row["detail"]) for row in rows]
    return [line for line in told if line[1].startswith(("mail_", "address_"))]


@pytest.mark.parametrize("who", OFFICIALS)
def test_each_reads_what_is_theirs(post: Post, who: str) -> None:
    one = program(post, who)
    listed = {mail["id"] for mail in one.get("/mail?limit=200").json()["items"]}
    answers = {name: one.get(f"/mail/{n}").status_code for name, n in post.ids.items()}
    assert {name for name, n in post.ids.items() if n in listed} == READ[who]
    assert {name for name, status in answers.items() if status == 200} == READ[who]
    assert set(answers.values()) <= {200, 404}


def test_a_host_lists_what_hosts_are_told_of_their_projects_alone(post: Post) -> None:
    other = post.house.desk.admit(host=OTHER_SCHOOL, name="软件研修班")
    elsewhere = post.mail(project_id=other)
    post.mail(carries=[1, other])  # names the project of another host too
    host = program(post, "host")
    told = {who: program(post, who).get("/mail").json()["items"] for who in ("host", "other host")}
    assert {mail["id"] for mail in told["host"]} == {
        post.ids[name] for name in ("mine", "theirs", "gathered", "mixed")
    }
    assert [mail["id"] for mail in told["other host"]] == [elsewhere]
    assert host.get(f"/mail/{post.ids['mine']}").status_code == 403
    assert host.post(f"/mail/{post.ids['mine']}/hold").status_code == 403
    assert host.get("/marked-addresses").status_code == 403


def test_a_mail_is_told_in_full(post: Post) -> None:
    number = post.ids["gathered"]
    read = program(post, "coordinator").get(f"/mail/{number}").json()
    assert (read["text"], read["html"], read["attached"], read["draft"]) == (
        "hello",
        None,
        [],
        False,
    )
    assert [(r["project_id"], r["step"], r["label"]) for r in read["reminders"]] == [
        (1, "D-7", "提前7天")
    ]
    assert read["acts"] == ["hold"]
    assert program(post, "province").get(f"/mail/{number}").json()["acts"] == ["hold", "by_hand"]
    post.set(number, content=b"Content-Type: text/html; charset=utf-8\r\n\r\n<p>hi</p>")
    assert "<p>hi</p>" in program(post, "auditor").get(f"/mail/{number}").json()["html"]


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize("act", ["hold", "release", "resend", "by_hand"])
@pytest.mark.parametrize("who", ["coordinator", "auditor"])
def test_nobody_does_what_is_not_theirs(post: Post, who: str, act: str, name: str) -> None:
    number = post.ids[name]
    fits = {"hold": "pending", "release": "awaiting", "resend": "dead", "by_hand": "dead"}[act]
    post.set(number, status=fits, reason="approval" if act == "release" else "")
    answer = program(post, who).post(f"/mail/{number}/{act}", {"note": "试"})
    theirs = who == "coordinator" and name in ("mine", "gathered") and act in ("hold", "resend")
    assert (answer.status_code == 200) == theirs, answer.text
    assert (post.state(number) != fits) == theirs
    unseen = who == "coordinator" and name not in READ[who]
    assert theirs or answer.status_code == (404 if unseen else 403)
    assert bool(logged(post)) == theirs


def test_the_office_does_all_and_each_leaves_its_line(post: Post) -> None:
    province, number = program(post, "province"), post.ids["theirs"]
    found = []
    for act in ("hold", "release", "by_hand"):
        answer = province.post(f"/mail/{number}/{act}", {"note": " 已电话告知 "})
        found.append((answer.json()["status"], answer.json()["status_label"]))
    assert found == [
        ("awaiting", "已扣下（待放行）"),
        ("pending", "待发送"),
        ("sent", "已人工送达"),
    ]
    assert [line[1:] for line in reversed(logged(post))] == [
        ("mail_held", "已电话告知"),
        ("mail_released", "已电话告知"),
        ("mail_by_hand", "已电话告知"),
    ]


def test_what_cannot_be_done_is_a_problem_that_says_why(post: Post) -> None:
    province, number = program(post, "province"), post.ids["mine"]
    refused = province.post(f"/mail/{number}/release")
    assert (refused.status_code, refused.headers["content-type"]) == (
        409,
        "application/problem+json",
    )
    assert refused.json()["detail"] == f"第{number}号邮件的情况是“待发送”，不能放行。"
    blank = province.post(f"/mail/{number}/by_hand", {"note": "  "})
    assert (blank.status_code, blank.json()["fields"][0]["field"]) == (422, "note")
    lines_ = province.post(f"/mail/{number}/hold", {"note": "a\nb"})
    assert (lines_.status_code, lines_.json()["fields"][0]["field"]) == (422, "note")
    assert province.post(f"/mail/{number}/burn").status_code == 422
    assert post.state(number) == "pending" and logged(post) == []


def test_an_act_under_a_key_is_done_once(post: Post) -> None:
    province, number = program(post, "province"), post.ids["mine"]
    first = province.post(f"/mail/{number}/hold", {"note": "核对"}, Idempotency_Key="k1")
    again = province.post(f"/mail/{number}/hold", {"note": "核对"}, Idempotency_Key="k1")
    assert (first.status_code, again.status_code, again.content) == (200, 200, first.content)
    assert again.headers["idempotency-replayed"] == "true"
    assert len(logged(post)) == 1
    assert province.post(f"/mail/{number}/hold", Idempotency_Key="k2").status_code == 409


def test_a_sign_in_mail_is_shown_to_nobody(post: Post) -> None:
    link, db = "http://testserver/sign-in/link/secret-of-the-clerk", post.house.desk.db
    person = program(post, "coordinator").person
    with db.write() as connection:
        queue_sign_in(connection, person, link, on=post.house.day, at=post.house.at)
        query = select(MAIL.c.id).where(MAIL.c.purpose == Purpose.SIGN_IN.value)
        [number] = connection.execute(query).one()
    post.set(number, content=f"Subject: x\r\n\r\n{link}".encode())
    for who in OFFICIALS:
        read = program(post, who).get(f"/mail/{number}")
        assert "secret-of-the-clerk" not in read.text + program(post, who).get("/mail").text
    assert program(post, "province").post(f"/mail/{number}/hold").status_code == 409


def test_the_list_is_narrowed_and_paged(post: Post) -> None:
    post.set(post.ids["theirs"], status="dead")
    province = program(post, "province")

    def found(query: str) -> list[int]:
        return [mail["id"] for mail in province.get(f"/mail?{query}").json()["items"]]

    assert found("status=dead") == found("q=主题2") == [post.ids["theirs"]]
    assert found("project=2") == [post.ids["theirs"], post.ids["mixed"]]
    assert found("q=%25") == found("q=nobody") == []
    assert province.get("/mail?status=x").status_code == 422
    first = province.get("/mail?limit=4").json()
    second = province.client.get(
        first["next"], headers={"Authorization": f"Bearer {province.token}"}
    )
    both = [mail["id"] for mail in first["items"] + second.json()["items"]]
    assert both == list(range(1, len(NAMES) + 1)) and second.json()["next"] is None


def test_marks_are_cleared_by_those_who_see_to_them(post: Post) -> None:
    marks = {"status": "5.1.1", "said": "User unknown", "mail_id": None, "at": post.house.at}
    with post.house.desk.db.write() as connection:
        for email in ("lin@example.cn", "far@example.cn"):
            mark_address(connection, email, **marks)
    who = {name: program(post, name) for name in ("coordinator", "auditor", "admin")}
    told = {
        name: [mark["email"] for mark in one.get("/marked-addresses").json()["items"]]
        for name, one in who.items()
    }
    assert sorted(told["admin"]) == sorted(told["auditor"]) == ["far@example.cn", "lin@example.cn"]
    assert told["coordinator"] == ["lin@example.cn"]
    asked = [("coordinator", "far"), ("auditor", "far"), ("coordinator", "lin"), ("admin", "far")]
    got = [who[n].delete(f"/marked-addresses/{e}@example.cn").status_code for n, e in asked]
    assert got == [404, 403, 204, 204]
    assert who["admin"].delete("/marked-addresses/far@example.cn").status_code == 404
    with post.house.desk.db.read() as connection:
        assert connection.execute(select(ADDRESS.c.email)).all() == []
    assert [line[1] for line in logged(post)] == ["address_cleared"] * 2
