"""Policies for programs: listed, checked, compared, saved by an administrator alone."""

from __future__ import annotations

from pathlib import Path

import pytest
from callers import PEOPLE, caller
from visits import House

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
