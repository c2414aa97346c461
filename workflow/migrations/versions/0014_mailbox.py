"""mailbox: addresses that differ in case alone are one, and whom a disabled person leaves is found

Revision: 0014
Follows: 0013
"""

from typing import Any

import sqlalchemy as sa
from alembic import op

revision = "0014"
down_revision = "0013"
branch_labels = None
depends_on = None

PERSON = sa.table("person", *map(sa.column, ("id", "login", "email", "active")))
GRANT = sa.table("role_grant", *map(sa.column, ("id", "person_id", "role", "scope")))
DISABLED = "NOT active AND email <> ''"


def upgrade() -> None:
    connection = op.get_bind()
    op.execute("UPDATE person SET email = lower(email) WHERE email <> lower(email)")
    op.execute(
        "UPDATE project SET contact_email = lower(contact_email)"
        " WHERE contact_email <> lower(contact_email)"
    )
    query = sa.select(PERSON).where(PERSON.c.login.contains("@")).order_by(PERSON.c.id)
    known: dict[str, Any] = {}
    for row in connection.execute(query).all():
        same = known.setdefault(row.login.lower(), row)
        if same is not row:
            _join(connection, row.id, same.id)
    op.create_index(op.f("ix_project_contact_email"), "project", ["contact_email"])
    where = sa.text(DISABLED)
    op.create_index(
        op.f("ix_person_disabled"), "person", ["email"], sqlite_where=where, postgresql_where=where
    )


def _join(connection: sa.Connection, spare: int, kept: int) -> None:
    """A clerk who was made twice, by one address in two cases: the first has it all."""
    held = sa.select(GRANT.c.role, GRANT.c.scope)
    has = set(map(tuple, connection.execute(held.where(GRANT.c.person_id == kept))))
    for role, scope in connection.execute(held.where(GRANT.c.person_id == spare)).all():
        if (role, scope) not in has:
            values = {"person_id": kept, "role": role, "scope": scope}
            connection.execute(sa.insert(GRANT).values(values))
    connection.execute(sa.delete(GRANT).where(GRANT.c.person_id == spare))
    gone = {"active": False, "email": ""}
    connection.execute(sa.update(PERSON).where(PERSON.c.id == spare).values(gone))
