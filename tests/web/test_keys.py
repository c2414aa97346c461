"""Tokens and webhooks on the page of one's own keys."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from callers import API
from stories import SCHOOL
from visits import House, Visit, words

from states.terms import Role
from workflow.accounts import tokens
from workflow.accounts.leaving import disable
from workflow.accounts.links import make_link
from workflow.office_tables import CALL, LinkUse, OfficeEvent
from workflow.webhooks import webhooks

NEW = {"name": "人事系统对接", "scope": "read", "ends_on": "2025-06-30"}


@pytest.fixture
def person(house: House) -> int:
    return house.person("lin", (Role.HOST, SCHOOL), name="林老师")


@pytest.fixture
def visit(house: House, person: int) -> Visit:
    return house.visit(person)


def made(visit: Visit, **more: str) -> str:
    """Make a token; its secret, off the page."""
    answer = visit.post("/me/keys/tokens", NEW | more)
    assert answer.status_code == 200
    [secret] = re.findall(r"yx_[\w-]{43}", answer.text)
    return str(secret)


def works(house: House, secret: str) -> int:
    client = house.visit().client
    return client.get(f"{API}/me", headers={"Authorization": f"Bearer {secret}"}).status_code


def test_a_token_is_shown_once_and_works_until_it_is_revoked(house: House, visit: Visit) -> None:
    secret = made(visit)
    assert works(house, secret) == 200
    page = visit.get("/me/keys")
    assert secret not in page.text
    assert "人事系统对接 仅查看 2025-06-30 2025-04-01 09:00" in words(page)
    [path] = re.findall(r"/me/keys/tokens/\d+/revoke", page.text)
    assert visit.post(path).is_redirect
    assert works(house, secret) == 401
    assert "已停用或过期的令牌" in words(visit.get("/me/keys"))


def test_the_way_there_leads_through_ones_settings(visit: Visit) -> None:
    assert 'href="/me/keys"' in visit.get("/me").text
    assert 'href="/api/docs"' in visit.get("/me/keys").text


def test_nothing_of_a_token_is_stored_that_would_open_anything(house: House, visit: Visit) -> None:
    secret = made(visit)
    assert secret not in str(house.desk.rows())


def test_a_token_ends_with_its_last_day_in_china(house: House, visit: Visit) -> None:
    secret = made(visit, ends_on="2025-04-02")
    house.at += timedelta(hours=38, minutes=59)  # 23:59 on the second
    assert works(house, secret) == 200
    house.at += timedelta(minutes=1)
    assert works(house, secret) == 401


def test_a_token_opens_nothing_for_somebody_who_was_disabled(
    house: House, visit: Visit, person: int
) -> None:
    secret = made(visit)
    with house.desk.db.write() as connection:
        disable(connection, person, at=house.at)
    assert works(house, secret) == 401


def test_the_last_use_is_noted_every_few_minutes_at_most(
    house: House, visit: Visit, person: int
) -> None:
    secret = made(visit)

    def used() -> object:
        with house.desk.db.read() as connection:
            return tokens.tokens(connection, person)[0]["used_at"]

    assert used() is None
    noted = []
    for minutes in (0, 4, 4):
        house.at += timedelta(minutes=minutes)
        works(house, secret)
        noted.append((used() == house.at, used()))
    assert [now for now, _ in noted] == [True, False, True]


def test_sent_again_the_form_makes_no_second_token(house: House, visit: Visit) -> None:
    made(visit)
    again = visit.post("/me/keys/tokens", NEW)
    assert again.status_code == 422
    assert "已有名为“人事系统对接”的令牌" in words(again)
    assert 'value="人事系统对接"' in again.text


@pytest.mark.parametrize("day", ["", "x", "2025-03-31", "2027-01-01", "9999-12-31"])
def test_a_token_needs_a_last_day_within_a_year(visit: Visit, day: str) -> None:
    answer = visit.post("/me/keys/tokens", NEW | {"ends_on": day})
    assert answer.status_code == 422
    assert "有效期须晚于今天" in words(answer)


def test_one_has_so_many_tokens_and_no_more(visit: Visit) -> None:
    for n in range(tokens.MOST):
        made(visit, name=f"第{n}个")
    answer = visit.post("/me/keys/tokens", NEW)
    assert (answer.status_code, "请先停用" in words(answer)) == (422, True)


def test_nobody_revokes_anothers_token(house: House, visit: Visit) -> None:
    secret = made(visit)
    [path] = re.findall(r"/me/keys/tokens/\d+/revoke", visit.get("/me/keys").text)
    other = house.visit(house.person("zhao", (Role.ADMIN, "")))
    other.post(path)
    assert works(house, secret) == 200


def test_who_made_and_revoked_a_token_stands_in_the_offices_record(
    house: House, visit: Visit
) -> None:
    made(visit, scope="write")
    [path] = re.findall(r"/me/keys/tokens/\d+/revoke", visit.get("/me/keys").text)
    visit.post(path)
    rows = house.desk.rows()[OfficeEvent.__tablename__]
    assert [(row.person, row.what, row.detail) for row in rows] == [
        ("lin", "token.make", "人事系统对接 (write)"),
        ("lin", "token.revoke", "人事系统对接"),
    ]


def test_a_webhook_is_registered_and_removed(house: House, visit: Visit) -> None:
    answer = visit.post("/me/keys/webhooks", {"url": "https://hr.example.cn/hook?a=1"})
    assert answer.status_code == 200
    assert re.search(r'class="secret"><code>[\w-]{43}</code>', answer.text)
    house.desk.admit()
    assert "https://hr.example.cn/hook?a=1" in words(visit.get("/me/keys"))
    assert house.desk.count(CALL) == 1
    [path] = re.findall(r"/me/keys/webhooks/\d+/remove", visit.get("/me/keys").text)
    assert visit.post(path).is_redirect
    assert house.desk.count(CALL) == 0


@pytest.mark.parametrize(
    "url",
    [
        *("", "ftp://x.cn/", "https://", "javascript:alert(1)", "http://[::1/", "http://x.cn:0/"),
        *("http://user:pw@x.cn/", "http://x.cn/#a", "http://x.cn/a b", "http://x..y/", "x.cn"),
        *(
            "http://x.cn:99999/",
            "http://学校.cn/",
            "http://x.cn/\r\nX: 1",
            f"http://x.cn/{'a' * 500}",
        ),
    ],
)
def test_what_is_no_address_of_a_web_server_is_not_registered(visit: Visit, url: str) -> None:
    answer = visit.post("/me/keys/webhooks", {"url": url})
    assert answer.status_code == 422
    assert "请填写以 http:// 或 https:// 开头的网址" in words(answer)


def test_what_could_not_be_delivered_is_shown_with_its_reason(house: House, visit: Visit) -> None:
    visit.post("/me/keys/webhooks", {"url": "https://hr.example.cn/hook"})
    number = house.desk.admit()
    with house.desk.db.write() as connection:
        values = {"status": "dead", "attempts": 12, "last_reply": "address inside the network"}
        connection.execute(CALL.update().values(values))
    shown = words(visit.get("/me/keys"))
    assert (
        f"{number} （第1条） 2025-03-03 09:00 已放弃 网址指向内部网络，系统设置不允许 12" in shown
    )


def keys_of(house: House, person: int) -> tuple[Visit, Callable[[], dict[str, Any]]]:
    """Somebody with every kind of key, and what each of them opens."""
    visit = house.visit(person)
    secret = made(visit)
    visit.post("/me/keys/webhooks", {"url": "https://example.cn/hook"})
    [feed] = re.findall(r"/calendar/[\w.-]+\.ics", visit.get("/me").text)
    with house.desk.db.write() as connection:
        link = make_link(connection, person, LinkUse.SIGN_IN, at=house.at)

    def opened() -> dict[str, Any]:
        with house.desk.db.read() as connection:
            hooks = len(webhooks(connection, person))
        return {
            "session": visit.get("/me/keys").status_code,
            "token": works(house, secret),
            "feed": house.visit().get(feed).status_code,
            "link": house.visit().post(f"/sign-in/link/{link}").headers.get("location", "none"),
            "hooks": hooks,
        }

    return visit, opened


SHUT = {"session": 303, "token": 401, "feed": 404, "link": "none", "hooks": 0}


@pytest.mark.parametrize("act", [("password",), ("disable", "enable")])
def test_a_reset_password_or_a_disabled_account_leaves_no_key_in_the_lock(
    house: House, person: int, act: tuple[str, ...]
) -> None:
    _, opened = keys_of(house, person)
    admin = house.visit(house.person("admin", (Role.ADMIN, "")))
    for one in act:
        assert admin.post(f"/admin/people/{person}/{one}").status_code in (200, 303)
    assert opened() == SHUT


def test_ones_own_new_password_ends_sessions_and_links_and_tells_of_tokens(
    house: House, person: int
) -> None:
    visit, opened = keys_of(house, person)
    new = {"password": "a new long password", "again": "a new long password"}
    assert visit.post("/me/password", new).status_code == 303
    assert "您还有1个访问令牌有效" in words(visit.get("/sign-in"))
    kept = {"token": 200, "feed": 200, "hooks": 1}
    assert opened() == SHUT | kept
