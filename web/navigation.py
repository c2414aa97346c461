"""The menu: which rooms there are, and who sees the door."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache

from states.terms import Role, Text

EVERYBODY = frozenset(Role)
STAFF = frozenset({Role.COORDINATOR, Role.PROVINCE})
WATCHERS = STAFF | {Role.AUDITOR}


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
    Door("/mail", Text("邮件", "Mail"), "mail", WATCHERS | {Role.ADMIN}),
    Door("/admin", Text("管理", "Administration"), "gear", STAFF | {Role.ADMIN, Role.AUDITOR}),
    Door("/me", Text("我的设置", "My settings"), "person", EVERYBODY),
)


@cache
def menu(roles: frozenset[Role]) -> tuple[Door, ...]:
    """The doors that somebody with these roles may open."""
    return tuple(door for door in DOORS if roles & door.roles)
