"""Mail that is halted as a whole: the database is older than what was sent, or was restored.

One row in `setting`, seen by every process. Only links that sign in still go out, for somebody has
to get in. A person who has looked lets the rest go.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection

from states.terms import Text
from workflow import kept
from workflow.office.log import note

KEY = "mail.halt"
OLDER, RESTORED = "older", "restored"


@dataclass(frozen=True, slots=True)
class Halt:
    """Since when, and why: a key of WHY."""

    since: datetime
    why: str

    @property
    def text(self) -> Text:
        return WHY[self.why]


def halted(connection: Connection) -> Halt | None:
    """What keeps all mail from going out; None if nothing does."""
    found = kept.get(connection, KEY)
    if found is None:
        return None
    row = json.loads(found)
    return Halt(datetime.fromisoformat(row["since"]), row["why"])


def halt(connection: Connection, why: str, *, at: datetime) -> None:
    """Send nothing more until a person says so; what halts it already stays."""
    if halted(connection) is None:
        kept.put(connection, KEY, json.dumps({"since": at.isoformat(), "why": why}))


def resume(connection: Connection, *, by: str, at: datetime) -> bool:
    """A person has looked: mail goes on. False: nothing was halted. `by`: a login, empty for the
    local operator."""
    found = halted(connection)
    if found is None:
        return False
    kept.drop(connection, KEY)
    note(connection, by, "mail_resumed", about=found.why, at=at)
    return True


WHY = {
    OLDER: Text(
        "数据库比本机的发信记录旧（可能恢复过旧备份），为免重复发信，除登录邮件外已暂停发信；"
        "请先核对并补录恢复点之后的办理，再恢复发信，记录中已发出的不会重发",
        "The database is older than the record of what was sent (an old backup may have been "
        "restored), so all mail but sign-in links is halted; check and enter again what was done "
        "since, then let mail go on: what the record shows as sent is not sent again",
    ),
    RESTORED: Text(
        "数据库是从备份恢复的，除登录邮件外已暂停发信；请先核对并补录恢复点之后的办理，再恢复发信",
        "The database was restored from a backup, so all mail but sign-in links is halted; check "
        "and enter again what was done since, then let mail go on",
    ),
}
HALTED = Text(
    "发信已暂停：{why}。恢复发信：yanxiu mail resume",
    "Mail is halted: {why}. To let it go on: yanxiu mail resume",
)
RESUMED = Text("已恢复发信。", "Mail goes on.")
NOT_HALTED = Text("发信没有暂停。", "Mail is not halted.")
