"""`yanxiu mail`: the log with every reason, and what people do to mail."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from command import Command
from test_worker_command import free_port

from notifications.mailbox import Mailbox, readable_mail


@pytest.fixture
def failing(office: Command) -> Command:
    """One mail, about project 2, that no server would take."""
    assert office("worker", "--once", "--json", SMTP_PORT=free_port()).code == 1
    return office


def only(office: Command, *words: Any) -> dict[str, Any]:
    [mail] = office.json("mail", *words)
    return dict(mail)


def test_the_log_says_what_failed_and_a_resend_brings_it_out(failing: Command) -> None:
    mail = only(failing, "--project", 2)
    assert (mail["status"], mail["to_email"]) == ("failed", "unit02@example.cn")
    assert mail["last_reply"] != "" and mail["why"] == mail["last_reply"]
    assert failing.json("mail", "--project", 3) == []
    assert failing.json("mail", "--state", "sent") == []
    assert failing.json("mail", "--state", "bounced") == []
    assert failing.json("mail", "resend", mail["id"])["done"] == [{"id": mail["id"]}]
    with Mailbox(Path(failing.data) / "mailbox") as box:
        assert failing.json("worker", "--once", SMTP_PORT=box.port)["sent"] == 1
    assert only(failing, "--state", "sent")["id"] == mail["id"]
    assert "已发送" in failing.ok("mail").out
    failing.behind_our_back("UPDATE mail SET reason = 'bounced' WHERE id = :id", id=mail["id"])
    assert only(failing, "--state", "bounced")["id"] == mail["id"]


def test_a_mail_that_cannot_be_written_is_shown_without_its_text(failing: Command) -> None:
    number = only(failing)["id"]
    failing.behind_our_back("UPDATE mail SET to_email = 'a b' WHERE id = :id", id=number)
    shown = failing.json("mail", "show", number)
    assert (shown["to_email"], shown["text"], shown["draft"]) == ("a b", "", True)


def test_a_project_shows_what_was_not_sent_and_why(failing: Command) -> None:
    failing("worker", "--once", TODAY="2025-03-28", SMTP_PORT=free_port())
    silent = failing.json("mail", "silence", "--project", 13)["reminders"]
    assert [row["step"] for row in silent] == ["D-30"]  # nobody asks for it: advised twice
    assert {(row["reason"], row["why"]) for row in silent} == {("overtaken", "已由之后的提醒代替")}
    shown = failing.ok("mail", "--project", 13).out
    assert "未发提醒及原因" in shown and "提前30天" in shown
    assert shown.count("已由之后的提醒代替") == 1
    everything = failing.json("mail", "silence")["reminders"]
    assert {"overtaken", "no_address"} == {row["reason"] for row in everything}
    assert f"另有{len(everything)}项提醒未发送" in failing.ok("mail").out


def test_one_mail_is_shown_with_all_that_happened_to_it(failing: Command) -> None:
    number = only(failing)["id"]
    failing.ok("mail", "hold", number, "--note", "等处长看过", "--as", "province1")
    shown = failing.json("mail", "show", number)
    assert (shown["status"], shown["status_label"]) == ("awaiting", "已扣下（待放行）")
    assert "实施方案" in shown["text"] and shown["draft"] is True
    assert [(r["kind"], r["project_id"]) for r in shown["reminders"]] == [("filing", 2)]
    last = shown["attempts"][-1]
    assert (last["outcome"], last["person"], last["reply"]) == ("held", "province1", "等处长看过")
    text = failing.ok("mail", "show", number).out
    assert "等处长看过" in text and "尚未写成" in text and "To: " in text
    with Mailbox(Path(failing.data) / "mailbox") as box:
        assert failing.json("worker", "--once", SMTP_PORT=box.port)["sent"] == 0
        failing.ok("mail", "release", number)
        assert failing.json("worker", "--once", SMTP_PORT=box.port)["sent"] == 1
    shown = failing.json("mail", "show", number)
    assert (shown["draft"], shown["status"]) == (False, "sent")
    assert [one["outcome"] for one in shown["attempts"]][-3:] == ["held", "released", "sent"]


def test_a_project_shows_the_reminders_to_come_and_a_moved_date_moves_them(
    failing: Command,
) -> None:
    """Project 6 opens on 2025-11-03: advised by 09-30, the last working day before 10-03."""

    def filing() -> list[tuple[str, str, str]]:
        told = failing.json("mail", "coming", "--project", 6)
        return [(m["on"], m["step"], m["to_email"]) for m in told if m["kind"] == "filing"]

    assert filing()[0] == ("2025-08-29", "D-30", "unit06@example.cn")
    assert "今后的提醒" in failing.ok("mail", "--project", 6).out
    dates = ("--set", "opens=2025-10-20", "--set", "ends=2025-10-23")
    failing.ok("do", 6, "confirm_dates", "--as", "unit06@example.cn", *dates)
    assert filing()[0] == ("2025-08-20", "D-30", "unit06@example.cn")


def test_looking_at_a_mail_changes_nothing(failing: Command) -> None:
    before = failing.json("mail")
    failing.ok("mail", "show", before[0]["id"])
    assert failing.json("mail") == before


def test_of_several_mails_each_is_told_what_came_of_it(failing: Command) -> None:
    number = only(failing)["id"]
    result = failing("mail", "by-hand", number, 99, 2**70, "--note", "已电话通知", "--json")
    assert result.code == 1
    assert result.json["done"] == [{"id": number}]
    assert [one["id"] for one in result.json["refused"]] == [99, 2**70]
    assert only(failing)["status_label"] == "已人工送达"
    again = failing("mail", "by-hand", number, "--note", "再次")
    assert (again.code, again.sentence) == (
        1,
        f"第{number}号邮件的情况是“已人工送达”，不能登记为人工送达。",
    )


@pytest.mark.parametrize(
    ("words", "code", "said"),
    [
        (("resend", "99"), 1, "没有编号为99的邮件。"),
        (("show", "99"), 1, "没有编号为99的邮件。"),
        (("show", str(2**80)), 1, f"没有编号为{2**80}的邮件。"),
        (("--project", "99"), 1, "没有编号（id）为99的项目，请用 yanxiu projects 查看。"),
        (("--project", str(2**80)), 1, None),
        (("--project", "-1"), 1, None),
        (("silence", "--project", str(2**40)), 1, None),
        (("--state", "nonsense"), 2, None),
        (("by-hand", "1"), 2, None),
        (("by-hand", "1", "--note", "  "), 2, None),
        (("hold", "1", "--note", "x" * 501), 2, None),
        (("hold", "1", "--as", "nobody"), 1, None),
        (("hold",), 2, None),
        (("clear", "nobody@example.cn"), 1, None),
        (("show", "one"), 2, None),
    ],
)
def test_what_makes_no_sense_is_one_sentence(
    office: Command, words: tuple[str, ...], code: int, said: str | None
) -> None:
    result = office("mail", *words)
    assert result.code == code
    assert said in (None, result.sentence)
    assert result.sentence and office("mail", *words, "--json").code == code


# -- Without a server -----------------------------------------------------------------------------


def test_waiting_mail_is_exported_with_a_call_list(failing: Command, tmp_path: Path) -> None:
    folder = tmp_path / "带走"
    number = only(failing)["id"]
    told = failing.json("mail", "export", folder)
    name = f"mail-{number:06d}.eml"
    assert told["files"] == ["call-list.html", name] and told["problems"] == []
    raw = (folder / name).read_bytes()
    assert "unit02@example.cn" in readable_mail(raw)
    page = (folder / "call-list.html").read_text(encoding="utf-8")
    assert "还有7天" in page and "2025年2月28日（周五）" in page
    assert only(failing)["status"] == "failed"
    failing.ok("mail", "export", folder, "--mark", "--as", "province1")
    assert only(failing)["status_label"] == "已人工送达"
    last = failing.json("mail", "show", number)["attempts"][-1]
    assert (last["outcome"], last["person"], last["reply"]) == ("by_hand", "province1", name)
    assert failing.json("mail", "export", folder)["files"] == ["call-list.html"]
    [noted] = (Path(failing.data) / "sent").iterdir()  # a restored copy must not mail it
    assert len(noted.read_text().splitlines()) == 1


def test_a_folder_that_is_a_file_is_one_sentence(failing: Command, tmp_path: Path) -> None:
    (tmp_path / "file").write_text("x")
    for path in (tmp_path / "file", tmp_path / "file" / "inner", Path("/proc/none")):
        result = failing("mail", "export", path, "--mark")
        assert (result.code, result.sentence[:4]) == (1, "无法读写")
    assert only(failing)["status"] == "failed"


def test_an_export_needs_a_folder_with_a_name(office: Command) -> None:
    for nothing in ("", " "):
        assert office.fails(2, "mail", "export", nothing).sentence == "请写明存放目录。"
    assert [path.name for path in office.cwd.iterdir()] == ["data"]
