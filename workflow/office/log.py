"""The log of what people change outside of projects: accounts, wordings, calendar, mail."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, insert, or_, select, text, tuple_

from states.terms import Text
from workflow.office_tables import OFFICE_EVENT
from workflow.people import let_in
from workflow.tables import EVENT, LARGEST_ID, PROJECT

LONGEST = 2000  # characters of a detail
PAGE = 50


def note(
    connection: Connection, person: str, what: str, *, about: str, at: datetime, detail: str = ""
) -> None:
    """Add a line. `person`: the login of who did it; `what`: a key of WHAT; `about`: the login,
    unit, file or number that was changed; `detail`: what changed, never a secret."""
    signed = {"person": str(person), "let_in_by": let_in(person)}
    values = {"at": at, **signed, "what": what, "object": about, "detail": detail[:LONGEST]}
    connection.execute(insert(OFFICE_EVENT).values(values))


@dataclass(frozen=True, slots=True)
class Search:
    """What is looked for among the lines: who did it, what was done, a word in the rest."""

    person: str = ""
    what: str = ""
    word: str = ""


def lines(
    connection: Connection, search: Search, before: int | None = None, limit: int = PAGE
) -> tuple[list[dict[str, Any]], int | None]:
    """A page of lines, the latest first, and the key of the next page."""
    query = select(OFFICE_EVENT).order_by(OFFICE_EVENT.c.id.desc()).limit(limit + 1)
    if search.person:
        query = query.where(OFFICE_EVENT.c.person == search.person)
    if search.what:
        query = query.where(OFFICE_EVENT.c.what == search.what)
    if search.word:
        inside = (OFFICE_EVENT.c.object, OFFICE_EVENT.c.detail)
        query = query.where(or_(*(c.contains(search.word, autoescape=True) for c in inside)))
    if before is not None:
        query = query.where(OFFICE_EVENT.c.id < before)
    rows = [dict(row._mapping) for row in connection.execute(query)]
    shown = [row | {"label": label(row["what"])} for row in rows[:limit]]
    return shown, shown[-1]["id"] if len(rows) > limit else None


Key = tuple[datetime, int, int]  # of an event: when it was recorded, project, number in it


def written_key(key: Key | None) -> str:
    """A key for an address, to be read by `read_key`; empty for none."""
    return f"{key[0].isoformat()}~{key[1]}~{key[2]}" if key else ""


def read_key(text: str) -> Key | None:
    """A key as `written_key` put it; None for anything else."""
    try:
        at, project, seq = text.split("~")
        found = datetime.fromisoformat(at), int(project), int(seq)
    except ValueError:
        return None
    known = found[0].tzinfo is not None and 1990 <= found[0].year < 2200
    fits = 0 < found[1] <= LARGEST_ID and 0 <= found[2] <= LARGEST_ID
    return found if known and fits else None


def deeds_of(
    connection: Connection, person: str, before: Key | None = None, limit: int = PAGE
) -> tuple[list[dict[str, Any]], Key | None]:
    """What somebody did in projects, the latest first, and the key of the next page."""
    key = (EVENT.c.recorded_at, EVENT.c.project_id, EVENT.c.seq)
    query = (
        select(EVENT, PROJECT.c.name, PROJECT.c.host)
        .join_from(EVENT, PROJECT, EVENT.c.project_id == PROJECT.c.id)
        .where(EVENT.c.person == person)
        .order_by(*(column.desc() for column in key))
        .limit(limit + 1)
    )
    if person:
        query = query.where(text("event.person <> ''"))  # so the index is seen to cover it
    if before is not None:
        query = query.where(tuple_(*key) < tuple_(*before))
    rows = [dict(row._mapping) for row in connection.execute(query)]
    shown = rows[:limit]
    last = shown[-1] if len(rows) > limit else None
    return shown, (last["recorded_at"], last["project_id"], last["seq"]) if last else None


def label(what: str) -> Text:
    """What was done, in words; what an unknown version wrote as it stands."""
    return WHAT.get(what) or Text(what, what)


WHAT: dict[str, Text] = {
    "person_added": Text("新增人员", "person added"),
    "person_changed": Text("修改人员资料", "person's details changed"),
    "people_imported": Text("批量导入人员", "people imported"),
    "address_changed": Text("变更邮箱", "address changed"),
    "role_given": Text("授予角色", "role given"),
    "role_taken": Text("收回角色", "role taken away"),
    "person_disabled": Text("停用账号", "account disabled"),
    "person_enabled": Text("启用账号", "account enabled"),
    "link_made": Text("生成登录链接", "sign-in link made"),
    "link_mailed": Text("发送登录邮件", "sign-in mail sent"),
    "token_made": Text("代为生成访问令牌", "token made for another"),
    "password_reset": Text("重置密码", "password reset"),
    "unlocked": Text("解除锁定", "unlocked"),
    "sessions_ended": Text("强制退出登录", "sessions ended"),
    "profile_saved": Text("修改单位资料", "unit's profile changed"),
    "policy_saved": Text("保存政策文件", "policy saved"),
    "calendar_saved": Text("修改放假安排", "holiday calendar changed"),
    "wording_saved": Text("修改邮件措辞", "wording changed"),
    "wording_reset": Text("恢复原有措辞", "wording reset"),
    "wording_tested": Text("发送测试邮件", "test mail sent"),
    "clock_accepted": Text("确认系统时间", "clock accepted"),
    "mail_resumed": Text("恢复发信", "halted mail let go on"),
    "mail_held": Text("扣下邮件", "mail held"),
    "mail_released": Text("放行邮件", "mail released"),
    "mail_resent": Text("重发邮件", "mail sent again"),
    "mail_by_hand": Text("登记人工送达", "mail delivered by hand"),
    "address_cleared": Text("取消退信标记", "mark on an address taken away"),
}
