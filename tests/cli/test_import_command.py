"""`yanxiu import`: what was taken over, what was not, and why."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest
from command import REPOSITORY, SAMPLE, Command
from openpyxl import Workbook

HEAD = ["序号", "项目名称", "项目类别", "承办单位", "举办时间", "计划人数", "联系邮箱"]
GOOD = [1, "甲班", "工程领域专项", "甲单位", "5月12日-16日", 30, "a@example.cn"]
BAD_DATE = [2, "乙班", "工程领域专项", "乙单位", "2月30日-3月2日", 30, "b@example.cn"]
BAD_KIND = [3, "丙班", "其他项目", "丙单位", "5月12日-16日", 30, "c@example.cn"]
KEYS = {"imported", "changed", "differences", "warnings", "rejected"}


@pytest.fixture
def run(run: Command) -> Command:
    run.ok("init")
    return run


def sheet(folder: Path, *rows: list[object], name: str = "plan.xlsx") -> Path:
    book = Workbook()
    assert book.active is not None
    for row in (HEAD, *rows):
        book.active.append(row)
    book.save(folder / name)
    return folder / name


def importing(file: Path, *options: str) -> tuple[object, ...]:
    return ("import", file, "--policy", "fujian-2025", *options)


def test_the_sample(run: Command) -> None:
    first = run.json(*importing(SAMPLE))
    assert set(first) == KEYS
    assert (first["imported"], first["changed"], first["rejected"]) == (85, 0, [])
    assert [one["row"] for one in first["warnings"]] == [None, 22, 48, 57]
    assert {frozenset(one) for one in first["warnings"]} == {
        frozenset({"row", "column", "message"})
    }
    again = run.json(*importing(SAMPLE))
    assert (again["imported"], again["changed"], again["differences"]) == (0, 0, [])
    assert len(run.json("projects")) == 85
    assert run.json("verify")["ok"] is True


def test_a_dry_run_writes_nothing(run: Command) -> None:
    assert run.json(*importing(SAMPLE, "--dry-run"))["imported"] == 85
    assert "未写入" in run.ok(*importing(SAMPLE, "--dry-run")).out
    assert run.json("projects") == []


def test_bad_rows_hold_up_the_file(run: Command) -> None:
    file = sheet(run.cwd, GOOD, BAD_DATE, BAD_KIND)
    result = run(*importing(file, "--json"))
    assert result.code == 1
    assert result.json["imported"] == 0
    assert [(one["row"], one["column"]) for one in result.json["rejected"]] == [
        (3, "举办时间"),
        (4, "项目类别"),
    ]
    assert all(one["message"] for one in result.json["rejected"])
    assert result.sentence.startswith("有2处不能导入，没有写入任何内容。")
    shown = run(*importing(file))
    assert shown.code == 1
    assert "第3行" in shown.out
    assert "--skip-bad-rows" in shown.out
    assert run.json("projects") == []


def test_bad_rows_may_be_left_out(run: Command) -> None:
    file = sheet(run.cwd, GOOD, BAD_DATE, BAD_KIND)
    found = run.json(*importing(file, "--skip-bad-rows"))
    assert (found["imported"], len(found["rejected"])) == (1, 2)
    assert [one["name"] for one in run.json("projects")] == ["甲班"]


def test_a_changed_file_is_a_change_on_record(run: Command) -> None:
    run.ok(*importing(sheet(run.cwd, GOOD)))
    moved = [*GOOD[:4], "6月9日-13日", *GOOD[5:]]
    found = run.json(*importing(sheet(run.cwd, moved, name="new.xlsx")))
    assert (found["imported"], found["changed"]) == (0, 1)
    assert found["differences"][0]["row"] == 2
    assert run.json("projects")[0]["opens"] == "2025-06-09"
    assert run.json("verify")["ok"] is True


def broken(folder: Path) -> dict[str, Path]:
    """Files that are no plan, by what is wrong with them."""
    made = {name: folder / f"{name}.xlsx" for name in ("missing", "torn", "old", "folder", "empty")}
    made["torn"].write_bytes(SAMPLE.read_bytes()[:5000])
    made["old"].write_bytes(b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(600))  # encrypted, or .xls
    made["folder"].mkdir()
    made["empty"].touch()
    made["csv"] = folder / "plan.csv"
    made["csv"].write_text("序号,项目名称\n1,甲班\n", encoding="utf-8")
    made["heading"] = sheet(folder, name="heading.xlsx")
    return made


def test_a_look_alike_waits_until_somebody_says_what_it_is(run: Command) -> None:
    run.ok(*importing(sheet(run.cwd, GOOD)))
    renamed = sheet(run.cwd, [1, "甲（修订）班", *GOOD[2:]], name="new.xlsx")
    asked = run(*importing(renamed, "--json"))
    assert asked.code == 1
    [remark] = asked.json["rejected"]
    assert remark["row"] == 2
    assert "--same 2=1" in remark["message"] and "“甲班”" in remark["message"]
    assert run.json(*importing(renamed, "--dry-run", "--new", "2"))["imported"] == 1
    same = run.json(*importing(renamed, "--same", "2=1"))
    assert (same["imported"], same["changed"]) == (0, 1)
    assert [one["name"] for one in run.json("projects", "--find", "甲(修订)")] == ["甲（修订）班"]
    assert run.json("projects", "--find", "乙") == []


def test_the_hosts_are_told_when_the_office_says(run: Command) -> None:
    file = sheet(run.cwd, GOOD, [2, "乙班", *GOOD[2:6], None])
    shown = run.ok(*importing(file)).out
    assert "还有2个项目没有通知承办单位" in shown
    assert run.json("mail") == []
    assert [row["reason"] for row in run.json("mail", "silence")["news"]] == ["unannounced"] * 2
    assert run.json("notify", "--policy", "fujian-2025") == {"told": [1, 2], "unreached": [2]}
    assert [row["notice"] for row in run.json("mail")] == ["announce", "announce"]
    assert run.json("mail", "silence")["news"] == []
    assert run.json("notify") == {"told": [], "unreached": []}
    assert "没有需要通知的项目" in run.ok("notify").out


def test_an_import_may_tell_them_itself(run: Command) -> None:
    found = run.json(*importing(sheet(run.cwd, GOOD), "--notify"))
    assert (found["imported"], found["told"]) == (1, [1])
    assert run.json("verify")["ok"] is True
    text = run.json("calls")["text"]
    assert text.startswith("需要联系的单位")
    assert run.ok("calls", "--late").out.startswith("已逾期事项")


@pytest.mark.parametrize(
    "options",
    [
        ("--same", "2"),
        ("--same", "二=1"),
        ("--same", "2=1", "--same", "2=3"),
        ("--same", "2=1", "--new", "2"),
    ],
)
def test_an_answer_that_cannot_be_read_is_wrong_usage(
    run: Command, options: tuple[str, ...]
) -> None:
    assert run(*importing(sheet(run.cwd, GOOD), *options)).code == 2
    assert run.json("projects") == []


@pytest.mark.parametrize("what", ["missing", "torn", "old", "folder", "empty", "csv", "heading"])
def test_a_file_that_is_no_plan(run: Command, what: str) -> None:
    file = broken(run.cwd)[what]
    result = run(*importing(file, "--json"))
    assert result.code == 1
    assert set(result.json) == KEYS
    assert result.json["imported"] == 0
    assert [(one["row"], one["column"]) for one in result.json["rejected"]] == [(None, None)]
    if what == "heading":  # readable, so this is a rejected row like any other
        assert result.sentence.startswith("有1处不能导入")
    else:
        assert result.sentence == result.json["rejected"][0]["message"]


def test_an_unknown_policy(run: Command) -> None:
    result = run("import", SAMPLE, "--policy", "nowhere", "--json")
    assert result.code == 2
    assert "nowhere" in result.sentence


def test_a_policy_of_ones_own_must_stay(run: Command) -> None:
    """Projects look their policy up by its id for years: a path is not enough."""
    text = (REPOSITORY / "config/policies/fujian-2025.toml").read_text(encoding="utf-8")
    mine = run.cwd / "mine.toml"
    mine.write_text(text.replace('"fujian-2025"', '"mine"', 1), encoding="utf-8")
    refused = run("import", SAMPLE, "--policy", "./mine.toml")
    assert refused.code == 2
    assert "--policy mine" in refused.sentence
    shutil.copy(mine, run.data / "policies")
    assert run.json("import", SAMPLE, "--policy", "mine")["imported"] == 85
    assert run.json("show", 1)["policy"] == "mine"
