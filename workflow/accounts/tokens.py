"""Keys with which a program acts for a person: made, listed, revoked, found by their SHA-256.

A token can do no more than its person, and one to read changes nothing. The office's own record
says who made and who revoked which.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any

from sqlalchemy import Connection, bindparam, func, insert, or_, select, update

from config.zone import SHANGHAI
from states.terms import Text
from workflow.accounts.secrets import kept, new_secret
from workflow.accounts.sessions import NOTED, Visitor, grants_of
from workflow.office_tables import OFFICE_EVENT, TOKEN, TokenScope
from workflow.people import Actor, Hand
from workflow.statements import Statement
from workflow.tables import GRANT, PERSON

PREFIX = "yx_"  # by which a token that was published by mistake is found
LONGEST_NAME = 60
LONGEST_LIFE = timedelta(days=366)
MOST = 20  # living ones of one person


class TokenProblem(Exception):
    """A token that cannot be made; `text` says why."""

    def __init__(self, text: Text) -> None:
        self.text = text
        super().__init__(text.en)


@dataclass(frozen=True, slots=True)
class Key:
    """A token that was found, and whether its use is worth noting."""

    id: int
    name: str
    scope: TokenScope
    ends_at: datetime | None
    worth_noting: bool

    @property
    def may_write(self) -> bool:
        return self.scope is TokenScope.WRITE


def make_token(
    connection: Connection,
    person: int,
    name: str,
    scope: TokenScope,
    *,
    ends_at: datetime,
    at: datetime,
    let_in_by: str = "",
) -> str:
    """A new token's secret, which is stored nowhere. `let_in_by`: who made the way in by which it
    is made, if not the person. TokenProblem for a name in use, a day that
    has passed or lies more than a year ahead, and one token too many."""
    name = " ".join(name.split())
    if not 0 < len(name) <= LONGEST_NAME or not name.isprintable():
        raise TokenProblem(BAD_NAME.format(most=LONGEST_NAME))
    if not at < ends_at <= at + LONGEST_LIFE:
        raise TokenProblem(BAD_END)
    # Locks the person's row, so that two at once see each other.
    connection.execute(select(PERSON.c.id).where(PERSON.c.id == person).with_for_update())
    living = connection.execute(select(TOKEN.c.name).where(*_living(person, at))).scalars().all()
    if name in living:
        raise TokenProblem(TAKEN.format(name=name))
    if len(living) >= MOST:
        raise TokenProblem(TOO_MANY.format(most=MOST))
    secret = PREFIX + new_secret()
    values = {"person_id": person, "name": name, "token": kept(secret), "scope": scope.value}
    values |= {"made_at": at, "ends_at": ends_at, "let_in_by": let_in_by}
    connection.execute(insert(TOKEN).values(values))
    said = f"{name} ({scope.value})"
    _record(connection, person, "token.make", said, at, let_in_by=let_in_by)
    return secret


def tokens(connection: Connection, person: int) -> list[dict[str, Any]]:
    """A person's tokens, the newest first, without what was handed out."""
    columns = [column for column in TOKEN.columns if column.name != "token"]
    query = select(*columns).where(TOKEN.c.person_id == person).order_by(TOKEN.c.id.desc())
    return [dict(row._mapping) for row in connection.execute(query)]


def end_of(last: date) -> datetime:
    """The moment at which a token ends whose last day is given: midnight in China."""
    return datetime.combine(last + timedelta(days=1), time(), SHANGHAI)


def last_day(ends_at: datetime | None) -> date | None:
    """The last Chinese calendar day on which a token opens something."""
    return (ends_at - timedelta(seconds=1)).astimezone(SHANGHAI).date() if ends_at else None


def is_living(token: dict[str, Any], at: datetime) -> bool:
    """Whether a listed token still opens anything."""
    return token["revoked_at"] is None and (token["ends_at"] is None or token["ends_at"] > at)


def revoke_token(connection: Connection, person: int, token: int, *, at: datetime) -> bool:
    """End one token of a person at once; False if there is none such that lives."""
    one = (TOKEN.c.id == token, *_living(person, at))
    name = connection.execute(select(TOKEN.c.name).where(*one)).scalar()
    ended = connection.execute(update(TOKEN).where(*one).values(revoked_at=at)).rowcount == 1
    if ended:
        _record(connection, person, "token.revoke", str(name), at)
    return ended


def revoke_all(connection: Connection, person: int, *, at: datetime) -> None:
    """End every token of a person at once. Whoever does it records why."""
    connection.execute(update(TOKEN).where(*_living(person, at)).values(revoked_at=at))


def count_living(connection: Connection, person: int, *, at: datetime) -> int:
    """How many tokens of a person open something."""
    living = select(func.count()).select_from(TOKEN).where(*_living(person, at))
    return int(connection.execute(living).scalar_one())


def _living(person: int, at: datetime) -> tuple[Any, ...]:
    open_ended = or_(TOKEN.c.ends_at.is_(None), TOKEN.c.ends_at > at)
    return TOKEN.c.person_id == person, TOKEN.c.revoked_at.is_(None), open_ended


def _record(
    connection: Connection, person: int, what: str, said: str, at: datetime, *, let_in_by: str = ""
) -> None:
    """In the audit of what is changed outside of projects."""
    login = select(PERSON.c.login).where(PERSON.c.id == person).scalar_subquery()
    values = {
        "at": at,
        "person": login,
        "let_in_by": let_in_by,
        "what": what,
        "object": login,
        "detail": said,
    }
    connection.execute(insert(OFFICE_EVENT).values(values))


_FIND = Statement(
    select(
        TOKEN.c.id,
        TOKEN.c.name,
        TOKEN.c.scope,
        TOKEN.c.ends_at,
        TOKEN.c.used_at,
        TOKEN.c.let_in_by,
        PERSON.c.id,
        PERSON.c.login,
        PERSON.c.name,
        PERSON.c.email,
        PERSON.c.language,
        GRANT.c.role,
        GRANT.c.scope,
    )
    .join_from(TOKEN, PERSON, TOKEN.c.person_id == PERSON.c.id)
    .join(GRANT, GRANT.c.person_id == PERSON.c.id, isouter=True)
    .where(TOKEN.c.token == bindparam("token"), PERSON.c.active, TOKEN.c.revoked_at.is_(None))
    .where(
        or_(
            TOKEN.c.ends_at.is_(None), TOKEN.c.ends_at > bindparam("at", type_=TOKEN.c.ends_at.type)
        )
    )
    .order_by(GRANT.c.id)
)


def find_token(connection: Connection, secret: str, *, at: datetime) -> tuple[Visitor, Key] | None:
    """Who acts by this secret, and by which token; None if it opens nothing."""
    rows = _FIND.run(connection, {"token": kept(secret), "at": at})
    if not rows:
        return None
    number, name, scope, ends_at, used_at, let_in_by, person, login, called, email, language, *_ = (
        rows[0]
    )
    grants = grants_of(row[-2:] for row in rows)
    visitor = Visitor(
        person,
        Hand(login, let_in_by),
        called,
        email,
        language,
        Actor(login, called, grants, let_in_by),
    )
    worth_noting = used_at is None or at - used_at > NOTED
    return visitor, Key(number, name, TokenScope(scope), ends_at, worth_noting)


def note_use(connection: Connection, token: int, *, at: datetime) -> None:
    connection.execute(update(TOKEN).where(TOKEN.c.id == token).values(used_at=at))


BAD_NAME = Text(
    "令牌名称须为1至{most}个可见字符，例如“人事系统对接”。",
    "A token's name has 1 to {most} visible characters.",
)
BAD_END = Text(
    "有效期须晚于今天，且不超过一年。", "The last day must lie ahead, by a year at most."
)
TAKEN = Text(
    "已有名为“{name}”的令牌，请换一个名称，或先停用原令牌。",
    "There is a token “{name}” already; choose another name, or revoke it first.",
)
TOO_MANY = Text(
    "有效的令牌已有{most}个，请先停用不再使用的。",
    "There are {most} living tokens; revoke those that are no longer used.",
)
