"""Calendar feeds and health over real HTTP."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, date, datetime, timedelta
from http.client import HTTPConnection, HTTPResponse
from pathlib import Path

import icalendar
import pytest
from running import running
from sqlalchemy import text, update
from stories import AT, CLERK, FILING, OFFICE, SCHOOL, WANG, Desk

from config.rulebook import Rulebook
from notifications.calendars.feeds import (
    AHEAD,
    KEPT,
    FeedProblem,
    feed,
    read_key,
    revoke,
)
from notifications.calendars.ics import feed_token, uid
from states.terms import Act, Action, Role
from web.app import create_app
from web.site import Site
from workflow.database import Database
from workflow.installation_key import key_path, make_key
from workflow.people import add_person, grant, person_id
from workflow.tables import PERSON

TODAY, NOW = date(2025, 4, 1), datetime(2025, 4, 1, 1, tzinfo=UTC)


@pytest.fixture
def desk(db: Database, book: Rulebook) -> Desk:
    return Desk(db, book)


@pytest.fixture
def data_dir(tmp_path: Path) -> Path:
    make_key(tmp_path)
    return tmp_path


@contextmanager
def serving(db: Database, book: Rulebook, data_dir: Path) -> Iterator[int]:
    site = Site(db, book, read_key(data_dir), lambda: TODAY, lambda: NOW)
    with running(create_app(site)) as port:
        yield port


def get(port: int, path: str, **headers: str) -> tuple[HTTPResponse, bytes]:
    connection = HTTPConnection("127.0.0.1", port, timeout=20)
    try:
        connection.request("GET", path, headers=headers)
        answer = connection.getresponse()
        return answer, answer.read()
    finally:
        connection.close()


def person(desk: Desk, login: str, *roles: tuple[Role, str], email: str = "") -> int:
    with desk.db.write() as connection:
        number = person_id(connection, login)
        if number is None:
            number = add_person(connection, login, login, email or f"{login}@example.cn")
        for role, scope in roles:
            grant(connection, number, role, scope)
    return number


def entries(desk: Desk, number: int, today: date = TODAY) -> dict[str, str]:
    """UID -> status."""
    with desk.db.read() as connection:
        raw = feed(connection, desk.book, number, today)
    events = icalendar.Calendar.from_ical(raw).walk("VEVENT")
    return {str(event["uid"]): str(event["status"]) for event in events}


def named(project_id: int, *kinds: str, status: str = "CONFIRMED") -> dict[str, str]:
    return {uid(f"project:{project_id}:{kind}"): status for kind in kinds}


OPEN = ("filing", "completion", "recording", "opening")


# -- What is in it --------------------------------------------------------------------------------


def test_each_sees_what_concerns_them(desk: Desk) -> None:
    one = desk.admit()
    desk.live(one, "planned")
    other = {"host": "厦门软件学院", "department": "厦门市人社局"}
    desk.admit(name="另一班", contact_email="other@example.cn", **other)
    host = person(desk, "lin@example.cn", (Role.HOST, SCHOOL), email="Lin@example.cn")
    assert entries(desk, host) == named(one, *OPEN)
    coordinator = person(desk, "chen", (Role.COORDINATOR, OFFICE))
    assert entries(desk, coordinator) == named(one, *OPEN)
    province = person(desk, "wang", (Role.PROVINCE, ""))
    in_time = {key for key in named(one, *OPEN) if key != uid(f"project:{one}:completion")}
    assert set(entries(desk, province)) == in_time  # 30 November is beyond what it looks at
    assert set(entries(desk, province, date(2025, 11, 30) - AHEAD)) == set(named(one, *OPEN))
    assert entries(desk, person(desk, "xu", (Role.COORDINATOR, "厦门市人社局"))) == {}
    assert entries(desk, person(desk, "nobody")) == entries(desk, 10**6) == {}


def test_an_office_address_sees_its_project(desk: Desk) -> None:
    one = desk.admit(office_email="Office@example.cn")
    desk.live(one, "planned")
    assert entries(desk, person(desk, "office")) == named(one, *OPEN)
    assert entries(desk, person(desk, "ffice")) == {}


def test_what_is_done_is_cancelled_for_a_while(desk: Desk) -> None:
    one = desk.admit()
    desk.live(one, "planned")
    host = person(desk, "lin@example.cn", email="lin@example.cn")
    desk.do(one, Action.FILE, CLERK, "2025-04-10", papers=FILING)
    filing = named(one, "filing", status="CANCELLED")
    rest = named(one, "completion", "recording", "opening")
    assert entries(desk, host) == filing | rest
    due = date(2025, 4, 12)
    assert entries(desk, host, due + KEPT) == filing | rest
    assert entries(desk, host, due + KEPT + timedelta(days=1)) == rest


def test_what_went_to_others_is_cancelled_for_a_while(desk: Desk) -> None:
    one = desk.admit()
    desk.live(one, "planned")
    host = person(desk, "lin@example.cn", email="Lin@example.cn")
    coordinator = person(desk, "chen", (Role.COORDINATOR, OFFICE))
    stranger = person(desk, "xu", (Role.COORDINATOR, "另一厅"))
    day = AT.date()  # when all of it is recorded
    desk.do(one, Act.HAND_OVER, WANG, "2025-03-03", **NEW)
    assert entries(desk, host) == named(one, *OPEN, status="CANCELLED")
    assert entries(desk, coordinator) == named(one, *OPEN)
    desk.do(one, Act.TRANSFER, WANG, "2025-03-03", department="新厅", reason="归口调整")
    assert entries(desk, coordinator) == named(one, *OPEN, status="CANCELLED")
    assert entries(desk, stranger) == {}
    assert entries(desk, person(desk, "xin")) == named(one, *OPEN)
    assert entries(desk, host, day + KEPT) == named(one, *OPEN, status="CANCELLED")
    assert entries(desk, host, day + KEPT + timedelta(days=1)) == {}
    desk.do(
        one, Act.HAND_OVER, WANG, "2025-03-04", contact_name="林", contact_email="Lin@example.cn"
    )
    assert entries(desk, host) == named(one, *OPEN)


NEW = {"contact_name": "新老师", "contact_email": "xin@example.cn"}


# -- How it is served -----------------------------------------------------------------------------


def test_a_feed_is_served_with_a_tag_and_not_again_while_it_stands(
    desk: Desk, data_dir: Path
) -> None:
    one = desk.admit()
    desk.live(one, "planned")
    host = person(desk, "lin@example.cn", email="lin@example.cn")
    path = f"/calendar/{read_key(data_dir).token(host, 0)}.ics"
    with serving(desk.db, desk.book, data_dir) as port:
        answer, raw = get(port, path)
        assert (answer.status, answer.headers["content-type"]) == (
            200,
            "text/calendar; charset=utf-8",
        )
        assert answer.headers["cache-control"] == "private, no-cache"
        assert len(icalendar.Calendar.from_ical(raw).walk("VEVENT")) == 4
        tag = answer.headers["etag"]
        for known in (tag, f'"other", W/{tag}'):
            again, nothing = get(port, path, **{"If-None-Match": known})
            assert (again.status, nothing, again.headers["etag"]) == (304, b"", tag)
        desk.do(one, Action.FILE, CLERK, "2025-04-10", papers=FILING)
        changed, other = get(port, path, **{"If-None-Match": tag})
        assert changed.status == 200 and other != raw


def test_a_token_that_opens_nothing_is_answered_with_the_same_silence(
    desk: Desk, data_dir: Path
) -> None:
    key = read_key(data_dir)
    gone, moved, stays = (person(desk, login) for login in ("gone", "moved", "stays"))
    with desk.db.write() as connection:
        connection.execute(update(PERSON).where(PERSON.c.id == gone).values(active=False))
        revoke(connection, moved)
    tokens = [
        key.token(gone, 0),
        key.token(moved, 0),
        key.token(moved, 2),
        key.token(10**6, 0),
        feed_token(key.secret, "9" * 400, 0),
        feed_token(key.secret, "²", 0),
        feed_token(key.secret, "x' OR 1=1", 0),
        feed_token(bytes(32), str(stays), 0),
        key.token(stays, 0)[:-1],
        "x",
        "%00",
        "A" * 5000,
        "..%2f..%2fkeys",
    ]
    with serving(desk.db, desk.book, data_dir) as port:
        answers = [get(port, f"/calendar/{token}.ics") for token in tokens]
        assert get(port, f"/calendar/{key.token(stays, 0)}.ics")[0].status == 200
        assert get(port, f"/calendar/{key.token(moved, 1)}.ics")[0].status == 200
    assert {answer.status for answer, _ in answers} == {404}
    silent = [raw for (_, raw), token in zip(answers, tokens, strict=True) if "%2f" not in token]
    assert set(silent) == {b""}


def test_health_tells_whether_the_database_can_be_used(desk: Desk, data_dir: Path) -> None:
    with serving(desk.db, desk.book, data_dir) as port:
        assert get(port, "/healthz")[1] == b'{"status":"ok"}'
        assert get(port, "/readyz")[0].status == 200
        with desk.db.write() as connection:
            connection.execute(text("UPDATE alembic_version SET version_num = '0001'"))
        answer, raw = get(port, "/readyz")
        assert (answer.status, raw) == (503, b'{"status":"other version"}')
        assert get(port, "/healthz")[0].status == 200
        for hidden in ("/docs", "/redoc"):
            assert get(port, hidden)[0].status == 404


def test_a_database_that_is_away_is_not_ready(book: Rulebook, data_dir: Path) -> None:
    away = Database(f"sqlite:///{data_dir}/none/yanxiu.db")
    with serving(away, book, data_dir) as port:
        answer, raw = get(port, "/readyz")
        assert (answer.status, raw) == (503, b'{"status":"unreachable"}')


# -- The key --------------------------------------------------------------------------------------


def test_the_key_is_made_once_and_for_its_owner_only(tmp_path: Path) -> None:
    make_key(tmp_path)
    first = read_key(tmp_path)
    make_key(tmp_path)
    assert read_key(tmp_path) == first and len(first.secret) == 32
    assert key_path(tmp_path).stat().st_mode & 0o777 == 0o600
    assert [path.name for path in key_path(tmp_path).parent.iterdir()] == ["feed.key"]


def test_without_a_whole_key_nothing_is_signed(tmp_path: Path) -> None:
    with pytest.raises(FeedProblem, match="yanxiu init"):
        read_key(tmp_path)
    make_key(tmp_path)
    key_path(tmp_path).write_bytes(b"short")
    with pytest.raises(FeedProblem, match=r"feed\.key"):
        read_key(tmp_path)
