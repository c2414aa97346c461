"""The command in an empty folder, and in one where the sample year is on the books."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from command import SAMPLE, Command

from notifications.mailbox import Mailbox

DEPARTMENT = "福州市人力资源和社会保障局"  # of project 2
PEOPLE = (
    ("province1", "甲", "province", ""),
    ("province2", "乙", "province", ""),
    ("auditor", "丙", "auditor", ""),
    ("coordinator", "丁", "coordinator", DEPARTMENT),
)


@pytest.fixture
def run(tmp_path: Path) -> Command:
    """Nothing is there yet."""
    return Command(tmp_path)


@pytest.fixture(scope="session")
def sample_year(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A data folder with the sample plan as known on 2025-01-01, and people."""
    run = Command(tmp_path_factory.mktemp("sample"), {"TODAY": "2025-01-01"})
    run.ok("init")
    run.ok("import", SAMPLE, "--policy", "fujian-2025")
    for login, name, role, scope in PEOPLE:
        run.ok("user", "add", login, "--name", name, "--role", role, "--scope", scope)
    return run.data


@pytest.fixture
def office(sample_year: Path, tmp_path: Path) -> Command:
    """The command on a copy of the sample year."""
    command = Command(tmp_path)
    shutil.copytree(sample_year, command.data)
    return command


@pytest.fixture
def mailbox(office: Command) -> Iterator[Mailbox]:
    """A real mailbox that the office's worker sends to."""
    with Mailbox(office.data / "mailbox") as box:
        office.settings["SMTP_PORT"] = str(box.port)
        yield box
