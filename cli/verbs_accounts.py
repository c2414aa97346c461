"""`yanxiu user password`: how somebody gets in, given out by whoever is at the server."""

from __future__ import annotations

from typing import Any

from cli.office import Office, Stop
from cli.output import REFUSED
from cli.verbs_user import NOBODY
from states.terms import Text


def password(login: str, link: bool, as_json: bool) -> None:
    """A password for the first time, or a link that signs in once; printed here and nowhere else.

    Both end what the person had before, and the person is told by mail. Who decides on money gets
    a link by mail instead.
    """
    from workflow.accounts.letting_in import WayIn, decides, hand_link, hand_password
    from workflow.accounts.links import BY_HAND
    from workflow.people import AT_THE_SERVER, person_of

    office = Office(as_json)
    with office.db.write() as connection:
        person = person_of(connection, login)
        if person is None:
            raise Stop(NOBODY.format(login=login[:80]), REFUSED)
        if not person.active:
            raise Stop(INACTIVE.format(login=login[:80]), REFUSED)
        if decides(connection, person.id):
            return _mailed(office, connection, person)
        hand, hosts = hand_link if link else hand_password, office.settings.hosts_online
        try:
            given, told = hand(
                connection, person.id, hosts=hosts, by=AT_THE_SERVER, at=office.clock.now()
            )
        except WayIn as refused:
            raise Stop(refused.text, REFUSED) from None
    given = _address(office, given) if link else given
    ends_at = office.clock.now() + BY_HAND
    if as_json:
        told_of = {"told": told}
        more = {"url": given, "ends_at": ends_at} if link else NEW | {"password": given}
        office.printer.data({"login": person.login} | more | told_of)
        return
    office.printer.text(given)
    office.printer.message(LINK.format(days=BY_HAND.days) if link else ONCE)
    office.printer.message(TOLD.format(email=told) if told else NOT_TOLD)
    if link and not office.settings.base_url:
        office.printer.message(NO_BASE)


def _mailed(office: Office, connection: Any, person: Any) -> None:
    """Have a link mailed to somebody who decides on money: nobody else gets to see it."""
    from workflow.accounts.letting_in import mail_link
    from workflow.mail.outbox import queue_sign_in
    from workflow.people import AT_THE_SERVER

    at = office.clock.now()
    link = _address(office, mail_link(connection, person.id, hosts=True, by=AT_THE_SERVER, at=at))
    if not office.settings.base_url:
        raise Stop(NO_BASE_TO_MAIL.format(login=person.login), REFUSED)
    today = office.clock.today()
    queue_sign_in(connection, person.id, link, on=today, at=at, by=AT_THE_SERVER)
    if office.printer.as_json:
        office.printer.data({"login": person.login, "mailed_to": person.email})
    else:
        office.printer.line(MAILED.format(email=person.email))


def _address(office: Office, secret: str) -> str:
    return f"{office.settings.base_url.rstrip('/')}/sign-in/link/{secret}"


NEW = {"must_change": True}
TOLD = Text("已邮件告知本人（{email}）。", "The person is told by mail ({email}).")
NOT_TOLD = Text(
    "本人没有登记邮箱，未能邮件告知，请向本人说明。",
    "The person has no address and is not told by mail: tell it yourself.",
)
INACTIVE = Text("“{login}”已停用，不能登录。", "“{login}” is disabled and cannot sign in.")
MAILED = Text(
    "该人员审定补助，登录链接不在此显示，已排队发往本人邮箱 {email}；原登录已全部退出。"
    "本人也可随时在登录页用邮箱登录。",
    "Who decides on money is shown no link here: it is queued for the person's own address "
    "{email}, and open sessions have ended. The person may also ask for one on the sign-in page.",
)
NO_BASE_TO_MAIL = Text(
    "{login} 审定补助，登录链接只发到本人邮箱；请先设置 YANXIU_BASE_URL（网站地址），再重试。",
    "{login} decides on money and gets a link by mail alone; set YANXIU_BASE_URL first.",
)
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
