"""Webhooks against a real web server: told once, signed, in order, tried again, given up."""

from __future__ import annotations

import hmac
import json
import subprocess
import sys
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import timedelta
from hashlib import sha256
from itertools import pairwise
from pathlib import Path
from threading import Event
from time import monotonic
from typing import Any

import pytest
import trustme
from stories import AT, CLERK, COORDINATOR, FORM, OFFICE, SCHOOL, WANG, ZHOU, Desk

from config.rulebook import Rulebook
from config.settings import Settings
from notifications.hooks.carrier import NotDelivered, deliver, is_public, sign
from notifications.hooks.rounds import Told, go_round
from notifications.worker import Worker
from states.terms import Act, Action, Role
from workflow.accounts.leaving import disable
from workflow.database import Database
from workflow.office_tables import CALL, HOOK
from workflow.people import add_person, grant, know_contacts
from workflow.webhooks import register, remove, troubled_calls, webhooks


@dataclass
class Server:
    """A process that takes webhooks."""

    process: subprocess.Popen[str]
    port: int
    log: Path

    @classmethod
    def start(cls, folder: Path, *certificate: str) -> Server:
        log = folder / "requests.jsonl"
        log.touch()
        words = [sys.executable, Path(__file__).with_name("hook_server.py"), log, *certificate]
        process = subprocess.Popen(words, stdout=subprocess.PIPE, text=True)
        assert process.stdout
        return cls(process, int(process.stdout.readline()), log)

    def url(self, path: str) -> str:
        return f"http://127.0.0.1:{self.port}{path}"

    @property
    def got(self) -> list[dict[str, Any]]:
        return [json.loads(line) for line in self.log.read_text().splitlines()]

    def bodies(self, path: str = "") -> list[dict[str, Any]]:
        return [json.loads(one["body"]) for one in self.got if one["path"].startswith(path)]

    def stop(self) -> None:
        self.process.terminate()
        self.process.wait()


@pytest.fixture
def server(tmp_path: Path) -> Iterator[Server]:
    started = Server.start(tmp_path)
    yield started
    started.stop()


@dataclass
class Office:
    """Projects, a person with a webhook, and a clock that the test moves."""

    desk: Desk
    at: Any = AT

    def person(self, login: str, role: Role, scope: str) -> int:
        with self.desk.db.write() as connection:
            know_contacts(connection, [("", "", scope)])
            number = add_person(connection, login, login, "")
            grant(connection, number, role, scope)
        return number

    def hook(self, person: int, url: str) -> tuple[int, str]:
        with self.desk.db.write() as connection:
            return register(connection, person, url, at=AT)

    def round(self, *, private: bool = True) -> Told:
        return go_round(self.desk.db, lambda: self.at, private=private)

    def later(self, **span: float) -> None:
        self.at += timedelta(**span)

    def calls(self) -> list[tuple[int, int, str, int]]:
        with self.desk.db.read() as connection:
            query = CALL.select().order_by(CALL.c.project_id, CALL.c.seq)
            return [
                (row.project_id, row.seq, row.status, row.attempts)
                for row in connection.execute(query)
            ]


@pytest.fixture
def office(db: Database, book: Rulebook) -> Office:
    return Office(Desk(db, book))


@pytest.fixture
def province(office: Office) -> int:
    return office.person("p", Role.PROVINCE, "")


# -- What is queued --------------------------------------------------------------------------------


def test_nothing_is_queued_where_nobody_listens(office: Office) -> None:
    office.desk.live(office.desk.admit(), "planned")
    assert office.calls() == []


def test_each_event_is_queued_for_those_who_see_the_project(office: Office) -> None:
    for login, role, scope in (
        ("host", Role.HOST, SCHOOL),
        ("office", Role.COORDINATOR, OFFICE),
        ("province", Role.PROVINCE, ""),
        ("other", Role.HOST, "厦门软件学院"),
        ("else", Role.COORDINATOR, "厦门市人社局"),
    ):
        office.hook(office.person(login, role, scope), f"http://{login}.example/x")
    number = office.desk.admit()
    office.desk.live(number, "reviewed")
    with office.desk.db.read() as connection:
        rows = connection.execute(
            CALL.select().with_only_columns(HOOK.c.url, CALL.c.seq).join_from(CALL, HOOK)
        ).all()
    told = {(url.split(".")[0].removeprefix("http://"), seq) for url, seq in rows}
    assert told == {(who, seq) for who in ("host", "office", "province") for seq in (1, 2, 3)}
    assert len(rows) == 9


def test_somebody_with_two_roles_is_told_once(office: Office) -> None:
    person = office.person("both", Role.PROVINCE, "")
    with office.desk.db.write() as connection:
        grant(connection, person, Role.COORDINATOR, OFFICE)
    office.hook(person, "http://x.example/")
    number = office.desk.admit()
    assert office.calls() == [(number, 1, "pending", 0)]


def test_whose_part_ends_is_told_so_and_nothing_further(office: Office) -> None:
    office.hook(office.person("office", Role.COORDINATOR, OFFICE), "http://x.example/")
    number = office.desk.admit()
    office.desk.live(number, "planned")
    before = len(office.calls())
    moved = {"reason": "隶属关系调整", "department": "省工信厅"}
    office.desk.do(number, Act.TRANSFER, WANG, "2025-03-01", **moved)
    office.desk.do(
        number,
        Act.POSTPONE,
        WANG,
        "2025-03-02",
        on_behalf=True,
        reason="场地",
        papers=("change_notice",),
    )
    assert len(office.calls()) == before + 1


def test_what_officials_keep_to_themselves_is_not_told_to_a_host(office: Office) -> None:
    office.hook(office.person("host", Role.HOST, SCHOOL), "http://host.example/")
    office.hook(office.person("p", Role.PROVINCE, ""), "http://province.example/")
    number = office.desk.admit()
    office.desk.live(number, "reported")
    called = {"channel": "phone", "person": "林老师"}
    office.desk.do(number, Act.NOTE, COORDINATOR, "2025-06-20", **called)
    office.desk.do(number, Action.SUBSIDISE, WANG, "2025-07-01", amount=4_800_000)
    office.desk.do(number, Action.SUBSIDISE, ZHOU, "2025-07-02", amount=4_800_000)
    with office.desk.db.read() as connection:
        rows = connection.execute(
            CALL.select().with_only_columns(HOOK.c.url, CALL.c.seq).join_from(CALL, HOOK)
        ).all()
    last = office.desk.show(number)["version"]
    host, province = (
        sorted(seq for url, seq in rows if who in url) for who in ("host.", "province.")
    )
    assert province == list(range(1, last + 1))
    assert host == [*range(1, last - 2), last]  # without the note and the proposal


def test_a_refused_deed_queues_nothing(office: Office, province: int) -> None:
    office.hook(province, "http://x.example/")
    number = office.desk.admit()
    assert office.desk.refused(number, Action.REVIEW, COORDINATOR, "2025-01-10")
    assert [seq for _, seq, _, _ in office.calls()] == [1]


# -- How it is told --------------------------------------------------------------------------------


def test_an_event_arrives_signed_and_says_nothing_about_people(
    office: Office, province: int, server: Server
) -> None:
    _, secret = office.hook(province, server.url("/ok?from=yanxiu"))
    number = office.desk.admit()
    assert office.round() == Told(sent=1)
    [got] = server.got
    body = json.loads(got["body"])
    assert body.pop("id") > 0
    assert body == {
        "project": number,
        "seq": 1,
        "deed": "open_books",
        "source": "drafted",
        "target": "drafted",
        "at": "2025-03-03T01:00:00Z",
    }
    assert got["path"] == "/ok?from=yanxiu"
    assert got["headers"]["Content-Type"] == "application/json"
    stamp, _, seal = got["headers"]["X-Yanxiu-Signature"].partition(",")
    seconds = stamp.removeprefix("t=")
    signed = hmac.new(secret.encode(), f"{seconds}.{got['body']}".encode(), sha256).hexdigest()
    assert (seconds, seal) == (str(int(office.at.timestamp())), f"v1={signed}")
    assert office.round() == Told()
    assert len(server.got) == 1


def test_the_signature_is_the_one_that_is_documented() -> None:
    known = "e4f1dc83a3d3ea3b65aa4dba6b1a4b4e"
    made = sign(known, b'{"id":7}', 1735689600)
    by_hand = hmac.digest(known.encode(), b'1735689600.{"id":7}', "sha256").hex()
    assert made == f"t=1735689600,v1={by_hand}"


def test_events_of_a_project_come_in_order_and_wait_for_the_one_before(
    office: Office, province: int, server: Server
) -> None:
    office.hook(province, server.url("/flaky"))
    first = office.desk.admit()
    office.desk.live(first, "planned")
    assert office.round() == Told(failed=1)  # the second must not overtake it
    assert office.round() == Told()
    second = office.desk.admit(name="另一个班")
    assert office.round() == Told(failed=1)  # another project does not wait
    office.later(seconds=9)
    assert office.round() == Told()
    office.later(seconds=2)
    assert office.round() == Told(sent=5)
    told = [(body["project"], body["seq"]) for body in server.bodies()]
    assert told[:2] == [(first, 1), (second, 1)]
    assert [seq for project, seq in told[2:] if project == first] == [1, 2, 3, 4]
    assert [seq for project, seq in told[2:] if project == second] == [1]
    assert {status for _, _, status, _ in office.calls()} == {"sent"}


@pytest.mark.one_database
def test_what_fails_is_tried_ever_more_slowly_and_given_up_after_a_day(
    office: Office, province: int, server: Server
) -> None:
    number, _ = office.hook(province, server.url("/fail"))
    project = office.desk.admit()
    office.desk.do(project, Action.SUBMIT, CLERK, "2025-01-08", papers=FORM)
    tried = []
    started = office.at
    while office.calls()[0][2] == "pending":
        if office.round().failed:
            tried.append((office.at - started).total_seconds())
        office.later(seconds=5)
        assert office.at - started < timedelta(hours=25)
        if tried and tried[-1] > 3600:  # not every five seconds of a whole day
            office.later(minutes=10)
    waits = [later - earlier for earlier, later in pairwise(tried)]
    assert waits == sorted(waits)
    assert waits[0] == 10
    assert 10 <= len(tried) <= 16
    assert tried[-1] < 86400 <= (office.at - started).total_seconds()
    # The next had to wait for it; it is as old, so it is tried once and given up as well.
    assert office.round() in (Told(), Told(dead=1))
    assert [status for _, _, status, _ in office.calls()] == ["dead", "dead"]
    with office.desk.db.read() as connection:
        [hook] = webhooks(connection, province)
        troubled = troubled_calls(connection, province)
    assert (hook["id"], hook["pending"], hook["dead"]) == (number, 0, 2)
    assert [(t["seq"], t["last_reply"]) for t in troubled] == [(2, "HTTP 500"), (1, "HTTP 500")]
    # A new event begins anew.
    office.desk.do(project, Action.REVIEW, COORDINATOR, "2025-01-10", opinion="同意")
    assert len(office.calls()) == 3


def test_redirects_are_not_followed(office: Office, province: int, server: Server) -> None:
    office.hook(province, server.url("/redirect"))
    office.desk.admit()
    assert office.round() == Told(failed=1)
    assert [one["path"] for one in server.got] == ["/redirect"]


def test_one_address_that_fails_does_not_hold_up_another(
    office: Office, province: int, server: Server
) -> None:
    office.hook(province, server.url("/fail"))
    office.hook(province, server.url("/ok"))
    office.hook(province, "http://127.0.0.1:1/")
    office.desk.live(office.desk.admit(), "planned")
    told = office.round()
    assert (told.sent, told.failed) == (4, 2)


def test_two_workers_at_once_tell_nothing_twice(
    office: Office, province: int, server: Server
) -> None:
    office.hook(province, server.url("/ok"))
    for n in range(5):
        office.desk.live(office.desk.admit(name=f"第{n}期"), "planned")
    with ThreadPoolExecutor(3) as pool:
        told = list(pool.map(lambda _: office.round(), range(3)))
    assert sum(one.sent for one in told) == 20
    heard = [(body["project"], body["seq"]) for body in server.bodies()]
    assert len(set(heard)) == len(heard) == 20
    for project in {project for project, _ in heard}:
        assert [seq for p, seq in heard if p == project] == [1, 2, 3, 4]


def test_a_worker_that_dies_leaves_the_event_to_the_next(
    office: Office, province: int, server: Server
) -> None:
    office.hook(province, server.url("/ok"))
    office.desk.live(office.desk.admit(), "submitted")
    with office.desk.db.write() as connection:  # as it stands when one died while sending
        until = office.at + timedelta(seconds=40)
        connection.execute(CALL.update().where(CALL.c.seq == 1).values(attempts=1, due_at=until))
    assert office.round() == Told()
    office.later(seconds=41)
    assert office.round() == Told(sent=2)
    assert [body["seq"] for body in server.bodies()] == [1, 2]


def test_a_person_who_was_disabled_is_told_nothing(
    office: Office, province: int, server: Server
) -> None:
    office.hook(province, server.url("/ok"))
    office.desk.admit()
    with office.desk.db.write() as connection:
        disable(connection, province, at=AT)
    assert office.round() == Told()
    office.desk.admit(name="另一个班")
    assert office.calls() == []


def test_a_removed_webhook_takes_its_queue_along(office: Office, province: int) -> None:
    number, _ = office.hook(province, "http://x.example/")
    office.desk.admit()
    with office.desk.db.write() as connection:
        assert not remove(connection, province + 1, number)
        assert remove(connection, province, number)
    assert office.calls() == []
    assert office.round() == Told()


def test_told_events_are_swept_after_a_week(office: Office, province: int, server: Server) -> None:
    office.hook(province, server.url("/ok"))
    office.desk.admit()
    office.round()
    office.later(days=6)
    office.round()
    assert len(office.calls()) == 1
    office.later(days=2)
    office.round()
    assert office.calls() == []


def test_the_worker_tells_by_itself(
    office: Office, province: int, server: Server, tmp_path: Path
) -> None:
    office.hook(province, server.url("/ok"))
    office.desk.admit()
    settings = Settings(data_dir=tmp_path, webhook_private=True)
    reports: list[tuple[str, object]] = []
    worker = Worker(
        office.desk.db, office.desk.book, settings, lambda: office.at, lambda *r: reports.append(r)
    )
    scheduler = worker.scheduler(Event(), lambda: None)
    jobs = {job.id: job for job in scheduler.get_jobs()}
    job = jobs["webhooks"]
    job.func(*job.args)
    assert len(server.bodies()) == 1
    assert reports == [("webhooks", Told(sent=1))]


# -- Where it may go -------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "address",
    [
        *("127.0.0.1", "10.1.2.3", "192.168.0.1", "172.16.0.1", "169.254.169.254", "0.0.0.0"),
        *("100.64.0.1", "224.0.0.1", "255.255.255.255", "::1", "::", "fe80::1", "fe80::1%eth0"),
        *("fd00::1", "::ffff:127.0.0.1", "64:ff9b::7f00:1", "2002:7f00:1::", "ff02::1"),
        *("fec0::1", "::127.0.0.1"),
    ],
)
def test_addresses_inside_are_not_public(address: str) -> None:
    assert not is_public(address)


@pytest.mark.parametrize("address", ["1.1.1.1", "223.5.5.5", "2400:3200::1", "::ffff:1.1.1.1"])
def test_addresses_outside_are_public(address: str) -> None:
    assert is_public(address)


@pytest.mark.parametrize("name", ["127.0.0.1", "localhost", "2130706433", "0x7f000001", "127.1"])
def test_this_machine_is_not_called_unless_that_is_allowed(server: Server, name: str) -> None:
    url = f"http://{name}:{server.port}/ok"
    with pytest.raises(NotDelivered, match="inside the network"):
        deliver(url, b"{}", "t=1,v1=0", private=False)
    assert server.got == []
    assert deliver(url, b"{}", "t=1,v1=0", private=True) == "HTTP 204"


def test_a_server_that_never_finishes_is_cut_off(server: Server) -> None:
    started = monotonic()
    with pytest.raises(NotDelivered):
        deliver(server.url("/slow"), b"{}", "", private=True, timeout=0.5)
    assert monotonic() - started < 3


@pytest.mark.parametrize("path", ["/hangup"])
def test_a_server_that_hangs_up_is_a_failure(server: Server, path: str) -> None:
    with pytest.raises(NotDelivered) as failure:
        deliver(server.url(path), b"{}", "", private=True)
    assert not failure.value.answered


def test_a_certificate_that_nobody_trusts_is_a_failure(tmp_path: Path) -> None:
    pem = tmp_path / "server.pem"
    trustme.CA().issue_cert("127.0.0.1").private_key_and_cert_chain_pem.write_to_path(str(pem))
    server = Server.start(tmp_path, str(pem))
    try:
        with pytest.raises(NotDelivered, match="no trusted TLS"):
            deliver(f"https://127.0.0.1:{server.port}/ok", b"{}", "", private=True)
        assert server.got == []
    finally:
        server.stop()


@pytest.mark.parametrize("host", ["nowhere.invalid", "a" * 64 + ".example", "x..y"])
def test_a_name_that_is_not_known_is_a_failure(host: str) -> None:
    with pytest.raises(NotDelivered, match="name not found"):
        deliver(f"http://{host}/", b"{}", "", private=False)
