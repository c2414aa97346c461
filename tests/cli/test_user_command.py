"""`yanxiu user`: people and their roles."""

from __future__ import annotations

from pathlib import Path

import pytest
from command import Command
from openpyxl import Workbook

PERSON = ("--name", "甲", "--role", "province")


@pytest.fixture
def run(run: Command) -> Command:
    run.ok("init")
    return run


def people(run: Command) -> dict[str, list[tuple[str, str]]]:
    found = run.json("user", "list")
    return {one["login"]: [(g["role"], g["scope"]) for g in one["roles"]] for one in found}


def sheet(folder: Path, *rows: list[str]) -> Path:
    book = Workbook()
    assert book.active is not None
    for row in (["姓名", "角色", "单位", "邮箱"], *rows):
        book.active.append(row)
    book.save(folder / "people.xlsx")
    return folder / "people.xlsx"


def test_add_grant_disable(run: Command) -> None:
    assert "已登记 p1（省厅）。" in run.ok("user", "add", "p1", *PERSON).out
    run.ok("user", "grant", "p1", "--role", "coordinator", "--scope", "省林业局")
    run.ok("user", "grant", "p1", "--role", "coordinator", "--scope", "省林业局")  # harmless
    assert people(run) == {"p1": [("province", ""), ("coordinator", "省林业局")]}
    assert run.json("user", "disable", "p1") == {"login": "p1", "ok": True}
    assert run.json("user", "list")[0]["active"] is False
    assert "停用" in run.ok("user", "list").out
    assert "Coordinator 省林业局" in run.ok("user", "list", LANGUAGE="en").out


def test_a_disabled_person_can_do_nothing(office: Command) -> None:
    office.ok("user", "disable", "province1")
    refused = office("do", 2, "file", "--as", "province1", "--on-behalf", "--json")
    assert refused.code == 1
    assert "province1" in refused.sentence


@pytest.mark.parametrize(
    ("words", "code", "named"),
    [
        (("add", "p1", *PERSON), 1, "p1"),
        (("add", "p2", "--name", "甲", "--role", "king"), 2, "king"),
        (("add", "p2", "--name", "甲", "--role", "coordinator"), 2, "单位"),
        (("add", "p2", *PERSON, "--email", "nonsense"), 2, "nonsense"),
        (("add", "a b", *PERSON), 2, "a b"),
        (("add", "p2", "--name", " ", "--role", "province"), 2, "姓名"),
        (("grant", "p1", "--role", "king"), 2, "king"),
        (("grant", "p1", "--role", "host"), 2, "单位"),
        (("grant", "nobody", "--role", "admin"), 1, "nobody"),
        (("disable", "nobody"), 1, "nobody"),
    ],
)
def test_refusals(run: Command, words: tuple[str, ...], code: int, named: str) -> None:
    run.ok("user", "add", "p1", *PERSON)
    result = run("user", *words, "--json")
    assert result.code == code
    assert named in result.sentence
    assert result.sentence.endswith("。")
    assert result.json == {"error": result.sentence}
    assert people(run) == {"p1": [("province", "")]}


def test_import(run: Command) -> None:
    file = sheet(
        run.cwd,
        ["甲", "省厅", "", "a@example.cn"],
        ["乙", "主管（推荐）单位联系人", "省林业局", "b@example.cn"],
    )
    dry = run.json("user", "import", file, "--dry-run")
    assert (dry["imported"], people(run)) == (2, {})
    assert run.json("user", "import", file)["imported"] == 2
    assert run.json("user", "import", file)["imported"] == 0
    assert people(run) == {
        "a@example.cn": [("province", "")],
        "b@example.cn": [("coordinator", "省林业局")],
    }


def test_import_with_bad_rows(run: Command) -> None:
    file = sheet(run.cwd, ["甲", "省厅", "", "a@example.cn"], ["乙", "国王", "", "b@example.cn"])
    result = run("user", "import", file, "--json")
    assert result.code == 1
    assert [one["row"] for one in result.json["rejected"]] == [3]
    assert people(run) == {}
    assert run.json("user", "import", file, "--skip-bad-rows")["imported"] == 1


def test_an_address_of_somebody_else_is_a_bad_row(run: Command) -> None:
    run.ok("user", "add", "jia", *PERSON, "--email", "a@example.cn")
    file = sheet(run.cwd, ["乙", "省厅", "", "b@example.cn"], ["丙", "省厅", "", "a@example.cn"])
    result = run("user", "import", file, "--json")
    assert result.code == 1
    assert (result.json["imported"], sorted(people(run))) == (0, ["jia"])
    [bad] = result.json["rejected"]
    assert bad["row"] == 3 and "a@example.cn" in bad["message"]
    assert run.json("user", "import", file, "--skip-bad-rows")["imported"] == 1
    assert sorted(people(run)) == ["b@example.cn", "jia"]


def test_import_of_something_else(run: Command) -> None:
    (run.cwd / "people.csv").write_text("姓名\n")
    for name in ("people.csv", "missing.xlsx"):
        result = run("user", "import", name, "--json")
        assert result.code == 1
        assert result.json["rejected"][0]["message"] == result.sentence
