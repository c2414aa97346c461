"""Signing in: by password, by a link that works once; locks, sessions, forged forms."""

from __future__ import annotations

import json
import re
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from html import unescape
from typing import Any, Literal
from urllib.parse import unquote, urlencode

import pytest
from argon2 import PasswordHasher
from sqlalchemy import delete, select
from starlette.routing import Route
from starlette.testclient import TestClient
from visits import House, words

from states.terms import Role
from web.app import PAGES
from web.visiting import SESSION
from workflow.accounts import passwords, sessions
from workflow.accounts.leaving import disable
from workflow.accounts.links import make_link
from workflow.mail_tables import MAIL
from workflow.office_tables import LinkUse, Session
from workflow.people import person_id

PROVINCE = (Role.PROVINCE, "")
PASSWORD = "correct horse battery"


def with_password(house: House, login: str = "wang", **more: str) -> int:
    person = house.person(login, PROVINCE, **more)
    with house.desk.db.write() as connection:
        passwords.set_password(connection, person, PASSWORD, at=house.at)
    return person


def test_a_stranger_is_led_to_the_door_and_back_to_where_he_wanted(house: House) -> None:
    with_password(house)
    visit = house.visit()
    away = visit.get("/me/password")
    assert (away.status_code, away.headers["location"]) == (303, "/sign-in?next=%2Fme%2Fpassword")
    form = {"login": "wang", "password": PASSWORD, "next": "/me/password"}
    inside = visit.post("/sign-in", form)
    assert (inside.status_code, inside.headers["location"]) == (303, "/me/password")
    assert visit.get("/me/password").status_code == 200


@pytest.mark.parametrize(
    "elsewhere", ["https://example.com/", "//example.com", "/\\example.com", "javascript:1", "x\n"]
)
def test_nobody_is_led_away_after_signing_in(house: House, elsewhere: str) -> None:
    with_password(house)
    form = {"login": "wang", "password": PASSWORD, "next": elsewhere}
    assert house.visit().post("/sign-in", form).headers["location"] == "/"


def test_unknown_login_and_wrong_password_are_answered_alike(house: House) -> None:
    with_password(house)
    wrong = house.visit().post("/sign-in", {"login": "wang", "password": "not this one"})
    unknown = house.visit().post("/sign-in", {"login": "nobody", "password": "not this one"})
    assert (wrong.status_code, unknown.status_code) == (403, 403)
    assert words(wrong) == words(unknown)


def test_five_wrong_passwords_lock_for_a_quarter_of_an_hour(house: House) -> None:
    with_password(house)
    right = {"login": "wang", "password": PASSWORD}
    for _ in range(passwords.TRIES):
        house.visit().post("/sign-in", {"login": "wang", "password": "not this one"})
    assert house.visit().post("/sign-in", right).status_code == 403
    house.at += passwords.LOCKED
    assert house.visit().post("/sign-in", right).status_code == 303


def test_a_lock_tells_no_stranger_who_has_an_account(house: House) -> None:
    with_password(house)
    for _ in range(passwords.TRIES):
        wrong = house.visit().post("/sign-in", {"login": "wang", "password": "not this one"})
    unknown = house.visit().post("/sign-in", {"login": "nobody", "password": "not this one"})
    locked = house.visit().post("/sign-in", {"login": "wang", "password": PASSWORD})
    assert words(wrong) == words(unknown) == words(locked)


def test_passwords_tried_at_once_all_count(house: House) -> None:
    with_password(house)

    def attempt(_: int) -> None:
        passwords.sign_in(house.desk.db, "wang", "not this one", at=house.at)

    with ThreadPoolExecutor(passwords.TRIES) as pool:
        list(pool.map(attempt, range(passwords.TRIES)))
    assert passwords.sign_in(house.desk.db, "wang", PASSWORD, at=house.at) is None


def test_nobody_waits_to_write_while_a_password_is_checked(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    person = with_password(house)

    class Meanwhile(PasswordHasher):
        def verify(self, *given: Any) -> Literal[True]:
            with house.desk.db.write() as connection:  # somebody else's work
                sessions.begin(connection, person, agent="", at=house.at)
            return super().verify(*given)

    monkeypatch.setattr(passwords, "HASHER", Meanwhile())
    assert house.visit().post("/sign-in", {"login": "wang", "password": PASSWORD}).is_redirect


def test_a_link_signs_in_once(house: House) -> None:
    person = house.person("lin", (Role.HOST, "福建理工大学"), email="lin@example.cn")
    house.visit().post("/sign-in/link", {"email": " LIN@example.cn"})
    with house.desk.db.read() as connection:
        [about] = connection.execute(select(MAIL.c.about)).scalars()
    path = "/" + json.loads(about)["link"].split("/", 3)[3]
    visit = house.visit()
    for _ in range(2):  # whoever only looks does not use it up
        assert visit.get(path).status_code == 200
    assert visit.post(path).status_code == 303
    assert visit.get("/me/password").status_code == 200
    again = house.visit()
    assert again.post(path).status_code == 403
    assert again.get("/me/password").status_code == 303
    with house.desk.db.read() as connection:
        assert connection.execute(select(Session.person_id)).scalars().all() == [person]


def test_from_a_mail_through_an_ended_link_to_the_form_it_led_to(house: House) -> None:
    """From a mail: the door with the link form open, the mailed link, its expiry, the next link:
    each carries where the mail was leading, and signing in leads there."""
    house.person("lin", (Role.HOST, ""), email="lin@example.cn")
    form = "/projects/2/do/report?sent=1&x=材料"
    onward = urlencode({"next": form})
    visit = house.visit()
    door = visit.get(f"/sign-in?{onward}")
    assert re.search(r"<details [^>]*open", door.text)
    assert "发送登录链接" in words(door)
    asked = next_of(door.text, "/sign-in/link")
    visit.post("/sign-in/link", {"email": "lin@example.cn", "next": asked})
    first = mailed_link(house)
    assert first.endswith(f"?{onward}")
    house.at += timedelta(hours=1)
    over = visit.get(first)
    assert (over.status_code, "发送登录链接" in words(over)) == (403, True)
    again = next_of(over.text, "/sign-in/link")
    visit.post("/sign-in/link", {"email": "lin@example.cn", "next": again})
    second = mailed_link(house)
    button = visit.get(second)
    path = second.partition("?")[0]
    inside = visit.post(path, {"next": next_of(button.text, path)})
    assert inside.status_code == 303
    assert unquote(inside.headers["location"]) == form


def test_who_is_signed_in_is_led_on_by_a_link_that_is_used_up(house: House) -> None:
    lin = house.person("lin", (Role.HOST, ""), email="lin@example.cn")
    with house.desk.db.write() as connection:
        secret = make_link(connection, lin, LinkUse.SIGN_IN, at=house.at)
    visit = house.visit()
    assert visit.post(f"/sign-in/link/{secret}").headers["location"] == "/"
    used = visit.get(f"/sign-in/link/{secret}?next=%2Fprojects%2F2")
    assert (used.status_code, used.headers["location"]) == (303, "/projects/2")


@pytest.mark.parametrize("elsewhere", ["https://example.com/", "//example.com", "/\\example.com"])
def test_no_link_leads_away_from_this_site(house: House, elsewhere: str) -> None:
    """Neither the mailed link nor the form of the next one carries another site's address."""
    lin = house.person("lin", (Role.HOST, ""), email="lin@example.cn")
    visit = house.visit()
    visit.post("/sign-in/link", {"email": "lin@example.cn", "next": elsewhere})
    assert "example.com" not in mailed_link(house)
    over = visit.get(f"/sign-in/link/unknown?{urlencode({'next': elsewhere})}")
    assert next_of(over.text, "/sign-in/link") == "/"
    with house.desk.db.write() as connection:
        secret = make_link(connection, lin, LinkUse.SIGN_IN, at=house.at)
    inside = visit.post(f"/sign-in/link/{secret}", {"next": elsewhere})
    assert inside.headers["location"] == "/"


def mailed_link(house: House) -> str:
    """The path of the link that was mailed last."""
    with house.desk.db.read() as connection:
        about = (
            connection.execute(select(MAIL.c.about).order_by(MAIL.c.id.desc())).scalars().first()
        )
    return "/" + str(json.loads(about or "")["link"]).split("/", 3)[3]


def next_of(html: str, action: str) -> str:
    """Where the form of that action says it leads."""
    form = html.split(f'action="{action}"', 1)[1]
    found = re.search(r'name="next" value="([^"]*)"', form)
    assert found
    return unescape(found[1])


def test_where_hosts_cannot_come_here_none_is_sent_a_link(house: House) -> None:
    """The answer is the same, and who is also an official gets one."""
    house.site.settings.hosts_online = False
    house.person("lin", (Role.HOST, "甲单位"), email="lin@example.cn")
    house.person("chen", (Role.HOST, "乙"), (Role.COORDINATOR, "丙"), email="chen@example.cn")
    assert "承办单位无需登录" in words(house.visit().get("/sign-in"))
    answers = [
        words(house.visit().post("/sign-in/link", {"email": f"{who}@example.cn"})).replace(who, "")
        for who in ("lin", "chen")
    ]
    assert answers[0] == answers[1]
    with house.desk.db.read() as connection:
        assert connection.execute(select(MAIL.c.to_email)).scalars().all() == ["chen@example.cn"]


@pytest.mark.parametrize("how", ["password", "link"])
def test_where_somebody_was_going_is_kept_through_a_password_that_is_to_be_changed(
    house: House, how: str
) -> None:
    """From the mail's address by the one-time password to the form, in one go."""
    person = house.person("lin", (Role.HOST, ""), email="lin@example.cn")
    form, visit = "/projects/1/do/file?name=甲", house.visit()
    with house.desk.db.write() as connection:
        if how == "password":
            passwords.set_password(connection, person, PASSWORD, at=house.at, must_change=True)
        else:
            secret = make_link(connection, person, LinkUse.PASSWORD, at=house.at)
    if how == "password":
        given = {"login": "lin", "password": PASSWORD, "next": form}
        first = visit.post("/sign-in", given).headers["location"]
        led = visit.get(first).headers["location"]
    else:
        led = visit.post(f"/sign-in/link/{secret}", {"next": form}).headers["location"]
    assert led.startswith("/me/password?next=%2Fprojects%2F1%2Fdo%2Ffile%3Fname%3D")
    choose = visit.get(led)
    csrf = re.search(r'name="csrf" value="([^"]*)"', choose.text)
    assert csrf
    onward = next_of(choose.text, "/me/password")
    new = {"csrf": csrf[1], "next": onward, "password": "a new long password"}
    wrong = visit.client.post("/me/password", data=new | {"again": "x"})
    assert next_of(wrong.text, "/me/password") == onward
    away = visit.client.post("/me/password", data=new | {"again": "a new long password"})
    again = visit.get(away.headers["location"])
    given = {"login": "lin", "password": new["password"], "next": next_of(again.text, "/sign-in")}
    assert unquote(visit.post("/sign-in", given).headers["location"]) == form


@pytest.mark.parametrize("elsewhere", ["https://example.com/", "//example.com", "/\\example.com"])
def test_no_password_form_leads_away_from_this_site(house: House, elsewhere: str) -> None:
    visit = house.visit(with_password(house))
    shown = visit.get(f"/me/password?{urlencode({'next': elsewhere})}")
    assert next_of(shown.text, "/me/password") == "/"
    new = {"password": "a new long password", "again": "a new long password", "next": elsewhere}
    assert visit.post("/me/password", new).headers["location"] == "/sign-in"


def test_a_link_ends(house: House) -> None:
    person = house.person("lin", PROVINCE, email="lin@example.cn")
    with house.desk.db.write() as connection:
        secret = make_link(connection, person, LinkUse.SIGN_IN, at=house.at)
    house.at += timedelta(minutes=30)
    assert house.visit().post(f"/sign-in/link/{secret}").status_code == 403


def test_of_many_who_share_a_mailbox_each_asks_by_his_own_login(house: House) -> None:
    """Issue 11, line 5: up to five get a link each; of more, who names himself gets his own, at the
    mailbox, in his name. Nobody gets another's."""
    shared = "office@example.cn"
    for n in range(1, 9):
        house.person(f"li{n}", (Role.HOST, "甲单位"), name=f"李{n}", email=shared)
    door = house.visit()

    def asks(what: str) -> list[str]:
        door.post("/sign-in/link", {"email": what})
        with house.desk.db.write() as connection:
            sent = connection.execute(select(MAIL.c.to_name, MAIL.c.to_email, MAIL.c.purpose)).all()
            connection.execute(delete(MAIL))
        assert {(row.to_email, row.purpose) for row in sent} <= {(shared, "sign_in")}
        return [row.to_name for row in sent]

    assert asks(shared) == []
    assert asks("li7") == ["李7"]
    assert asks(" li8 ") == ["李8"]
    assert asks("li9") == []
    with house.desk.db.write() as connection:
        for login in ("li6", "li7", "li8"):
            found = person_id(connection, login)
            assert found is not None
            disable(connection, found, at=house.at)
    assert asks(shared.upper()) == ["李1", "李2", "李3", "李4", "李5"]
    assert asks("li7") == []  # who has left
    assert "请填本人的登录名" in door.get("/sign-in").text


def test_a_strange_address_gets_no_mail_and_the_same_answer(house: House) -> None:
    house.person("lin", PROVINCE, email="lin@example.cn")
    known = house.visit().post("/sign-in/link", {"email": "lin@example.cn"})
    strange = house.visit().post("/sign-in/link", {"email": "zhu@example.cn"})
    assert words(known).replace("lin@", "zhu@") == words(strange)
    with house.desk.db.read() as connection:
        assert connection.execute(select(MAIL.c.to_email)).scalars().all() == ["lin@example.cn"]


def test_a_mailbox_is_not_filled_with_links(house: House) -> None:
    house.person("lin", PROVINCE, email="lin@example.cn")
    for _ in range(10):
        house.visit().post("/sign-in/link", {"email": "lin@example.cn"})
    with house.desk.db.read() as connection:
        assert len(connection.execute(select(MAIL.c.id)).all()) == 3


def test_a_new_password_ends_every_session(house: House) -> None:
    person = with_password(house)
    one, other = house.visit(person), house.visit(person)
    form = {"password": "a new long password", "again": "a new long password"}
    assert one.post("/me/password", form).status_code == 303
    assert other.get("/me/password").status_code == 303


def test_a_weak_or_mistyped_password_is_refused(house: House) -> None:
    visit = house.visit(with_password(house))
    for new, again in (("short", "short"), ("aaaaaaaaaaaa", "aaaaaaaaaaaa"), (PASSWORD, "x")):
        assert visit.post("/me/password", {"password": new, "again": again}).status_code == 422


def test_sessions_end_by_idleness_by_age_and_with_the_account(house: House) -> None:
    person = with_password(house)
    visit = house.visit(person)
    house.at += sessions.IDLE - timedelta(minutes=1)
    assert visit.get("/me/password").status_code == 200
    house.at += sessions.IDLE
    assert visit.get("/me/password").status_code == 303
    visit = house.visit(person)
    with house.desk.db.write() as connection:
        disable(connection, person, at=house.at)
    assert visit.get("/me/password").status_code == 303


def test_every_form_needs_the_sessions_token(house: House) -> None:
    """Over all routes, so that none is forgotten."""
    open_to_all = {"/sign-in", "/sign-in/link", "/sign-in/link/{secret}", "/language"}
    open_to_all |= {"/received/{mail}/{code}"}  # whose code is known to who has the mail
    person = house.person("all")
    house.wear(person, *((role, "某单位") for role in Role))
    visit = house.visit(person)
    found = 0
    for route in (route for room in PAGES for route in room.routes.routes):
        assert isinstance(route, Route)
        if "POST" not in (route.methods or ()) or route.path in open_to_all:
            continue
        found += 1
        path = re.sub(r"\{[^}]*\}", "1", route.path)
        answer = visit.client.post(path, data={"csrf": "forged"})
        assert answer.status_code == 403, path
    assert found >= 2


def test_what_another_site_sends_is_refused(house: House) -> None:
    with_password(house)
    form = {"login": "wang", "password": PASSWORD}
    for headers in ({"Origin": "https://evil.example"}, {"Sec-Fetch-Site": "cross-site"}):
        assert house.visit().post("/sign-in", form, headers=headers).status_code == 403
    assert house.visit().post("/sign-in", form, headers={"Origin": "http://testserver"}).is_redirect


def test_signing_out_ends_the_session_itself(house: House) -> None:
    visit = house.visit(with_password(house))
    secret = visit.client.cookies[SESSION]
    assert visit.post("/sign-out").status_code == 303
    visit.client.cookies.set(SESSION, secret)
    assert visit.get("/me/password").status_code == 303


def test_a_failure_is_a_page_in_the_chosen_language(house: House) -> None:
    visit = house.visit(with_password(house))
    assert "没有找到" in words(visit.get("/nothing"))
    visit.post("/language", {"to": "en", "next": "/nothing"})
    assert "Not found" in words(visit.get("/nothing"))


def test_every_answer_carries_the_guarding_headers(house: House) -> None:
    for path in ("/sign-in", "/nothing", "/healthz", "/static/app.css"):
        headers = house.visit().get(path).headers
        assert "script-src 'self'" in headers["content-security-policy"], path
        assert headers["x-content-type-options"] == "nosniff"
    assert "no-store" in house.visit().get("/sign-in").headers["cache-control"]


def test_a_forged_host_gets_no_link_into_a_mail(house: House) -> None:
    house.person("lin", PROVINCE, email="lin@example.cn")
    house.site.settings.base_url = ""
    visit = house.visit()
    form = {"email": "lin@example.cn"}
    answer = visit.post("/sign-in/link", form, headers={"Host": "evil.example"})
    assert (answer.status_code, "YANXIU_BASE_URL" in answer.text) == (503, True)
    own = TestClient(house.app, base_url="http://127.0.0.1:8000")
    assert own.post("/sign-in/link", data=form, headers={"Host": "localhost:9"}).status_code == 200
    with house.desk.db.read() as connection:
        [about] = connection.execute(select(MAIL.c.about)).scalars()
    assert json.loads(about)["link"].startswith("http://127.0.0.1:8000/sign-in/link/")


def test_a_login_that_somebody_else_made_keeps_nobody_of_its_address_out(house: House) -> None:
    """A new contact's login is the address: without a password it is not whom an address means."""
    person = with_password(house, "chen", email="chen@example.cn")
    house.person("chen@example.cn", (Role.HOST, "甲"), name="张三", email="chen@example.cn")
    form = {"login": "Chen@example.cn", "password": PASSWORD}
    visit = house.visit()
    assert visit.post("/sign-in", form).status_code == 303
    with house.desk.db.read() as connection:
        signed = connection.execute(select(Session.__table__.c.person_id)).scalars().all()  # type: ignore[attr-defined]
    assert signed == [person]
