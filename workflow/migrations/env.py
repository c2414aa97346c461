"""How Alembic runs here: on the caller's connection, or on a fresh database for autogenerate."""

from alembic import context
from sqlalchemy import Connection

from workflow.database import Database
from workflow.tables import metadata


def run(connection: Connection) -> None:
    context.configure(
        connection=connection,
        target_metadata=metadata,
        render_as_batch=True,
        compare_type=True,
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
