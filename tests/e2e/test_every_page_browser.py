"""Every sort of page of a lived-in office in a real browser: no barrier, nothing beyond the edge of
a telephone, nothing to complain about in the console."""

from __future__ import annotations

import re
from collections.abc import Iterator

import pytest
from conftest import serving
from playwright.sync_api import Browser
from whole_year import enter, logins, sort_of, told, walk
from windows import LOOKS, Served

from config.rulebook import Rulebook

pytestmark = pytest.mark.browser
PARTS_OF_A_LIST = {
    *("order", "before", "after", "q", "role", "person", "year", "category", "department"),
}
ROLES = ("province", "coordinator", "host", "admin", "auditor")


@pytest.fixture(scope="module")
def office(
    tmp_path_factory: pytest.TempPathFactory, book: Rulebook, browser: Browser
) -> Iterator[Served]:
    house = told(tmp_path_factory.mktemp("year"), book)
    with serving(house, browser) as made:
        yield made
    house.desk.db.close()


def template(path: str) -> str:
    """Which page it is, whatever part of a list it shows."""
    plain, _, names = sort_of(path).partition("?")
    left = sorted(set(names.split("&")) - PARTS_OF_A_LIST)
    return re.sub(r"(?<=/wordings/)[\w.]+", "1", plain) + "?" + "&".join(left)


@pytest.fixture(scope="module")
def pages(office: Served) -> dict[str, list[str]]:
    """Login -> a page of each sort that nobody before can reach; and the workplace of each."""
    seen: set[str] = set()
    found: dict[str, list[str]] = {}
    for login in logins(office.house).values():
        mine = found.setdefault(login, [])
        for path, text in walk(enter(office.house, login)).items():
            sort = template(path)
            if text and (path == "/" or sort not in seen):
                seen.add(sort)
                mine.append(path)
    return found


@pytest.mark.parametrize(("language", "width"), LOOKS)
@pytest.mark.parametrize("role", ROLES)
def test_no_page_has_a_barrier(
    office: Served, pages: dict[str, list[str]], role: str, language: str, width: int
) -> None:
    login = logins(office.house)[role]
    window = office.window(login, width=width, language=language)
    wrong = {}
    for path in pages[login]:
        page = window.go(path)
        wide = page.evaluate("document.documentElement.scrollWidth - window.innerWidth")
        found = window.barriers() + ([f"{wide} px beyond the edge"] if wide > 0 else [])
        if found:
            wrong[path] = found
    assert wrong == {}
    assert window.console == []
    assert len(pages[login]) >= 1
