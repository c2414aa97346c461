"""What the API answers to whoever looks, one file for each address of its description."""

from __future__ import annotations

import re
from itertools import product
from typing import Any

import httpx2
import pytest
from callers import API
from golden import Golden, as_json
from scene import PROPOSED, Scene

from web.api.rooms import schema

FOLDER = "api"
PATHS = [path.removeprefix(API) for path, how in schema()["paths"].items() if "get" in how]
NAMED = re.compile(r"{(\w+)}")
# What stands for the parts of an address, unless OF says otherwise: projects by how far they are, mails by what
# has become of them.
USUAL: dict[str, tuple[str, ...]] = {
    "project_id": (PROPOSED,),
    "key": ("summary_report",),
    "batch_id": ("1", "2"),
    "mail_id": ("sent", "dead", "awaiting", "pending"),
    "person_id": ("1",),
    "unit_id": ("1",),
    "policy": ("fujian-2025",),
    "other": ("fujian-2024",),
    "year": ("2025",),
    "notice": ("filing",),
    "language": ("zh",),
}
OF = {
    "/projects/{project_id}": ("drafted", "planned", "held", PROPOSED, "9999"),
    "/projects/{project_id}/actions": ("planned", PROPOSED),
    "/projects/{project_id}/coming-mails": ("储能技术高级研修班",),
}
QUERIES: dict[str, tuple[str, ...]] = {
    "/audit/projects": ("?person=wang",),
    "/deadlines": ("?policy=fujian-2025&category=demonstration&opens=2025-09-15&ends=2025-09-18",),
    "/calls/text": ("", "?late=true"),
    "/ladders": ("?policy=fujian-2025",),
    "/mail": ("?limit=2", "?project=5", "?status=dead", "?status=pending"),
    "/projects": ("", "?limit=1", "?overdue=true&order=name"),
}
# By whom it is asked: usually one of the province. Others get less, or something else.
WHO = {
    "/me": ("wang", "lin", "admin"),
    "/me/units": ("lin",),
    "/projects/{project_id}": ("wang", "lin"),
    "/workplace": ("wang", "chen", "lin", "admin"),
}


def test_every_address_has_its_file(golden: Golden) -> None:
    golden.holds(FOLDER, {file_of(path) for path in PATHS})


@pytest.mark.parametrize("path", PATHS)
def test_answers(scene: Scene, golden: Golden, path: str) -> None:
    found = {
        f"GET {asked} ({who})": told(scene.callers[who].get(asked))
        for asked in addresses(scene, path)
        for who in WHO.get(path, ("wang",))
    }
    golden(f"{FOLDER}/{file_of(path)}", as_json(found))


def file_of(path: str) -> str:
    return re.sub(r"[{}]", "", path).strip("/").replace("/", "-") + ".json"


def addresses(scene: Scene, path: str) -> list[str]:
    """The path with each choice of what stands in it."""
    names = NAMED.findall(path)
    found = []
    for chosen in product(*(OF.get(path, USUAL[name]) for name in names)):
        made = path
        for name, value in zip(names, chosen, strict=True):
            made = made.replace(f"{{{name}}}", str(scene.ids.get(value, value)))
        found += [made + query for query in QUERIES.get(path, ("",))]
    return found


def told(answer: httpx2.Response) -> Any:
    """What a program gets; of a file, which it is."""
    kind = answer.headers["content-type"]
    if kind.startswith("text/"):
        return {"status": answer.status_code, "type": kind, "text": answer.text}
    if "json" not in kind:
        return {"status": answer.status_code, "type": kind}
    more = {name: answer.headers[name] for name in ("link",) if name in answer.headers}
    return {"status": answer.status_code, **more, "answer": answer.json()}
