"""`yanxiu worker` and `yanxiu mailbox`, over a real connection on loopback."""

from __future__ import annotations

import fcntl
import json
import signal
import socket
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from threading import Timer

import pytest
from command import Command
from servers import Rough

from notifications.mailbox import Mailbox

ENDS_WITHIN = 15  # seconds, on a busy machine
NOTHING = {"queued": 0, "sent": 0, "failed": 0, "withheld": 0}


@contextmanager
def running(office: Command, *words: str) -> Iterator[subprocess.Popen[str]]:
    """A command that goes on until it is told to stop."""
    process = subprocess.Popen(
        [sys.executable, "-m", "cli.entry", *words],
        cwd=office.cwd,
        env=office.environment(),
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    try:
        yield process
    finally:
        process.kill()
        process.communicate()


def told(process: subprocess.Popen[str], word: str) -> str:
    """Read its messages up to the one that holds the word."""
    assert process.stderr
    for line in process.stderr:
        if word in line:
            return line
    raise AssertionError(f"it ended without {word}")


def free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as probe:
        return int(probe.getsockname()[1])


def test_once_sends_what_is_due_and_once_only(office: Command, mailbox: Mailbox) -> None:
    first = office.json("worker", "--once")
    assert (first["queued"], first["sent"], first["failed"]) == (1, 1, 0)
    assert office.json("worker", "--once") == NOTHING
    assert len(office.json("mailbox")) == 1
    assert "新排队0封" in office.ok("worker", "--once").out
    assert office.json("verify")["ok"] is True


def test_what_cannot_be_sent_waits_for_the_next_run(office: Command) -> None:
    port = free_port()
    first = office("worker", "--once", "--json", SMTP_PORT=port)
    assert first.code == 1
    failed = first.json
    assert (failed["queued"], failed["sent"], failed["failed"]) == (1, 0, 1)
    with Mailbox(office.data / "mailbox") as box:
        later = office.json("worker", "--once", SMTP_PORT=box.port)
    assert (later["sent"], later["failed"]) == (1, 0)


def test_reading_the_mailbox(office: Command, mailbox: Mailbox) -> None:
    assert office.json("mailbox") == []
    office.ok("worker", "--once")
    [mail] = office.json("mailbox")
    assert (mail["number"], mail["to"]) == (1, "unit02@example.cn")
    assert "请于2月28日（周五）前报送实施方案（还有7天）" in mail["subject"]
    assert len(office.json("mailbox", "--find", "unit02")) == 1
    assert office.json("mailbox", "--find", "unit03") == []
    assert "共1封" in office.ok("mailbox").out
    text = office.ok("mailbox", "show", 1).out
    assert "截止日：2025年2月28日" in text
    assert office.json("mailbox", "show", 1)["text"] == text.removesuffix("\n")
    missing = office("mailbox", "show", 2, "--json")
    assert missing.code == 1
    assert "没有第2封" in missing.sentence
    assert office.json("show", 2)["mail"][0]["status"] == "sent"
    assert "已发送" in office.ok("show", 2).out


@pytest.mark.parametrize("how", [signal.SIGINT, signal.SIGTERM])
def test_the_mailbox_is_served_until_told(office: Command, how: signal.Signals) -> None:
    port = free_port()
    with running(office, "mailbox", "serve", "--port", str(port)) as process:
        assert str(port) in told(process, "本机邮箱已启动")
        assert office.json("worker", "--once", SMTP_PORT=port)["sent"] == 1
        process.send_signal(how)
        assert process.wait(ENDS_WITHIN) == 0
    assert len(office.json("mailbox")) == 1


def test_a_taken_port(office: Command, mailbox: Mailbox) -> None:
    result = office("mailbox", "serve", "--port", mailbox.port)
    assert result.code == 1
    assert "端口已被占用" in result.sentence


def test_several_workers_on_one_folder(office: Command, mailbox: Mailbox) -> None:
    """Any number; what they do they do once, nothing complains of them, each stops by itself."""
    with running(office, "worker") as first, running(office, "worker") as second:
        for process in (first, second):
            told(process, "提醒与发信已启动")
        [found] = [
            one
            for one in office("doctor", "--json").json["checks"]
            if one["check"] == "提醒与发信程序"
        ]
        assert found["ok"] or "还没有运行过" in found["message"]  # whose sign of life is to come
        assert "先停止" in office.fails(1, "restore", office_backup(office), "--replace").sentence
        for process in (first, second):
            process.send_signal(signal.SIGTERM)
            assert process.wait(ENDS_WITHIN) == 0
            assert process.stderr
            assert "已停止。" in process.stderr.read()


def office_backup(office: Command) -> str:
    office.ok("backup", "b.zip")
    return "b.zip"


def test_no_worker_begins_while_the_folder_is_restored_or_a_demonstration_runs_on_it(
    office: Command,
) -> None:
    with (office.data / "worker.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        assert "正在恢复备份，或正用于演示" in office.fails(1, "worker").sentence


def test_a_mailbox_of_returned_mail_that_drips_does_not_keep_the_worker(
    office: Command, mailbox: Mailbox
) -> None:
    server = Path(__file__).parents[1] / "notifications" / "rough_imap.py"
    script = json.dumps({"SEARCH": ["<drip> x"]})
    command = [sys.executable, "-S", str(server), script]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as imap:
        assert imap.stdout
        port = imap.stdout.readline().strip()
        given = {"IMAP_HOST": "127.0.0.1", "IMAP_PORT": port, "IMAP_SECURITY": "none"}
        office.settings.update(given | {"IMAP_USERNAME": "user", "IMAP_PASSWORD": "password"})
        with running(office, "worker") as process:
            giving_up = Timer(60, imap.kill)
            giving_up.start()
            assert "SEARCH" in map(str.strip, imap.stdout)
            giving_up.cancel()
            process.send_signal(signal.SIGTERM)
            assert process.wait(ENDS_WITHIN) == 0
        imap.kill()


def test_once_says_why_nothing_went_out(office: Command, mailbox: Mailbox, tmp_path: Path) -> None:
    """The server's fault in its own words, a day off, mail that needs a person, or nothing to do."""
    port = free_port()
    said = office("worker", "--once", SMTP_PORT=port)
    assert (
        f"邮件没有发出：连接不上邮件服务器，请核对 YANXIU_SMTP_HOST、YANXIU_SMTP_PORT（127.0.0.1:{port}"
        in (said.err)
    )
    office.ok("worker", "--once")
    assert "没有到期的邮件。" in office.ok("worker", "--once").err
    with Rough(
        tmp_path, features=["STARTTLS"], MAIL=["530 5.7.0 Must issue STARTTLS", None]
    ) as server:
        said = office("worker", "--once", SMTP_PORT=server.port, TODAY="2025-09-01")
        assert said.code == 1
        assert "只接受加密连接" in said.err and "530 5.7.0 Must issue STARTTLS" in said.err
        assert "密码" not in said.err


def test_once_says_that_a_wrong_password_is_left_alone(office: Command, tmp_path: Path) -> None:
    wrong = "535 5.7.8 no"
    with Rough(tmp_path, features=["AUTH PLAIN"], AUTH=[wrong, None]) as server:
        given = {"SMTP_PORT": server.port, "SMTP_USERNAME": "a", "SMTP_PASSWORD": "b"}
        assert "邮箱账号或密码不对" in office("worker", "--once", **given).err
        again = office("worker", "--once", **given).err
        assert "前不再尝试；改正账号或密码后立即重试" in again


@pytest.mark.sqlite_file  # that somebody copies back
def test_an_older_database_is_halted_and_everything_says_so(
    office: Command, mailbox: Mailbox
) -> None:
    """Whoever copies an old file back is told by every command that has to do with mail."""
    older = (office.data / "yanxiu.db").read_bytes()
    office.ok("worker", "--once")
    for name in ("yanxiu.db-wal", "yanxiu.db-shm"):
        (office.data / name).unlink(missing_ok=True)
    (office.data / "yanxiu.db").write_bytes(older)
    checks = office.fails(1, "doctor", "--json").json["checks"]
    [halted] = [one for one in checks if "发信是否暂停" in one["check"]]
    assert not halted["ok"] and "比本机的发信记录旧" in halted["message"]
    assert "yanxiu mail resume" in office.ok("mail").said
    result = office.fails(1, "worker", "--once", "--json")
    assert result.json["sent"] == 0 and "发信已暂停" in result.said
    assert office.json("mail", "resume", "--as", "province1") == {"resumed": True}
    assert office.json("mail", "resume") == {"resumed": False}
    assert office.json("worker", "--once")["sent"] == 0
    assert len(office.json("mailbox")) == 1
    assert office.ok("verify").out
