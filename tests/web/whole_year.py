"""The demonstration's year, walked link by link as each of its people."""

from __future__ import annotations

import html
import re
from collections import defaultdict
from pathlib import Path

from stories import Desk
from visits import House, Visit

from bench.web_office import AT, TODAY, lived_in
from cli.demo_people import coordinators
from config.rulebook import Rulebook
from workflow.people import person_id

SAME_SORT = 3  # pages of one sort that are looked at
LINK = re.compile(r'<a\b[^>]*\bhref="(/[^"#]*)')
FILES = ("/static/", "/feed/", "/api/", "/openapi.json")


def told(folder: Path, book: Rulebook) -> House:
    """A house in which the whole story has been told."""
    return House(Desk(lived_in(folder, book), book), folder, TODAY, AT)


def logins(house: House) -> dict[str, str]:
    """What somebody is -> the login of one who is."""
    with house.desk.db.read() as connection:
        departments = connection.exec_driver_sql(
            "SELECT DISTINCT department FROM project WHERE department <> '' ORDER BY department"
        ).scalars()
        known = coordinators(list(departments))
    return {
        "province": "province1",
        "coordinator": known["省卫生健康委"],
        "host": "unit09@example.cn",
        "admin": "admin",
        "auditor": "auditor",
    }


def enter(house: House, login: str, language: str = "zh") -> Visit:
    with house.desk.db.read() as connection:
        person = person_id(connection, login)
    visit = house.visit(person)
    visit.client.cookies.set("yanxiu_language", language)
    return visit


def sort_of(path: str) -> str:
    """Pages of one sort differ in numbers and in what is asked for only."""
    plain, _, query = path.partition("?")
    names = sorted({pair.partition("=")[0] for pair in query.split("&") if pair})
    plain = re.sub(r"(?<=/)\d+", "1", plain)
    return "?".join([plain, "&".join(names)]) if names else plain


def links(text: str) -> list[str]:
    """The pages that a page leads to, in their order, each once."""
    found = (html.unescape(path) for path in LINK.findall(text))
    return list(dict.fromkeys(path for path in found if not path.startswith(FILES)))


UNREAD = re.compile(
    r"(?s)<(script|style|code|textarea)\b.*?</\1>|<dl class=\"facts clauses\">.*?</dl>|<[^>]+>"
)
KEYS = re.compile(
    r"(?<![\w@./-])[a-z]+(?:_[a-z]+)+(?![\w@.])|（(?!toml|xlsx)[a-z_、. ]+）|\bR2[45]-\d\d[a-z]?|--[a-z]{2,}"
)


def program_names(text: str) -> list[str]:
    """What a page shows of the program's own keys: of fields, steps, rules and clauses."""
    return sorted(set(KEYS.findall(html.unescape(UNREAD.sub(" ", text)))))


def walk(visit: Visit, start: str = "/") -> dict[str, str]:
    """Every page that can be reached by links, some of each sort: path -> its text ("" for a file).
    AssertionError: a link that leads nowhere."""
    seen: dict[str, str] = {}
    sorts: defaultdict[str, int] = defaultdict(int)
    ahead = [(start, "")]
    while ahead:
        path, source = ahead.pop(0)
        if path in seen or sorts[sort_of(path)] >= SAME_SORT:
            continue
        sorts[sort_of(path)] += 1
        answer = visit.get(path)
        where = answer.headers.get("location", "")
        assert answer.status_code in (200, 303), (path, f"linked from {source}", answer.status_code)
        is_page = "text/html" in answer.headers.get("content-type", "")
        seen[path] = answer.text if is_page and answer.status_code == 200 else ""
        ahead += [(found, path) for found in [*links(seen[path]), *([where] if where else [])]]
    return seen
