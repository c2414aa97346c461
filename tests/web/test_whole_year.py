"""Every page that a link leads to in a lived-in office: there, valid, in one language, and asked for
with as many questions whatever there is in it."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from test_static import faults
from visits import House
from whole_year import enter, logins, sort_of, told, walk

from config.rulebook import Rulebook

ROLES = ("province", "coordinator", "host", "admin", "auditor")


@pytest.fixture(scope="module")
def office(tmp_path_factory: pytest.TempPathFactory, book: Rulebook) -> Iterator[House]:
    house = told(tmp_path_factory.mktemp("year"), book)
    yield house
    house.desk.db.close()


@pytest.fixture(scope="module", params=ROLES)
def walked(request: pytest.FixtureRequest, office: House) -> dict[str, str]:
    return walk(enter(office, logins(office)[request.param]))


def test_every_link_leads_to_a_valid_page(walked: dict[str, str]) -> None:
    assert len({sort_of(path) for path in walked}) > 8
    wrong = {path: faults(text) for path, text in walked.items() if text}
    assert {path: what for path, what in wrong.items() if what} == {}
