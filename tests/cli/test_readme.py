"""What README and the guides tell people to type works as it stands there."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from shlex import quote

import pytest
import typer
from command import REPOSITORY, Command

from cli.main import app

README = REPOSITORY / "README.md"
GUIDES = [README, REPOSITORY / "README.zh-CN.md", *sorted((REPOSITORY / "docs").rglob("*.md"))]
CODE = re.compile(r"^```sh\n(.*?)^```|`([^`\n]+)`", re.MULTILINE | re.DOTALL)
COMMAND = re.compile(r"\byanxiu ([a-z]+)(?: ([a-z][a-z-]*)\b(?!=))?([^#;`\n]*)")
OPTION = re.compile(r"(?<!\S)--[a-z][a-z-]*")


def section(title: str) -> str:
    """The shell block under a heading of README.md."""
    _, _, rest = README.read_text(encoding="utf-8").partition(f"## {title}\n")
    block = re.search(r"^```sh\n(.*?)^```", rest.partition("\n## ")[0], re.MULTILINE | re.DOTALL)
    assert block, f"no shell block under {title}"
    return block[1]


@pytest.mark.sqlite_file
def test_carrying_a_project_through_its_life(run: Command, sample_year: Path) -> None:
    """The block, word for word, in a folder that looks like the demonstration's."""
    demo = run.cwd / ".demo"
    shutil.copytree(sample_year, demo)
    (demo / "env").write_text(
        f"export YANXIU_DATA_DIR={quote(str(demo))} YANXIU_TODAY=2025-02-21\n"
        f'export PATH={quote(str(Path(sys.executable).parent))}:"$PATH"\n'
    )
    block = section("Carrying a project through its life")
    done = subprocess.run(
        ["bash", "-eu", "-o", "pipefail", "-c", block],
        cwd=run.cwd,
        env={"PATH": os.environ["PATH"], "LANG": "C.UTF-8"},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    assert done.stdout.rstrip().endswith("历史、数据、期限和提醒台账一致。")
    states = {one["id"]: one["state"] for one in run.json("projects", DATA_DIR=demo)}
    assert {number: states[number] for number in (2, 4, 6, 10, 16)} == {
        2: "subsidised",
        4: "closed",
        6: "subsidised",
        10: "subsidised",
        16: "closed",
    }
    assert run.json("verify", DATA_DIR=demo)["ok"] is True


def test_deadlines_without_a_database(run: Command) -> None:
    text = README.read_text(encoding="utf-8")
    [line] = re.findall(r"`yanxiu (deadlines --policy fujian-2025 [^`]+)`", text)
    assert run.json(*line.split())[0]["due_on"] == "2025-10-03"


def named(guide: Path) -> Iterator[tuple[str, str]]:
    """Each `yanxiu …` in the guide's code: the command's words, and the rest of the line."""
    top = typer.main.get_command(app).commands  # type: ignore[attr-defined]
    for code in CODE.finditer(guide.read_text(encoding="utf-8").replace("\\\n", "")):
        for first, second, rest in COMMAND.findall(code[1] or code[2]):
            assert first in top, f"{guide.name}: there is no `yanxiu {first}`"
            below = getattr(top[first], "commands", {})
            if below and second:
                assert second in below, f"{guide.name}: there is no `yanxiu {first} {second}`"
            yield f"{first} {second}" if below and second else first, rest


def test_every_guide_is_read() -> None:
    assert {"projects" in name for guide in GUIDES for name, _ in named(guide)} == {True, False}


@pytest.mark.parametrize("guide", GUIDES, ids=lambda path: path.name)
def test_what_a_guide_names_exists(run: Command, guide: Path) -> None:
    asked: dict[str, set[str]] = {}
    for name, rest in named(guide):
        asked.setdefault(name, set()).update(OPTION.findall(rest))
    for name, options in asked.items():
        known = run.ok(*name.split(), "--help").out
        assert options <= set(OPTION.findall(known)), f"{guide.name}: {name}"


@pytest.mark.parametrize("guide", GUIDES, ids=lambda path: path.name)
def test_files_that_a_guide_links_to_exist(guide: Path) -> None:
    links = re.findall(r"\]\(([^)#:]+)\)", guide.read_text(encoding="utf-8"))
    assert [link for link in links if not (guide.parent / link).exists()] == []


def test_make_targets_in_the_readme_exist() -> None:
    makefile = (REPOSITORY / "Makefile").read_text(encoding="utf-8")
    for guide in GUIDES[:2]:
        for target in re.findall(r"\bmake ([a-z-]+)", guide.read_text(encoding="utf-8")):
            if target != "and":
                assert re.search(rf"^{target}:", makefile, re.MULTILINE), target


def test_every_setting_in_the_example_exists_and_none_is_missing() -> None:
    from config.settings import Settings

    text = (REPOSITORY / ".env.example").read_text(encoding="utf-8")
    given = dict(re.findall(r"^YANXIU_([A-Z_]+)=(.*)$", text, re.MULTILINE))
    fields = {name.upper(): field for name, field in Settings.model_fields.items()}
    assert set(given) - set(fields) == set()
    for name, value in given.items():
        default = fields[name].default
        assert value == ("" if default is None else str(default)), name
