"""What each command prints with --json, one file for each."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from contextlib import contextmanager, nullcontext
from pathlib import Path
from typing import Any

import pytest
import typer
from command import Command
from golden import Golden, as_json
from scene import PLAN, TODAY, Scene, plan_file

from cli.main import app
from notifications.mailbox import Mailbox

FOLDER = "commands"
# Of a project how far it has come, of a mail what has become of it, in braces.
CASES: dict[str, tuple[str, ...]] = {
    "backup": ("backup office.zip",),
    "calls": ("calls",),
    "deadlines": (
        "deadlines --policy fujian-2025 --category demonstration --opens 2025-09-15 --ends 2025-09-18",
    ),
    "do": (
        "do {filed}",
        "do {filed} milestone --as wang --set name=filing_confirmed",
        "do {filed} file --as lin",
        "do {filed} hold --as lin --set opens=5月",
        "do {proposed} subsidise --as zhou --set amount=48000",
        "do {held} report --as nobody",
    ),
    "doctor": ("doctor",),
    "extend": ("extend {planned} --kind filing --until 2025-07-12 --reason 台风",),
    "feed": ("feed wang --revoke", "feed wang -o wang.ics"),
    "import": (
        "import plan.xlsx --policy fujian-2025",
        "import mended.xlsx --policy fujian-2025 --skip-bad-rows --notify",
    ),
    "init": ("init",),
    "mail": ("mail --project {planned}", "mail --state dead"),
    "mail addresses": ("mail addresses",),
    "mail by-hand": ("mail by-hand {dead} --note 已电话通知 --as wang",),
    "mail clear": ("mail clear zhang@example.cn --as wang",),
    "mail coming": ("mail coming --project {储能技术高级研修班}",),
    "mail export": ("mail export letters",),
    "mail hold": ("mail hold {pending} 9999 --note 待核对",),
    "mail release": ("mail release {awaiting}",),
    "mail resend": ("mail resend {dead} {sent} --note 邮箱已改正",),
    "mail resume": ("mail resume",),
    "mail show": ("mail show {sent}", "mail show {dead}"),
    "mail silence": ("mail silence --project {planned}",),
    "mailbox": ("mailbox --find 提醒",),
    "mailbox show": ("mailbox show 1",),
    "notify": ("notify --policy fujian-2025",),
    "policy check": ("policy check fujian-2025",),
    "policy diff": ("policy diff fujian-2024 fujian-2025",),
    "policy list": ("policy list",),
    "policy show": ("policy show fujian-2025",),
    "projects": ("projects", "projects --state held --as-of 2025-06-01"),
    "restore": ("backup office.zip", "restore office.zip --replace"),
    "show": ("show {held}", "show 9999"),
    "token add": ("token add chen --name 人事系统对接 --until 2025-12-31",),
    "token list": ("token list wang",),
    "token revoke": ("token revoke wang 3", "token revoke wang 3"),
    "user add": (
        "user add wu --name 吴复核 --role province --email wu@example.cn",
        "user add sun --name 孙老师 --role host --scope 福建理工大学 --email wu@example.cn",
    ),
    "user disable": ("user disable zhou",),
    "user grant": (
        "user grant chen --role coordinator --scope 厦门市人社局",
        "user grant he --role coordinator --scope 省教育厅",
    ),
    "user hand-over": (
        "user add sun --name 孙老师 --role host --scope 福建理工大学 --email sun@example.cn",
        "user hand-over lin sun --reason 轮岗",
    ),
    "user import": ("user import people.xlsx", "user import people.xlsx --skip-bad-rows"),
    "user language": ("user language wang en",),
    "user list": ("user list",),
    "user password": ("user password lin", "user password lin --link"),
    "user prefer": ("user prefer wang", "user prefer wang --sort chasing --mode digest"),
    "user substitute": (
        "user substitute wang --by zhou --until 2025-07-20",
        "user substitute wang --end",
    ),
    "verify": ("verify",),
    "why": ("why {planned} file", "why {proposed} subsidise --as wang"),
    "wording history": ("wording history filing",),
    "wording list": ("wording list",),
    "wording preview": ("wording preview filing --project {planned}",),
    "wording reset": ("wording reset filing",),
    "wording save": (
        "wording save filing --subject 请报送材料",
        "wording save filing --subject {{{{nosuch}}}}",
    ),
    "wording show": ("wording show filing",),
    "wording test-send": ("wording test-send filing --project {planned} --to wang",),
    "worker": ("worker --once",),
}
PEOPLE_FILE = (
    ("登录名", "姓名", "角色", "单位", "邮箱", "电话"),
    ("gao", "高老师", "承办单位", "福州示例学院", "gao@example.cn", ""),
    ("ma", "马老师", "校长", "福州示例学院", "ma@example.cn", ""),
)


def commands() -> Iterator[str]:
    """Every command that has --json, as it is typed."""

    def below(command: Any, words: tuple[str, ...]) -> Iterator[str]:
        if words and any("--json" in one.opts for one in command.params):
            yield " ".join(words)
        for name, sub in getattr(command, "commands", {}).items():
            yield from below(sub, (*words, name))

    yield from below(typer.main.get_command(app), ())


def test_every_command_has_its_file(golden: Golden) -> None:
    assert set(CASES) == set(commands())
    golden.holds(FOLDER, {file_of(command) for command in CASES})


@pytest.mark.sqlite_file  # which is copied for each: what a command prints is the same on the other
@pytest.mark.parametrize("command", CASES)
def test_json(scene: Scene, golden: Golden, tmp_path: Path, command: str) -> None:
    shutil.copytree(scene.kept, tmp_path / "data")
    plan_file(tmp_path / "plan.xlsx")
    plan_file(tmp_path / "mended.xlsx", *PLAN[:2], (*PLAN[3][:4], "11月3日-6日", *PLAN[3][5:]))
    plan_file(tmp_path / "people.xlsx", *PEOPLE_FILE)
    run = Command(tmp_path, {"TODAY": str(TODAY), "SMTP_PORT": str(NOBODY_LISTENS)})
    found: list[dict[str, Any]] = []
    with mail_server(run) if command == "worker" else nullcontext():
        for case in CASES[command]:
            words = case.format(**scene.ids)
            done = run(*words.split(), "--json")
            exits = {"exits": done.code} if done.code else {}
            found.append({"command": f"yanxiu {words}", **exits, "prints": done.json})
    golden(f"{FOLDER}/{file_of(command)}", as_json(found))


NOBODY_LISTENS = 1  # a port


@contextmanager
def mail_server(run: Command) -> Iterator[None]:
    with Mailbox(run.data / "mailbox") as box:
        run.settings["SMTP_PORT"] = str(box.port)
        yield


def file_of(command: str) -> str:
    return command.replace(" ", "-") + ".json"
