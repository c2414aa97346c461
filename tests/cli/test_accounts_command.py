"""`yanxiu user password`: the way in for somebody, given out at the server."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from command import Command

from workflow.accounts import links, passwords
from workflow.database import Database
from workflow.office_tables import LinkUse
from workflow.people import person_id

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
    done = office.ok("user", "password", "province1")
    password = done.out.strip()
    assert "只显示这一次" in done.said
    found = passwords.sign_in(database(office), "province1", password, at=AT)
    with database(office).write() as connection:
        assert found == person_id(connection, "province1")
        row = connection.execute(passwords.CREDENTIAL.select()).one()
        assert row.must_change
    assert office.json("user", "password", "province1")["password"] != password


def test_a_link_signs_in_once_and_lasts_three_days(office: Command) -> None:
    done = office.json("user", "password", "province1", "--link", BASE_URL="http://office.example")
    assert done["url"].startswith("http://office.example/sign-in/link/")
    secret = done["url"].rpartition("/")[2]
    ends = datetime.fromisoformat(done["ends_at"])
    with database(office).write() as connection:
        person = person_id(connection, "province1")
        late = ends + timedelta(seconds=1)
        assert links.use_link(connection, secret, at=late) is None
        early = ends - timedelta(hours=1)
        assert links.use_link(connection, secret, at=early) == (person, LinkUse.SIGN_IN)
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
