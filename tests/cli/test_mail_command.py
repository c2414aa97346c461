"""`yanxiu mail`: the log, and sending again what failed."""

from __future__ import annotations

from pathlib import Path

from command import Command
from test_worker_command import free_port

from notifications.mailbox import Mailbox


def test_the_log_says_what_failed_and_a_resend_brings_it_out(office: Command) -> None:
    assert office.json("mail") == []
    assert office("worker", "--once", "--json", SMTP_PORT=free_port()).code == 1
    [failed] = office.json("mail", "--project", 2)
    assert (failed["status"], failed["to_email"]) == ("failed", "unit02@example.cn")
    assert failed["last_reply"] != ""
    assert office.json("mail", "--project", 3) == []
    assert office.json("mail", "--state", "sent") == []
    assert office.json("mail", "resend", failed["id"])["status"] == "pending"
    with Mailbox(Path(office.data) / "mailbox") as box:
        assert office.json("worker", "--once", SMTP_PORT=box.port)["sent"] == 1
    [sent] = office.json("mail", "--state", "sent")
    assert sent["id"] == failed["id"]
    assert "已发送" in office.ok("mail").out


def test_only_what_failed_is_sent_again(office: Command) -> None:
    missing = office("mail", "resend", 99, "--json")
    assert (missing.code, missing.json) == (1, {"error": "没有编号为99的邮件。"})
    assert office("mail", "--state", "nonsense").code == 2
