"""Policies for programs: listed, checked, compared, saved by an administrator alone."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from callers import PEOPLE, caller
from visits import House

from states.contact import Contact
from states.policy import (
    Announced,
    Category,
    Clause,
    DeadlineRule,
    Document,
    Figure,
    Fund,
    MilestoneRule,
    PaperRule,
    Policy,
    ReasonCode,
)
from states.policy_fields import classes_of, fields_of
from workflow.office.log import Search, lines

SHIPPED = Path("config/policies/fujian-2025.toml").read_text(encoding="utf-8")
CHANGED = SHIPPED.replace("value = 105000", "value = 95000")
FILE = {"file": "新政策.toml", "text": CHANGED}


def test_a_file_is_checked_and_compared_with_what_holds(house: House) -> None:
    province = caller(house, "province")
    sound = province.post("/policies/check", FILE).json()
    assert sound["policy"]["id"] == "fujian-2025"
    assert [(one["key"], one["new"]) for one in sound["against"]] == [
        ("cap", "95000.00 yuan (block, stated)")
    ]
    other = {"file": "x.toml", "text": SHIPPED.replace('"fujian-2025"', '"henan-2027"', 1)}
    assert province.post("/policies/check", other).json()["against"] is None
    assert not (house.folder / "policies").exists()


def test_an_administrator_saves_and_it_holds(house: House) -> None:
    admin = caller(house, "admin")
    saved = admin.post("/policies", FILE, Idempotency_Key="k")
    again = admin.post("/policies", FILE, Idempotency_Key="k")
    assert (saved.status_code, again.status_code, again.content) == (201, 201, saved.content)
    shown = admin.get("/policies/fujian-2025").json()
    caps = {
        c["key"]: f["value"] for c in shown["categories"] for f in c["figures"] if f["key"] == "cap"
    }
    assert caps["national_funded"] == 9_500_000  # fen
    assert shown["digest"] == saved.json()["digest"]
    with house.desk.db.read() as connection:
        [line] = lines(connection, Search(what="policy_saved"))[0]
    assert (line["person"], line["object"]) == ("admin", "fujian-2025")


def test_a_program_is_told_every_field_of_every_object(house: House) -> None:
    """By walking the law's classes: what is added to one of them is told as well."""
    told = caller(house, "province").get("/policies/fujian-2025").json()
    category = next(one for one in told["categories"] if one["key"] == "national_funded")
    law: list[tuple[type, Any]] = [
        *((Policy, told), (Category, category), (Contact, told["contact"])),
        (Contact, category["report_contact"]),
        *((Document, one) for one in told["documents"]),
        *((Clause, one) for one in told["clauses"]),
        *((DeadlineRule, one) for one in category["deadlines"]),
        *((Figure, one) for one in (*category["figures"], category["cap"])),
        *((PaperRule, one) for one in category["papers"]),
        *((MilestoneRule, one) for one in category["milestones"]),
        *((Fund, one) for one in told["funds"]),
        *((ReasonCode, one) for one in told["reasons"].values()),
        (Announced, told["announced"]),
    ]
    assert {kind for kind, _ in law} == set(classes_of(Policy))
    for kind, one in law:
        beside = {PaperRule: {"step"}, Figure: {"key"}, Clause: {"place"}}.get(kind, set())
        assert set(one) == {field.name for field in fields_of(kind)} | beside
    assert told["duties"]["host_kept"] == "R25-03"
    assert told["reasons"]["late_report"]["clause"] == "R25-21"
    filing = category["deadlines"][0]
    assert (filing["inclusive"], filing["rolls"], filing["forfeit"]) == (True, False, None)


def test_a_list_stays_a_list_where_there_is_nothing_in_it(house: House) -> None:
    told = caller(house, "province").get("/policies/xinjiang-2025").json()
    assert (told["funds"], told["duties"], told["announced"]["by_name"]) == ([], {}, {})


@pytest.mark.parametrize("who", PEOPLE)
def test_who_checks_and_who_saves(house: House, who: str) -> None:
    program = caller(house, who)
    checked = program.post("/policies/check", FILE).status_code
    saved = program.post("/policies", FILE).status_code
    assert checked == (200 if who in ("province", "admin") else 403)
    assert saved == (201 if who == "admin" else 403)


def test_a_file_that_will_not_do_is_refused_in_a_sentence(house: House) -> None:
    house.desk.admit()
    admin = caller(house, "admin")
    for text, named in (
        ("nonsense [", "x.toml"),
        (SHIPPED + "\nnonsense = 1\n", "nonsense"),
        (SHIPPED.replace("demonstration", "show"), "categories.demonstration"),
    ):
        for path in ("/policies/check", "/policies"):
            answer = admin.post(path, {"file": "x.toml", "text": text})
            assert answer.status_code == 422
            [wrong] = answer.json()["fields"]
            assert wrong["field"] == "text" and named in wrong["message"]
    assert not (house.folder / "policies").exists()


def test_a_broken_file_of_the_office_hides_none_of_the_others(house: House) -> None:
    (house.folder / "policies").mkdir()
    (house.folder / "policies" / "henan-2027.toml").write_text("nonsense [", encoding="utf-8")
    house.site.reload()
    province = caller(house, "province")
    found = province.get("/policies").json()
    assert "fujian-2025" in [one["id"] for one in found["items"]]
    [broken] = found["broken"]
    assert broken["id"] == "henan-2027" and "henan-2027.toml" in broken["problem"]
    assert province.get("/policies/henan-2027").status_code == 404
    assert province.get("/policies/henan-2027/diff/fujian-2025").status_code == 404
