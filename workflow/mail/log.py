"""What became of every mail, and what was not sent and why: the log and the ledger of silence."""

from __future__ import annotations

import json
import re
from typing import Any

from sqlalchemy import Connection, case, exists, func, literal_column, select

from states.facts import MOVED, TO_TELL
from states.terms import Text
from workflow.mail.desk import BOUNCED, MAIL_STATUS, SENT_BEFORE, UNPROVEN, status_label
from workflow.mail.finding import FOR_A_PERSON, in_state
from workflow.mail_tables import (
    ADDRESS,
    ATTEMPT,
    MAIL,
    REMINDER,
    MailStatus,
    Purpose,
    ReminderStatus,
)
from workflow.tables import LARGEST_ID, PROJECT

SHOWN = [column for column in MAIL.columns if column.name != "content"]
# What may name several projects in `about` and is about each of them; a digest is about nobody's.
GATHERING = (Purpose.ALARM.value, Purpose.RESULT.value)


def mail_log(
    connection: Connection, *, project_id: int | None = None, status: str | None = None
) -> list[dict[str, Any]]:
    """Mail rows, oldest first, without their bytes; a project's include what names it among
    others: gathered reminders, alarms."""
    query = select(*SHOWN).order_by(MAIL.c.id)
    if project_id is not None:
        carried = exists().where(
            REMINDER.c.mail_id == MAIL.c.id, REMINDER.c.project_id == project_id
        )
        named = MAIL.c.id.in_(_naming(connection, project_id))
        query = query.where((MAIL.c.project_id == project_id) | carried | named)
    if status:
        query = query.where(in_state(status))
    return [public(row) for row in connection.execute(query)]


def _naming(connection: Connection, project_id: int) -> list[int]:
    """The mails about several projects that name this one."""
    query = select(MAIL.c.id, MAIL.c.about).where(
        MAIL.c.purpose.in_(GATHERING), MAIL.c.about.contains(str(project_id))
    )
    return [row.id for row in connection.execute(query) if project_id in _named(row.about)]


def _named(about: str) -> set[int]:
    listed = json.loads(about).get("projects", ())
    return {one["id"] if isinstance(one, dict) else one for one in listed}


def public(row: Any) -> dict[str, Any]:
    """A row for whoever reads the log: never the link of a sign-in mail."""
    found = dict(row._mapping)
    if found["purpose"] == Purpose.SIGN_IN:
        return found | {"about": {}} | ({"content": None} if "content" in found else {})
    return found | {"about": json.loads(found["about"])}


def one_mail(connection: Connection, mail_id: int) -> dict[str, Any] | None:
    """One mail in full, or None: its row with the bytes, the attempts, the reminders in it, and
    the mark on its address."""
    known = 0 < mail_id <= LARGEST_ID
    row = connection.execute(select(MAIL).where(MAIL.c.id == mail_id)).first() if known else None
    if row is None:
        return None
    went_to = (row.went_to or row.to_email).lower()
    marks = select(ADDRESS).where(ADDRESS.c.email.in_({went_to, row.to_email.lower()}))
    attempts = select(ATTEMPT).where(ATTEMPT.c.mail_id == mail_id).order_by(ATTEMPT.c.id)
    return public(row) | {
        "attempts": [dict(one._mapping) for one in connection.execute(attempts)],
        "reminders": _reminders(connection, REMINDER.c.mail_id == mail_id),
        "marks": [dict(one._mapping) for one in connection.execute(marks)],
    }


def silence(
    connection: Connection, *, project_id: int | None = None
) -> dict[str, list[dict[str, Any]]]:
    """What was not sent: `reminders` (steps of ladders), `mails`, and `news` (imported projects
    whose hosts nobody has told), each with its reason."""
    silent = REMINDER.c.status == ReminderStatus.SUPPRESSED.value
    if project_id is not None:
        silent &= REMINDER.c.project_id == project_id
    mails = mail_log(connection, project_id=project_id, status=MailStatus.SUPPRESSED.value)
    news = _untold(connection, project_id)
    return {"reminders": _reminders(connection, silent), "mails": mails, "news": news}


def _untold(connection: Connection, project_id: int | None) -> list[dict[str, Any]]:
    columns = (PROJECT.c.id.label("project_id"), PROJECT.c.name.label("project"), PROJECT.c.host)
    reason = case((PROJECT.c.news == MOVED, UNANNOUNCED_DATES), else_=UNANNOUNCED).label("reason")
    query = select(*columns, reason).where(
        PROJECT.c.news != literal_column("''"), PROJECT.c.news.in_(TO_TELL)
    )
    if project_id is not None:
        query = query.where(PROJECT.c.id == project_id)
    rows = connection.execute(query.order_by(PROJECT.c.id))
    return [dict(row._mapping) for row in rows]


def count_silence(connection: Connection) -> int:
    """How many reminders were not sent."""
    query = select(func.count()).where(REMINDER.c.status == ReminderStatus.SUPPRESSED.value)
    return int(connection.execute(query).scalar_one())


def _reminders(connection: Connection, which: Any) -> list[dict[str, Any]]:
    query = (
        select(REMINDER, PROJECT.c.name.label("project"))
        .join_from(REMINDER, PROJECT, REMINDER.c.project_id == PROJECT.c.id)
        .where(which)
        .order_by(REMINDER.c.on_date, REMINDER.c.id)
    )
    return [dict(row._mapping) for row in connection.execute(query)]


def count_waiting_for_a_person(connection: Connection) -> tuple[int, int]:
    """How many mails died, and how many wait for approval."""
    query = select(MAIL.c.status, func.count()).where(FOR_A_PERSON).group_by(MAIL.c.status)
    counts = {row[0]: row[1] for row in connection.execute(query)}
    return counts.get(MailStatus.DEAD.value, 0), counts.get(MailStatus.AWAITING.value, 0)


def labelled(row: dict[str, Any]) -> dict[str, Any]:
    """A mail row with its status and reason in words."""
    more = {"status_label": status_label(row["status"], row["reason"]), "why": why(row)}
    return row | more


def why(row: dict[str, Any]) -> Text:
    """Why a mail stands as it stands: the reason, else the server's words where it was refused."""
    words = Text(row["last_reply"], row["last_reply"])
    if row["status"] == MailStatus.SENT:
        if row["reason"] == BOUNCED:
            return words
        told = row["reason"] in (UNPROVEN, SENT_BEFORE)
        return reason_label(row["reason"]) if told else Text("", "")
    return reason_label(row["reason"]) if row["reason"] else words


def reason_label(reason: str) -> Text:
    """A reason code in words; what is not a code (a program's own words) as it is."""
    if reason.startswith(UNWRITABLE):
        return NOT_WRITTEN.format(said=reason.removeprefix(UNWRITABLE).strip())
    return REASONS.get(reason) or Text(reason, reason)


def step_label(step: str) -> Text:
    """A step of a ladder in words: so many days before the advised day, or after the due day."""
    found = re.fullmatch(r"D([+-])(\d+)", step)
    if not found:
        return Text(step, step)
    days = int(found[2])
    if days == 0:
        return Text("当天", "on the day")
    if found[1] == "-":
        return Text(f"提前{days}天", f"{days} days before")
    return Text(f"逾期{days}天", f"{days} days late")


def outcome_label(outcome: str) -> Text:
    """What became of an attempt, or what a person did."""
    return OUTCOMES.get(outcome) or MAIL_STATUS.get(outcome) or Text(outcome, outcome)


UNWRITABLE = "unwritable:"  # what follows are the program's words
NOT_WRITTEN = Text(
    "邮件无法写成，请转告维护人员（{said}）", "cannot be written; tell who maintains this ({said})"
)
UNANNOUNCED, UNANNOUNCED_DATES = "unannounced", "unannounced_dates"
REASONS: dict[str, Text] = {
    UNANNOUNCED: Text("尚未通知承办单位列入计划", "the host has not been told of the plan yet"),
    UNANNOUNCED_DATES: Text(
        "重新下达的计划变动了办班时间，尚未通知承办单位",
        "the plan was issued again with other dates, and the host has not been told yet",
    ),
    "": Text("", ""),
    # Reminders
    "met": Text("已按要求完成", "done already"),
    "moved": Text("日期已变更，按新日期提醒", "the date moved; the new one is announced"),
    "lifted": Text("不再要求", "no longer asked for"),
    "overtaken": Text("已由之后的提醒代替", "overtaken by a later step"),
    "before_known": Text("提醒日早于项目列入系统之日", "due before the project was known here"),
    "class_over": Text("办班时间已过，改为提醒登记办班", "the class is over; its record is asked"),
    "past_class": Text("办班时间已过，只提醒承办单位", "the class is over; only its host is told"),
    "no_duty": Text("未申报的不作催办", "nobody has to apply"),
    "province_only": Text(
        "逾期申报，只能由省厅受理", "came after the window: for the province alone"
    ),
    "not_theirs": Text("当前由其他单位办理", "somebody else's turn"),
    "told_already": Text("当日已随退回补正邮件告知", "told that day when it was sent back"),
    "handed_over": Text("已改由新的联系人接收", "handed over to somebody else"),
    # Recipients
    "no_address": Text("没有邮箱", "no address"),
    "muted": Text("收件人选择不接收", "the recipient muted it"),
    "in_digest": Text("按收件人选择并入定期汇总", "goes into the recipient's digest"),
    "bounced": Text("邮件曾被退回，邮箱待核实", "mail to this address came back"),
    "disabled": Text("收件人账号已停用，须更换联系人", "disabled; another contact is needed"),
    # Mails
    "outdated": Text("发出前事项已办结或已变更", "settled or changed before it went out"),
    "empty": Text("没有需要汇总的事项", "nothing to report"),
    "unchanged": Text("与上一次汇总内容相同", "the same as the one before"),
    "in_doubt": Text("服务器未答复，是否送达不明，请核实后重发", "perhaps delivered, perhaps not"),
    "held": Text("人工扣下", "held back by a person"),
    "approval": Text("此类邮件须经审核后发送", "mail of this sort waits for approval"),
    "released": Text("已放行", "released by a person"),
    "by_hand": Text("已由人工以其他方式送达", "delivered by hand"),
    "sent_before": Text(
        "数据库恢复前已发出（据本机发信记录）", "sent before the database was restored (journal)"
    ),
    "bounced_unproven": Text(
        "收到未注明原邮件的退信，待核实", "a report that does not name the mail came back"
    ),
}
OUTCOMES = {
    "held": Text("扣下", "held"),
    "released": Text("放行", "released"),
    "resent": Text("重新排队", "queued again"),
    "by_hand": Text("人工送达", "delivered by hand"),
    "sent_before": Text("据发信记录登记为已发出", "recorded as sent by the journal"),
    "bounced": Text("退信", "came back"),
    "bounced_unproven": Text("疑似退信（未注明原邮件）", "perhaps came back"),
    "bounced_elsewhere": Text("转发后被退回", "came back from where it was forwarded"),
    "delayed": Text("对方服务器暂未收下", "delayed"),
    "answer": Text("收件人回复，已转经办人", "was answered; passed on to the officer"),
    "cleared": Text("取消退信标记", "mark taken away"),
    "wording": Text("所存措辞有误，改用随程序提供的", "saved wording unusable, shipped one taken"),
}
