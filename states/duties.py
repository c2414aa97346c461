"""Duties that must lie in different hands: which roles one login may hold together, and whose
word moves money."""

from __future__ import annotations

from collections.abc import Iterable

from states.lifecycle import LIFECYCLE
from states.terms import Action, Role, Text

# Who decides on money, two of them each time.
DECIDERS = frozenset(r for step in LIFECYCLE if step.action is Action.SUBSIDISE for r in step.by)


def incompatible(held: Iterable[Role]) -> Text | None:
    """Why one login cannot hold all of these roles; None if it can."""
    roles = frozenset(held)
    if Role.ADMIN in roles and roles & DECIDERS:
        return ADMIN_AND_PROVINCE
    if Role.AUDITOR in roles and len(roles) > 1:
        return AUDITOR_AND_OTHER
    return None


ADMIN_AND_PROVINCE = Text(
    "同一登录名不能既是系统管理员又是省厅人员：能重置他人密码的人不得审定补助。"
    "请为其中一个角色另设登录名。",
    "One login cannot be administrator and province: whoever can reset passwords must not decide "
    "on money. Give one of the roles to another login.",
)
AUDITOR_AND_OTHER = Text(
    "同一登录名不能既是审计人员又有其他角色：审计人员只查看，不办理。请为审计另设登录名。",
    "One login cannot be auditor and anything else: auditors read and change nothing. Give the "
    "auditor another login.",
)
