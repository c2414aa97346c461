"""`yanxiu init`, `verify`."""

from __future__ import annotations

from cli.office import Office, Stop
from cli.output import REFUSED
from cli.verbs_doctor import of_sqlite
from states.terms import Text


def init(as_json: bool) -> None:
    """Make the data folder and the database, or bring them to this version."""
    office = Office(as_json, waits=True)
    label, sound, said = of_sqlite(office)
    if not sound:
        office.printer.message(Text(f"{label.zh} {said.zh}", f"{label.en} {said.en}"))
    prepare(office)
    somebody = _somebody_can_sign_in(office)
    if as_json:
        shown = {
            "data_dir": str(office.settings.data_dir),
            "database": office.db.url.render_as_string(),
        }
        office.printer.data(shown | {"somebody_can_sign_in": somebody})
        return
    office.printer.line(READY.format(folder=office.settings.data_dir))
    if not somebody:
        office.printer.line(FIRST_ADMIN)


def prepare(office: Office) -> None:
    """Folder, key and database at their newest, deadlines as the rules now give them."""
    from workflow.backup.mark import HALF, half_restored
    from workflow.database import Database
    from workflow.installation_key import make_key
    from workflow.migrations import upgrade
    from workflow.refresh import refresh

    folder = office.settings.data_dir
    if half_restored(folder):
        raise Stop(HALF.format(folder=folder), REFUSED)
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    for name in ("papers", "policies", "calendars", "mailbox"):
        (folder / name).mkdir(mode=0o700, exist_ok=True)
    make_key(folder)
    db = Database(office.settings.url)
    changed = office.waiting_for(lambda: upgrade(db))
    refresh(db, office.book, anew=changed)  # columns that are new, too
    db.close()
    if not office.settings.database_url:
        (folder / "yanxiu.db").chmod(0o600)


def _somebody_can_sign_in(office: Office) -> bool:
    from workflow.accounts.passwords import anybody

    with office.db.read() as connection:
        return anybody(connection)


FIRST_ADMIN = Text(
    "还没有人可以登录。登记第一位管理员并设置一次性密码：\n"
    "  yanxiu user add admin --name 姓名 --role admin\n"
    "  yanxiu user password admin",
    "Nobody can sign in yet. Register the first administrator and set a one-time password:\n"
    "  yanxiu user add admin --name NAME --role admin\n"
    "  yanxiu user password admin",
)
READY = Text("已就绪：{folder}", "Ready: {folder}")


def verify(as_json: bool) -> None:
    """Replay the history; exit 1 if anything does not hold."""
    from workflow.verify import verify as replay

    office = Office(as_json)
    problems = list(replay(office.db, office.book, office.settings.papers_folder))
    if problems:
        raise Stop(
            Text(
                "\n".join(["核对发现问题：", *(f"  {p.zh}" for p in problems)]),
                "\n".join(["Problems found:", *(f"  {p.en}" for p in problems)]),
            ),
            REFUSED,
            {"ok": False, "problems": problems},
        )
    if as_json:
        office.printer.data({"ok": True, "problems": []})
    else:
        office.printer.line(CLEAN)


CLEAN = Text("历史、数据、期限和提醒台账一致。", "History, rows, deadlines and ledger agree.")
