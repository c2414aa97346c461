"""`yanxiu mail resend`, `hold`, `release`, `by-hand`, `clear`, `export`: what people do to mail."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

from cli.office import Office, Stop
from cli.output import REFUSED, USAGE, visible
from cli.verbs_worker import make_worker
from states.terms import Text
from workflow.mail import desk as mail_desk
from workflow.mail.acts import CLEARED
from workflow.mail.addresses import clear_address
from workflow.mail.attempts import MailRefused
from workflow.mail.halt import HALTED, NOT_HALTED, RESUMED

LONGEST_NOTE = 500


def resend(numbers: Sequence[int], note: str, user: str, as_json: bool) -> None:
    _each(mail_desk.requeue, RESENT, numbers, note, user, as_json)


def hold(numbers: Sequence[int], note: str, user: str, as_json: bool) -> None:
    _each(mail_desk.hold, HELD, numbers, note, user, as_json)


def release(numbers: Sequence[int], note: str, user: str, as_json: bool) -> None:
    _each(mail_desk.release, RELEASED, numbers, note, user, as_json)


def by_hand(numbers: Sequence[int], note: str, user: str, as_json: bool) -> None:
    if not note.strip():
        raise Stop(NO_NOTE, USAGE)
    _each(mail_desk.by_hand, BY_HAND, numbers, note, user, as_json)


def _each(
    act: Callable[..., None],
    done: Text,
    numbers: Sequence[int],
    note: str,
    user: str,
    as_json: bool,
) -> None:
    """One transaction a mail; what is refused stops none of the others, but the exit code is 1."""
    from notifications.sending.outside import delivering

    office = Office(as_json)
    if len(note) > LONGEST_NOTE or visible(note) != note:
        raise Stop(BAD_NOTE.format(most=LONGEST_NOTE), USAGE)
    how: dict[str, Any] = {
        "by": _login(office, user),
        "note": note.strip(),
        "at": office.clock.now(),
    }
    found: dict[str, list[dict[str, Any]]] = {"done": [], "refused": []}
    for number in dict.fromkeys(numbers):
        try:
            with (
                delivering(office.settings.data_dir) as delivered,
                office.db.write() as connection,
            ):
                act(connection, number, **how)
                if act is mail_desk.by_hand:
                    delivered.add(connection, number, how["at"])
        except MailRefused as refused:
            found["refused"].append({"id": number, "error": refused.text})
            continue
        found["done"].append({"id": number})
        if not as_json:
            office.printer.line(done.format(number=number))
    _finish(office, found)


def _finish(office: Office, found: dict[str, list[dict[str, Any]]]) -> None:
    said = [one["error"] for one in found["refused"]]
    if said:
        text = Text("\n".join(t.zh for t in said), "\n".join(t.en for t in said))
        raise Stop(text, REFUSED, found | {"error": text})
    if office.printer.as_json:
        office.printer.data(found)


def _login(office: Office, user: str) -> str:
    """The login of whom the record is to name; empty: the local operator."""
    from workflow.people import find_actor

    if not user:
        return ""
    with office.db.read() as connection:
        actor = find_actor(connection, user)
    if actor is None:
        raise Stop(NOBODY.format(user=user[:80]), REFUSED)
    return actor.login


def clear(email: str, user: str, as_json: bool) -> None:
    """Write to a marked address again."""
    office = Office(as_json)
    by = _login(office, user)
    with office.db.write() as connection:
        clear_address(connection, email, by=by, at=office.clock.now())
    if as_json:
        office.printer.data({"email": email.strip().lower()})
    else:
        office.printer.line(CLEARED.format(email=email.strip()))


def resume(user: str, as_json: bool) -> None:
    """Let mail go on that is halted as a whole."""
    from notifications.sending.recall import let_go

    office = Office(as_json)
    by = _login(office, user)
    with office.db.write() as connection:
        done = let_go(connection, office.settings.data_dir, by=by, at=office.clock.now())
    if as_json:
        office.printer.data({"resumed": done})
    else:
        office.printer.line(RESUMED if done else NOT_HALTED)


def export(where: str, mark: bool, user: str, as_json: bool) -> None:
    """Every waiting mail as a file, and the list of whom to call."""
    from notifications import by_hand as desk
    from notifications.sending.recall import standing_halt

    office, folder = Office(as_json), Path(where)
    if not where.strip():  # which would be the folder where one happens to stand
        raise Stop(NO_FOLDER, USAGE)
    writer = make_worker(office).writer()
    done = desk.export(
        office.db,
        writer,
        folder,
        today=office.clock.today(),
        at=office.clock.now(),
        language=office.settings.language,
        mark=mark,
        by=_login(office, user),
        data_dir=office.settings.data_dir,
    )
    with office.db.read() as connection:
        halt = standing_halt(connection, office.settings.data_dir, office.clock.now())
    if halt:  # some of these may have been sent before the restore
        office.printer.message(HALTED.format(why=halt.text))
    problems = list(desk.reasons(done))
    for text in problems:
        office.printer.message(text)
    if as_json:
        figures = {"folder": str(folder), "files": done.files, "marked": mark}
        office.printer.data(figures | {"problems": problems})
    else:
        said = EXPORTED_MARKED if mark else EXPORTED
        office.printer.line(said.format(n=len(done.files) - 1, folder=folder))
    if done.failed or done.refused:
        raise SystemExit(REFUSED)


RESENT = Text("第{number}号邮件已重新排队。", "Mail {number} is queued again.")
HELD = Text(
    "第{number}号邮件已扣下，放行：yanxiu mail release {number}",
    "Mail {number} is held; let it go: yanxiu mail release {number}",
)
RELEASED = Text("第{number}号邮件已放行。", "Mail {number} may go out.")
BY_HAND = Text("第{number}号邮件已登记为人工送达。", "Mail {number} counts as delivered by hand.")
EXPORTED = Text(
    "已导出{n}封邮件和电话通知登记表（call-list.html）到 {folder}；送达后用 yanxiu mail by-hand 登记。",
    "{n} mails and the call list (call-list.html) are in {folder}; record them with "
    "`yanxiu mail by-hand` once delivered.",
)
EXPORTED_MARKED = Text(
    "已导出{n}封邮件和电话通知登记表（call-list.html）到 {folder}，并登记为人工送达，请务必送达。",
    "{n} mails and the call list (call-list.html) are in {folder} and count as delivered by hand: "
    "see that they are.",
)
NO_FOLDER = Text("请写明存放目录。", "Name the folder.")
NO_NOTE = Text(
    "请用 --note 写明如何送达，如 --note 已电话通知张老师。",
    "Say with --note how it was delivered.",
)
BAD_NOTE = Text(
    "--note 最多{most}字，且不含控制字符。",
    "--note holds {most} characters at most, and no control characters.",
)
NOBODY = Text(
    "没有登录名或邮箱为“{user}”的在用人员，请用 yanxiu user list 查看。",
    "No active person “{user}”; see `yanxiu user list`.",
)
