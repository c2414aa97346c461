"""Which rooms there are, and which roles enter which: for the menu, the pages and the API."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache

from states.terms import OFFICE, OFFICIALS, STAFF, Role, Text

EVERYBODY = frozenset(Role)
WATCHERS = STAFF | {Role.AUDITOR}
CARERS = STAFF | {Role.ADMIN}  # look after accounts and mail
OFFICE_WATCHERS = OFFICE | {Role.AUDITOR}
HOSTS = frozenset({Role.HOST})


@dataclass(frozen=True, slots=True)
class Door:
    """An entry of the menu."""

    path: str
    label: Text
    icon: str
    roles: frozenset[Role]


DOORS = (
    Door("/", Text("工作台", "Workplace"), "home", EVERYBODY),
    Door("/projects", Text("项目", "Projects"), "list", EVERYBODY),
    Door("/calls", Text("催办", "Calls"), "phone", STAFF),
    Door("/batches", Text("批量办理", "Batches"), "stack", WATCHERS),
    Door("/pictures", Text("统计图表", "Charts"), "chart", WATCHERS),
    Door("/mail", Text("邮件", "Mail"), "mail", OFFICIALS),
    Door("/admin", Text("管理", "Administration"), "gear", OFFICIALS),
    Door("/me", Text("我的设置", "My settings"), "person", EVERYBODY),
)


@cache
def menu(roles: frozenset[Role]) -> tuple[Door, ...]:
    """The doors that somebody with these roles may open."""
    return tuple(door for door in DOORS if roles & door.roles)
