"""Real databases for the tests: a SQLite file, and a PostgreSQL server that pip installed."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from databases import (
    KINDS,
    ON_POSTGRES,
    Empty,
    postgres_copy,
    postgres_server,
    postgres_url,
    sqlite_copy,
)
from hypothesis import HealthCheck, settings
from sqlalchemy import Engine, create_engine, text
from sqlalchemy.engine import make_url

from config.rulebook import Rulebook, rulebook
from workflow.database import Database
from workflow.migrations import upgrade

# How fast a loaded machine draws examples says nothing about the code.
settings.register_profile(
    "any machine", deadline=None, suppress_health_check=[HealthCheck.too_slow]
)
settings.load_profile("any machine")


def pytest_addoption(parser: pytest.Parser) -> None:
    """Here, where it is known wherever the tests are started from; tests/golden/conftest.py asks."""
    parser.addoption("--golden", action="store_true", help="write the golden files anew")


@pytest.fixture(autouse=True)
def own_data_dir(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """No test keeps a journal, keys or papers where it happens to stand."""
    monkeypatch.setenv("YANXIU_DATA_DIR", str(tmp_path / "of-this-test"))


@pytest.fixture(scope="session")
def migrated_file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An empty SQLite database at the newest revision, to be copied."""
    path = tmp_path_factory.mktemp("migrated") / "yanxiu.db"
    database = Database(f"sqlite:///{path}")
    upgrade(database)
    database.close()
    return path


@pytest.fixture(scope="session")
def postgres() -> Iterator[Engine]:
    """A PostgreSQL server of this test process, with `migrated` as a template; gone at the end.

    Its folder is not pytest's: as root the server runs as another user, whom pytest locks out.
    No test pulls the plug on it, so it need not wait for the disk.
    """
    with (
        tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as folder,
        postgres_server(Path(folder)) as server,
    ):
        url = make_url(server).set(drivername="postgresql+psycopg")
        admin = create_engine(url, isolation_level="AUTOCOMMIT")
        with admin.connect() as connection:
            connection.execute(text("ALTER SYSTEM SET fsync = off"))
            connection.execute(text("SELECT pg_reload_conf()"))
            connection.execute(text("CREATE DATABASE migrated"))
        template = Database(postgres_url(admin, "migrated"))
        upgrade(template)
        template.close()
        yield admin
        admin.dispose()


@pytest.fixture(params=KINDS)
def db(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Database]:
    """An empty, migrated database; each test that asks for it runs on both kinds."""
    if request.param == "postgresql":
        yield request.getfixturevalue("postgres_db")
        return
    with sqlite_copy(request.getfixturevalue("migrated_file"), tmp_path) as database:
        yield database


@pytest.fixture
def postgres_db(postgres: Engine) -> Iterator[Database]:
    """An empty, migrated database on PostgreSQL: where several write beside each other."""
    with postgres_copy(postgres, "migrated") as url:
        database = Database(url)
        yield database
        database.close()


@pytest.fixture(scope="session")
def empty_database(request: pytest.FixtureRequest) -> Empty:
    """Makes empty, migrated databases for tests to which the kind makes no difference."""
    if not ON_POSTGRES:
        migrated: Path = request.getfixturevalue("migrated_file")
        return lambda folder: sqlite_copy(migrated, folder)
    admin: Engine = request.getfixturevalue("postgres")

    @contextmanager
    def on_postgres(_: Path) -> Iterator[Database]:
        with postgres_copy(admin, "migrated") as url:
            database = Database(url)
            yield database
            database.close()

    return on_postgres


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    if ON_POSTGRES:
        elsewhere = pytest.mark.skip(reason="it is about a SQLite file")
        for item in items:
            if item.get_closest_marker("sqlite_file"):
                item.add_marker(elsewhere)
    twice = [item for item in items if item.get_closest_marker("one_database") and _second(item)]
    config.hook.pytest_deselected(items=twice)
    items[:] = [item for item in items if item not in set(twice)]


def _second(item: pytest.Item) -> bool:
    called = getattr(item, "callspec", None)
    return called is not None and called.params.get("db", KINDS[0]) != KINDS[0]


@pytest.fixture(scope="session")
def book() -> Rulebook:
    return rulebook()
