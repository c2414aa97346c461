"""Whatever is wrong around us: one sentence that helps, exit code 1 or 2, never a traceback."""

from __future__ import annotations

import subprocess
import sys

import pytest
from command import REPOSITORY, Command

LISTING = ("projects", "--json")


def refused(run: Command, *words: object, **settings: object) -> str:
    result = run(*words, **settings)
    assert result.code in (1, 2), result
    if "--json" in words:
        assert result.json == {"error": result.sentence}
    return result.sentence


def test_nothing_there(run: Command) -> None:
    for words in (LISTING, ("show", 2, "--json"), ("verify", "--json"), ("worker", "--once")):
        assert "yanxiu init" in refused(run, *words)


@pytest.mark.sqlite_file
@pytest.mark.parametrize("folder", ["/proc/yanxiu", "/dev/null/yanxiu"])
def test_a_folder_that_cannot_be_made(run: Command, folder: str) -> None:
    assert folder in refused(run, "init", "--json", DATA_DIR=folder)
    assert folder in refused(run, *LISTING, DATA_DIR=folder)


@pytest.mark.sqlite_file
def test_a_file_where_the_folder_should_be(run: Command) -> None:
    run.data.write_text("x")
    assert refused(run, "init", "--json") == "无法读写 data：已有同名文件。"
    assert "data" in refused(run, *LISTING)


@pytest.mark.sqlite_file
def test_a_folder_where_the_database_should_be(run: Command) -> None:
    (run.data / "yanxiu.db").mkdir(parents=True)
    for words in (("init", "--json"), LISTING):
        assert "数据库无法使用" in refused(run, *words)


@pytest.mark.sqlite_file
@pytest.mark.parametrize("content", [b"\xde\xad\xbe\xef" * 5000, b"SQLite format 3\x00" * 500])
def test_a_corrupted_database(run: Command, content: bytes) -> None:
    run.data.mkdir()
    (run.data / "yanxiu.db").write_bytes(content)
    for words in (("init", "--json"), LISTING, ("verify", "--json"), ("worker", "--once")):
        assert "数据库无法使用" in refused(run, *words)
    assert run("doctor", "--json").code == 1


@pytest.mark.sqlite_file
def test_a_database_with_torn_pages(office: Command) -> None:
    path = office.data / "yanxiu.db"
    content = bytearray(path.read_bytes())
    content[8192:] = b"\xff" * (len(content) - 8192)
    path.write_bytes(content)
    for words in (LISTING, ("show", 2), ("do", 2, "file", "--as", "province1")):
        assert office(*words).code == 1


@pytest.mark.sqlite_file
def test_an_empty_database_file(run: Command) -> None:
    run.data.mkdir()
    (run.data / "yanxiu.db").touch()
    assert "yanxiu init" in refused(run, *LISTING)
    run.ok("init")
    assert run.json("projects") == []


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("SMTP_PORT", "abc"),
        ("SMTP_PORT", "70000"),
        ("SMTP_SECURITY", "ssl"),
        ("TODAY", "2025-13-01"),
        ("TODAY", "tomorrow"),
        ("TODAY", "9999-12-31"),
        ("LANGUAGE", "fr"),
        ("MAIL_FROM", "nobody"),
        ("MAIL_FROM", "甲\r\nBcc: x@example.cn <a@example.cn>"),
        ("MAIL_FROM", "甲\x9b <a@example.cn>"),
        ("MAIL_FROM", "甲\u202e <a@example.cn>"),
        ("MAIL_REPLY_TO", "a@example.cn\r\nBcc: x@example.cn"),
        ("MAIL_REPLY_TO", "甲\u2028 <a@example.cn>"),
        ("MAIL_TRIAL_TO", "a@example.cn\n"),
        ("SMTP_HOST", "mail.example.cn\r\nQUIT"),
        ("SMTP_HOST", "mail example.cn"),
        ("SMTP_USERNAME", "a\r\nMAIL FROM:<x@example.cn>"),
        ("IMAP_MAILBOX", "INBOX\r\nx LOGOUT"),
        ("BASE_URL", "yanxiu.example.cn"),
        ("BASE_URL", "https://yanxiu.example.cn/ x"),
        ("BASE_URL", "https://yanxiu.example.cn\r\nBcc: x@example.cn"),
        ("BASE_URL", "https://yanxiu.example.cn\n"),
        ("BASE_URL", 'https://yanxiu.example.cn/"><script>'),
        ("BASE_URL", "https://good.example.cn@bad.example.cn"),
        ("BASE_URL", "https://"),
        ("BASE_URL", "https://yanxiu.example.cn/?a=b"),
    ],
)
def test_a_bad_setting_is_named(run: Command, name: str, value: str) -> None:
    assert name in refused(run, "init", "--json", **{name: value})


@pytest.mark.parametrize(
    "url",
    [
        "https://yanxiu.example.cn/a/",
        "http://127.0.0.1:8000",
        "http://[::1]:8000",
        "http://hrss-01",
    ],
)
def test_an_address_of_the_site_may_be_any_that_a_browser_opens(run: Command, url: str) -> None:
    run.ok("init", BASE_URL=url)


@pytest.mark.parametrize("url", ["nonsense", "oracle://x", "sqlite:////proc/x/y"])
def test_a_bad_database_url(run: Command, url: str) -> None:
    for words in (("init", "--json"), LISTING):
        assert refused(run, *words, DATABASE_URL=url).endswith("。")


@pytest.mark.parametrize(
    "content", [b"smtp_port = [", b"nosuch = 1\n", b"\xff\xfe", b"base_url = 3"]
)
def test_a_broken_settings_file(run: Command, content: bytes) -> None:
    (run.cwd / "yanxiu.toml").write_bytes(content)
    assert "yanxiu.toml" in refused(run, "init", "--json")


def test_broken_files_in_the_data_folder(office: Command) -> None:
    for name, words in (
        ("policies/mine.toml", ("policy", "show", "mine")),
        ("ladders.toml", ("policy", "list")),
    ):
        path = office.data / name
        path.parent.mkdir(exist_ok=True)
        path.write_text("x = 1\n")
        assert path.name in refused(office, *words, "--json")
        path.unlink()


def test_a_terminal_without_chinese(office: Command) -> None:
    environment = office.environment() | {"PYTHONIOENCODING": "ascii", "LANG": "C"}
    for words in (["projects"], ["projects", "--json"], ["--help"], ["show", "99"]):
        done = subprocess.run(
            [sys.executable, "-m", "cli.entry", *words],
            cwd=office.cwd,
            env=environment,
            capture_output=True,
            check=False,
        )
        assert b"Traceback" not in done.stderr
        assert done.returncode == (1 if "99" in words else 0)


def test_a_reader_who_leaves(office: Command) -> None:
    line = f"{sys.executable} -m cli.entry policy show fujian-2025 --json | head -n 1"
    done = subprocess.run(
        ["bash", "-c", line],
        cwd=office.cwd,
        env=office.environment(),
        capture_output=True,
        check=False,
    )
    assert done.stdout == b"{\n"
    assert b"Broken" not in done.stderr


def test_nothing_heavy_is_loaded_before_a_command_is_chosen() -> None:
    heavy = (
        "sqlalchemy",
        "sqlmodel",
        "pydantic",
        "jinja2",
        "apscheduler",
        "openpyxl",
        "aiosmtplib",
    )
    code = f"import sys, cli.main; print([name for name in {heavy} if name in sys.modules])"
    done = subprocess.run(
        [sys.executable, "-c", code], cwd=REPOSITORY, capture_output=True, text=True, check=True
    )
    assert done.stdout.strip() == "[]"
