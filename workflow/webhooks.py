"""Webhooks: addresses that are told of events. What is to be told is queued with the event itself.

Each row of `webhook_call` is one event for one address; notifications/hooks delivers them, in
order per project.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import datetime
from typing import Any
from urllib.parse import urlsplit

from sqlalchemy import (
    ColumnElement,
    Connection,
    and_,
    bindparam,
    delete,
    exists,
    func,
    insert,
    literal,
    or_,
    select,
)

from states.facts import Json
from states.terms import Role, Text
from workflow.accounts.secrets import new_secret
from workflow.office_tables import CALL, HOOK, CallStatus
from workflow.scopes import EVERYTHING
from workflow.statements import Statement
from workflow.tables import EVENT, GRANT, PERSON

MOST = 10  # of one person
LONGEST_URL, SHORTEST_SECRET, LONGEST_SECRET = 500, 16, 128
FIT = re.compile("[!-~]+")  # of a secret: what can be typed, and stands in a setting


class WebhookProblem(Exception):
    """A webhook that cannot be registered; `text` says why, `field` names what."""

    def __init__(self, field: str, text: Text) -> None:
        self.field, self.text = field, text
        super().__init__(text.en)


ANY_WEBHOOK = exists().where(HOOK.c.active)


def _scopes() -> ColumnElement[bool]:
    """Whose projects: `host` and `department` as they stand after the event, or did before it.

    Without IN, whose values are filled in only when a statement runs.
    """

    def named(role: Role, unit: str) -> ColumnElement[bool]:
        one_of = [GRANT.c.scope == bindparam(f"{unit}_{end}") for end in ("before", "after")]
        return and_(GRANT.c.role == role.value, GRANT.c.scope != "", or_(*one_of))

    everything = [GRANT.c.role == role.value for role in sorted(EVERYTHING)]
    return or_(*everything, named(Role.HOST, "host"), named(Role.COORDINATOR, "department"))


_QUEUE = Statement(
    insert(CALL).from_select(
        ["webhook_id", "project_id", "seq", "status", "attempts", "due_at", "last_reply"],
        select(
            HOOK.c.id,
            bindparam("project_id", type_=CALL.c.project_id.type),
            bindparam("seq", type_=CALL.c.seq.type),
            literal(CallStatus.PENDING.value),
            literal(0),
            bindparam("at", type_=CALL.c.due_at.type),
            literal(""),
        )
        .join_from(HOOK, PERSON, HOOK.c.person_id == PERSON.c.id)
        .where(HOOK.c.active, PERSON.c.active)
        .where(exists().where(GRANT.c.person_id == HOOK.c.person_id, _scopes())),
    )
)


def queue_calls(
    connection: Connection,
    event: Mapping[str, Any],
    *,
    before: Mapping[str, Any],
    after: Mapping[str, Any],
    internal: bool,
) -> None:
    """Queue one event for the webhooks of all who see the project, before or after it. `internal`:
    not for hosts (states/discretion.py)."""
    values = _values(event["project_id"], event["seq"], before, after, event["recorded_at"])
    _QUEUE.run(connection, values | (NO_HOST if internal else {}))


NO_HOST = {"host_before": "", "host_after": ""}  # nobody's scope


def queue_admitted(connection: Connection, projects: Mapping[int, Json], *, at: datetime) -> None:
    """Queue the first events of projects that came onto the books: id -> facts."""
    if not connection.execute(select(ANY_WEBHOOK)).scalar_one():
        return
    rows = [_values(number, 1, stored, stored, at) for number, stored in projects.items()]
    _QUEUE.many(connection, rows)


def _values(
    project_id: int, seq: int, before: Mapping[str, Any], after: Mapping[str, Any], at: datetime
) -> dict[str, Any]:
    named = {"project_id": project_id, "seq": seq, "at": at}
    for end, stored in (("before", before), ("after", after)):
        named[f"host_{end}"] = stored["host"]
        named[f"department_{end}"] = stored.get("department", "")
    return named


def register(
    connection: Connection, person: int, url: str, secret: str = "", *, at: datetime
) -> tuple[int, str]:
    """A new webhook of a person: its id, and the secret that signs (made here unless given).

    WebhookProblem for an address that is none. Whether it may be called is seen when it is.
    """
    url = url.strip()
    checked(url)
    if secret and not (SHORTEST_SECRET <= len(secret) <= LONGEST_SECRET and FIT.fullmatch(secret)):
        said = BAD_SECRET.format(least=SHORTEST_SECRET, most=LONGEST_SECRET)
        raise WebhookProblem("secret", said)
    connection.execute(select(PERSON.c.id).where(PERSON.c.id == person).with_for_update())
    known = connection.execute(select(HOOK.c.url).where(HOOK.c.person_id == person)).scalars().all()
    if url in known:
        raise WebhookProblem("url", KNOWN)
    if len(known) >= MOST:
        raise WebhookProblem("url", TOO_MANY.format(most=MOST))
    secret = secret or new_secret()
    values = {"person_id": person, "url": url, "secret": secret, "active": True, "made_at": at}
    [number] = connection.execute(insert(HOOK).values(values).returning(HOOK.c.id)).scalars()
    return int(number), secret


def checked(url: str) -> None:
    """WebhookProblem unless this is the address of a web server, without a password in it."""
    try:
        parts = urlsplit(url)
        named = parts.hostname or ""
        named.encode("idna")
        fits = parts.port != 0
    except ValueError:  # an unbalanced bracket, a port that is none, a name that cannot be
        raise WebhookProblem("url", BAD_URL) from None
    plain = url.isascii() and url.isprintable() and not any(c.isspace() for c in url)
    if not plain or len(url) > LONGEST_URL or parts.scheme not in ("http", "https") or not named:
        raise WebhookProblem("url", BAD_URL)
    if not fits or parts.username is not None or parts.password is not None or parts.fragment:
        raise WebhookProblem("url", BAD_URL)


def webhooks(connection: Connection, person: int) -> list[dict[str, Any]]:
    """A person's webhooks, the oldest first, without their secrets: with how many events wait and
    how many were given up."""
    counts = {
        status.value: func.count().filter(CALL.c.status == status.value)
        for status in (CallStatus.PENDING, CallStatus.DEAD)
    }
    query = (
        select(HOOK.c.id, HOOK.c.url, HOOK.c.made_at, *(c.label(n) for n, c in counts.items()))
        .join_from(HOOK, CALL, CALL.c.webhook_id == HOOK.c.id, isouter=True)
        .where(HOOK.c.person_id == person)
        .group_by(HOOK.c.id)
        .order_by(HOOK.c.id)
    )
    return [dict(row._mapping) for row in connection.execute(query)]


SHOWN = 20


def troubled_calls(connection: Connection, person: int) -> list[dict[str, Any]]:
    """The last events that did not get through to a person's webhooks: given up, or tried and
    failed so far."""
    tried = and_(
        CALL.c.status == CallStatus.PENDING.value, CALL.c.attempts > 0, CALL.c.last_reply != ""
    )
    query = (
        select(CALL, HOOK.c.url, EVENT.c.deed, EVENT.c.recorded_at)
        .join_from(CALL, HOOK, CALL.c.webhook_id == HOOK.c.id)
        .join(EVENT, and_(EVENT.c.project_id == CALL.c.project_id, EVENT.c.seq == CALL.c.seq))
        .where(HOOK.c.person_id == person, or_(CALL.c.status == CallStatus.DEAD.value, tried))
        .order_by(CALL.c.id.desc())
        .limit(SHOWN)
    )
    return [dict(row._mapping) for row in connection.execute(query)]


def remove(connection: Connection, person: int, webhook: int) -> bool:
    """Take a person's webhook away with all that waits for it; False if there is none such."""
    own = select(HOOK.c.id).where(HOOK.c.id == webhook, HOOK.c.person_id == person)
    if connection.execute(own.with_for_update()).first() is None:
        return False
    connection.execute(delete(CALL).where(CALL.c.webhook_id == webhook))
    connection.execute(delete(HOOK).where(HOOK.c.id == webhook))
    return True


def reply_label(reply: str) -> Text:
    """What a delivery came to, in words; a status of HTTP as it is."""
    return REPLIES.get(reply) or Text(reply, reply)


# How notifications/hooks puts it when no server answered.
REPLIES = {
    "no answer in time": Text("10秒内没有回答", "no answer within 10 seconds"),
    "no trusted TLS connection": Text("证书不受信任", "its certificate is not trusted"),
    "name not found": Text("网址中的域名不存在", "its name is not known"),
    "no connection": Text("无法连接", "no connection"),
    "no HTTP answer": Text("对方不是网页服务器", "no web server answered"),
    "address inside the network": Text(
        "网址指向内部网络，系统设置不允许", "it leads into the network, which is not allowed here"
    ),
}
BAD_URL = Text(
    "请填写以 http:// 或 https:// 开头的网址，不含空格、中文、密码和 # 部分，不超过500个字符。",
    "Give an address that begins with http:// or https://, without blanks, password or fragment.",
)
BAD_SECRET = Text(
    "签名密钥须为{least}至{most}个英文字符，或留空由系统生成。",
    "The secret has {least} to {most} ASCII characters; leave it empty to have one made.",
)
KNOWN = Text("这个网址已经登记过。", "This address is registered already.")
TOO_MANY = Text("最多登记{most}个网址。", "At most {most} addresses.")
