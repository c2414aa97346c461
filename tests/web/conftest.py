"""The application on one database; a test that needs both asks for `db` itself."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from databases import Empty
from stories import Desk
from visits import House

from config.rulebook import Rulebook


@pytest.fixture
def house(empty_database: Empty, tmp_path: Path, book: Rulebook) -> Iterator[House]:
    with empty_database(tmp_path) as database:
        yield House(Desk(database, book), tmp_path)
