"""Every page that a link leads to in a lived-in office: there, valid, in one language, and asked for
with as many questions whatever there is in it."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from rooms import queries
from test_static import faults
from visits import House
from whole_year import enter, logins, program_names, sort_of, told, walk

from config.rulebook import Rulebook
from states.terms import Role

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


def test_no_page_in_chinese_says_a_programs_name(walked: dict[str, str]) -> None:
    """What officials read has no key of a field, a step, a rule or a clause in it; a clause's own
    code stands among the details of its page."""
    pages = {path: text for path, text in walked.items() if not path.startswith("/mail/")}  # mails
    found = {path: program_names(text) for path, text in pages.items()}
    assert {path: names for path, names in found.items() if names} == {}


# -- Questions to the database ------------------------------------------------------------------


def crowd(house: House) -> None:
    """Three times the projects, late, due and waiting in every state, and as many people."""
    states = ("drafted", "submitted", "reviewed", "planned", "filed", "held", "reported")
    for n in range(180):
        state = states[n % len(states)]
        host, department = f"示例单位{n}", f"示例厅{n % 30}" if n % 2 else "省卫生健康委"
        known = {"host": host, "department": department, "state": state, "number": None}
        opens = f"2025-{9 + n % 3:02d}-{1 + n % 28:02d}"
        day = {"opens_earliest": opens, "opens_latest": opens, "planned_ends": opens}
        house.desk.admit(name=f"新增研修班{n}", known_on="2025-09-01", **known, **day)
        house.person(f"新增{n}", (Role.HOST, host), email=f"more{n}@example.cn")


def test_no_page_asks_more_when_there_is_more(
    tmp_path_factory: pytest.TempPathFactory, book: Rulebook
) -> None:
    house = told(tmp_path_factory.mktemp("crowd"), book)
    counts: dict[tuple[str, str], list[int]] = {}
    visits = {role: enter(house, logins(house)[role]) for role in ROLES}
    paths = {
        role: list({sort_of(path): path for path in walk(visit)}.values())
        for role, visit in visits.items()
    }
    for fill in (lambda: None, lambda: crowd(house)):
        fill()
        for role, visit in visits.items():
            for path in paths[role]:
                counts.setdefault((role, path), []).append(queries(house, visit, path))
    house.desk.db.close()
    assert {page: seen for page, seen in counts.items() if seen[1] > seen[0]} == {}
    assert min(first for first, _ in counts.values()) >= 1  # the session at least
