"""A house with people of each role and projects at any stage, for the tests of one project's pages."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Any

import html5lib
import httpx2
import pytest
from sqlalchemy import event
from stories import OFFICE, SCHOOL
from visits import House, Visit

from states.terms import Role

PEOPLE = {
    "lin": (Role.HOST, SCHOOL, "林老师"),
    "zhao": (Role.HOST, "厦门软件学院", "赵老师"),
    "chen": (Role.COORDINATOR, OFFICE, "陈处"),
    "xu": (Role.COORDINATOR, "厦门市人社局", "许处"),
    "wang": (Role.PROVINCE, "", "王经办"),
    "zhou": (Role.PROVINCE, "", "周复核"),
    "he": (Role.AUDITOR, "", "何审计"),
}


@dataclass
class Room:
    """Everybody is at the door; `visit` lets one in."""

    house: House

    def __post_init__(self) -> None:
        self.ids = {
            login: self.house.person(login, (role, scope), name=name, email=f"{login}@example.cn")
            for login, (role, scope, name) in PEOPLE.items()
        }

    def visit(self, login: str) -> Visit:
        return self.house.visit(self.ids[login])

    def project(self, until: str = "drafted", **known: Any) -> int:
        """A project led up to a state by the engine."""
        number = self.house.desk.admit(**known)
        if "state" not in known:  # taken over as it is otherwise
            self.house.desk.live(number, until)
        return number

    def queries(self, visit: Visit, path: str) -> int:
        return queries(self.house, visit, path)


def queries(house: House, visit: Visit, path: str) -> int:
    """How many statements a page reads with, those beside SQLAlchemy too."""
    if not house.desk.db.is_sqlite:
        pytest.skip("SQLite tells what it runs")
    heard: list[str] = []

    def listen(driver: Any, *_: Any) -> None:
        driver.set_trace_callback(heard.append)

    engine = house.desk.db.engine
    event.listen(engine, "checkout", listen)
    try:
        answer = visit.get(path)
        assert answer.status_code in (200, 303), (path, answer.status_code)
    finally:
        event.remove(engine, "checkout", listen)
    with engine.connect() as connection:
        driver: Any = connection.connection.driver_connection
        driver.set_trace_callback(None)
    return sum(text.lstrip().upper().startswith(("SELECT", "WITH")) for text in heard)


def check_html(answer: httpx2.Response) -> None:
    """Fails on the first thing that is no valid HTML."""
    html5lib.HTMLParser(strict=True).parse(answer.text)


def hidden(answer: httpx2.Response, name: str) -> str:
    """The value of a hidden field of the page's form."""
    [value] = re.findall(
        rf'<input type="hidden" name="{re.escape(name)}" value="([^"]*)"', answer.text
    )
    return str(value)
