"""Programs that call the API of the house with a token."""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import timedelta
from secrets import token_hex
from typing import Any

import httpx2
from starlette.testclient import TestClient
from stories import OFFICE, SCHOOL
from visits import House

from states.terms import Role
from workflow.accounts.tokens import make_token
from workflow.office_tables import TokenScope
from workflow.people import person_id

API = "/api/v1"
OTHER_SCHOOL, OTHER_OFFICE = "厦门软件学院", "厦门市人社局"
PEOPLE: dict[str, tuple[tuple[Role, str], ...]] = {
    "host": ((Role.HOST, SCHOOL),),
    "other host": ((Role.HOST, OTHER_SCHOOL),),
    "coordinator": ((Role.COORDINATOR, OFFICE),),
    "other coordinator": ((Role.COORDINATOR, OTHER_OFFICE),),
    "province": ((Role.PROVINCE, ""),),
    "admin": ((Role.ADMIN, ""),),
    "auditor": ((Role.AUDITOR, ""),),
    "nobody": (),
}


@dataclass
class Caller:
    """One program's requests."""

    client: TestClient
    token: str
    person: int

    def get(self, path: str, **headers: str) -> httpx2.Response:
        return self.client.get(API + path, headers=self._headers(headers))

    def post(self, path: str, body: Any = None, **headers: str) -> httpx2.Response:
        more = {"Content-Type": "application/json"} | {
            k.replace("_", "-"): v for k, v in headers.items()
        }
        content = json.dumps({} if body is None else body).encode()
        return self.client.post(API + path, content=content, headers=self._headers(more))

    def send(self, path: str, files: Any, data: Any = None, **headers: str) -> httpx2.Response:
        """A form with files."""
        return self.client.post(API + path, files=files, data=data, headers=self._headers(headers))

    def delete(self, path: str) -> httpx2.Response:
        return self.client.delete(API + path, headers=self._headers({}))

    def do(self, project: int, action: str, *, key: str = "", **body: Any) -> httpx2.Response:
        headers = {"Idempotency_Key": key} if key else {}
        return self.post(f"/projects/{project}/actions/{action}", body, **headers)

    def upload(self, name: str, content: bytes) -> dict[str, str]:
        """Keep a paper; as a deed names it."""
        kept = self.send("/papers", {"file": (name, content)}).json()
        return {"sha256": kept["sha256"], "name": kept["name"]}

    def _headers(self, more: dict[str, str]) -> dict[str, str]:
        return {"Authorization": f"Bearer {self.token}", "Accept-Language": "zh"} | more


def caller(house: House, who: str, scope: TokenScope = TokenScope.WRITE) -> Caller:
    """A program of one of PEOPLE, who is registered at the first call."""
    login = who.replace(" ", "-")
    with house.desk.db.read() as connection:
        person = person_id(connection, login)
    if person is None:
        person = house.person(login, *PEOPLE[who], name=who)
    with house.desk.db.write() as connection:
        ends_at = house.at + timedelta(days=30)
        named = token_hex(4)
        secret = make_token(connection, person, named, scope, ends_at=ends_at, at=house.at)
    client = TestClient(house.app, follow_redirects=False, raise_server_exceptions=False)
    return Caller(client, secret, person)
