"""Schemathesis over the whole description: no 5xx, no undeclared status, answers as described."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
import schemathesis
from callers import PEOPLE, caller
from databases import Empty
from hypothesis import HealthCheck, Phase, given, settings
from schemathesis import BaseSchema, Case, GenerationMode
from schemathesis.checks import not_a_server_error
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    response_schema_conformance,
    status_code_conformance,
    unsupported_method,
)
from sqlalchemy import update
from stories import Desk
from visits import House

from config.rulebook import rulebook
from web.api.rooms import schema
from workflow.office_tables import TOKEN
from workflow.people import grant_once, person_id
from workflow.tables import PERSON

CHECKS = [
    not_a_server_error,
    status_code_conformance,
    content_type_conformance,
    response_schema_conformance,
    unsupported_method,
]
OPERATIONS = [
    f"{method.upper()} {path}"
    for path, methods in schema()["paths"].items()
    for method in ("get", "post", "delete")
    if method in methods
]


WHO = ("province", "host", "admin")


def test_every_shape_has_a_name_of_its_own() -> None:
    assert [name for name in schema()["components"]["schemas"] if "__" in name] == []


def test_every_change_takes_a_key_and_what_only_looks_takes_none() -> None:
    keyed = {
        path
        for path, methods in schema()["paths"].items()
        for one in methods.get("post", {}).get("parameters", ())
        if one["name"] == "Idempotency-Key"
    }
    posts = {path for path, methods in schema()["paths"].items() if "post" in methods}
    assert {path.rsplit("/", 1)[1] for path in posts - keyed} <= {"preview", "check"}


def test_whatever_takes_a_body_says_that_it_can_be_no_json_or_too_long() -> None:
    bodies = {
        f"{method} {path}": one["responses"].keys()
        for path, methods in schema()["paths"].items()
        for method, one in methods.items()
        if "requestBody" in one
    }
    assert len(bodies) > 20
    assert [name for name, known in bodies.items() if not known >= {"400", "413"}] == []


def test_every_operation_is_told_in_both_languages() -> None:
    said = [one["summary"] for methods in schema()["paths"].values() for one in methods.values()]
    assert [summary for summary in said if not all(summary.partition(" | "))] == []


@pytest.fixture(scope="module")
def house(empty_database: Empty, tmp_path_factory: pytest.TempPathFactory) -> Iterator[House]:
    """Projects in several states, which the requests may change."""
    folder = tmp_path_factory.mktemp("schema")
    with empty_database(folder) as database:
        house = House(Desk(database, rulebook()), folder)
        for n, state in enumerate(("drafted", "submitted", "planned", "filed", "held", "reported")):
            house.desk.live(house.desk.admit(name=f"第{n}期研修班"), state)
        province = caller(house, "province")
        for deed, number in (("review", 2), ("plan", 3), ("subsidise", 6)):
            province.post("/batches", {"deed": deed, "projects": [number]})
        yield house


@pytest.fixture(scope="module")
def described(house: House) -> BaseSchema:
    return schemathesis.openapi.from_asgi("/openapi.json", house.app)


@pytest.fixture(scope="module")
def keys(house: House) -> dict[str, str]:
    """One token each: nobody may have many."""
    return {who: caller(house, who).token for who in WHO}


@pytest.fixture(autouse=True)
def nobody_is_shut_out(house: House, keys: dict[str, str]) -> None:
    """Whatever an earlier test has done to the accounts: a refused token would prove nothing."""
    with house.desk.db.write() as connection:
        connection.execute(update(PERSON).values(active=True))
        connection.execute(update(TOKEN).values(revoked_at=None))
        for who in WHO:
            [(role, scope)] = PEOPLE[who]
            person = person_id(connection, who)
            assert person is not None
            grant_once(connection, person, role, scope)


@pytest.mark.parametrize("who", WHO)
@pytest.mark.parametrize("operation", OPERATIONS)
def test_answers_are_as_described(
    described: BaseSchema,
    keys: dict[str, str],
    operation: str,
    who: str,
) -> None:
    run(described, operation, keys[who], examples=5)


@pytest.mark.slow
@pytest.mark.parametrize("operation", OPERATIONS)
def test_answers_are_as_described_to_many_requests(
    described: BaseSchema, keys: dict[str, str], operation: str
) -> None:
    run(described, operation, keys["province"], examples=300)


def run(described: BaseSchema, operation: str, key: str, *, examples: int) -> None:
    method, _, path = operation.partition(" ")
    headers = {"Authorization": f"Bearer {key}"}
    found = described[path][method]
    cases = found.as_strategy(GenerationMode.POSITIVE) | found.as_strategy(GenerationMode.NEGATIVE)
    statuses: list[int] = []

    @settings(
        max_examples=examples,
        deadline=None,
        derandomize=True,
        database=None,
        phases=[Phase.generate],
        suppress_health_check=list(HealthCheck),
    )
    @given(case=cases)
    def ask(case: Case) -> None:
        answer = case.call(headers=headers)
        statuses.append(answer.status_code)
        case.validate_response(answer, checks=CHECKS)

    ask()
    assert len(statuses) >= min(examples, 2)
    assert set(statuses) != {401}  # some are sent without the token on purpose
