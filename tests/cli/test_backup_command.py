"""`yanxiu backup` and `yanxiu restore`, as an office runs them."""

from __future__ import annotations

import fcntl
import shutil

import pytest
from command import Command

from notifications.mailbox import Mailbox


@pytest.mark.sqlite_file  # which moves with the folder
def test_an_office_moves_to_another_machine_and_mails_nothing_twice(
    office: Command, mailbox: Mailbox
) -> None:
    """The journal stays behind with the old machine; the restored mail waits for a person."""
    told = office.json("backup", "b.zip")
    assert told["keys"] == "b.zip.keys" and told["papers"] == 0
    office.ok("worker", "--once")
    shutil.move(office.data, office.cwd / "old")
    said = office.ok("restore", "b.zip").out
    assert "核对无误" in said and "yanxiu mail resume" in said
    assert "已暂停发信" in office.fails(1, "worker", "--once").said
    assert office.json("mail", "resume") == {"resumed": True}
    assert len(office.json("projects")) == 85
    assert office.ok("verify").out


def test_what_was_sent_since_the_backup_stays_sent_on_this_machine(
    office: Command, mailbox: Mailbox
) -> None:
    office.ok("backup", "b.zip")
    assert office.json("worker", "--once")["sent"] == 1
    refused = office.fails(1, "restore", "b.zip")
    assert "--replace" in refused.sentence
    done = office.json("restore", "b.zip", "--replace")
    assert done["replaced"].startswith("data/replaced-") and done["keys"] is True
    assert "从备份恢复" in office.ok("mail").said
    office.ok("mail", "resume", "--as", "province1")
    again = office.json("worker", "--once")
    assert (again["sent"], again["queued"]) == (0, 1)
    assert len(office.json("mailbox")) == 1
    assert office.ok("verify").out


def test_refusals_are_one_sentence(office: Command) -> None:
    office.ok("backup", "b.zip")
    assert "已有文件" in office.fails(1, "backup", "b.zip").sentence
    assert "是目录" in office.fails(2, "backup", ".").sentence
    assert "没有这个文件" in office.fails(1, "backup", "nowhere/b.zip").sentence
    assert "没有这个文件" in office.fails(1, "restore", "nowhere.zip").sentence
    (office.cwd / "text.zip").write_text("今天")
    assert "不是本系统的备份" in office.fails(1, "restore", "text.zip").sentence
    (office.cwd / "cut.zip").write_bytes((office.cwd / "b.zip").read_bytes()[:5000])
    assert "不完整" in office.fails(1, "restore", "cut.zip", "--json").sentence


def test_a_worker_is_stopped_first(office: Command) -> None:
    office.ok("backup", "b.zip")
    with (office.data / "worker.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        refused = office.fails(1, "restore", "b.zip", "--replace")
    assert "先停止" in refused.sentence


def test_nothing_opens_a_half_restored_folder(office: Command) -> None:
    office.ok("backup", "b.zip")
    (office.data / "restoring").write_text("replaced-20250221-080000-abcd")
    for words in (("projects",), ("init",), ("worker", "--once"), ("verify",)):
        assert "上次恢复没有完成" in office.fails(1, *words).sentence
    office.ok("restore", "b.zip")
    assert len(office.json("projects")) == 85
