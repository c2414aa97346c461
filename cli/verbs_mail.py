"""`yanxiu mail`: what was sent, what waits, what failed and what was held back, with reasons."""

from __future__ import annotations

from dataclasses import asdict
from typing import Any

from sqlalchemy import Connection

from cli.office import Office, Stop
from cli.output import REFUSED, USAGE
from cli.verbs_worker import make_worker
from config.zone import local
from notifications.coming import Coming
from notifications.coming import coming as reminders_to_come
from notifications.sending.outage import KINDS, current_outage
from notifications.sending.recall import standing_halt
from states.terms import Kind, Role, Text
from workflow.mail import log as mail_log
from workflow.mail.addresses import marked
from workflow.mail.desk import NO_MAIL, STATES, status_label
from workflow.mail.halt import HALTED
from workflow.queries import known_project


def list_mail(project: int, state: str, as_json: bool) -> None:
    """The mail log, oldest first; of one project also what names it among others, and its
    silence."""
    office = Office(as_json)
    if state and state not in STATES:
        known = Text("、".join(f"{s}（{t.zh}）" for s, t in STATES.items()), ", ".join(STATES))
        raise Stop(NO_STATUS.format(given=state[:40], known=known), USAGE)
    with office.db.read() as connection:
        if project:
            known_project(connection, project)
        rows = mail_log.mail_log(connection, project_id=project or None, status=state or None)
        silent = mail_log.silence(connection, project_id=project or None) if project else None
        then = _coming(office, connection, project) if project else []
        silent_in_all = mail_log.count_silence(connection)
        outage = _outage(connection)
        halt = standing_halt(connection, office.settings.data_dir, office.clock.now())
    if halt:
        office.printer.message(HALTED.format(why=halt.text))
    if as_json:
        office.printer.data([mail_log.labelled(row) for row in rows])
        return
    if outage:
        office.printer.line(outage)
    office.printer.table(HEADS, [_line(row) for row in rows])
    office.printer.line(COUNT.format(n=len(rows)))
    if silent is not None and not state:
        office.printer.text()
        print_silence(office, silent)
        office.printer.text()
        _print_coming(office, then)
    elif silent_in_all and not project:
        office.printer.line(ALSO_SILENT.format(n=silent_in_all))


def _outage(connection: Connection) -> Text | None:
    """What keeps the mail server from taking mail, where the worker has seen that."""
    found = current_outage(connection)
    if found is None:
        return None
    kind, since = KINDS[found.kind], local(found.since)
    server, again = found.server.partition("#")[0], local(found.next_at)
    return TROUBLE.format(server=server, kind=kind, said=found.said, since=since, again=again)


def _line(row: dict[str, Any]) -> tuple[Any, ...]:
    return (
        row["id"],
        row["on_date"],
        row["to_email"] or row["to_name"],
        row["subject"] or Text("（尚未写成）", "(not written yet)"),
        status_label(row["status"], row["reason"]),
        mail_log.why(row),
    )


def show(number: int, as_json: bool) -> None:
    """Everything about one mail."""
    from notifications.mail_texts import bytes_of
    from notifications.mailbox import readable_mail

    office = Office(as_json)
    with office.db.read() as connection:
        mail = mail_log.one_mail(connection, number)
    if mail is None:
        raise Stop(NO_MAIL.format(number=number), REFUSED)
    writer, now = make_worker(office).writer(), office.clock
    content, draft = bytes_of(office.db, writer, mail, today=now.today(), at=now.now())
    del mail["content"]
    text = readable_mail(content) if content else ""
    if as_json:
        office.printer.data(mail_log.labelled(mail) | {"text": text, "draft": draft})
        return
    _print_mail(office, mail, text, draft)


def _print_mail(office: Office, mail: dict[str, Any], text: str, draft: bool) -> None:
    printer = office.printer
    printer.table(HEADS, [_line(mail)])
    went = mail["went_to"]
    if went and went != mail["to_email"]:
        printer.line(WENT_TO.format(email=went))
    for mark in mail["marks"]:
        printer.line(MARKED.format(email=mark["email"], said=mark["said"] or mark["status"]))
    if mail["reminders"]:
        office.printer.text()
        printer.table(CARRIED_HEADS, [reminder_line(row) for row in mail["reminders"]])
    office.printer.text()
    lines = [
        (local(one["at"]), mail_log.outcome_label(one["outcome"]), one["person"], one["reply"])
        for one in mail["attempts"]
    ]
    printer.table(ATTEMPT_HEADS, lines)
    if text:
        office.printer.text()
        printer.line(AS_NOW if draft else AS_WRITTEN)
        printer.text(text)
    elif draft:
        printer.line(NOTHING_LEFT)


def reminder_line(row: dict[str, Any]) -> tuple[Any, ...]:
    """Day, project, matter, step, recipient of one reminder."""
    to = row["recipient"]
    if to.startswith("("):
        to = Role(row["role"]).label
    kind, step = Kind(row["kind"]).label, mail_log.step_label(row["step"])
    return row["on_date"], row["project"], kind, step, to


def silence(project: int, as_json: bool) -> None:
    """What was not sent, and why."""
    office = Office(as_json)
    with office.db.read() as connection:
        if project:
            known_project(connection, project)
        found = mail_log.silence(connection, project_id=project or None)
    if not as_json:
        print_silence(office, found)
        return
    reminders = [row | {"why": mail_log.reason_label(row["reason"])} for row in found["reminders"]]
    mails = [mail_log.labelled(mail) for mail in found["mails"]]
    news = [row | {"why": mail_log.reason_label(row["reason"])} for row in found["news"]]
    office.printer.data({"reminders": reminders, "mails": mails, "news": news})


def coming(project: int, as_json: bool) -> None:
    """The reminders to come of a project: day, step, recipient."""
    office = Office(as_json)
    with office.db.read() as connection:
        known_project(connection, project)
        found = _coming(office, connection, project)
    if as_json:
        office.printer.data([asdict(one) for one in found])
        return
    _print_coming(office, found)


def _coming(office: Office, connection: Connection, project: int) -> list[Coming]:
    today = office.clock.today()
    return list(reminders_to_come(connection, office.book, project, today=today, inside=True))


def _print_coming(office: Office, found: list[Coming]) -> None:
    printer = office.printer
    printer.line(COMING if found else NOTHING_COMES)
    if found:
        printer.table(COMING_HEADS, [_coming_line(one) for one in found])


def _coming_line(one: Coming) -> tuple[Any, ...]:
    matter = one.on, one.kind.label, one.due_on, mail_log.step_label(one.step)
    why = mail_log.reason_label(one.reason) if one.reason else ""
    return (*matter, one.role.label, one.to_email or one.to_name, why)


def print_silence(office: Office, found: dict[str, list[dict[str, Any]]]) -> None:
    printer = office.printer
    printer.line(SILENCE)
    lines = [
        (*reminder_line(row), mail_log.reason_label(row["reason"])) for row in found["reminders"]
    ]
    printer.table((*CARRIED_HEADS, Text("未发原因", "Why not")), lines)
    printer.line(REMINDERS.format(n=len(lines)))
    if found["mails"]:
        office.printer.text()
        printer.table(HEADS, [_line(row) for row in found["mails"]])
    if found["news"]:
        office.printer.text()
        heads = (Text("项目", "Project"), Text("承办单位", "Host"), Text("未发原因", "Why not"))
        rows = [
            (n["project"], n["host"], mail_log.reason_label(n["reason"])) for n in found["news"]
        ]
        printer.table(heads, rows)


def addresses(as_json: bool) -> None:
    """The addresses at which mail did not arrive."""
    office = Office(as_json)
    with office.db.read() as connection:
        rows = marked(connection)
    if as_json:
        office.printer.data(rows)
        return
    lines = [(r["email"], local(r["since"]), r["status"], r["said"], r["mail_id"]) for r in rows]
    office.printer.table(ADDRESS_HEADS, lines)
    office.printer.line(ADDRESSES.format(n=len(rows)))


HEADS = (
    Text("编号", "ID"),
    Text("日期", "Date"),
    Text("收件人", "To"),
    Text("主题", "Subject"),
    Text("情况", "Status"),
    Text("说明", "Why"),
)
CARRIED_HEADS = (
    Text("日期", "Date"),
    Text("项目", "Project"),
    Text("事项", "Matter"),
    Text("提醒", "Step"),
    Text("收件人", "To"),
)
ATTEMPT_HEADS = (
    Text("时间", "At"),
    Text("经过", "What"),
    Text("办理人", "By"),
    Text("服务器答复或说明", "Server's words or note"),
)
ADDRESS_HEADS = (
    Text("邮箱", "Address"),
    Text("自", "Since"),
    Text("代码", "Status"),
    Text("服务器答复", "Server's words"),
    Text("邮件", "Mail"),
)
TROUBLE = Text(
    "自{since}起发信受阻，{again}再试：{server}，{kind}（{said}）",
    "No mail goes out since {since}; tried again at {again}: {server}, {kind} ({said})",
)
COUNT = Text("共{n}封。", "{n} mails.")
ALSO_SILENT = Text(
    "另有{n}项提醒未发送，原因见 yanxiu mail silence。",
    "{n} reminders were not sent; why: `yanxiu mail silence`.",
)
SILENCE = Text("未发提醒及原因", "Ledger of silence")
REMINDERS = Text("共{n}项提醒未发送。", "{n} reminders were not sent.")
COMING = Text(
    "今后的提醒（按目前日期推算；届时已办结的不再发送，日期变动后重新推算）",
    "Reminders to come, as the dates stand; what is done by then sends none, moved dates move them",
)
NOTHING_COMES = Text("今后没有提醒要发。", "No reminder is to come.")
COMING_HEADS = (
    Text("发送日", "On"),
    Text("事项", "Matter"),
    Text("截止日", "Due"),
    Text("时点", "Step"),
    Text("对象", "To"),
    Text("邮箱", "Address"),
    Text("届时不发的原因", "Why not"),
)
ADDRESSES = Text(
    "共{n}个邮箱有退信标记，暂不向其发信；核实后用 yanxiu mail clear 邮箱 取消标记。",
    "{n} addresses are marked and not written to; `yanxiu mail clear ADDRESS` takes a mark away.",
)
WENT_TO = Text("实际发往：{email}（试运行）", "Went to {email} (trial mode)")
MARKED = Text("该邮箱曾退信：{email}（{said}）", "Mail to {email} came back: {said}")
AS_NOW = Text("（尚未写成，以下为此刻的内容）", "(not written yet; as things stand now)")
AS_WRITTEN = Text("邮件内容：", "The mail:")
NOTHING_LEFT = Text(
    "（所涉事项已办结或已变更，到时不再发送）", "(settled or changed: it will not go out)"
)
NO_STATUS = Text("没有邮件状态“{given}”。可用：{known}。", "No mail state “{given}”: {known}.")
