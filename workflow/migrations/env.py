"""How Alembic runs here: on the caller's connection, or on a fresh database for autogenerate."""

from typing import Any, Literal

from alembic import context
from sqlalchemy import Connection
from sqlalchemy.types import TypeDecorator

from workflow.database import Database
from workflow.schema import metadata


def plain(kind: str, item: Any, _: Any) -> str | Literal[False]:
    """Write SQLModel's own types as the plain ones that they stand for."""
    if kind == "type" and isinstance(item, TypeDecorator):
        return f"sa.{item.impl!r}"
    return False


def run(connection: Connection) -> None:
    context.configure(
        connection=connection,
        target_metadata=metadata,
        render_as_batch=True,
        compare_type=True,
        render_item=plain,
        compare_server_default=True,
    )
    with context.begin_transaction():
        context.run_migrations()


given = context.config.attributes.get("connection")
if given is not None:
    run(given)
else:
    url = context.config.get_main_option("sqlalchemy.url") or "sqlite://"
    with Database(url).engine.begin() as connection:
        run(connection)
