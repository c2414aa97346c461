"""Installed where it cannot run: one sentence, in both languages, and no traceback."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest
from command import REPOSITORY

from cli.entry import OURS
from workflow.database import sqlite_is_safe


def started(first: Path, *words: str) -> subprocess.CompletedProcess[str]:
    """`yanxiu` with a folder that Python looks into before ours, as for what was installed first."""
    code = f"import sys; sys.path[:0] = [{str(first)!r}, {str(REPOSITORY)!r}]\n"
    code += "import importlib.util as u\n"
    code += f"spec = u.spec_from_file_location('entry', {str(REPOSITORY / 'cli/entry.py')!r})\n"
    code += "entry = u.module_from_spec(spec); spec.loader.exec_module(entry); entry.main()"
    run = [sys.executable, "-c", code, *words]
    return subprocess.run(run, capture_output=True, text=True, timeout=60, cwd=first)


@pytest.mark.parametrize("name", OURS)
@pytest.mark.parametrize("kind", ["package", "module"])
def test_a_foreign_package_of_one_of_our_names_is_named(
    tmp_path: Path, name: str, kind: str
) -> None:
    if kind == "package":
        (tmp_path / name).mkdir()
        (tmp_path / name / "__init__.py").write_text("raise RuntimeError('foreign')")
    else:
        (tmp_path / f"{name}.py").write_text("raise RuntimeError('foreign')")
    done = started(tmp_path, "projects")
    assert (done.returncode, done.stdout) == (1, "")
    chinese, english = done.stderr.strip().splitlines()
    assert f"“{name}”" in chinese and str(tmp_path) in chinese
    assert english.startswith(f"Another package is called “{name}”")


def test_without_one_it_starts(tmp_path: Path) -> None:
    done = started(tmp_path, "--help")
    assert (done.returncode, "yanxiu" in done.stdout) == (0, True), done.stderr


@pytest.mark.parametrize(
    ("version", "safe"),
    [
        ((3, 40, 1), False),
        ((3, 44, 5), False),
        ((3, 44, 6), True),
        ((3, 45, 0), False),
        ((3, 50, 6), False),
        ((3, 50, 7), True),
        ((3, 51, 2), False),
        ((3, 51, 3), True),
        ((3, 53, 4), True),
        ((4, 0, 0), True),
    ],
)
def test_which_sqlite_can_damage_data(version: tuple[int, ...], safe: bool) -> None:
    """The mend of the WAL-reset bug and the two older lines that have it too."""
    assert sqlite_is_safe(version) is safe


def test_init_says_that_this_sqlite_can_damage_data(tmp_path: Path) -> None:
    """As on aarch64, where nothing brings another one: it says what to use instead, and goes on."""
    (tmp_path / "pysqlite3").mkdir()
    (tmp_path / "pysqlite3/__init__.py").write_text("")
    older = "from sqlite3.dbapi2 import *\nsqlite_version = '3.40.1'\nsqlite_version_info = (3, 40, 1)\n"
    (tmp_path / "pysqlite3/dbapi2.py").write_text(older)
    done = started(tmp_path, "init")
    assert done.returncode == 0, done.stderr
    [said] = done.stderr.splitlines()
    assert said.startswith(
        "SQLite 3.40.1有可能损坏数据的缺陷，请改用PostgreSQL（YANXIU_DATABASE_URL）"
    )
