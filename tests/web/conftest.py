"""The application on a SQLite file; a test that needs both databases asks for `db` itself."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from stories import Desk
from visits import House

from config.rulebook import Rulebook
from workflow.database import Database


@pytest.fixture
def house(migrated_file: Path, tmp_path: Path, book: Rulebook) -> Iterator[House]:
    path = tmp_path / "web.db"
    shutil.copy(migrated_file, path)
    database = Database(f"sqlite:///{path}")
    yield House(Desk(database, book), tmp_path)
    database.close()
