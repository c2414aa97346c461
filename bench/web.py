"""Pages: what many projects cost, what a project's page costs beside a bare one, the first load."""

from __future__ import annotations

import asyncio
import gzip
import re
import statistics
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from pathlib import Path
from time import perf_counter
from typing import Any

from fastapi import FastAPI
from fastapi.responses import HTMLResponse
from jinja2 import Environment

from bench.measure import Figure
from bench.web_office import AT, TODAY, crowded, lived_in
from config.rulebook import Rulebook, rulebook
from config.settings import Settings
from notifications.calendars.feeds import read_key
from web.app import create_app
from web.rendering import STATIC
from web.site import Site
from web.visiting import SESSION
from workflow.accounts import sessions
from workflow.database import Database
from workflow.installation_key import make_key
from workflow.people import person_id

MANY, FEW = 100_000, 1_000
VISITS = 400  # of each page
FIRST_LOAD = 150_000  # bytes
CROWDED = (("list", "/projects"), ("workplace", "/"))
WHO = ("province1", "coordinator")
RICH = 12  # a project of the demonstration with much to show


def measure(folder: Path) -> list[Figure]:
    book = rulebook()
    make_key(folder)
    return [*_crowds(folder, book), *_beside_a_bare_page(folder, book)]


# -- A browser without a network ------------------------------------------------------------------


@dataclass
class Browser:
    """Asks the application itself, as a signed-in person."""

    app: Any
    cookie: str = ""

    async def get(self, path: str) -> bytes:
        """The body of a page that must be there."""
        plain, _, query = path.partition("?")
        scope = {
            **{"type": "http", "asgi": {"version": "3.0"}, "http_version": "1.1", "method": "GET"},
            **{"scheme": "http", "path": plain, "raw_path": plain.encode(), "root_path": ""},
            "query_string": query.encode(),
            "headers": [(b"host", b"localhost"), (b"cookie", self.cookie.encode())],
            **{"client": ("127.0.0.1", 1), "server": ("127.0.0.1", 80)},
        }
        status, body = 0, b""

        async def receive() -> dict[str, Any]:
            return {"type": "http.request", "body": b"", "more_body": False}

        async def send(message: dict[str, Any]) -> None:
            nonlocal status, body
            status = message.get("status", status)
            body += message.get("body", b"")

        await self.app(scope, receive, send)
        if status != 200:
            raise SystemExit(f"{path} answered {status}: the page is missing or does not work")
        return body


def _browser(db: Database, book: Rulebook, folder: Path, login: str) -> Browser:
    site = Site(*(db, book, read_key(folder), lambda: TODAY, lambda: AT), Settings(data_dir=folder))
    with db.write() as connection:
        person = person_id(connection, login)
        assert person is not None, login
        secret = sessions.begin(connection, person, agent="bench", at=AT)
    return Browser(create_app(site), f"{SESSION}={secret}")


async def _in_turn(*works: Callable[[], Awaitable[object]]) -> list[list[float]]:
    """Seconds of every visit, visited in turn so that a drift of the machine hits all alike."""
    found: list[list[float]] = [[] for _ in works]
    for work in works:
        await work()  # compiles the template, fills the caches
    for _ in range(VISITS):
        for times, work in zip(found, works, strict=True):
            started = perf_counter()
            await work()
            times.append(perf_counter() - started)
    return found


def _p95(times: list[float]) -> float:
    return statistics.quantiles(times, n=20)[-1]


# -- Many projects --------------------------------------------------------------------------------


def _crowds(folder: Path, book: Rulebook) -> list[Figure]:
    """p95 of list and workplace with 100,000 projects against 1,000."""
    large = crowded(folder / "large.db", book, MANY)
    small = crowded(folder / "small.db", book, FEW)
    figures = []
    for who in WHO:
        browsers = [_browser(db, book, folder, who) for db in (large, small)]
        for name, path in CROWDED:
            works = [lambda b=b, path=path: b.get(path) for b in browsers]  # type: ignore[misc]
            many, few = map(_p95, asyncio.run(_in_turn(*works)))
            title = f"{name} for {who.rstrip('1')}: {MANY:,} projects"
            figures.append(_at_most(title, many * 1000, few * 1000, "ms p95", 1.5))
    large.close(), small.close()
    return figures


def _at_most(name: str, ours: float, floor: float, unit: str, limit: float) -> Figure:
    ratio = ours / floor
    return Figure(name, ours, unit, floor, ratio, f"<= {limit} x {FEW:,}", ratio <= limit)


# -- A project's page -----------------------------------------------------------------------------


def _beside_a_bare_page(folder: Path, book: Rulebook) -> list[Figure]:
    """Requests a second of a project's page against a page of the same size without any of ours;
    and what a first visitor loads."""
    db = lived_in(folder, book)
    browser = _browser(db, book, folder, "province1")
    path = f"/projects/{RICH}"
    size = len(asyncio.run(browser.get(path)))
    bare = Browser(_bare(size))
    if abs(len(asyncio.run(bare.get("/"))) - size) > size / 50 + len(ROW) * 2:
        raise SystemExit("the bare page is of another size")
    ours, theirs = asyncio.run(_in_turn(lambda: browser.get(path), lambda: bare.get("/")))
    mine, floor = 1 / statistics.median(ours), 1 / statistics.median(theirs)
    ratio = mine / floor
    title = f"a project's page, {size // 1000} kB"
    loaded = asyncio.run(_first_load(browser))
    db.close()
    return [
        Figure(title, mine, "requests/s", floor, ratio, ">= 0.3 x a bare page", ratio >= 0.3),
        Figure(
            *("first load, compressed", loaded, "bytes", FIRST_LOAD, loaded / FIRST_LOAD),
            *("<= 150 kB", loaded <= FIRST_LOAD),
        ),
    ]


ROW = '<tr><td>{{ row.name }}</td><td class="n">{{ row.number }}</td><td>{{ row.day }}</td></tr>\n'
HEAD = "<!doctype html><html lang=zh><title>{{ title }}</title><main><table>\n"


def _bare(size: int) -> FastAPI:
    """FastAPI and Jinja2 with a table from memory, as a tutorial would write it."""
    template = Environment(autoescape=True).from_string(
        f"{HEAD}{{% for row in rows %}}{ROW}{{% endfor %}}</table></main></html>"
    )
    row = {"name": "示例高级研修班", "number": 12, "day": "2025-09-23"}
    one, none = (len(template.render(title="项目", rows=[row] * n).encode()) for n in (1, 0))
    rows = [dict(row, number=10 + n % 90) for n in range((size - none) // (one - none))]
    app = FastAPI(openapi_url=None)

    @app.get("/")
    def page() -> HTMLResponse:
        return HTMLResponse(template.render(title="项目", rows=rows))

    return app


async def _first_load(browser: Browser) -> int:
    """Bytes of the workplace and of every file that it names, each compressed; charts come later."""
    page = await browser.get("/")
    named = set(re.findall(r"/static/([\w./-]+)\?", page.decode()))
    if not named:
        raise SystemExit("the workplace names no files")
    files = [page, *((STATIC / name).read_bytes() for name in sorted(named))]
    return sum(len(gzip.compress(content)) for content in files)
