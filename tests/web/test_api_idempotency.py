"""Idempotency keys, on both databases: the same request is done once and answered alike."""

from __future__ import annotations

from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from pathlib import Path
from threading import Barrier

import pytest
from callers import Caller, caller
from stories import Desk
from visits import House

from config.rulebook import Rulebook
from workflow.answers import any_old, forget
from workflow.database import Database
from workflow.office_tables import ANSWER
from workflow.tables import EVENT

NOTE = {"fields": {"reason": "场地检修", "content": "增加一个专题"}, "on": "2025-04-01"}


@pytest.fixture
def house(db: Database, book: Rulebook, tmp_path: Path) -> House:
    return House(Desk(db, book), tmp_path)


@pytest.fixture
def number(house: House) -> int:
    number = house.desk.admit()
    house.desk.live(number, "planned")
    return number


@pytest.fixture
def host(house: House) -> Caller:
    return caller(house, "host")


def change(host: Caller, number: int, key: str, **more: object):  # type: ignore[no-untyped-def]
    paper = host.upload("变更说明.pdf", b"1")
    return host.do(number, "change", key=key, papers={"change_notice": paper}, **NOTE | more)


def events(house: House) -> int:
    return house.desk.count(EVENT)


def test_a_request_sent_twice_is_done_once(house: House, host: Caller, number: int) -> None:
    before = events(house)
    first, again = change(host, number, "k1"), change(host, number, "k1")
    assert (first.status_code, again.status_code) == (200, 200)
    assert first.content == again.content
    assert "idempotency-replayed" not in first.headers
    assert again.headers["idempotency-replayed"] == "true"
    assert events(house) == before + 1
    assert change(host, number, "k2").status_code == 200
    assert events(house) == before + 2


def test_a_key_stands_for_one_request_alone(house: House, host: Caller, number: int) -> None:
    assert change(host, number, "k1").status_code == 200
    before = events(house)
    other = change(host, number, "k1", on="2025-03-31")
    assert (other.status_code, other.json()["type"]) == (422, "/api/docs#key_reused")
    elsewhere = host.post("/webhooks", {"url": "https://example.cn/x"}, Idempotency_Key="k1")
    assert elsewhere.status_code == 422
    assert events(house) == before


def test_a_key_is_its_persons_own(house: House, host: Caller, number: int) -> None:
    assert change(host, number, "k1").status_code == 200
    office = caller(house, "province")
    given = {"name": "filing_confirmed"}
    answer = office.do(number, "milestone", key="k1", fields=given)
    assert answer.status_code in (200, 422)
    assert answer.json().get("type") != "/api/docs#key_reused"


def test_what_was_refused_is_judged_anew(house: House, host: Caller, number: int) -> None:
    refused = host.do(number, "change", key="k1", fields={"reason": "无"})
    assert refused.status_code == 422
    assert house.desk.count(ANSWER) == 0
    assert change(host, number, "k1").status_code == 200


def test_a_form_with_files_is_the_same_request_whatever_its_boundary(
    house: House, host: Caller, number: int
) -> None:
    path, files = f"/projects/{number}/actions/change", {"change_notice": ("说明.pdf", b"2")}
    deed = '{"fields": {"reason": "场地检修", "content": "增加专题"}}'
    key = {"Idempotency-Key": "k1"}
    before = events(house)
    answers = [host.send(path, files, {"deed": deed}, **key) for _ in range(2)]
    assert [answer.status_code for answer in answers] == [200, 200], answers[0].text
    assert answers[0].content == answers[1].content
    assert events(house) == before + 1


def test_two_at_once_do_it_once(house: House, number: int) -> None:
    callers = [caller(house, "host") for _ in range(2)]
    paper = callers[0].upload("变更说明.pdf", b"1")
    for program in callers:
        program.get("/me")
    before, rounds = events(house), 8

    for n in range(rounds):
        barrier = Barrier(2)

        def ask(
            program: Caller, key: str = f"k{n}", barrier: Barrier = barrier
        ) -> tuple[int, bytes]:
            barrier.wait()
            body = NOTE | {"papers": {"change_notice": paper}}
            answer = program.do(number, "change", key=key, **body)
            return answer.status_code, answer.content

        with ThreadPoolExecutor(2) as pool:
            answers = list(pool.map(ask, callers))
        codes = Counter(code for code, _ in answers)
        # The second is told to wait, or gets the same answer.
        assert codes in (Counter({200: 2}), Counter({200: 1, 409: 1})), answers
        if codes[200] == 2:
            assert answers[0] == answers[1]
    assert events(house) == before + rounds


def test_the_deed_does_not_stand_without_its_record(
    house: House, host: Caller, number: int
) -> None:
    before = house.desk.rows()["event"]
    switch(house.desk.db, on=True)
    assert change(host, number, "k1").status_code >= 500
    assert house.desk.rows()["event"] == before
    switch(house.desk.db, on=False)
    assert change(host, number, "k1").status_code == 200


def switch(db: Database, *, on: bool) -> None:
    """Let the database take no more answers, as if it failed just then."""
    refusing = (
        "CREATE TRIGGER full BEFORE INSERT ON api_answer BEGIN SELECT RAISE(ABORT, 'full'); END"
        if db.is_sqlite
        else "ALTER TABLE api_answer ADD CONSTRAINT full_up CHECK (false)"
    )
    taking = (
        "DROP TRIGGER full" if db.is_sqlite else "ALTER TABLE api_answer DROP CONSTRAINT full_up"
    )
    with db.write() as connection:
        connection.exec_driver_sql(refusing if on else taking)


def test_an_answer_is_kept_for_a_day(house: House, host: Caller, number: int) -> None:
    change(host, number, "k1")
    day = timedelta(hours=24)
    with house.desk.db.write() as connection:
        assert not any_old(connection, at=house.at + day - timedelta(seconds=1))
        assert forget(connection, at=house.at + day - timedelta(seconds=1)) == 0
    before = events(house)
    house.at += day
    assert change(host, number, "k1").status_code == 200  # the key is free again
    assert events(house) == before + 1
    with house.desk.db.write() as connection:
        assert any_old(connection, at=house.at + day)
        assert forget(connection, at=house.at + day) == 1
        assert not any_old(connection, at=house.at + day)


@pytest.mark.parametrize("key", ["", " ", "x" * 201, "a b"])
def test_a_key_is_some_visible_characters(
    house: House, host: Caller, number: int, key: str
) -> None:
    answer = host.post(f"/projects/{number}/actions/change", NOTE, Idempotency_Key=key)
    assert answer.status_code == 422
    assert answer.json()["fields"][0]["field"] == "Idempotency-Key"
