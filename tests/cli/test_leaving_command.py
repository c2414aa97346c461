"""A clerk of many projects leaves: `yanxiu user disable` over two plan files, as an office has them."""

from __future__ import annotations

from typing import Any

import pytest
from command import REPOSITORY, Command

from notifications.mailbox import Mailbox

FIELD = "tests/workflow/imports/field"


@pytest.fixture
def box(run: Command) -> Any:
    run.ok("init")
    with Mailbox(run.data / "mailbox") as box:
        run.settings |= {"SMTP_PORT": str(box.port), "TODAY": "2025-07-01"}
        yield box


def test_16_nothing_more_goes_to_who_is_disabled(run: Command, box: Mailbox) -> None:
    add = ("user", "add", "chen", "--name", "陈", "--role", "coordinator", "--scope", "样例厅")
    run.ok(*add, "--email", "chen@example.cn")
    run.ok("import", REPOSITORY / FIELD / "16a-one-clerk.xlsx", "--policy", "fujian-2025")
    clerks = [one["login"] for one in run.json("user", "list") if one["roles"][0]["role"] == "host"]
    assert clerks == ["one@example.cn", "two@example.cn"]  # ONE@ and one@ are one person
    second = run("import", REPOSITORY / FIELD / "16b-new-contact.xlsx", "--policy", "fujian-2025")
    assert second.code == 0, second
    run.ok("user", "disable", "one@example.cn")
    run.ok("worker", "--once", TODAY="2025-08-08")
    run.ok("worker", "--once", TODAY="2025-08-15")
    mails = run.json("mail")
    sent = {mail["to_email"] for mail in mails if mail["status"] == "sent"}
    assert sent == {"new@example.cn", "two@example.cn", "chen@example.cn"}
    theirs = [mail for mail in mails if mail["to_email"] == "one@example.cn"]
    assert {(mail["status"], mail["reason"]) for mail in theirs} <= {("suppressed", "disabled")}
    silent = {
        (one["recipient"], one["reason"])
        for number in range(3, 8)
        for one in run.json("show", number)["reminders"]
        if one["role"] == "host"
    }
    # Of several steps that have come at once the earlier ones are overtaken, as ever.
    assert silent == {("one@example.cn", "disabled"), ("one@example.cn", "overtaken")}
    [told] = [mail for mail in mails if mail["notice"] == "left"]
    assert (told["to_email"], told["status"]) == ("chen@example.cn", "sent")
    run.ok("verify")
