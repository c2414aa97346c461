"""Why mail that is due has not gone out, in sentences."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import Connection, func, select

from config.settings import Settings
from config.zone import SHANGHAI, local
from notifications.sending.claims import SCHEDULED
from notifications.sending.outage import KINDS, current_outage, server_of
from states.calendar import WorkCalendar
from states.terms import Text
from workflow.mail.finding import WAITING
from workflow.mail.log import count_waiting_for_a_person
from workflow.mail_tables import MAIL, MailStatus


def standstill(
    connection: Connection, settings: Settings, calendar: WorkCalendar, *, at: datetime
) -> list[Text]:
    """What keeps mail from going out, the server's fault first; that there is none to send, if so.
    `at`: now, aware."""
    told = list(_server(connection, settings))
    due = WAITING & (MAIL.c.due_at <= at)
    if not calendar.is_working(at.astimezone(SHANGHAI).date()):
        if count := _count(connection, due & MAIL.c.purpose.in_(SCHEDULED)):
            told.append(DAY_OFF.format(n=count))
    again = MAIL.c.status == MailStatus.FAILED.value
    if not told and (count := _count(connection, again)):
        last = select(MAIL.c.last_reply).where(again, MAIL.c.last_reply != "")
        said = connection.execute(last.order_by(MAIL.c.tried_at.desc()).limit(1)).scalar() or "—"
        told.append(AGAIN.format(n=count, said=said))
    dead, awaiting = count_waiting_for_a_person(connection)
    told += [AWAITING.format(n=awaiting)] if awaiting else []
    told += [DEAD.format(n=dead)] if dead else []
    return told or [NOTHING]


def _server(connection: Connection, settings: Settings) -> list[Text]:
    found = current_outage(connection)
    if found is None or found.server != server_of(settings):
        return []
    when = GUARDED if found.kind == "password" else NEXT
    values = {"kind": KINDS[found.kind], "said": found.said, "next": local(found.next_at)}
    where = f"{settings.smtp_host}:{settings.smtp_port}"
    return [when.format(where=where, **values)]


def _count(connection: Connection, which: Any) -> int:
    return int(connection.execute(select(func.count()).where(which)).scalar_one())


NEXT = Text(
    "邮件没有发出：{kind}（{where}）：{said}。下次{next}再试。",
    "No mail goes out: {kind} ({where}): {said}. Tried again {next}.",
)
GUARDED = Text(
    "邮件没有发出：{kind}（{where}）：{said}。为免账号被锁，{next}前不再尝试；改正账号或密码后立即重试。",
    "No mail goes out: {kind} ({where}): {said}. So that the account is not locked, it is not tried "
    "again before {next}; a corrected account or password is tried at once.",
)
DAY_OFF = Text(
    "今天不是工作日，{n}封提醒和汇总顺延到下一个工作日发出。",
    "Today is a day off: {n} reminders and digests go out on the next working day.",
)
AGAIN = Text(
    "{n}封邮件未发成，将陆续重试；最近一次答复：{said}。",
    "{n} mails were put off and are tried again; the last answer: {said}.",
)
AWAITING = Text(
    "{n}封邮件待审发，请用 yanxiu mail --state awaiting 查看。",
    "{n} mails await approval: `yanxiu mail --state awaiting`.",
)
DEAD = Text(
    "{n}封邮件发送失败，须人工处理，请用 yanxiu mail --state dead 查看。",
    "{n} mails have failed and need a person: `yanxiu mail --state dead`.",
)
NOTHING = Text("没有到期的邮件。", "No mail is due.")
