"""A database that comes up later than the program, and several that begin at once."""

from __future__ import annotations

import socket
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from selectors import EVENT_READ, DefaultSelector
from threading import Event, Thread

import pytest
from command import Command
from databases import postgres_copy
from sqlalchemy import Engine
from sqlalchemy.engine import make_url

SECONDS = 60


def process(run: Command, *words: str, **settings: object) -> subprocess.Popen[str]:
    return subprocess.Popen(
        [sys.executable, "-m", "cli.entry", *words],
        cwd=run.cwd,
        env=run.environment(**settings),
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )


@contextmanager
def forwarded(port: int, to: str) -> Iterator[None]:
    """From now on the server of this URL also listens on that port."""
    url, stop, busy = make_url(to), Event(), []
    where = url.query.get("host") or url.host

    def carry(near: socket.socket) -> None:
        if str(where).startswith("/"):
            far = socket.socket(socket.AF_UNIX)
            far.connect(f"{where}/.s.PGSQL.{url.port or 5432}")
        else:
            far = socket.create_connection((str(where), url.port or 5432))
        with near, far, DefaultSelector() as ready:
            ready.register(near, EVENT_READ, far)
            ready.register(far, EVENT_READ, near)
            while not stop.is_set():
                for key, _ in ready.select(0.1):
                    some = key.fileobj.recv(65536)  # type: ignore[union-attr]
                    if not some:
                        return
                    key.data.sendall(some)

    def accept(listener: socket.socket) -> None:
        listener.settimeout(0.1)
        while not stop.is_set():
            try:
                near, _ = listener.accept()
            except TimeoutError:
                continue
            near.settimeout(None)
            busy.append(Thread(target=carry, args=(near,)))
            busy[-1].start()

    with socket.create_server(("127.0.0.1", port)) as listener:
        accepting = Thread(target=accept, args=(listener,))
        accepting.start()
        try:
            yield
        finally:
            stop.set()
            accepting.join()
            for one in busy:
                one.join()


def free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as found:
        return int(found.getsockname()[1])


def test_init_waits_for_a_server_that_is_late(tmp_path: Path, postgres: Engine) -> None:
    run, port = Command(tmp_path), free_port()
    with postgres_copy(postgres) as url:
        late = make_url(url).set(host="127.0.0.1", port=port, query={})
        late_url = late.render_as_string(hide_password=False)
        starting = process(run, "init", DATABASE_URL=late_url)
        try:
            assert starting.stderr
            lines = iter(starting.stderr.readline, "")
            said = next(line for line in lines if "等待数据库" in line)
            assert "60秒" in said
            with forwarded(port, url):
                assert starting.wait(SECONDS) == 0
                assert run.json("verify", DATABASE_URL=late_url)["ok"] is True
        finally:
            starting.kill()
            starting.communicate()


def test_a_command_that_somebody_types_does_not_wait(run: Command) -> None:
    away = f"postgresql://x@127.0.0.1:{free_port()}/x"
    said = run.fails(1, "projects", DATABASE_URL=away).sentence
    assert said.startswith("数据库暂时连接不上") and "等待" not in said


def test_several_init_at_once_are_one(run: Command) -> None:
    together = [process(run, "init", "--json") for _ in range(4)]
    results = [one.communicate(timeout=SECONDS) for one in together]
    assert [one.returncode for one in together] == [0] * 4, results
    assert run.json("verify")["ok"] is True


def test_a_program_older_than_its_database_says_so(office: Command) -> None:
    office.behind_our_back("UPDATE alembic_version SET version_num = '9999'")
    for words in (("projects",), ("init",), ("worker", "--once"), ("verify",)):
        said = office.fails(1, *words).sentence
        assert "本程序版本过旧" in said and "9999" in said


@pytest.mark.parametrize(
    ("name", "meant"),
    [
        ("SMPT_HOST", "是否应为 YANXIU_SMTP_HOST"),
        ("DATABASE_URI", "是否应为 YANXIU_DATABASE_URL"),
        ("XYZZY", "请核对拼写"),
    ],
)
def test_a_setting_that_is_misspelt_is_named(run: Command, name: str, meant: str) -> None:
    said = run.fails(1, "init", **{name: "x"}).sentence
    assert f"YANXIU_{name}" in said and meant in said


def test_a_key_of_the_file_that_is_misspelt_is_named(run: Command) -> None:
    (run.cwd / "yanxiu.toml").write_text('smpt_host = "x"\n')
    said = run.fails(1, "init").sentence
    assert "SMPT_HOST" in said and "拼写" in said


def test_a_setting_that_is_gone_says_what_is_done_instead(run: Command) -> None:
    said = run.fails(1, "init", SMTP_CONNECTIONS="4").sentence
    assert "YANXIU_SMTP_CONNECTIONS" in said and "同时运行几个 yanxiu worker" in said
    (run.cwd / "yanxiu.toml").write_text("smtp_connections = 4\n")
    said = run.fails(1, "init").sentence
    assert "SMTP_CONNECTIONS" in said and "同时运行几个 yanxiu worker" in said
    said = run.fails(1, "init", LANGUAGE="en").sentence
    assert "run several workers at once" in said


@pytest.mark.parametrize("url", ["mysql://x/y", "mariadb+pymysql://x/y", "duckdb:///x"])
def test_no_other_database_is_taken(run: Command, url: str) -> None:
    for words in (("init",), ("projects",), ("worker", "--once")):
        said = run.fails(1, *words, DATABASE_URL=url).sentence
        assert "只能使用 SQLite 或 PostgreSQL" in said
