"""`make run`: the demonstration as a newcomer meets it, in a process that Ctrl-C ends."""

from __future__ import annotations

import json
import os
import re
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from email import message_from_bytes, policy
from email.message import EmailMessage
from pathlib import Path

import pytest
from command import Command
from httpx2 import Client

from config.zone import SHANGHAI

# The demonstration keeps its year in a file of its own folder, wherever others keep theirs.
pytestmark = pytest.mark.sqlite_file

ENDS_WITHIN = 15  # seconds, on a busy machine
SUBJECT = "【开班前报送提醒】“新能源电池安全关键技术高级研修班”请于2月28日（周五）前报送实施方案（还有7天）"
FIRST_DAY = "2025-02-21"


def start(run: Command, day: str, **settings: object) -> subprocess.Popen[str]:
    return subprocess.Popen(
        [sys.executable, "-m", "cli.demo"],
        cwd=run.cwd,
        env=run.environment(TODAY=day, **settings),
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )


@contextmanager
def demonstration(run: Command, day: str) -> Iterator[str]:
    """What it has printed when it is ready; afterwards Ctrl-C must end it without a word."""
    process = start(run, day)
    try:
        assert process.stdout and process.stderr
        shown = ""
        for line in process.stdout:
            shown += line
            if "yanxiu user list" in line:  # the last of its hints
                break
        yield shown
        process.send_signal(signal.SIGINT)
        assert process.wait(ENDS_WITHIN) == 0
        assert "Traceback" not in process.stderr.read()
    finally:
        process.kill()
        process.communicate()


def mails(run: Command) -> list[EmailMessage]:
    folder = run.data / "mailbox" / "new"
    found = sorted(path for path in folder.iterdir() if path.is_file())
    return [message_from_bytes(path.read_bytes(), policy=policy.default) for path in found]


def text(mail: EmailMessage) -> str:
    body = mail.get_body(("plain",))
    assert body is not None
    return str(body.get_content())


def test_the_first_day_and_once_more(run: Command) -> None:
    with demonstration(run, FIRST_DAY) as shown:
        assert [line[:5] for line in shown.splitlines() if line.startswith("[")] == [
            f"[{step}/5]" for step in range(1, 6)
        ]
        assert "示例年度计划：85个项目，新增85个" in shown
        assert f"{FIRST_DAY}的提醒：新排队1封，发出1封，未发成0封" in shown
        assert SUBJECT in shown
        second = start(run, FIRST_DAY)
        out, err = second.communicate()
        assert second.returncode == 1
        assert "[1/5]" not in out
        assert err.splitlines()[-1] == "本数据目录已有提醒与发信程序（或演示）在运行。"
    [mail] = mails(run)
    assert mail["Subject"] == SUBJECT
    assert mail["Delivered-To"] == "unit02@example.cn"
    sent = mail["Date"].datetime.astimezone(SHANGHAI)  # whatever the hour of this test
    assert f"{sent:%Y-%m-%d %H:%M}" == f"{FIRST_DAY} 08:30"
    assert "截止日：2025年2月28日（周五）" in text(mail)
    with demonstration(run, FIRST_DAY) as shown:
        assert "新增0个" in shown
        assert "新排队0封，发出0封" in shown
    assert len(mails(run)) == 1


def address(shown: str) -> str:
    [where] = re.findall(r"http://127\.0\.0\.1:\d+", shown)
    return str(where)


def test_a_second_one_beside_it_and_a_second_terminal(run: Command, tmp_path: Path) -> None:
    """Each role can sign in, a taken port is not waited for, `env` serves the commands."""
    other = Command(tmp_path / "other")
    other.cwd.mkdir()
    with demonstration(run, FIRST_DAY) as shown, demonstration(other, FIRST_DAY) as second:
        where = address(shown)
        assert where != address(second)
        for place in (where, address(second)):
            with Client(base_url=place) as browser:
                assert browser.get("/healthz").status_code == 200
        logins = json.loads((run.data / "logins.json").read_text())
        assert len(logins) == 8
        for login, password in logins.items():
            assert re.search(rf"^\S+ +{re.escape(login)} +{password} ", shown, re.MULTILINE)
        done = subprocess.run(
            ["bash", "-euc", ". data/env; yanxiu mailbox show 1; yanxiu verify; yanxiu doctor"],
            cwd=run.cwd,
            env={"PATH": os.environ["PATH"], "LANG": "C.UTF-8"},
            capture_output=True,
            text=True,
            check=True,
        )
        assert SUBJECT in done.stdout
        assert "一致" in done.stdout
        login, password = next(iter(logins.items()))
        with Client(base_url=where, headers={"Origin": where}) as browser:
            form = {"login": login, "password": password}
            assert browser.get("/sign-in").status_code == 200
            answer = browser.post("/sign-in", data=form)
            assert (answer.status_code, answer.headers["location"]) == (303, "/")
            # An open connection does not hold up Ctrl-C, which comes now.


def test_autumn_and_back_again(run: Command) -> None:
    with demonstration(run, "2025-09-23"):
        pass
    found = [mail for mail in mails(run) if mail["Delivered-To"] == "unit06@example.cn"]
    [mail] = [mail for mail in found if "绿色建筑与减排降碳关键技术高级研修班" in text(mail)]
    assert "建议报送日：2025年9月30日（周二）" in text(mail)
    assert "截止日：2025年10月3日（周五）" in text(mail)
    with demonstration(run, FIRST_DAY):  # an earlier day starts over
        pass
    [mail] = mails(run)
    assert mail["Subject"] == SUBJECT


def refused(run: Command, **settings: object) -> str:
    process = start(run, FIRST_DAY, **settings)
    out, err = process.communicate()
    assert process.returncode == 1
    assert "[1/5]" not in out
    assert "Traceback" not in err
    return err.splitlines()[-1]


def test_it_keeps_away_from_real_work(office: Command) -> None:
    before = (office.data / "yanxiu.db").read_bytes()
    assert "演示只在自己的数据目录里运行" in refused(office)
    assert (office.data / "yanxiu.db").read_bytes() == before


def test_it_keeps_away_from_a_shared_database(run: Command) -> None:
    url = f"sqlite:///{run.cwd / 'shared.db'}"
    assert "YANXIU_DATABASE_URL" in refused(run, DATABASE_URL=url)
    assert not Path(run.cwd / "shared.db").exists()


def test_a_folder_that_cannot_be_made(run: Command) -> None:
    assert "无法读写" in refused(run, DATA_DIR="/dev/null/demo")
