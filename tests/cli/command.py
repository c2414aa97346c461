"""Runs the real command as people do: a process of its own, in an empty folder."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

REPOSITORY = Path(__file__).parents[2]
SAMPLE = REPOSITORY / "config" / "samples" / "plan-2025.xlsx"
CLOCK = ("（演示时钟：", "(demonstration clock:")
PATIENCE = 60  # seconds; no command takes more than a few


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


@dataclass
class Command:
    """`yanxiu` with a data folder; settings by name, as in run("init", TODAY="2025-02-21")."""

    cwd: Path
    settings: dict[str, str] = field(default_factory=dict)

    @property
    def data(self) -> Path:
        return self.cwd / "data"

    def environment(self, **settings: object) -> dict[str, str]:
        given = {"DATA_DIR": "data", "TODAY": "2025-02-21"} | self.settings | settings
        kept = {name: os.environ[name] for name in ("PATH", "HOME") if name in os.environ}
        return (
            kept
            | {"LANG": "C.UTF-8", "PYTHONPATH": str(REPOSITORY)}
            | {f"YANXIU_{name}": str(value) for name, value in given.items()}
        )

    def __call__(self, *words: object, **settings: object) -> Result:
        """Run to the end; what holds for every command is checked here."""
        done = subprocess.run(
            [sys.executable, "-m", "cli.entry", *map(str, words)],
            cwd=self.cwd,
            env=self.environment(**settings),
            capture_output=True,
            timeout=PATIENCE,
            check=False,
        )
        result = Result(done.returncode, done.stdout.decode(), done.stderr.decode())
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
