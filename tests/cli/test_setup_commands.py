"""`yanxiu init`, `doctor`, `verify`."""

from __future__ import annotations

import pytest
from command import Command

from config.policy_files import SHIPPED
from notifications.mailbox import Mailbox


def change(run: Command, statement: str) -> None:
    """Somebody edits the rows behind our back."""
    assert run.behind_our_back(statement) > 0


@pytest.mark.sqlite_file
def test_init_may_be_repeated(run: Command) -> None:
    assert "已就绪" in run.ok("init").out
    run.ok("user", "add", "province1", "--name", "甲", "--role", "province")
    before = (run.data / "yanxiu.db").read_bytes()
    assert run.json("init")["data_dir"] == "data"
    assert (run.data / "yanxiu.db").read_bytes() == before
    assert (run.data / "yanxiu.db").stat().st_mode & 0o077 == 0
    assert {"papers", "policies", "calendars", "mailbox"} <= {p.name for p in run.data.iterdir()}


def test_the_data_folder_may_stand_in_a_file(run: Command) -> None:
    (run.cwd / "yanxiu.toml").write_text('language = "en"\nsmtp_port = 2599\n')
    assert run.ok("init").out.startswith("Ready")


def test_an_empty_database_is_clean(run: Command) -> None:
    run.ok("init")
    assert run.json("verify") == {"ok": True, "problems": []}


def test_a_clean_year(office: Command) -> None:
    assert office.ok("verify").out.strip() == "历史、数据、期限和提醒台账一致。"


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE event SET person = 'x' WHERE project_id = 7",
        "UPDATE event SET changes = replace(changes, '50', '51') WHERE project_id = 7",
        "DELETE FROM event WHERE project_id = 7",
        "UPDATE project SET state = 'closed' WHERE id = 7",
        "UPDATE project SET facts = 'rubbish' WHERE id = 7",
        "DELETE FROM deadline WHERE project_id = 7",
    ],
)
def test_tampering_is_found_and_named(office: Command, statement: str) -> None:
    change(office, statement)
    result = office("verify", "--json")
    assert result.code == 1
    assert result.json["ok"] is False
    assert any("7" in problem for problem in result.json["problems"])
    assert "核对发现问题" in result.said


def test_doctor_names_what_is_missing(run: Command) -> None:
    result = run("doctor", "--json", SMTP_PORT=1)
    assert result.code == 1
    found = {one["check"]: one["ok"] for one in result.json["checks"]}
    assert found == {
        "Python": True,
        "SQLite": True,
        "数据目录": False,
        "数据库": False,
        "政策": True,
        "节假日日历": True,
        "发信服务器": False,
        "退信收取": True,
    }
    assert "需处理" in run("doctor", SMTP_PORT=1).out


def test_doctor_is_content(office: Command, mailbox: Mailbox) -> None:
    """Once the office has entered whom to ask: what ships are samples, and are named."""
    first = office("doctor", "--json")
    bad = {one["check"]: one["message"] for one in first.json["checks"] if not one["ok"]}
    assert list(bad) == ["咨询和报送地址"]
    assert "咨询电话、电子邮箱、邮寄地址" in bad["咨询和报送地址"]
    text = (SHIPPED / "fujian-2025.toml").read_text(encoding="utf-8")
    (office.data / "policies").mkdir(exist_ok=True)
    own = office.data / "policies" / "fujian-2025.toml"
    own.write_text(text.replace("sample = true", "sample = false"), encoding="utf-8")
    assert office.json("doctor")["ok"] is True


def test_doctor_survives_a_broken_calendar(office: Command) -> None:
    (office.data / "calendars").mkdir(exist_ok=True)
    (office.data / "calendars" / "2025.toml").write_text("x = 1\n")
    result = office("doctor", "--json")
    assert result.code == 1
    said = {one["check"]: one["message"] for one in result.json["checks"]}
    assert "2025.toml" in said["节假日日历"]


def test_doctor_names_a_policy_that_cannot_be_read(office: Command) -> None:
    (office.data / "policies").mkdir(exist_ok=True)
    (office.data / "policies" / "own-2026.toml").write_text("x = 1\n")
    result = office("doctor", "--json")
    assert result.code == 1
    said = {one["check"]: one["message"] for one in result.json["checks"]}
    assert "own-2026.toml" in said["政策"]
