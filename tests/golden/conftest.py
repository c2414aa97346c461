"""Golden files: what programs and readers get, word for word, so that every change shows in a diff.

`golden(name, text)` holds a text against the file of that name in this folder. A change that is
meant is accepted by `pytest tests/golden --golden`, which writes the files anew: read their diff.
"""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from databases import Empty
from golden import Golden
from scene import Scene
from stories import Desk
from visits import House

from config.rulebook import Rulebook


@pytest.fixture
def golden(request: pytest.FixtureRequest) -> Golden:
    return Golden(accepts=request.config.getoption("--golden"))


@pytest.fixture(scope="session")
def scene(
    empty_database: Empty, tmp_path_factory: pytest.TempPathFactory, book: Rulebook
) -> Iterator[Scene]:
    """To be looked at, not changed."""
    folder = tmp_path_factory.mktemp("scene") / "data"
    folder.mkdir()
    with empty_database(folder) as database:
        yield Scene(House(Desk(database, book), folder), folder)
