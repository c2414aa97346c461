"""The examples of the documentation do what they say when they are pasted."""

from __future__ import annotations

import json
import re

from callers import API, caller
from visits import House

from web.api.guide import Endpoint, chapters
from web.api.rooms import schema


def endpoints() -> dict[str, Endpoint]:
    return {
        f"{one.method} {one.path.removeprefix(API)}": one
        for chapter in chapters(schema())
        for one in chapter.endpoints
    }


def test_curl_asks_by_the_method_that_is_meant() -> None:
    for name, one in endpoints().items():
        given = re.search(r"-X (\w+)", one.curl)
        sends = " -d " in one.curl or "\n  -d " in one.curl or "-F " in one.curl
        assert (given[1] if given else "POST" if sends else "GET") == one.method, name


def test_a_key_is_sent_to_what_takes_one() -> None:
    for name, one in endpoints().items():
        takes = any(p.name == "Idempotency-Key" for p in one.parameters)
        assert ("Idempotency-Key" in one.curl) == takes, name


def test_the_examples_of_the_rules_are_taken(house: House) -> None:
    admin = caller(house, "admin")
    house.desk.admit()
    found = endpoints()
    for name, where in {
        "POST /calendar/{year}/preview": "/calendar/2026/preview",
        "POST /wordings/{notice}/{language}": "/wordings/filing/zh",
        "POST /wordings/{notice}/{language}/preview": "/wordings/filing/zh/preview",
    }.items():
        [body] = re.findall(r"-d '(.*)'$", found[name].curl)
        sample = json.loads(body)
        if "project" in sample:
            sample["project"] = 1
        assert admin.post(where, sample).status_code in (200, 201), name
