"""A desk on each of the two databases."""

from __future__ import annotations

import pytest
from stories import Desk

from config.rulebook import Rulebook
from workflow.database import Database


@pytest.fixture
def desk(db: Database, book: Rulebook) -> Desk:
    return Desk(db, book)
