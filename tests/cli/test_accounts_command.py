"""`yanxiu user password`: the way in for somebody, given out at the server."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from command import Command
from openpyxl import Workbook
from sqlalchemy import insert, select

from workflow.accounts import links, passwords
from workflow.database import Database
from workflow.mail_tables import MAIL
from workflow.office_tables import LinkUse
from workflow.people import person_id
from workflow.tables import GRANT

AT = datetime(2025, 2, 21, 12, tzinfo=UTC)


def database(run: Command) -> Database:
    return Database(run.url.render_as_string(hide_password=False))


def test_the_first_administrator_is_told_the_way_in(run: Command) -> None:
    said = run.ok("init").out
    assert "yanxiu user add admin --name" in said
    assert "yanxiu user password admin" in said
    run.ok("user", "add", "admin", "--name", "甲", "--role", "admin")
    run.ok("user", "password", "admin")
    assert run.ok("init").out == "已就绪：data\n"
    assert run.json("init")["somebody_can_sign_in"] is True


def test_a_password_works_and_must_be_changed(office: Command) -> None:
    done = office.ok("user", "password", "coordinator")
    password = done.out.strip()
    assert "只显示这一次" in done.said
    found = passwords.sign_in(database(office), "coordinator", password, at=AT)
    with database(office).write() as connection:
        assert found == person_id(connection, "coordinator")
        row = connection.execute(passwords.CREDENTIAL.select()).one()
        assert row.must_change
    assert office.json("user", "password", "coordinator")["password"] != password


def test_a_link_signs_in_once_and_lasts_three_days(office: Command) -> None:
    done = office.json(
        "user", "password", "coordinator", "--link", BASE_URL="http://office.example"
    )
    assert done["url"].startswith("http://office.example/sign-in/link/")
    secret = done["url"].rpartition("/")[2]
    ends = datetime.fromisoformat(done["ends_at"])
    with database(office).write() as connection:
        person = person_id(connection, "coordinator")
        late = ends + timedelta(seconds=1)
        assert links.use_link(connection, secret, at=late) is None
        early = ends - timedelta(hours=1)
        assert links.use_link(connection, secret, at=early) == (person, LinkUse.SIGN_IN, "(server)")
        assert links.use_link(connection, secret, at=early) is None


def test_a_link_without_the_sites_address_says_so(office: Command) -> None:
    done = office.ok("user", "password", "auditor", "--link")
    assert done.out.startswith("/sign-in/link/")
    assert "YANXIU_BASE_URL" in done.said


@pytest.mark.parametrize("option", [(), ("--link",)])
def test_nobody_and_the_disabled_get_none(office: Command, option: tuple[str, ...]) -> None:
    assert office.fails(1, "user", "password", "nobody", *option).sentence
    office.ok("user", "disable", "auditor")
    assert "已停用" in office.fails(1, "user", "password", "auditor", *option).sentence


def test_who_decides_on_money_is_sent_a_link_that_nobody_else_sees(office: Command) -> None:
    """Whether a password or a link is asked for, with --json and without."""
    address = {"BASE_URL": "http://office.example"}
    for option in ((), ("--link",)):
        said = office.fails(1, "user", "password", "province1", *option, **address).sentence
        assert "没有登记邮箱" in said
    office.ok("user", "add", "p3", "--name", "戊", "--role", "province", "--email", "p3@example.cn")
    assert "YANXIU_BASE_URL" in office.fails(1, "user", "password", "p3").sentence
    done = office.ok("user", "password", "p3", "--link", **address)
    assert "p3@example.cn" in done.out and "sign-in/link" not in done.out + done.err
    told = office.json("user", "password", "p3", **address)
    assert told == {"login": "p3", "mailed_to": "p3@example.cn"}
    db = database(office)
    with db.write() as connection:
        person = person_id(connection, "p3")
        assert passwords.made_by(connection, person) == ""
        query = select(MAIL.c.about, MAIL.c.created_at).where(MAIL.c.purpose == "sign_in")
        first, last = connection.execute(query.order_by(MAIL.c.id)).all()
        secrets = [json.loads(one.about)["link"].rpartition("/")[2] for one in (first, last)]
        found = [links.use_link(connection, one, at=last.created_at) for one in secrets]
    assert found == [None, (person, LinkUse.SIGN_IN, "(server)")]  # the second ended the first
    refused = office.fails(1, "token", "add", "p3", "--name", "x", "--scope", "write")
    assert "只发到本人邮箱" in refused.sentence


def test_roles_that_must_lie_apart_are_refused_and_named(office: Command) -> None:
    """By every way in which the local operator gives a role; what stands already is named."""
    both = ("user", "grant", "province1", "--role", "admin")
    assert "不能既是系统管理员又是省厅" in office.fails(1, *both).sentence
    auditor = ("user", "grant", "auditor", "--role", "coordinator", "--scope", "省卫生健康委")
    assert "不能既是审计人员又有其他角色" in office.fails(1, *auditor).sentence
    assert office.fails(1, "user", "grant", "coordinator", "--role", "auditor").sentence
    heads = ("姓名", "角色", "邮箱", "登录名")
    file = workbook(office, heads, ("甲", "系统管理员", "", "province1"))
    taken = office.fails(1, "user", "import", file, "--json").json
    assert (taken["changed"], "系统管理员又是省厅" in taken["rejected"][0]["message"]) == (0, True)
    doctor = {c["check"]: c for c in office("doctor", "--json").json["checks"]}
    assert doctor["岗位分离"]["ok"]
    with database(office).write() as connection:
        person = person_id(connection, "province1")
        values = {"person_id": person, "role": "admin", "scope": ""}
        connection.execute(insert(GRANT).values(values))
    doctor = {c["check"]: c for c in office("doctor", "--json").json["checks"]}
    assert not doctor["岗位分离"]["ok"] and "province1" in doctor["岗位分离"]["message"]


def workbook(office: Command, *rows: tuple[str, ...]) -> Path:
    book = Workbook()
    for row in rows:
        book.active.append(row)
    path = office.cwd / "people.xlsx"
    book.save(path)
    return path


def test_no_way_in_is_made_for_hosts_who_do_not_reach_the_pages(office: Command) -> None:
    """Neither printed nor mailed; nothing is queued for them."""
    host = "unit02@example.cn"
    for option in ((), ("--link",)):
        refused = office.fails(1, "user", "password", host, *option, HOSTS_ONLINE="false")
        assert "承办单位不能访问本系统页面" in refused.sentence
    with database(office).read() as connection:
        assert connection.execute(select(MAIL.c.id).where(MAIL.c.to_email == host)).all() == []
    assert "已邮件告知本人（unit02@example.cn）" in office.ok("user", "password", host).said
    office.ok("user", "password", "coordinator", HOSTS_ONLINE="false")
