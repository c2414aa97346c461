"""Who looks after whose account.

An administrator looks after everybody, the province after hosts and coordinators: whoever could
reset a colleague's password could be both of the two who decide. A coordinator looks after the
clerks of their own units: people who hold nothing but the host's role, and only over units whose
projects are all in the coordinator's departments.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from sqlalchemy import ColumnElement, Connection, and_, select, true

from states.terms import Role, Text
from workflow.accounts.sessions import Visitor
from workflow.people import Actor, Hand
from workflow.tables import GRANT, PERSON, PROJECT

OVER: dict[Role, frozenset[Role]] = {  # whose accounts, wherever they work
    Role.ADMIN: frozenset(Role),
    Role.PROVINCE: frozenset({Role.HOST, Role.COORDINATOR}),
}
WATCHING = frozenset({*OVER, Role.AUDITOR})  # see everybody


class NotTheirs(Exception):
    """This account is not theirs to look after; `text` says so."""

    def __init__(self, text: Text | None = None) -> None:
        self.text = text or NOT_YOURS
        super().__init__(self.text.en)


@dataclass(frozen=True, slots=True)
class Carer:
    """Somebody who looks after accounts: `over` holders of these roles, wherever they work; else
    `units`, a coordinator's own, by name."""

    person_id: int
    login: str
    over: frozenset[Role]
    sees_everybody: bool
    units: frozenset[str] = frozenset()

    def cares_for(self, grants: Iterable[tuple[Role, str]]) -> bool:
        """Whether somebody with these roles is theirs. Nobody without a role is a unit's clerk."""
        held = list(grants)
        if self.over:
            return all(role in self.over for role, _ in held)
        own = all(role is Role.HOST and scope in self.units for role, scope in held)
        return bool(held) and own

    def sees(self, grants: Iterable[tuple[Role, str]]) -> bool:
        return self.sees_everybody or self.cares_for(grants)

    def sees_unit(self, name: str) -> bool:
        return self.sees_everybody or name in self.units

    def must_care_for(self, person: int, grants: Iterable[tuple[Role, str]]) -> None:
        """NotTheirs unless they do, and for oneself: nobody makes himself more or shuts himself
        out."""
        if person == self.person_id:
            raise NotTheirs(ONESELF)
        if not self.cares_for(grants):
            raise NotTheirs(ADMINS if self.over else None)

    def must_be_able_to_give(self, role: Role, scope: str) -> None:
        if not self.cares_for([(role, scope)]):
            raise NotTheirs(ADMINS if self.over else NOT_TO_GIVE)


def carer_of(connection: Connection, visitor: Visitor) -> Carer:
    return carer(connection, visitor.person_id, visitor.actor)


def carer(connection: Connection, person_id: int, actor: Actor) -> Carer:
    departments = actor.units(Role.COORDINATOR)
    units = own_units(connection, departments) if departments else frozenset()
    over = frozenset(role for own in actor.roles for role in OVER.get(own, ()))
    sees = bool(actor.roles & WATCHING)
    own = frozenset() if over else units
    return Carer(person_id, Hand(actor.login, actor.let_in_by), over, sees, own)


def own_units(connection: Connection, departments: list[str]) -> frozenset[str]:
    """The units all of whose projects are in these departments."""
    inside = PROJECT.c.department.in_(departments)
    elsewhere = select(PROJECT.c.host).where(~inside)
    query = select(PROJECT.c.host).where(inside, PROJECT.c.host.not_in(elsewhere)).distinct()
    return frozenset(connection.execute(query).scalars())


def seen_by(who: Carer) -> ColumnElement[bool]:
    """The people whom somebody sees, as a condition for queries."""
    if who.sees_everybody:
        return true()
    held = select(GRANT.c.id).where(GRANT.c.person_id == PERSON.c.id)
    own = and_(GRANT.c.role == Role.HOST.value, GRANT.c.scope.in_(sorted(who.units)))
    return and_(held.where(own).exists(), ~held.where(~own).exists())


NOT_YOURS = Text(
    "该账号不在您的管理范围内。主管（推荐）单位联系人只能管理本部门所联系单位的经办人账号；"
    "其他账号请与省厅或系统管理员联系。",
    "This account is not yours to look after. Coordinators look after the clerks of their own "
    "units only; ask the province or an administrator.",
)
ADMINS = Text(
    "省厅、审计人员和系统管理员的账号由系统管理员管理。",
    "Accounts of the province, auditors and administrators are looked after by administrators.",
)
ONESELF = Text(
    "不能在这里变更自己的角色、密码或账号状态；密码请在“我的设置”中修改。",
    "You cannot change your own roles, password or account here; the password is under My settings.",
)
NOT_TO_GIVE = Text(
    "您只能为所联系的单位开设承办单位账号，不能授予其他角色或单位。",
    "You may add host accounts for your own units only, no other role or unit.",
)
