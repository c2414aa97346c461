"""`kill -9` of a running backup and of a running restore, at many moments: what is left is no file
or a whole one, a folder as it was or one that asks for the restore again."""

from __future__ import annotations

import secrets
import subprocess
import sys
from collections.abc import Iterator
from hashlib import sha256
from pathlib import Path
from time import monotonic

import pytest
from command import Command

from workflow.backup.archive import Archive

pytestmark = [pytest.mark.slow, pytest.mark.sqlite_file]
MOMENTS = 12
# All that is loaded at the start is loaded before the clock runs.
READY = (
    "import sys, cli.main, cli.verbs_backup, workflow.backup.taking, workflow.backup.restoring\n"
    "from cli.entry import main\n"
    "print('ready', flush=True); sys.stdin.readline(); main()"
)


def begun(run: Command, *words: str) -> subprocess.Popen[str]:
    """The command, about to do its work."""
    process = subprocess.Popen(
        [sys.executable, "-c", READY, *words],
        cwd=run.cwd,
        env=run.environment(),
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
    )
    assert process.stdout and process.stdout.readline() == "ready\n"
    return process


def go(process: subprocess.Popen[str]) -> None:
    assert process.stdin
    process.stdin.write("\n")
    process.stdin.flush()


def moments(run: Command, *words: str) -> Iterator[float]:
    """Seconds into the work, from its beginning to its end as it was measured once."""
    process = begun(run, *words)
    start = monotonic()
    go(process)
    process.communicate(timeout=120)
    took = monotonic() - start
    assert process.returncode == 0
    yield from (took * n / MOMENTS for n in range(MOMENTS))


def killed(run: Command, after: float, *words: str) -> bool:
    """Run it, and kill it after so many seconds; False if it had ended by then."""
    process = begun(run, *words)
    go(process)
    try:
        process.wait(timeout=after)
    except subprocess.TimeoutExpired:
        process.kill()
    process.communicate()
    return process.returncode != 0


@pytest.fixture
def laden(office: Command) -> Command:
    """An office with papers to carry."""
    for _ in range(60):
        content = secrets.token_bytes(300_000)
        name = sha256(content).hexdigest()
        paper = office.data / "papers" / name[:2] / name
        paper.parent.mkdir(parents=True, exist_ok=True)
        paper.write_bytes(content)
    return office


def is_whole(path: Path) -> bool:
    archive = Archive(path)
    try:
        return all(list(archive.content(name)) is not None for name in archive.manifest.files)
    finally:
        archive.close()


def test_a_backup_that_is_killed_is_no_file_or_a_whole_one(laden: Command) -> None:
    file, keys = laden.cwd / "b.zip", laden.cwd / "b.zip.keys"
    cut = 0
    for after in moments(laden, "backup", "b.zip"):
        for path in (file, keys):
            path.unlink(missing_ok=True)
        cut += killed(laden, after, "backup", "b.zip")
        if file.exists():
            assert is_whole(file) and keys.exists()
        else:  # keys that it had written already are in nobody's way
            laden.ok("backup", "b.zip")
    assert cut > 3
    assert laden.json("verify")["ok"] is True


def test_a_restore_that_is_killed_is_as_before_or_asks_for_it_again(laden: Command) -> None:
    laden.ok("backup", "b.zip")
    cut = 0
    for after in moments(laden, "restore", "b.zip", "--replace"):
        cut += killed(laden, after, "restore", "b.zip", "--replace")
        looked = laden("projects", "--json")
        if looked.code != 0:  # a folder that says what it is
            assert "yanxiu restore" in looked.sentence
            laden.ok("restore", "b.zip", "--replace")
        assert len(laden.json("projects")) == 85
        assert laden.json("verify")["ok"] is True
    assert cut > 3
    laden.ok("restore", "b.zip", "--replace")
    assert list(laden.data.glob(".restoring-*")) == []  # of those that were killed
    assert len(list((laden.data / "papers").glob("*/*"))) == 60
