"""A desk on each database, and SMTP servers that behave as told."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from databases import Empty
from desk import Desk
from servers import Crooked

from config.rulebook import Rulebook
from notifications.mailbox import Mailbox
from workflow.database import Database


@pytest.fixture
def desk(db: Database, book: Rulebook) -> Desk:
    """On SQLite and on PostgreSQL in turn."""
    return Desk(db, book)


@pytest.fixture
def quick_desk(empty_database: Empty, tmp_path: Path, book: Rulebook) -> Iterator[Desk]:
    """On one database alone, where it makes no difference."""
    with empty_database(tmp_path) as database:
        yield Desk(database, book)


@pytest.fixture
def mailbox(tmp_path: Path) -> Iterator[Mailbox]:
    with Mailbox(tmp_path / "mailbox") as running:
        yield running


@pytest.fixture
def crooked() -> Iterator[Crooked]:
    with Crooked() as running:
        yield running
