"""Strangers cannot stop the server: what they send is not read, where they wait they are ended."""

from __future__ import annotations

import asyncio
import logging
import socket
import time
from collections.abc import Coroutine, Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from threading import Barrier, Event, Thread
from typing import Any

import pytest
from argon2 import PasswordHasher
from callers import caller
from running import running
from sqlalchemy import event, select
from starlette.responses import PlainTextResponse
from starlette.testclient import TestClient
from visits import House, words

from states.terms import Role
from web import guarding
from web.connections import Limits, client_of
from web.pages import signing_in
from workflow.accounts import passwords
from workflow.accounts.passwords import PLACES, Busy, Places
from workflow.office_tables import CREDENTIAL

PASSWORD = "correct horse battery"
JSON = {"Content-Type": "application/json"}


# -- Bodies ---------------------------------------------------------------------------------------


class Body:
    """A body that counts what was asked of it; its length is not told."""

    def __init__(self, pieces: int, piece: bytes = b"x" * 65536) -> None:
        self.pieces, self.piece, self.read = pieces, piece, 0

    async def scope(self, house: House, path: str, **headers: str) -> int:
        """Send it to the application itself; the status of the answer."""
        status = 0

        async def receive() -> dict[str, object]:
            self.read += 1
            more = self.read < self.pieces
            return {"type": "http.request", "body": self.piece, "more_body": more}

        async def send(message: dict[str, object]) -> None:
            nonlocal status
            status = int(str(message.get("status", status)))

        given = {"host": "testserver", "transfer-encoding": "chunked", **headers}
        scope = {
            **{"type": "http", "asgi": {"version": "3.0"}, "http_version": "1.1", "method": "POST"},
            **{"scheme": "http", "path": path, "raw_path": path.encode(), "root_path": ""},
            **{"query_string": b"", "client": ("127.0.0.1", 1), "server": ("testserver", 80)},
            "headers": [(k.replace("_", "-").encode(), v.encode()) for k, v in given.items()],
        }
        await house.app(scope, receive, send)  # type: ignore[arg-type]
        return status


@pytest.mark.parametrize("length", [{}, {"content_length": str(50 * 1024 * 1024)}])
@pytest.mark.parametrize("token", [{}, {"authorization": "Bearer yx_invented"}])
def test_the_api_reads_nothing_of_a_stranger(
    house: House, length: dict[str, str], token: dict[str, str]
) -> None:
    """Neither where the length is told nor where it is not, with no token or an invented one."""
    for path in ("/api/v1/webhooks", "/api/v1/projects/1/actions/file", "/api/v1/nothing"):
        body = Body(800)
        sent = body.scope(house, path, content_type="application/json", **length, **token)
        assert (run(sent), body.read) == (401, 0), path


def run(work: Coroutine[Any, Any, int]) -> int:
    return asyncio.run(work)


def test_a_page_reads_no_more_of_a_stranger_than_a_form(house: House) -> None:
    body = Body(800)
    kind = "application/x-www-form-urlencoded"
    assert run(body.scope(house, "/sign-in", content_type=kind)) == 413
    assert body.read == 2
    file = b'--x\r\nContent-Disposition: form-data; name="a"; filename="a"\r\n\r\n'
    body = Body(800, file + b"y" * 60_000)
    kind = "multipart/form-data; boundary=x"
    assert run(body.scope(house, "/sign-in", content_type=kind)) == 413
    assert body.read == 2


def test_who_was_signed_out_meanwhile_is_led_to_the_door_with_the_files_unread(
    house: House,
) -> None:
    body = Body(800)
    kind = "multipart/form-data; boundary=x"
    assert run(body.scope(house, "/projects/1/do/file", content_type=kind)) == 303
    assert body.read == 0


def test_a_json_has_a_megabyte_at_most_also_with_a_token(house: House) -> None:
    """On the day's limit, one above it, and above it with no length told."""
    program = caller(house, "province")
    headers = {"Authorization": f"Bearer {program.token}", **JSON}
    most = guarding.MOST_TEXT

    def post(content: object) -> tuple[int, str]:
        answer = program.client.post("/api/v1/webhooks", content=content, headers=headers)  # type: ignore[arg-type]
        return answer.status_code, answer.json()["type"]

    fits = b'{"url":"' + b"x" * (most - 10) + b'"}'
    assert len(fits) == most
    assert post(fits) == (422, "/api/docs#invalid")
    assert post(fits + b" ") == (413, "/api/docs#too_large")
    assert post(piece for piece in (fits, b" ")) == (413, "/api/docs#too_large")


def test_files_travel_where_a_page_asks_for_them_and_nowhere_else(house: House) -> None:
    program = caller(house, "province")
    large = b"x" * (guarding.MOST_TEXT + 1)
    assert program.send("/papers", {"file": ("a.txt", large)}).status_code == 201
    refused = program.send("/webhooks", {"file": ("a.txt", large)})
    assert (refused.status_code, "1024 KB" in refused.json()["detail"]) == (413, True)


@pytest.mark.sqlite_file
def test_a_database_that_does_not_answer_is_told_as_that(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Not as a missing token, and not as a broken page."""
    program = caller(house, "province")
    house.desk.db.close()
    Path(str(house.desk.db.url.database)).write_bytes(b"this is no database" * 1000)
    answer = program.post("/webhooks", {"url": "https://example.cn/"})
    assert answer.status_code >= 500


# -- Addresses ------------------------------------------------------------------------------------


@pytest.mark.parametrize("path", ["/projects/", "//evil.example/", "/sign-in//", "/api/docs/"])
def test_a_slash_at_the_end_leads_nowhere_else(house: House, path: str) -> None:
    """Starlette would lead on to the host that the sender names."""
    visit = house.visit(house.person("wang", (Role.PROVINCE, "")))
    answer = visit.get(path, Host="evil.example")
    assert not answer.headers.get("location", "/").startswith(("http", "//"))
    assert "evil.example/" not in answer.text.replace("//evil.example/", "")


def test_a_slash_at_the_end_is_no_other_page(house: House) -> None:
    visit = house.visit(house.person("wang", (Role.PROVINCE, "")))
    assert words(visit.get("/projects/")) == words(visit.get("/projects"))


def test_no_page_names_the_host_that_a_request_names(house: House) -> None:
    """Where the site does not know its own address, it shows none."""
    person = house.person("all")
    house.wear(person, *((role, "某单位") for role in Role))
    for base in ("http://testserver", ""):
        house.site.settings.base_url = base
        visit = house.visit(person)
        for path in ("/", "/me", "/me/keys", "/projects", "/api/docs", "/openapi.json", "/nothing"):
            answer = visit.get(path, Host="evil.example")
            assert "evil.example" not in answer.text + str(dict(answer.headers)), path
    assert 'value="/calendar/' in house.visit(person).get("/me").text


def test_who_works_at_the_machine_itself_needs_no_setting(house: House) -> None:
    """By the address of our own socket, not by what the request says: another name, or another
    machine's request that names this one, gets nothing."""
    house.site.settings.base_url = ""
    person = house.person("lin", (Role.PROVINCE, ""), email="lin@example.cn")
    visit = house.visit(person)
    cookies = dict(visit.client.cookies)

    def feed(base: str, host: str) -> str:
        client = TestClient(house.app, base_url=base, cookies=cookies)
        found = client.get("/me", headers={"Host": host}).text
        return found.partition('id="feed-address" readonly value="')[2].partition("/calendar/")[0]

    assert feed("http://127.0.0.1:8000", "localhost:9999") == "http://127.0.0.1:8000"
    assert feed("http://127.0.0.1:8000", "evil.example") == ""
    assert feed("http://10.1.1.1:8000", "localhost") == ""


# -- Signing in -----------------------------------------------------------------------------------


def with_password(house: House) -> int:
    person = house.person("wang", (Role.PROVINCE, ""))
    with house.desk.db.write() as connection:
        passwords.set_password(connection, person, PASSWORD, at=house.at)
    return person


def failures(house: House) -> int:
    with house.desk.db.read() as connection:
        return int(connection.execute(select(CREDENTIAL.c.failures)).scalar_one())


def test_a_password_that_found_no_place_counts_nothing(house: House) -> None:
    """However often: it locked the account before."""
    with_password(house)
    form = {"login": "wang", "password": PASSWORD}
    with full(PLACES):
        for _ in range(passwords.TRIES + 1):
            answer = house.visit().post("/sign-in", form)
            assert (answer.status_code, "同时登录的人数过多" in words(answer)) == (503, True)
    assert failures(house) == 0
    assert house.visit().post("/sign-in", form).is_redirect


@contextmanager
def full(places: Places) -> Iterator[None]:
    with ExitStack() as held:
        for number in range(places.most):
            held.enter_context(places.one(f"client {number}"))
        yield


def test_a_password_whose_answer_could_not_be_written_counts_nothing(house: House) -> None:
    """The database was locked, say."""
    with_password(house)

    def broken(_: object, __: object, statement: str, *___: object) -> None:
        if statement.startswith("UPDATE"):
            raise OSError

    event.listen(house.desk.db.engine, "before_cursor_execute", broken)
    for _ in range(passwords.TRIES + 1):
        with pytest.raises(OSError):
            passwords.sign_in(house.desk.db, "wang", PASSWORD, at=house.at)
    event.remove(house.desk.db.engine, "before_cursor_execute", broken)
    assert failures(house) == 0
    assert passwords.sign_in(house.desk.db, "wang", PASSWORD, at=house.at) is not None


def test_one_client_leaves_half_of_the_places_to_others() -> None:
    places = Places(4)
    with places.one("a"), places.one("a"):
        with pytest.raises(Busy), places.one("a"):
            pass
        with places.one("b"), places.one("b"), pytest.raises(Busy), places.one("c"):
            pass
    assert places.shares == {}


def test_what_was_right_after_the_lock_is_refused_though_it_was_tried_at_once(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Passwords guessed side by side are decided one after the other: five wrong ones lock, also
    for the right one among them whose check had begun before."""
    with_password(house)
    begun, go_on = Barrier(2, timeout=20), Event()

    class Slow(PasswordHasher):
        def verify(self, hashed: str | bytes, password: str | bytes) -> bool:  # type: ignore[override]
            found = super().verify(hashed, password)
            begun.wait()
            assert go_on.wait(20)
            return found

    monkeypatch.setattr(passwords, "HASHER", Slow())
    let_in: list[int | None] = []
    right = Thread(
        target=lambda: let_in.append(
            passwords.sign_in(house.desk.db, "wang", PASSWORD, at=house.at, client="slow")
        )
    )
    right.start()
    begun.wait()
    monkeypatch.setattr(passwords, "HASHER", PasswordHasher())
    for _ in range(passwords.TRIES):
        passwords.sign_in(house.desk.db, "wang", "not this one", at=house.at)
    go_on.set()
    right.join(20)
    assert let_in == [None]


def test_the_time_of_an_answer_tells_nothing(house: House) -> None:
    """Every answer to a stranger, found or not, waits for the same moment, which no thread does."""
    with_password(house)
    house.person("lin", (Role.PROVINCE, ""), email="lin@example.cn")
    asked = (
        ("/sign-in/link", {"email": "lin@example.cn"}),
        ("/sign-in/link", {"email": "zhu@example.cn"}),
        ("/sign-in", {"login": "wang", "password": "not this one"}),
        ("/sign-in", {"login": "nobody", "password": "not this one"}),
    )
    for path, form in asked:
        visit, started = house.visit(), time.monotonic()
        visit.post(path, form)
        assert time.monotonic() - started >= signing_in.EVEN, path


# -- Connections ----------------------------------------------------------------------------------

QUICK = Limits(head=0.2, rate=100_000, unread=0.2, most=6)


def ended(sent: socket.socket) -> bytes:
    """All that still came before the server closed."""
    sent.settimeout(20)
    found = b""
    try:
        while piece := sent.recv(65536):
            found += piece
    except ConnectionResetError:
        pass
    return found


@pytest.fixture
def said(caplog: pytest.LogCaptureFixture) -> pytest.LogCaptureFixture:
    caplog.set_level(logging.WARNING, "yanxiu.web")
    return caplog


def lines(said: pytest.LogCaptureFixture) -> list[str]:
    return [one.getMessage() for one in said.records if "closed" in one.getMessage()]


@pytest.mark.parametrize(
    "begun", [b"", b"GET / HT", b"GET /healthz HTTP/1.1\r\nHost: x\r\nX-Slow: "]
)
def test_who_sends_no_whole_head_is_ended(
    house: House, said: pytest.LogCaptureFixture, begun: bytes
) -> None:
    """uvicorn would wait without end."""
    with running(house.app, limits=QUICK) as port, dialled(port) as sent:
        sent.sendall(begun)
        assert ended(sent) == b""
    assert lines(said) == ["closed connections: 1 (no whole request in time)"]


@contextmanager
def dialled(port: int, source: str = "127.0.0.1") -> Iterator[socket.socket]:
    with socket.create_connection(("127.0.0.1", port), 20, (source, 0)) as made:
        yield made


def test_who_is_slow_a_second_time_is_ended_as_well(house: House) -> None:
    with running(house.app, limits=QUICK) as port, dialled(port) as sent:
        sent.sendall(b"GET /healthz HTTP/1.1\r\nHost: x\r\n\r\nGET")
        assert ended(sent).count(b"200 OK") == 1


@pytest.mark.parametrize("path", ["/sign-in", "/nothing", "/api/v1/webhooks"])
@pytest.mark.parametrize("length", ["Content-Length: 900", "Transfer-Encoding: chunked"])
def test_a_body_that_stops_is_ended(
    house: House, said: pytest.LogCaptureFixture, path: str, length: str
) -> None:
    """Whether it is waited for or was answered unread; and nobody calls it a fault of ours."""
    kind = "Content-Type: application/x-www-form-urlencoded\r\nHost: x"
    with running(house.app, limits=QUICK) as port, dialled(port) as sent:
        sent.sendall(f"POST {path} HTTP/1.1\r\n{length}\r\n{kind}\r\n\r\n".encode())
        ended(sent)
    [line] = lines(said)
    assert "the body stopped coming" in line or "still sending after the answer" in line
    assert not [one for one in said.records if one.levelno >= logging.ERROR]


def test_who_hangs_up_in_the_middle_of_a_form_is_no_fault_of_ours(
    house: House, said: pytest.LogCaptureFixture
) -> None:
    """Neither at a form that FastAPI reads nor at one that a page reads itself."""
    visit = house.visit(house.person("wang", (Role.PROVINCE, "")))
    cookie = "; ".join(f"{k}={v}" for k, v in visit.client.cookies.items())
    kind = "Content-Type: application/x-www-form-urlencoded\r\nContent-Length: 90\r\nHost: x\r\n"
    with running(house.app, limits=QUICK) as port:
        for path in ("/sign-in", "/me/mail"):
            with dialled(port) as sent:
                sent.sendall(f"POST {path} HTTP/1.1\r\n{kind}Cookie: {cookie}\r\n\r\nx".encode())
                ended(sent)
    assert not [one for one in said.records if one.levelno >= logging.ERROR]


def test_a_body_that_comes_steadily_may_take_its_time(house: House) -> None:
    """Longer than the time for a head: what comes earns time."""
    limits = Limits(head=0.2, rate=10, most=6)
    with running(house.app, limits=limits) as port, dialled(port) as sent:
        form = b"login=wang&password=" + b"x" * 80
        kind = b"Content-Type: application/x-www-form-urlencoded\r\n"
        head = f"POST /sign-in HTTP/1.1\r\nHost: x\r\nContent-Length: {len(form)}\r\n".encode()
        sent.sendall(head + kind + b"\r\n" + form[:50])
        assert not Event().wait(0.5)
        sent.sendall(form[50:])
        assert sent.recv(100).startswith(b"HTTP/1.1 403")


LARGE = 20_000_000  # more than the kernel keeps


def test_who_does_not_read_the_answer_is_ended(
    house: House, said: pytest.LogCaptureFixture
) -> None:
    house.app.add_api_route("/large", lambda: PlainTextResponse(b"x" * LARGE))
    with running(house.app, limits=QUICK) as port, dialled(port) as sent:
        sent.sendall(b"GET /large HTTP/1.1\r\nHost: x\r\n\r\n")
        assert not Event().wait(1.5)
        assert len(ended(sent)) < LARGE
    assert lines(said) == ["closed connections: 1 (the answer was not read)"]


def test_places_are_bounded_and_half_of_them_is_for_others(
    house: House, said: pytest.LogCaptureFixture
) -> None:
    """One client of two: the fourth connection of either is closed, though it says what it wants.
    One line tells of all."""
    patient = Limits(head=20, most=6)
    hello = b"GET /healthz HTTP/1.1\r\nHost: x\r\n\r\n"
    with running(house.app, limits=patient) as port, ExitStack() as held:
        for _ in range(3):
            silent = held.enter_context(dialled(port))
            silent.sendall(hello[:5])
        for _ in range(4):
            refused = held.enter_context(dialled(port))
            refused.sendall(hello)
            assert ended(refused) == b""
        other = held.enter_context(dialled(port, "127.0.0.2"))
        other.sendall(hello)
        assert other.recv(100).startswith(b"HTTP/1.1 200")
    assert len(lines(said)) == 1


def test_one_client_is_an_address_or_the_network_of_one_subscriber() -> None:
    assert client_of("192.0.2.7") == "192.0.2.7"
    assert client_of("::ffff:192.0.2.7") == "192.0.2.7"
    assert client_of("2001:db8:1:2:3:4:5:6") == client_of("2001:db8:1:2::9") == "2001:db8:1:2::"
    assert client_of("fe80::1%eth0") == "fe80::"


def test_the_word_of_a_proxy_counts_only_where_the_office_says_so(house: House) -> None:
    """Else whoever comes would choose who he is."""
    house.app.add_api_route("/who", who)
    request = (
        b"GET /who HTTP/1.1\r\nHost: x\r\nConnection: close\r\nX-Forwarded-For: 192.0.2.7\r\n\r\n"
    )
    for proxies, found in (((), b"127.0.0.1"), (("127.0.0.1",), b"192.0.2.7")):
        with running(house.app, proxies=proxies) as port, dialled(port) as sent:
            sent.sendall(request)
            assert found in ended(sent)


def who(request: guarding.Request) -> str:
    assert request.client is not None
    return request.client.host
