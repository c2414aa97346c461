"""A desk on each database, and SMTP servers that behave as told."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from desk import Desk
from servers import Crooked

from config.rulebook import Rulebook
from notifications.mailbox import Mailbox
from workflow.database import Database
from workflow.migrations import upgrade


@pytest.fixture
def desk(db: Database, book: Rulebook) -> Desk:
    """On SQLite and on PostgreSQL in turn."""
    return Desk(db, book)


@pytest.fixture
def quick_desk(tmp_path: Path, book: Rulebook) -> Iterator[Desk]:
    """On SQLite alone, where the database makes no difference."""
    database = Database(f"sqlite:///{tmp_path / 'quick.db'}")
    upgrade(database)
    yield Desk(database, book)
    database.close()


@pytest.fixture
def mailbox(tmp_path: Path) -> Iterator[Mailbox]:
    with Mailbox(tmp_path / "mailbox") as running:
        yield running


@pytest.fixture
def crooked() -> Iterator[Crooked]:
    with Crooked() as running:
        yield running
