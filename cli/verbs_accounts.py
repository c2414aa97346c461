"""`yanxiu user password`: how somebody gets in, given out by whoever is at the server."""

from __future__ import annotations

from typing import Any

from cli.office import Office, Stop
from cli.output import REFUSED
from cli.verbs_user import NOBODY
from states.terms import Text


def password(login: str, link: bool, as_json: bool) -> None:
    """A password for the first time, or a link that signs in once; printed here and nowhere else.

    Both end what the person had before: sessions, and a lock after wrong passwords.
    """
    from workflow.accounts.links import BY_HAND
    from workflow.people import person_of

    office = Office(as_json)
    with office.db.write() as connection:
        person = person_of(connection, login)
        if person is None:
            raise Stop(NOBODY.format(login=login[:80]), REFUSED)
        if not person.active:
            raise Stop(INACTIVE.format(login=login[:80]), REFUSED)
        given = (_link if link else _password)(office, connection, person.id)
    ends_at = office.clock.now() + BY_HAND
    if as_json:
        more = {"url": given, "ends_at": ends_at} if link else NEW | {"password": given}
        office.printer.data({"login": login} | more)
        return
    office.printer.text(given)
    office.printer.message(LINK.format(days=BY_HAND.days) if link else ONCE)
    if link and not office.settings.base_url:
        office.printer.message(NO_BASE)


def _password(office: Office, connection: Any, person: int) -> str:
    from workflow.accounts.passwords import set_password
    from workflow.accounts.secrets import new_password

    drawn = new_password()
    set_password(connection, person, drawn, at=office.clock.now(), must_change=True)
    return drawn


def _link(office: Office, connection: Any, person: int) -> str:
    from workflow.accounts.links import make_link
    from workflow.accounts.passwords import unlock
    from workflow.accounts.sessions import end_all
    from workflow.office_tables import LinkUse

    unlock(connection, person)
    end_all(connection, person)
    at = office.clock.now()
    secret = make_link(connection, person, LinkUse.SIGN_IN, at=at, made_by=OPERATOR)
    return f"{office.settings.base_url.rstrip('/')}/sign-in/link/{secret}"


NEW = {"must_change": True}
OPERATOR = "yanxiu"  # whoever runs commands at the server
INACTIVE = Text("“{login}”已停用，不能登录。", "“{login}” is disabled and cannot sign in.")
ONCE = Text(
    "以上密码只显示这一次，首次登录后须自行更换；原密码和已登录的浏览器均已失效。",
    "Shown only this once, to be changed at the first sign-in; the former password and open "
    "sessions have ended.",
)
LINK = Text(
    "以上链接只能使用一次，{days}天内有效，请当面或电话告知本人。",
    "The link works once, within {days} days; hand it to the person only.",
)
NO_BASE = Text(
    "请在前面加上网站地址（或设置 YANXIU_BASE_URL）。",
    "Put the site's address before it (or set YANXIU_BASE_URL).",
)
