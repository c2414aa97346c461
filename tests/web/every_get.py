"""Every address that can be got, of pages and of the API, with a real row behind each number."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import product
from typing import Any

from callers import API, Caller, caller
from sqlalchemy import select
from starlette.routing import Route
from visits import House, Visit

from notifications.sweep import sweep
from web.api.rooms import schema
from web.app import PAGES
from workflow.accounts.links import make_link
from workflow.mail_tables import MAIL
from workflow.office_tables import LinkUse
from workflow.tables import PERSON

WHO = ("province", "coordinator", "host", "admin")
NAMED = re.compile(r"{(\w+)}")
RECEIVED = re.compile(r"/received/\d+/[0-9a-f]{32}")


@dataclass
class Office:
    """A house with a bit of everything; `policies`: of which years its projects are."""

    house: House
    policies: tuple[str, ...] = ("fujian-2025",)
    projects: dict[str, int] = field(default_factory=dict)  # policy -> one that has papers
    values: dict[str, list[str]] = field(default_factory=dict)
    callers: dict[str, tuple[Visit, Caller]] = field(default_factory=dict)
    links: list[str] = field(default_factory=list)  # to the outside: in a mail, a calendar

    def __post_init__(self) -> None:
        for who in WHO:
            program = caller(self.house, who)
            self.callers[who] = (self.house.visit(program.person), program)
        visit, office = self.callers["province"]
        for policy in self.policies:
            self._fill(policy, office)
        visit.post("/announce")
        sweep(self.house.desk.db, self.house.desk.book, as_of=self.house.day, at=self.house.at)
        self._collect(office)

    def _fill(self, policy: str, office: Caller) -> None:
        house, year = self.house, int(policy[-4:])
        host = self.callers["host"][1]
        known: dict[str, Any] = {"policy": policy, "year": year}
        numbers = {
            state: house.desk.admit(name=f"{state}{policy}班", state=state, **known)
            for state in ("reviewed", "held", "reported")
        }
        house.desk.admit(name=f"待通知{policy}班", state="planned", untold=True, **known)
        mine = house.desk.admit(name=f"报送{policy}班", **known)
        form = {"application_form": host.upload("申报表.pdf", b"%PDF-1")}
        host.do(mine, "submit", papers=form, on=f"{year}-01-08")
        self.projects[policy] = mine
        for deed, number in (("plan", numbers["reviewed"]), ("subsidise", numbers["reported"])):
            made = office.post("/batches", {"deed": deed, "projects": [number]})
            self.values.setdefault("batch", []).append(str(made.json()["id"]))

    def _collect(self, office: Caller) -> None:
        with self.house.desk.db.write() as connection:
            mails = [str(number) for number in connection.execute(select(MAIL.c.id)).scalars()]
            person = office.person
            secret = make_link(connection, person, LinkUse.SIGN_IN, at=self.house.at)
            which = select(PERSON.c.feed_generation).where(PERSON.c.id == person)
            feed = self.house.site.key.token(person, connection.execute(which).scalar_one())
        told = "".join(office.get(f"/mail/{number}").json()["text"] for number in mails)
        self.links = [*RECEIVED.findall(told)[:1], f"/calendar/{feed}.ics"]
        mine = [str(number) for number in self.projects.values()]
        batches = self.values.pop("batch")
        self.values = {
            "pages:number": sorted({*mails, *batches, "1", "2"}),
            "project_id": mine,
            "mail_id": mails,
            "mail": mails,
            "batch_id": batches,
            "person_id": [str(person)],
            "unit_id": ["1"],
            "key": ["application_form"],
            "version": ["1"],
            "deed": ["submit", "note", "subsidise"],
            "secret": [secret],
            "ticket": ["0" * 32],
            "code": ["0" * 32],
            "name": list(self.policies),
            "policy": list(self.policies),
            "other": list(self.policies),
            "year": ["2025"],
            "notice": ["filing"],
            "language": ["zh"],
        }

    def answers(self) -> dict[tuple[str, str], int]:
        """Who and address -> the status that is answered."""
        found = {}
        for who, (visit, program) in self.callers.items():
            for path in self.pages():
                found[who, path] = visit.get(path).status_code
            for path in self.resources():
                found[who, API + path] = program.get(path).status_code
        return found

    def pages(self) -> Iterator[str]:
        routes = [route for room in PAGES for route in room.routes.routes]
        for route in routes:
            if isinstance(route, Route) and "GET" in (route.methods or ()):
                yield from self._filled(route.path, "pages:")
        yield from self.links
        yield f"/projects/steps?deed=review&project={'&project='.join(self.values['project_id'])}"

    def resources(self) -> Iterator[str]:
        for path, methods in schema()["paths"].items():
            if "get" in methods:
                asked = "&".join(
                    f"{one['name']}={ASKED[one['name']]}"
                    for one in methods["get"].get("parameters", ())
                    if one["in"] == "query" and one.get("required")
                )
                for filled in self._filled(path.removeprefix(API), ""):
                    yield f"{filled}?{asked}" if asked else filled

    def _filled(self, path: str, of: str) -> Iterator[str]:
        names = NAMED.findall(path)
        found = [self.values.get(of + name) or self.values[name] for name in names]
        for chosen in product(*found):
            made = path
            for name, value in zip(names, chosen, strict=True):
                made = made.replace(f"{{{name}}}", value)
            yield made


ASKED = {
    "policy": "fujian-2025",
    "category": "demonstration",
    "opens": "2025-05-12",
    "person": "province",
}
