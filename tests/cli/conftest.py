"""The command in an empty folder, and in one where the sample year is on the books."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from command import SAMPLE, Command
from databases import ON_POSTGRES, postgres_copy

from notifications.mailbox import Mailbox

DEPARTMENT = "福州市人力资源和社会保障局"  # of project 2
PEOPLE = (
    ("province1", "甲", "province", ""),
    ("province2", "乙", "province", ""),
    ("auditor", "丙", "auditor", ""),
    ("coordinator", "丁", "coordinator", DEPARTMENT),
)


@pytest.fixture
def run(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Command]:
    """Nothing is there yet."""
    with _elsewhere(request) as settings:
        yield Command(tmp_path, settings)


@contextmanager
def _elsewhere(request: pytest.FixtureRequest, template: str = "") -> Iterator[dict[str, str]]:
    """The setting of a database of its own, where that is no file in the data folder."""
    if not ON_POSTGRES:
        yield {}
        return
    with postgres_copy(request.getfixturevalue("postgres"), template) as url:
        yield {"DATABASE_URL": url}


@pytest.fixture(scope="session")
def sample(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Command]:
    """A data folder with the sample plan as known on 2025-01-01, and people."""
    with _elsewhere(request) as settings:
        run = Command(tmp_path_factory.mktemp("sample"), settings | {"TODAY": "2025-01-01"})
        run.ok("init")
        run.ok("import", SAMPLE, "--policy", "fujian-2025")
        for login, name, role, scope in PEOPLE:
            run.ok("user", "add", login, "--name", name, "--role", role, "--scope", scope)
        yield run


@pytest.fixture(scope="session")
def sample_year(sample: Command) -> Path:
    """Its data folder, to be copied."""
    return sample.data


@pytest.fixture
def office(request: pytest.FixtureRequest, sample: Command, tmp_path: Path) -> Iterator[Command]:
    """The command on a copy of the sample year."""
    template = str(sample.url.database) if ON_POSTGRES else ""
    with _elsewhere(request, template) as settings:
        command = Command(tmp_path, settings)
        shutil.copytree(sample.data, command.data)
        yield command


@pytest.fixture
def mailbox(office: Command) -> Iterator[Mailbox]:
    """A real mailbox that the office's worker sends to."""
    with Mailbox(office.data / "mailbox") as box:
        office.settings["SMTP_PORT"] = str(box.port)
        yield box
