"""`yanxiu token …`: keys with which programs act for a person."""

from __future__ import annotations

from datetime import timedelta

from cli import reading
from cli.office import Office, Stop
from cli.output import REFUSED
from cli.verbs_accounts import NOT_TOLD, TOLD
from cli.verbs_user import person
from states.terms import Text
from workflow.accounts import letting_in, tokens
from workflow.office_tables import TokenScope
from workflow.people import AT_THE_SERVER

USUAL = timedelta(days=180)


def add(login: str, name: str, scope: str, until: str, as_json: bool) -> None:
    """Make a token and print its secret, which is stored nowhere."""
    office = Office(as_json)
    wanted = reading.one_of(TokenScope, scope, Text("权限", "scope"))
    last = reading.day(until, "--until") if until else office.clock.today() + USUAL
    with office.db.write() as connection:
        secret, told = letting_in.hand_token(
            connection,
            person(connection, login),
            name,
            wanted,
            ends_at=tokens.end_of(last),
            by=AT_THE_SERVER,
            at=office.clock.now(),
        )
    if as_json:
        made = {
            "login": login,
            "name": name,
            "scope": wanted,
            "until": last,
            "token": secret,
            "told": told,
        }
        office.printer.data(made)
        return
    office.printer.text(secret)
    office.printer.message(ONCE.format(until=last))
    office.printer.message(TOLD.format(email=told) if told else NOT_TOLD)


def list_tokens(login: str, as_json: bool) -> None:
    """The tokens of a person, the newest first."""
    office = Office(as_json)
    with office.db.read() as connection:
        found = tokens.tokens(connection, person(connection, login))
    if as_json:
        office.printer.data(found)
        return
    at = office.clock.now()
    rows = [
        (
            one["id"],
            one["name"],
            one["scope"],
            tokens.last_day(one["ends_at"]),
            one["used_at"] and one["used_at"].date(),
            "" if tokens.is_living(one, at) else ENDED,
        )
        for one in found
    ]
    office.printer.table(HEADS, rows)


def revoke(login: str, token: int, as_json: bool) -> None:
    """End a token; exit 1 if there is none such that lives."""
    office = Office(as_json)
    with office.db.write() as connection:
        owner = person(connection, login)
        if not tokens.revoke_token(connection, owner, token, at=office.clock.now()):
            raise Stop(NONE.format(login=login, token=token), REFUSED)
    if as_json:
        office.printer.data({"login": login, "token": token, "ok": True})
    else:
        office.printer.line(REVOKED)


HEADS = (
    Text("编号", "No."),
    Text("名称", "Name"),
    Text("权限", "Scope"),
    Text("有效期至", "Until"),
    Text("最近使用", "Last used"),
    Text("", ""),
)
ENDED = Text("已失效", "ended")
ONCE = Text(
    "以上令牌只显示这一次，有效期至{until}；请妥善保存，勿转发。",
    "This token is shown once and holds until {until}; keep it to yourself.",
)
NONE = Text(
    "{login} 没有编号为{token}的有效令牌，请用 yanxiu token list 查看。",
    "{login} has no living token {token}; see `yanxiu token list`.",
)
REVOKED = Text("访问令牌已停用。", "The token is revoked.")
