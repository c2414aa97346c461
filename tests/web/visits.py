"""People at the web application, without a browser: real requests to the real application."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import httpx2
from sqlalchemy import insert
from starlette.testclient import TestClient
from stories import Desk

from config.settings import Settings
from notifications.calendars.feeds import read_key
from states.terms import Role
from web.app import create_app
from web.site import Site
from web.visiting import SESSION
from workflow.accounts import sessions
from workflow.installation_key import make_key
from workflow.people import add_person, grant, know_contacts
from workflow.tables import GRANT

TODAY = date(2025, 4, 1)
AT = datetime(2025, 4, 1, 1, 0, tzinfo=UTC)


@dataclass
class House:
    """The application on one database, with people who may be let in. `day` may be moved."""

    desk: Desk
    folder: Path
    day: date = TODAY
    at: datetime = AT

    def __post_init__(self) -> None:
        make_key(self.folder)
        settings = Settings(data_dir=self.folder, base_url="http://testserver")
        self.site = Site(
            self.desk.db,
            self.desk.book,
            read_key(self.folder),
            lambda: self.day,
            lambda: self.at,
            settings,
        )
        self.app = create_app(self.site)

    def person(self, login: str, *grants: tuple[Role, str], name: str = "", email: str = "") -> int:
        """Register somebody; the id."""
        with self.desk.db.write() as connection:
            know_contacts(connection, [("", "", scope) for _, scope in grants])
            number = add_person(connection, login, name or login, email)
            for role, scope in grants:
                grant(connection, number, role, scope)
        return number

    def wear(self, person: int, *grants: tuple[Role, str]) -> None:
        """Roles that an earlier version let one login hold together."""
        with self.desk.db.write() as connection:
            for role, scope in grants:
                values = {"person_id": person, "role": role.value, "scope": scope}
                connection.execute(insert(GRANT).values(values))

    def visit(self, person: int | None = None) -> Visit:
        """A browser, signed in as this person."""
        client = TestClient(self.app, follow_redirects=False, raise_server_exceptions=False)
        visit = Visit(client)
        if person is not None:
            with self.desk.db.write() as connection:
                secret = sessions.begin(connection, person, agent="tests", at=self.at)
            client.cookies.set(SESSION, secret)
            with self.desk.db.read() as connection:
                found = sessions.visitor(connection, secret, at=self.at)
            assert found is not None
            visit.csrf = found[0].csrf
        return visit


@dataclass
class Visit:
    """One browser's requests."""

    client: TestClient
    csrf: str = ""

    def get(self, path: str, **headers: str) -> httpx2.Response:
        return self.client.get(path, headers=headers)

    def post(
        self,
        path: str,
        form: Mapping[str, Any] | None = None,
        *,
        files: Any = None,
        headers: Mapping[str, str] | None = None,
    ) -> httpx2.Response:
        """Send a form with the session's token."""
        body = {"csrf": self.csrf, **(form or {})}
        return self.client.post(path, data=body, files=files, headers=dict(headers or {}))


def words(answer: httpx2.Response) -> str:
    """The text of a page, without tags, in single spaces."""
    return " ".join(re.sub(r"<[^>]+>", " ", answer.text).split())
