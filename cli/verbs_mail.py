"""`yanxiu mail`: what was sent, what waits, what failed and what was held back, with reasons."""

from __future__ import annotations

from typing import Any

from cli.office import Office, Stop
from cli.output import USAGE
from states.terms import Text
from workflow import queries
from workflow.mail_desk import MAIL_STATUS, requeue
from workflow.tables import MailStatus


def list_mail(project: int, state: str, as_json: bool) -> None:
    """The mail log, oldest first; of one project its digests too."""
    office = Office(as_json)
    if state and state not in MAIL_STATUS:
        known = Text(
            "、".join(f"{s}（{t.zh}）" for s, t in MAIL_STATUS.items()), ", ".join(MAIL_STATUS)
        )
        raise Stop(NO_STATUS.format(given=state[:40], known=known), USAGE)
    with office.db.read() as connection:
        rows = queries.mail_log(connection, project_id=project or None, status=state or None)
    if as_json:
        office.printer.data(rows)
        return
    office.printer.table(HEADS, [_line(row) for row in rows])
    office.printer.line(Text("共{n}封。", "{n} mails.").format(n=len(rows)))


def _line(row: dict[str, Any]) -> tuple[Any, ...]:
    why = REASONS.get(row["reason"], row["reason"]) or row["last_reply"]
    return (
        row["id"],
        row["on_date"],
        row["to_email"],
        row["subject"] or Text("（尚未写成）", "(not written yet)"),
        MAIL_STATUS[row["status"]],
        "" if row["status"] == MailStatus.SENT else why,
    )


def resend(number: int, as_json: bool) -> None:
    """Queue a failed or dead mail again; it is written anew when it goes out."""
    office = Office(as_json)
    with office.db.write() as connection:
        requeue(connection, number, by="", note="", at=office.clock.now())
    if as_json:
        office.printer.data({"id": number, "status": MailStatus.PENDING})
    else:
        office.printer.line(QUEUED.format(number=number))


REASONS = {
    "no_address": Text("没有邮箱", "no address"),
    "outdated": Text("发出前事项已办结或已变更", "settled or changed before it went out"),
}
HEADS = (
    Text("编号", "ID"),
    Text("日期", "Date"),
    Text("收件人", "To"),
    Text("主题", "Subject"),
    Text("情况", "Status"),
    Text("说明", "Why"),
)
NO_STATUS = Text("没有邮件状态“{given}”。可用：{known}。", "No mail state “{given}”: {known}.")
QUEUED = Text("第{number}号邮件已重新排队。", "Mail {number} is queued again.")
