"""Runs the real command as people do: a process of its own, in an empty folder."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from sqlalchemy import text
from sqlalchemy.engine import URL, make_url

from workflow.database import Database

REPOSITORY = Path(__file__).parents[2]
SAMPLE = REPOSITORY / "config" / "samples" / "plan-2025.xlsx"
CLOCK = ("（演示时钟：", "(demonstration clock:")


@dataclass(frozen=True)
class Result:
    """What a command left behind."""

    code: int
    out: str
    err: str

    @property
    def json(self) -> Any:
        return json.loads(self.out)

    @property
    def said(self) -> str:
        """The messages, without the line about the moved clock."""
        lines = [line for line in self.err.splitlines() if not line.startswith(CLOCK)]
        return "\n".join(lines)

    @property
    def sentence(self) -> str:
        """The message, of which there must be exactly one line."""
        assert self.said.count("\n") == 0, self.err
        assert self.said, "no word about what is wrong"
        return self.said


@cache
def starter() -> subprocess.Popen[str]:
    """Loads the libraries once; ends with this process, when its stdin closes."""
    return subprocess.Popen(
        [sys.executable, Path(__file__).with_name("starter.py")],
        env=os.environ | {"PYTHONPATH": str(REPOSITORY), "LANG": "C.UTF-8"},
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )


def started(words: list[str], cwd: Path, env: dict[str, str]) -> Result:
    """Run one command in a process of its own."""
    process = starter()
    assert process.stdin and process.stdout
    with TemporaryDirectory() as folder:
        out, err = Path(folder, "out"), Path(folder, "err")
        asked = {"words": words, "cwd": str(cwd), "env": env, "out": str(out), "err": str(err)}
        process.stdin.write(json.dumps(asked) + "\n")
        process.stdin.flush()
        code = int(process.stdout.readline())
        return Result(code, out.read_text(encoding="utf-8"), err.read_text(encoding="utf-8"))


@dataclass
class Command:
    """`yanxiu` with a data folder; settings by name, as in run("init", TODAY="2025-02-21")."""

    cwd: Path
    settings: dict[str, str] = field(default_factory=dict)
    variables: dict[str, str] = field(default_factory=dict)  # of the environment, as they are

    @property
    def data(self) -> Path:
        return self.cwd / "data"

    @property
    def url(self) -> URL:
        """Of its database: a file in the data folder unless a setting says otherwise."""
        file = URL.create("sqlite", database=str(self.data / "yanxiu.db"))
        return make_url(self.settings.get("DATABASE_URL") or file)

    def behind_our_back(self, statement: str, **values: object) -> int:
        """Somebody edits the database with other means; how many rows that met."""
        database = Database(self.url.render_as_string(hide_password=False))
        try:
            with database.engine.begin() as connection:
                return connection.execute(text(statement), values).rowcount
        finally:
            database.close()

    def environment(self, **settings: object) -> dict[str, str]:
        given = {"DATA_DIR": "data", "TODAY": "2025-02-21"} | self.settings | settings
        kept = {name: os.environ[name] for name in ("PATH", "HOME") if name in os.environ}
        return (
            kept
            | {"LANG": "C.UTF-8", "PYTHONPATH": str(REPOSITORY)}
            | {f"YANXIU_{name}": str(value) for name, value in given.items()}
            | self.variables
        )

    def __call__(self, *words: object, **settings: object) -> Result:
        """Run to the end; what holds for every command is checked here."""
        result = started([str(word) for word in words], self.cwd, self.environment(**settings))
        assert "Traceback" not in result.err, result.err
        assert "程序内部出错" not in result.err, result.err
        assert "Internal error" not in result.err, result.err
        assert result.code in (0, 1, 2, 3), result
        if "--json" in words and "--help" not in words:
            assert result.json is not None
        return result

    def ok(self, *words: object, **settings: object) -> Result:
        """Run what must succeed."""
        result = self(*words, **settings)
        assert result.code == 0, result
        return result

    def json(self, *words: object, **settings: object) -> Any:
        """Run what must succeed, with --json; what it printed."""
        return self.ok(*words, "--json", **settings).json

    def fails(self, code: int, *words: object, **settings: object) -> Result:
        """Run what must end with this code."""
        result = self(*words, **settings)
        assert result.code == code, result
        return result
