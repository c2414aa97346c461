"""Who acts and who is written to: people, their roles, and the scope of each role."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import Connection, bindparam, or_, select

from states.facts import Facts
from states.terms import Role
from workflow.statements import Statement
from workflow.tables import Grant, Person

PERSON = Person.__table__  # type: ignore[attr-defined]
GRANT = Grant.__table__  # type: ignore[attr-defined]


@dataclass(frozen=True, slots=True)
class Actor:
    """A person with all their roles. A scope is the name of a unit, empty for the province."""

    login: str
    name: str
    grants: tuple[tuple[Role, str], ...]

    def roles_over(self, facts: Facts) -> tuple[Role, ...]:
        """The roles that this person has over this project; somebody may have several."""
        scope_of = {Role.HOST: facts.host, Role.COORDINATOR: facts.department}
        return tuple(role for role, scope in self.grants if scope == scope_of.get(role, scope))


_FIND = Statement(
    select(PERSON.c.login, PERSON.c.name, GRANT.c.role, GRANT.c.scope)
    .join_from(PERSON, GRANT, PERSON.c.id == GRANT.c.person_id, isouter=True)
    .where(or_(PERSON.c.login == bindparam("login"), PERSON.c.email == bindparam("login")))
    .where(PERSON.c.active)
    .order_by(GRANT.c.id)
)
_HOLDERS = Statement(
    select(PERSON.c.name, PERSON.c.email)
    .join_from(PERSON, GRANT, PERSON.c.id == GRANT.c.person_id)
    .where(GRANT.c.role == bindparam("role"), GRANT.c.scope == bindparam("scope"))
    .where(PERSON.c.active, PERSON.c.email != "")
    .order_by(PERSON.c.id)
)


def find_actor(connection: Connection, login: str) -> Actor | None:
    """The active person of that login or e-mail address; None if there is none or several."""
    rows = _FIND.run(connection, {"login": login})
    if len({row[0] for row in rows}) != 1:
        return None
    grants = tuple((Role(role), scope) for _, _, role, scope in rows if role)
    return Actor(rows[0][0], rows[0][1], grants)


def recipients(connection: Connection, role: Role, facts: Facts) -> list[tuple[str, str]]:
    """Name and address of those who are written to in a role about a project.

    The host is written to at the project's own contact, not at every clerk of the unit.
    """
    if role is Role.HOST:
        if not facts.contact_email:
            return []
        return [(facts.contact_name or facts.host, facts.contact_email)]
    scope = facts.department if role is Role.COORDINATOR else ""
    rows = _HOLDERS.run(connection, {"role": role.value, "scope": scope})
    return [(name, email) for name, email in rows]
