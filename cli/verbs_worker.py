"""`yanxiu worker` and `yanxiu mailbox`."""

from __future__ import annotations

import fcntl
import signal
from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager
from dataclasses import asdict, is_dataclass
from functools import partial
from pathlib import Path
from threading import Event
from typing import TYPE_CHECKING

from cli.office import Office, Stop
from cli.output import REFUSED, Printer
from states.terms import Text
from workflow.mail.halt import HALTED

if TYPE_CHECKING:
    from notifications.worker import Worker
    from workflow.mail.halt import Halt


def worker(once: bool, accept_clock: bool, as_json: bool) -> None:
    """Do today's reminders and mail and end, or go on until told to stop."""
    office = Office(as_json, waits=True)
    if accept_clock and _accepted(office):
        return
    running = make_worker(office)
    if once:
        report = running.once()
        halt = _halt(office)
        if as_json:
            office.printer.data(report)
        else:
            office.printer.line(REPORT.format(**report))
        if halt:
            office.printer.message(HALTED.format(why=halt.text))
        elif report["failed"] or not report["sent"]:
            for why in running.standstill():
                office.printer.message(why)
        if report["failed"] or halt:
            raise SystemExit(REFUSED)
        return
    with one_of_several(office.settings.data_dir):
        office.printer.message(STARTED)
        running.run(until_told())
        office.printer.message(ENDED)


def _halt(office: Office) -> Halt | None:
    from notifications.sending.recall import standing_halt

    with office.db.read() as connection:
        return standing_halt(connection, office.settings.data_dir, office.clock.now())


def _accepted(office: Office) -> bool:
    """Take away the alarm about the clock; whether a worker runs already, which then goes on."""
    from notifications.watch.clock_guard import clear_alarm, clock_alarm

    with office.db.write() as connection:
        alarm = clock_alarm(connection)
        clear_alarm(connection)
    office.printer.message(ACCEPTED if alarm else NO_ALARM)
    try:
        with only_one(office.settings.data_dir):
            return False
    except Stop:
        return True


def make_worker(office: Office) -> Worker:
    """The worker on this office's database, reporting to stderr."""
    from notifications.worker import Worker

    return Worker(
        office.db, office.book, office.settings, office.clock.now, partial(_report, office.printer)
    )


def _report(printer: Printer, job: str, result: object) -> None:
    if is_dataclass(result) and not isinstance(result, type):
        said = " ".join(f"{key}={value}" for key, value in asdict(result).items() if value)
    else:  # a count, a sentence, or what went wrong
        said = str(result)
    printer.note(f"[{job}] {said or '-'}")


def until_told() -> Event:
    """An event that Ctrl-C and SIGTERM set."""
    stopping = Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, lambda *_: stopping.set())
    return stopping


def only_one(folder: Path, refusal: Text | None = None) -> AbstractContextManager[None]:
    """Be at work in a data folder alone: no worker, no restore, no demonstration."""
    return _holding(folder, fcntl.LOCK_EX, refusal or ANOTHER)


def one_of_several(folder: Path) -> AbstractContextManager[None]:
    """Be at work in a data folder beside other workers, but not while it is restored."""
    return _holding(folder, fcntl.LOCK_SH, TAKEN)


@contextmanager
def _holding(folder: Path, how: int, refusal: Text) -> Iterator[None]:
    """Hold the lock of the data folder; the kernel frees it even after a kill."""
    with (folder / "worker.lock").open("w") as lock:
        try:
            fcntl.flock(lock, how | fcntl.LOCK_NB)
        except OSError:
            raise Stop(refusal, REFUSED) from None
        yield


def list_mailbox(find: str, as_json: bool, most: int | None = None) -> None:
    """The mails in the local mailbox, in order of arrival; at the most `most`, those about a day
    that is still ahead first."""
    from notifications.mailbox import read_mailbox

    office = Office(as_json)
    mails = read_mailbox(office.settings.data_dir / "mailbox")
    rows = [
        asdict(mail) | {"number": number}
        for number, mail in enumerate(mails, start=1)
        if find in mail.to or find in mail.subject
    ]
    if as_json:
        office.printer.data(rows)
        return
    heads = (Text("#", "#"), Text("收件人", "To"), Text("主题", "Subject"))
    shown = sorted(rows, key=_ahead)[:most] if most else rows
    office.printer.table(heads, [(row["number"], row["to"], row["subject"]) for row in shown])
    if len(shown) < len(rows):
        office.printer.line(MORE.format(n=len(rows) - len(shown)))
    office.printer.line(COUNT.format(n=len(rows)))


def _ahead(row: dict[str, object]) -> bool:
    """Sorts mails that still have days left before the others."""
    return "还有" not in str(row["subject"])


def show_mail(number: int, as_json: bool) -> None:
    """One mail as a person reads it."""
    from notifications.mailbox import read_mail, read_mailbox

    office = Office(as_json)
    folder = office.settings.data_dir / "mailbox"
    mails = read_mailbox(folder)
    if not 1 <= number <= len(mails):
        raise Stop(NO_MAIL.format(number=number, n=len(mails)), REFUSED)
    mail = mails[number - 1]
    text = read_mail(folder, mail.key)
    if as_json:
        office.printer.data(asdict(mail) | {"number": number, "text": text})
    else:
        office.printer.text(text)


def serve_mailbox(port: int) -> None:
    """Run the local mailbox until told to stop."""
    from notifications.mailbox import Mailbox

    office = Office(False)
    folder = office.settings.data_dir / "mailbox"
    folder.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    with Mailbox(folder, port) as mailbox:
        office.printer.message(SERVING.format(port=mailbox.port, folder=folder))
        until_told().wait()


REPORT = Text(
    "新排队{queued}封，发出{sent}封，未发成{failed}封，不发{withheld}项（原因见 yanxiu show）。",
    "{queued} queued, {sent} sent, {failed} failed, {withheld} withheld (why: `yanxiu show`).",
)
STARTED = Text(
    "提醒与发信已启动：每个工作日8:30提醒，随时发信。按 Ctrl-C 停止。",
    "Worker started: reminders at 08:30 on working days, mail at any time. Ctrl-C stops it.",
)
ACCEPTED = Text("时钟报警已解除。", "The alarm about the clock is taken away.")
NO_ALARM = Text("没有时钟报警。", "There is no alarm about the clock.")
ENDED = Text("已停止。", "Stopped.")
ANOTHER = Text(
    "本数据目录已有提醒与发信程序（或演示）在运行。",
    "A worker or a demonstration already runs on this data folder.",
)
TAKEN = Text(
    "本数据目录正在恢复备份，或正用于演示，请待其结束后再启动。",
    "This data folder is being restored, or a demonstration runs on it; start the worker afterwards.",
)
COUNT = Text(
    "共{n}封。阅读：yanxiu mailbox show 编号", "{n} mails. To read one: yanxiu mailbox show N"
)
MORE = Text("（另有{n}封，用 yanxiu mailbox 列出）", "({n} more: `yanxiu mailbox`)")
NO_MAIL = Text(
    "没有第{number}封，邮箱里共{n}封。", "There is no mail {number}; the mailbox has {n}."
)
SERVING = Text(
    "本机邮箱已启动：127.0.0.1:{port}，邮件存入 {folder}。按 Ctrl-C 停止。",
    "Local mailbox at 127.0.0.1:{port}, mails go to {folder}. Ctrl-C stops it.",
)
