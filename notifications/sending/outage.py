"""An outage: the mail server itself is at fault, no mail is, and it is left alone for a while.

One row in `setting`, seen by every process that sends. Tried again after a pause that grows; the
first mail that the server answers clears it. Written in the transaction that records the answer.
"""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass
from datetime import datetime, timedelta
from hashlib import sha256

from sqlalchemy import Connection

from config.settings import Settings
from states.terms import Text
from workflow import kept

KEY = "smtp.trouble"
PAUSE, LONGEST = timedelta(minutes=1), timedelta(minutes=15)
# Many servers lock an account after a few wrong passwords.
PASSWORD_PAUSE, PASSWORD_LONGEST = timedelta(minutes=15), timedelta(hours=4)


@dataclass(frozen=True, slots=True)
class Outage:
    """`kind` is a key of KINDS, `said` the server's words or the system's, `next_at` when it is
    tried again, `times` how often it has been tried since `since`."""

    server: str
    kind: str
    said: str
    since: datetime
    next_at: datetime
    times: int

    def stands(self, now: datetime) -> bool:
        """Whether the server is to be left alone. A time beyond every pause is a clock's error."""
        return now < self.next_at <= now + longest(self.kind)


def current_outage(connection: Connection) -> Outage | None:
    """What keeps the server from taking mail, as last seen; None if nothing does."""
    found = kept.get(connection, KEY)
    if found is None:
        return None
    row = json.loads(found)
    times = {name: datetime.fromisoformat(row[name]) for name in ("since", "next_at")}
    return Outage(**{**row, **times})


def note(connection: Connection, server: str, kind: str, said: str, at: datetime) -> Outage:
    """Record an outage. While one stands already, only its words are renewed: several workers
    that fail at once are one failure."""
    before = current_outage(connection)
    if before is None or before.server != server:
        since, times, next_at = at, 1, at + first(kind)
    elif before.stands(at):
        since, times, next_at = before.since, before.times, before.next_at
    else:
        since, times = min(before.since, at), before.times + 1
        next_at = at + min(first(kind) * (1 << min(before.times, 10)), longest(kind))
    now = Outage(server, kind, said, since, next_at, times)
    row = asdict(now) | {"since": since.isoformat(), "next_at": next_at.isoformat()}
    kept.put(connection, KEY, json.dumps(row, ensure_ascii=False))
    return now


def clear(connection: Connection) -> None:
    """The server takes mail again."""
    kept.drop(connection, KEY)


def server_of(settings: Settings) -> str:
    """What an outage belongs to. Two bytes of a digest: enough to see that somebody has
    mended the password, too little to guess it by."""
    secret = f"{settings.smtp_security}\0{settings.smtp_password}".encode()
    mark = sha256(secret).hexdigest()[:4]
    name = f"{settings.smtp_username}@" if settings.smtp_username else ""
    return f"{name}{settings.smtp_host}:{settings.smtp_port}#{mark}"


def first(kind: str) -> timedelta:
    return PASSWORD_PAUSE if kind == "password" else PAUSE


def longest(kind: str) -> timedelta:
    return PASSWORD_LONGEST if kind == "password" else LONGEST


KINDS = {
    "unreachable": Text(
        "连接不上邮件服务器，请核对 YANXIU_SMTP_HOST、YANXIU_SMTP_PORT",
        "the mail server cannot be reached; check YANXIU_SMTP_HOST and YANXIU_SMTP_PORT",
    ),
    "name": Text(
        "找不到邮件服务器的域名，请核对 YANXIU_SMTP_HOST",
        "the mail server's name is not known; check YANXIU_SMTP_HOST",
    ),
    "silent": Text("邮件服务器没有应答", "the mail server does not answer"),
    "greeting": Text("邮件服务器拒绝连接", "the mail server refuses the connection"),
    "encryption": Text(
        "邮件服务器不能加密连接，请核对端口和 YANXIU_SMTP_SECURITY",
        "the mail server does not encrypt; check port and YANXIU_SMTP_SECURITY",
    ),
    "certificate": Text(
        "邮件服务器的证书不可信（单位自建的证书机构，请用环境变量 SSL_CERT_FILE 指明其证书文件）",
        "the mail server's certificate is not trusted (name the file of your own certificate "
        "authority in the environment variable SSL_CERT_FILE)",
    ),
    "plain": Text(
        "邮件服务器只接受加密连接，请把 YANXIU_SMTP_SECURITY 设为 starttls 或 tls",
        "the mail server takes mail over encrypted connections only; set YANXIU_SMTP_SECURITY to "
        "starttls or tls",
    ),
    "login": Text(
        "邮件服务器要求登录，请设置 YANXIU_SMTP_USERNAME 和 YANXIU_SMTP_PASSWORD",
        "the mail server wants a login; set YANXIU_SMTP_USERNAME and YANXIU_SMTP_PASSWORD",
    ),
    "no_login": Text(
        "邮件服务器在此连接上不提供登录，请核对端口和 YANXIU_SMTP_SECURITY",
        "the mail server offers no login on this connection; check port and YANXIU_SMTP_SECURITY",
    ),
    "refusing": Text(
        "邮件服务器以同一原因拒收所有邮件，请检查发信邮箱和发信域名",
        "the mail server refuses all mail for one reason; check the sending mailbox and domain",
    ),
    "password": Text("邮箱账号或密码不对", "the account or the password is not accepted"),
    "sender": Text("邮件服务器不接受发件地址", "the sender's address is not accepted"),
    "busy": Text("邮件服务器暂不收信", "the mail server takes no mail for now"),
    "rate": Text(
        "邮件服务器限制发信数量或速度，稍后接着发；常有的话请设置 YANXIU_SMTP_RATE",
        "the mail server limits how much it takes; the rest follows. If that is often so, set "
        "YANXIU_SMTP_RATE",
    ),
    "later": Text(
        "邮件服务器对各收件人一律答复稍后再发（如灰名单）",
        "the mail server puts off mail to every recipient, by a greylist or the like",
    ),
    "broken": Text("邮件服务器中途断开", "the mail server hangs up in the middle"),
}
