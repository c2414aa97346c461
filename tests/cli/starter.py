"""Starts commands quickly: a process that has loaded the libraries, and forks for each command.

Reads one JSON line a command on stdin: words, cwd, env, out and err (files); answers with the
exit code. cli.main itself is loaded afresh each time, since it reads the language from the
environment. What the child does from there on is what `yanxiu` does.
"""

from __future__ import annotations

import gc
import importlib
import json
import os
import sys
from typing import Any

LIBRARIES = (
    *("alembic.command", "alembic.config", "rich.table", "typer.main", "jinja2"),
    *("cli.verbs_do", "cli.verbs_plan", "cli.verbs_policy", "cli.verbs_setup", "cli.verbs_user"),
    *("cli.verbs_worker", "config.rulebook", "notifications.worker", "notifications.mailbox"),
    *("workflow.imports.plan", "workflow.imports.plan_file", "workflow.imports.people_file"),
    "workflow.imports.people",
    *("workflow.migrations", "workflow.verify", "sqlalchemy.dialects.sqlite"),
)


def main() -> None:
    for name in LIBRARIES:
        importlib.import_module(name)
    gc.freeze()  # the child shares these pages and need not tidy them up
    for line in sys.stdin:
        child = os.fork()
        if not child:
            _command(json.loads(line))
            return
        _, status = os.waitpid(child, 0)
        sys.stdout.write(f"{os.waitstatus_to_exitcode(status)}\n")
        sys.stdout.flush()


def _command(asked: dict[str, Any]) -> None:
    os.chdir(asked["cwd"])
    os.environ.clear()
    os.environ.update(asked["env"])
    for number, path in ((0, os.devnull), (1, asked["out"]), (2, asked["err"])):
        os.dup2(os.open(path, os.O_RDWR | os.O_CREAT), number)
    sys.argv = ["yanxiu", *asked["words"]]
    from cli.entry import main as yanxiu

    yanxiu()


if __name__ == "__main__":
    main()
