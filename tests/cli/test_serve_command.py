"""`yanxiu serve` and `yanxiu feed`."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
from pathlib import Path
from time import monotonic
from urllib.error import HTTPError
from urllib.request import urlopen

import icalendar
import pytest
from command import REPOSITORY, Command


def test_a_feed_has_an_address_and_can_be_written(office: Command, tmp_path: Path) -> None:
    host = "unit02@example.cn"
    said = office.json("feed", host, BASE_URL="https://yanxiu.example.cn/")
    assert said["url"].startswith("https://yanxiu.example.cn/calendar/")
    assert office.ok("feed", host).out.strip() == said["url"].removeprefix(
        "https://yanxiu.example.cn"
    )
    again = office.json("feed", host, "--revoke", "-o", tmp_path / "a.ics")
    assert again["url"] not in said["url"]
    calendar = icalendar.Calendar.from_ical((tmp_path / "a.ics").read_bytes())
    titles = {str(event["summary"]) for event in calendar.walk("VEVENT")}
    assert "开班前报送（实施方案）截止：新能源电池安全关键技术高级研修班" in titles


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("feed", "nobody"), "没有登录名为“nobody”的人员"),
        (("feed", "unit02@example.cn", "-o", "none/a.ics"), "无法读写"),
    ],
)
def test_what_cannot_be_is_one_sentence(office: Command, words: tuple[str, ...], said: str) -> None:
    result = office(*words)
    assert (result.code, result.sentence[: len(said)]) == (1, said)


def test_a_disabled_person_has_no_feed(office: Command) -> None:
    office.ok("user", "disable", "auditor")
    assert "已停用" in office("feed", "auditor").sentence


def test_without_a_key_the_remedy_is_named(office: Command) -> None:
    (office.data / "keys" / "feed.key").unlink()
    for command in (("feed", "auditor"), ("serve",)):
        assert "yanxiu init" in office(*command).sentence
    office.ok("init")
    office.ok("feed", "auditor")


def test_a_taken_port_or_a_strange_address_is_one_sentence(office: Command) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        result = office("serve", "--port", taken.getsockname()[1])
    assert (result.code, "无法在 127.0.0.1" in result.sentence) == (1, True)
    for host in ("nowhere.invalid", "192.0.2.1", "x" * 300, ""):
        assert office("serve", "--host", host).code in (1, 2)


def test_it_serves_until_told_to_stop(office: Command) -> None:
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    path = office.ok("feed", "unit02@example.cn").out.strip()
    command = [sys.executable, "-c", "from cli.main import main; main()"]
    server = subprocess.Popen(
        [*command, "serve", "--port", str(port)],
        cwd=office.cwd,
        env=office.environment() | {"PYTHONPATH": str(REPOSITORY), "PATH": os.environ["PATH"]},
        stderr=subprocess.PIPE,
        text=True,
    )
    try:
        assert server.stderr is not None
        while "网页服务已启动" not in (line := server.stderr.readline()):
            assert line, "the server ended"
        with urlopen(f"http://127.0.0.1:{port}{path}", timeout=20) as answer:
            assert answer.read().startswith(b"BEGIN:VCALENDAR\r\n")
        with pytest.raises(HTTPError, match="404"):
            urlopen(f"http://127.0.0.1:{port}/calendar/x.ics", timeout=20)
        server.send_signal(signal.SIGTERM)
        rest = server.stderr.read()
        assert server.wait(20) in (0, -signal.SIGTERM)
        assert path not in rest and "Traceback" not in rest
    finally:
        server.kill()
        server.wait()


def children(pid: int) -> set[int]:
    """The processes that this one has started."""
    found = set()
    for task in Path(f"/proc/{pid}/task").glob("*/children"):
        found |= {int(number) for number in task.read_text().split()}
    return found


def test_several_processes_serve_and_one_that_dies_is_replaced(office: Command) -> None:
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    server = subprocess.Popen(
        [sys.executable, "-m", "cli.entry", "serve", "--port", str(port), "--workers", "2"],
        cwd=office.cwd,
        env=office.environment(),
        stderr=subprocess.PIPE,
        text=True,
    )

    def ready() -> bool:
        with urlopen(f"http://127.0.0.1:{port}/readyz", timeout=60) as answer:
            return bool(answer.status == 200)

    def serving() -> set[int]:
        return {
            one
            for one in children(server.pid)
            if "spawn_main" in Path(f"/proc/{one}/cmdline").read_text()
        }

    try:
        assert server.stderr is not None
        while "网页服务已启动" not in (line := server.stderr.readline()):
            assert line, "the server ended"
        assert ready()  # whichever is first
        before = serving()
        assert len(before) == 2
        ends = monotonic() + 60
        os.kill(min(before), signal.SIGKILL)
        while len(after := serving()) < 2 or min(before) in after:
            assert monotonic() < ends and server.poll() is None
            ready()
        assert ready()
        server.send_signal(signal.SIGTERM)
        assert server.wait(60) == 0
        assert "Traceback" not in server.stderr.read()
    finally:
        server.kill()
        server.wait()
    assert not any(Path(f"/proc/{one}").exists() for one in after)


@pytest.mark.sqlite_file
def test_a_feed_overwrites_nothing_but_calendars(office: Command) -> None:
    database = office.data / "yanxiu.db"
    before = database.read_bytes()[:16]
    refused = office.fails(2, "feed", "unit02@example.cn", "-o", database)
    assert "不是 .ics 文件名" in refused.sentence
    assert database.read_bytes()[:16] == before == b"SQLite format 3\0"


def test_an_address_ends_only_once_the_calendar_is_written(office: Command, tmp_path: Path) -> None:
    host, precious, link = "unit02@example.cn", tmp_path / "precious", tmp_path / "link.ics"
    precious.write_text("precious")
    link.symlink_to(precious)
    before = office.json("feed", host)["url"]
    for target in (link, tmp_path / "none" / "a.ics", "a.txt", ""):
        refused = office("feed", host, "--revoke", "-o", target)
        assert (refused.code in (1, 2), bool(refused.sentence)) == (True, True)
        assert office.json("feed", host)["url"] == before
    assert "这是一个链接" in office.fails(1, "feed", host, "-o", link).sentence
    assert precious.read_text() == "precious"
    office.ok("feed", host, "--revoke", "-o", tmp_path / "a.ics")
    assert (tmp_path / "a.ics").stat().st_mode & 0o777 == 0o600
    assert office.json("feed", host)["url"] != before
