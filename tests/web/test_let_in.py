"""A way in that somebody makes for another: what it ends, whom it tells, how far its mark goes."""

from __future__ import annotations

import json
import re
from datetime import timedelta
from typing import Any

import pytest
from callers import caller
from sqlalchemy import select
from stories import FORM, OFFICE, SCHOOL
from visits import House, Visit, words

from states.terms import Act, Role
from workflow.accounts import passwords, sessions
from workflow.mail_tables import MAIL, Purpose
from workflow.office_tables import SESSION
from workflow.people import AT_THE_SERVER
from workflow.tables import EVENT

PASSWORD = "correct horse battery"
OWN = "a better horse battery"


@pytest.fixture
def peopled(house: House) -> tuple[House, dict[str, int]]:
    house.desk.live(house.desk.admit(), "filed")
    held = {
        "chen": (Role.COORDINATOR, OFFICE),
        "clerk": (Role.HOST, SCHOOL),
        "boss": (Role.PROVINCE, ""),
        "root": (Role.ADMIN, ""),
    }
    ids = {
        login: house.person(login, grant, name=login, email=f"{login}@example.cn")
        for login, grant in held.items()
    }
    return house, ids


def link_made(house: House, maker: Visit, person: int) -> str:
    shown = maker.post(f"/admin/people/{person}/link")
    [path] = re.findall(r"<code>http://testserver(/sign-in/link/[\w-]+)</code>", shown.text)
    return str(path)


def mailed(house: House, notice: str) -> list[tuple[str, dict[str, Any]]]:
    with house.desk.db.read() as connection:
        query = select(MAIL).where(MAIL.c.notice == notice).order_by(MAIL.c.id)
        return [(mail.to_email, json.loads(mail.about)) for mail in connection.execute(query)]


def followed(house: House, path: str) -> Visit:
    """A browser that signs in by a link."""
    visit = house.visit()
    assert visit.post(path).status_code == 303
    return known(house, visit)


def with_password(house: House, login: str, password: str) -> Visit:
    visit = house.visit()
    assert visit.post("/sign-in", {"login": login, "password": password}).status_code == 303
    return known(house, visit)


def known(house: House, visit: Visit) -> Visit:
    """The browser with what its forms carry."""
    secret = visit.client.cookies["yanxiu_session"]
    with house.desk.db.read() as connection:
        found = sessions.visitor(connection, secret, at=house.at)
    assert found is not None
    visit.csrf = found[0].csrf
    return visit


def note(visit: Visit) -> None:
    form = {"channel": "phone", "person": "x", "on": "2025-04-01"}
    assert visit.post("/projects/1/do/note", form).status_code == 303


def marks(house: House) -> list[str]:
    """By whose making those were signed in who left notes."""
    with house.desk.db.read() as connection:
        query = select(EVENT.c.let_in_by).where(EVENT.c.deed == Act.NOTE.value)
        return list(connection.execute(query.order_by(EVENT.c.seq)).scalars())


def chosen(visit: Visit, password: str) -> None:
    form = {"password": password, "again": password}
    assert visit.post("/me/password", form).status_code == 303


def test_a_link_ends_sessions_tells_the_person_and_marks_what_is_done(
    peopled: tuple[House, dict[str, int]],
) -> None:
    house, ids = peopled
    before = house.visit(ids["clerk"])
    path = link_made(house, house.visit(ids["chen"]), ids["clerk"])
    assert before.get("/projects/1").headers["location"].startswith("/sign-in")
    [(to, about)] = mailed(house, "let_in")
    assert (to, about["by"]) == ("clerk@example.cn", "chen")
    note(followed(house, path))
    note(house.visit(ids["clerk"]))
    assert marks(house) == ["chen", ""]
    assert house.desk.complaints() == []
    page = words(house.visit(ids["boss"]).get("/projects/1/history"))
    assert page.count("凭chen设置的登录方式办理") == 1


def test_wherever_it_is_said_who_did_something_the_mark_stands_beside_the_name(
    peopled: tuple[House, dict[str, int]],
) -> None:
    """The project, its history and papers, what somebody did, the workplace, the calls, a batch."""
    house, ids = peopled
    house.person("he", (Role.AUDITOR, ""))
    mark = "凭chen设置的登录方式办理"
    clerk = followed(house, link_made(house, house.visit(ids["chen"]), ids["clerk"]))
    note(clerk)
    form = {"reason": "台风", "on": "2025-04-01"}
    assert (
        clerk.post("/projects/1/do/withdraw", form).status_code == 303
    )  # for the province to answer
    boss = house.visit(ids["boss"])
    for path in ("/projects/1", "/", "/admin/audit/projects?person=clerk"):
        assert mark in words(boss.get(path)), path
    move = (
        words(boss.get("/projects/1")).partition("现在该谁做什么")[2].partition("其他办理事项")[0]
    )
    assert mark in move
    read = caller(house, "auditor")
    done = read.get("/audit/projects?person=clerk").json()["items"]
    assert {one["let_in_by"] for one in done if one["deed"] in ("note", "withdraw")} == {"chen"}
    recent = caller(house, "province").get("/workplace").json()["office"]["recent"]
    assert [one["let_in_by"] for one in recent if one["deed"]][:2] == ["chen", "chen"]
    assert marks(house) == ["chen"]


def test_the_log_of_the_office_carries_the_mark_too(peopled: tuple[House, dict[str, int]]) -> None:
    """A coordinator who is signed in by what the administrator made, and changes an account."""
    house, ids = peopled
    visit = followed(house, link_made(house, house.visit(ids["root"]), ids["chen"]))
    form = {"name": "改名", "email": "new@example.cn", "phone": ""}
    assert visit.post(f"/admin/people/{ids['clerk']}", form).status_code == 303
    assert visit.post(f"/admin/people/{ids['clerk']}/mail-link").status_code == 303
    own = house.visit(ids["chen"])
    assert own.post(f"/admin/people/{ids['clerk']}/end-sessions").status_code == 303
    logged = caller(house, "auditor").get("/audit?person=chen").json()["items"]
    marked = {(one["what"], one["let_in_by"]) for one in logged}
    assert ("person_changed", "root") in marked and ("address_changed", "root") in marked
    assert ("link_mailed", "root") in marked and ("sessions_ended", "") in marked
    page = words(house.visit(ids["root"]).get("/admin/audit?person=chen"))
    assert page.count("凭root设置的登录方式办理") == 3


def test_where_hosts_do_not_come_no_way_in_is_made_for_them(
    peopled: tuple[House, dict[str, int]],
) -> None:
    """By no face: the page, a forged form, the API. An official of the same house gets one."""
    house, ids = peopled
    house.site.settings.hosts_online = False
    chen, root = house.visit(ids["chen"]), house.visit(ids["root"])
    page = chen.get(f"/admin/people/{ids['clerk']}")
    assert "mail-link" not in page.text.replace(f'/admin/people/{ids["clerk"]}/mail-link"', "", 1)
    assert "承办单位不能访问本系统页面" in words(page)
    for act in ("mail-link", "link", "password"):
        refused = chen.post(f"/admin/people/{ids['clerk']}/{act}")
        assert "承办单位不能访问本系统页面" in words(refused) and "<code>" not in refused.text
    answer = caller(house, "coordinator").post(f"/people/{ids['clerk']}/mail-link", {})
    assert (answer.status_code, answer.json()["type"]) == (422, "/api/docs#refused")
    assert mailed(house, "let_in") == [] and links_mailed(house) == []
    root.post(f"/admin/people/{ids['chen']}/mail-link")
    assert links_mailed(house) == ["chen@example.cn"]


def links_mailed(house: House) -> list[str]:
    """To whom a link that signs in was queued."""
    with house.desk.db.read() as connection:
        query = select(MAIL.c.to_email).where(MAIL.c.purpose == Purpose.SIGN_IN)
        return list(connection.execute(query).scalars())


@pytest.mark.parametrize("act", ["link", "password"])
def test_the_page_says_to_whom_the_mail_about_it_goes_and_where_it_goes_to_none(
    peopled: tuple[House, dict[str, int]], act: str
) -> None:
    house, ids = peopled
    without = house.person("quiet", (Role.HOST, SCHOOL), name="quiet", email="")
    chen = house.visit(ids["chen"])
    assert "已邮件告知本人（clerk@example.cn）" in words(
        chen.post(f"/admin/people/{ids['clerk']}/{act}")
    )
    assert [to for to, _ in mailed(house, "let_in")] == ["clerk@example.cn"]
    said = words(chen.post(f"/admin/people/{without}/{act}"))
    assert "没有登记邮箱，未能邮件告知" in said and "已邮件告知" not in said
    assert len(mailed(house, "let_in")) == 1


def test_the_mark_goes_along_until_the_person_gets_in_by_the_own_mailbox(
    peopled: tuple[House, dict[str, int]],
) -> None:
    """Otherwise whoever made a password would choose the next one, and be rid of the mark."""
    house, ids = peopled
    shown = house.visit(ids["chen"]).post(f"/admin/people/{ids['clerk']}/password")
    [drawn] = re.findall(r"<code>([a-z2-9]{4}(?:-[a-z2-9]{4}){2})</code>", shown.text)
    chosen(with_password(house, "clerk", drawn), PASSWORD)
    visit = with_password(house, "clerk", PASSWORD)
    note(visit)
    made = visit.post("/me/keys/tokens", {"name": "t", "scope": "write", "ends_on": "2025-06-01"})
    [token] = re.findall(r"(yx_[\w-]+)", made.text)
    answer = visit.client.post(
        "/api/v1/projects/1/actions/note",
        json={"fields": {"channel": "phone", "person": "x"}},
        headers={"Authorization": f"Bearer {token}"},
    )
    assert answer.status_code == 200
    assert house.visit().post("/sign-in/link", {"email": "CLERK@example.cn"}).status_code == 200
    [(_, about)] = mailed(house, "sign_in")
    own = followed(house, about["link"].removeprefix("http://testserver"))
    chosen(own, OWN)
    note(with_password(house, "clerk", OWN))
    assert marks(house) == ["chen", "chen", ""]


def test_who_decides_on_money_is_shown_nothing(peopled: tuple[House, dict[str, int]]) -> None:
    house, ids = peopled
    admin = house.visit(ids["root"])
    boss = house.visit(ids["boss"])
    for act in ("link", "password"):
        answer = admin.post(f"/admin/people/{ids['boss']}/{act}")
        assert (answer.status_code, "只发到本人邮箱" in answer.text) == (422, True)
        assert "<code>" not in answer.text
    assert boss.get("/projects/1").status_code == 200  # nothing has ended yet
    page = admin.get(f"/admin/people/{ids['boss']}").text
    assert "/mail-link" in page and f"{ids['boss']}/password" not in page
    assert admin.post(f"/admin/people/{ids['boss']}/mail-link").status_code == 303
    assert boss.get("/projects/1").status_code == 303
    [(to, about)] = mailed(house, "sign_in")
    assert (to, about["by"]) == ("boss@example.cn", "root")
    note(followed(house, about["link"].removeprefix("http://testserver")))
    assert marks(house) == ["root"]


def test_a_changed_address_is_told_to_the_old_one_and_marked(
    peopled: tuple[House, dict[str, int]],
) -> None:
    house, ids = peopled
    with house.desk.db.write() as connection:
        passwords.set_password(connection, ids["boss"], PASSWORD, at=house.at)
    form = {"name": "boss", "email": "Other@example.cn", "phone": ""}
    changed = house.visit(ids["root"]).post(f"/admin/people/{ids['boss']}", form)
    assert changed.status_code == 303
    [(to, about)] = mailed(house, "new_address")
    assert (to, about["address"], about["by"]) == ("boss@example.cn", "other@example.cn", "root")
    house.visit().post("/sign-in/link", {"email": "other@example.cn"})
    [(_, mail)] = mailed(house, "sign_in")
    note(followed(house, mail["link"].removeprefix("http://testserver")))
    own = with_password(house, "boss", PASSWORD)  # by what nobody else knows
    note(own)
    chosen(own, OWN)
    house.at += timedelta(hours=1)
    house.visit().post("/sign-in/link", {"email": "other@example.cn"})
    note(followed(house, mailed(house, "sign_in")[-1][1]["link"].removeprefix("http://testserver")))
    assert marks(house) == ["root", "", ""]


def test_who_comes_to_decide_on_money_keeps_no_way_in_that_another_made(
    peopled: tuple[House, dict[str, int]],
) -> None:
    """A password handed out to a coordinator would open the province's account."""
    house, ids = peopled
    admin = house.visit(ids["root"])
    person = house.person("lin", (Role.HOST, SCHOOL), email="lin@example.cn")
    shown = admin.post(f"/admin/people/{person}/password")
    [drawn] = re.findall(r"<code>([a-z2-9]{4}(?:-[a-z2-9]{4}){2})</code>", shown.text)
    chosen(with_password(house, "lin", drawn), PASSWORD)
    signed_in = with_password(house, "lin", PASSWORD)
    given = admin.post(f"/admin/people/{person}/roles", {"role": "province", "scope": ""})
    assert given.status_code == 303
    assert signed_in.get("/projects/1").status_code == 303
    answer = house.visit().post("/sign-in", {"login": "lin", "password": PASSWORD})
    assert answer.status_code == 403


def test_the_api_mails_a_link_ends_sessions_and_marks(
    peopled: tuple[House, dict[str, int]],
) -> None:
    house, ids = peopled
    before = house.visit(ids["clerk"])
    answer = caller(house, "province").post(f"/people/{ids['clerk']}/mail-link")
    assert (answer.status_code, answer.json()["by_mail_alone"]) == (200, False)
    assert before.get("/projects/1").status_code == 303
    [(_, about)] = mailed(house, "sign_in")
    note(followed(house, about["link"].removeprefix("http://testserver")))
    assert marks(house) == ["province"]
    history = caller(house, "auditor").get("/projects/1").json()["history"]
    assert [one["let_in_by"] for one in history if one["deed"] == "note"] == ["province"]


def test_roles_that_must_lie_apart_are_refused_with_a_sentence(
    peopled: tuple[House, dict[str, int]],
) -> None:
    house, ids = peopled
    admin, program = house.visit(ids["root"]), caller(house, "admin")
    auditor = house.person("seer", (Role.AUDITOR, ""))
    for person, role, said in (
        (ids["boss"], "admin", "不能既是系统管理员又是省厅"),
        (auditor, "province", "不能既是审计人员又有其他角色"),
        (ids["clerk"], "auditor", "不能既是审计人员又有其他角色"),
    ):
        form = {"role": role, "scope": ""}
        answer = admin.post(f"/admin/people/{person}/roles", form)
        assert (answer.status_code, said in answer.text) == (422, True)
        refused = program.post(f"/people/{person}/roles", form)
        assert (refused.status_code, said in refused.json()["detail"]) == (422, True)


def test_a_second_use_of_a_mailbox_warns_but_not_of_who_decides_on_money(
    peopled: tuple[House, dict[str, int]],
) -> None:
    """People who share a mailbox stay people; two who decide on money must be two."""
    house, ids = peopled
    new = {"name": "另一人", "email": "CLERK@example.cn", "role": "host", "scope": SCHOOL}
    admin = house.visit(ids["root"])
    where = admin.post("/admin/people", new | {"login": "second"}).headers["location"]
    assert "与clerk（clerk）共用" in words(admin.get(where))
    added = caller(house, "admin").post("/people", new | {"login": "third"})
    assert added.status_code == 201
    assert "clerk（clerk）、另一人（second）共用" in added.json()["warnings"][0]
    for form in (
        {"role": "province", "scope": ""},
        {"email": "boss@example.cn"},
        {"email": "Boss@example.cn", "role": "province", "scope": ""},
    ):
        refused = admin.post("/admin/people", new | {"login": "fourth"} | form)
        assert (refused.status_code, "不能与他人共用邮箱" in refused.text) == (422, True)
    with house.desk.db.read() as connection:
        open_ones = connection.execute(select(SESSION.c.let_in_by)).scalars().all()
    assert set(open_ones) == {""} and AT_THE_SERVER not in open_ones


def test_people_of_one_mailbox_each_get_a_link_of_their_own(
    peopled: tuple[House, dict[str, int]],
) -> None:
    house, ids = peopled
    second = house.person("second", (Role.HOST, SCHOOL), name="另一人", email="clerk@example.cn")
    house.visit().post("/sign-in/link", {"email": " Clerk@Example.cn"})
    found = [
        about["link"].removeprefix("http://testserver") for _, about in mailed(house, "sign_in")
    ]
    assert len(found) == 2
    for path in found:
        followed(house, path)
    with house.desk.db.read() as connection:
        people = connection.execute(select(SESSION.c.person_id)).scalars().all()
    assert sorted(people) == sorted((ids["clerk"], second))
    with house.desk.db.write() as connection:
        passwords.set_password(connection, second, PASSWORD, at=house.at)
    with_password(house, "SECOND", PASSWORD)  # a login in another case is the same


def test_the_coordinator_is_never_the_host(peopled: tuple[House, dict[str, int]]) -> None:
    """One login that holds both roles enters on the host's behalf, by page and API."""
    house, _ = peopled
    one = house.person("both", (Role.HOST, SCHOOL), (Role.COORDINATOR, OFFICE))
    house.desk.admit(name="草稿班", state="drafted")
    papers = dict.fromkeys(FORM, ("a.txt", b"x"))
    files = {f"paper.{key}": value for key, value in papers.items()}
    visit = house.visit(one)
    form = {"on": "2025-04-01"}
    assert visit.post("/projects/2/do/submit", form, files=files).status_code == 403
    entered = visit.post("/projects/2/do/submit", form | {"on_behalf": "1"}, files=files)
    assert entered.status_code == 303
    with house.desk.db.read() as connection:
        query = select(EVENT.c.person, EVENT.c.on_behalf).where(EVENT.c.deed == "submit")
        rows = connection.execute(query.where(EVENT.c.project_id == 2)).all()
    assert rows == [("both", True)]
    reviewed = visit.post("/projects/2/do/review", {"opinion": "同意", "on": "2025-04-01"})
    assert reviewed.status_code == 303
    assert "judged_by_another" in house.desk.flags(2)
