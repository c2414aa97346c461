"""`make run`: the whole office on this machine: pages, reminders and a mailbox, with a sample year.

Everything happens on loopback and in one folder (.demo by default), which may be deleted at any
time. The mail goes to the local mailbox, whatever YANXIU_SMTP_… says: these are made-up people.
"""

from __future__ import annotations

import os
import shutil
import sys
from dataclasses import replace
from datetime import UTC, date, datetime
from importlib.resources import files
from pathlib import Path
from shlex import quote
from typing import TYPE_CHECKING

from cli import demo_people, demo_web
from cli.failures import report
from cli.office import Office, Stop
from cli.output import REFUSED
from states.terms import Text
from workflow.whole_files import write_whole

if TYPE_CHECKING:
    from notifications.mailbox import Mailbox

KNOWN_SINCE = date(2025, 1, 1)
POLICY = "fujian-2025"
USUAL_PORT = 2525
DAY = "demo-day"  # marks a folder as the demonstration's own; holds its last day
TOLD = "demo-told"  # the day until which the story has been told
SHOWN = 12  # mails in the table


def main() -> None:
    """Run the demonstration until Ctrl-C."""
    try:
        _run()
    except KeyboardInterrupt:
        raise SystemExit(130) from None
    except Exception as error:
        raise SystemExit(report(error, as_json=False)) from None


def _run() -> None:
    from cli.verbs_setup import prepare
    from cli.verbs_worker import only_one

    office = Office(False)
    folder = office.settings.data_dir
    today = office.clock.today()
    if office.settings.database_url or _holds_real_work(folder):
        raise Stop(NOT_A_DEMO.format(folder=folder), REFUSED)
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    with only_one(folder):
        _say(1, "准备数据目录和数据库", "Data folder and database")
        _start_over_if_earlier(folder, today)
        _enter_contacts(folder)
        prepare(office)
        with _mailbox(folder) as mailbox, demo_web.free_port() as listener:
            _say(2, f"本机邮箱 127.0.0.1:{mailbox.port}", f"Mailbox 127.0.0.1:{mailbox.port}")
            where = f"http://127.0.0.1:{listener.getsockname()[1]}"
            _stay_at_home(office, mailbox, where)
            logins = _load(office)
            with demo_web.serving(office, listener):
                _go_on(office, mailbox, logins)


def _enter_contacts(folder: Path) -> None:
    """What an office does first: its own copy of the policy says whom to ask, here made up."""
    from config.policy_files import SHIPPED

    shipped = SHIPPED / f"{POLICY}.toml"
    own = folder / "policies" / shipped.name
    own.parent.mkdir(mode=0o700, exist_ok=True)
    text = shipped.read_text(encoding="utf-8").replace("sample = true", "sample = false")
    write_whole(own, text.encode())


def _stay_at_home(office: Office, mailbox: Mailbox, where: str) -> None:
    """Mail to the local mailbox only, with links to the pages here."""
    settings = office.settings
    settings.smtp_host, settings.smtp_port = "127.0.0.1", mailbox.port
    settings.smtp_security = "none"
    settings.smtp_username = settings.smtp_password = ""
    settings.base_url = where


def _holds_real_work(folder: Path) -> bool:
    return (folder / "yanxiu.db").exists() and not (folder / DAY).exists()


def _say(step: int, zh: str, en: str) -> None:
    english = os.environ.get("YANXIU_LANGUAGE") == "en"
    print(f"[{step}/5] {en if english else zh} …", flush=True)


def _start_over_if_earlier(folder: Path, today: date) -> None:
    """A mail that went out cannot be taken back: for an earlier day the demonstration restarts."""
    last = folder / DAY
    if last.exists() and today < date.fromisoformat(last.read_text().strip()):
        names = ("yanxiu.db", "yanxiu.db-wal", "yanxiu.db-shm", TOLD, demo_people.PASSWORDS)
        for name in names:
            (folder / name).unlink(missing_ok=True)
        for name in ("mailbox", "sent"):  # the journal too: the database forgets on purpose
            shutil.rmtree(folder / name, ignore_errors=True)
    write_whole(last, f"{today.isoformat()}\n".encode())


def _mailbox(folder: Path) -> Mailbox:
    """The local mailbox on its usual port, or on a free one if that is taken."""
    import socket

    from notifications.mailbox import Mailbox

    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", USUAL_PORT))
            port = USUAL_PORT
        except OSError:
            port = 0
    return Mailbox(folder / "mailbox", port)


def _load(office: Office) -> list[demo_people.Login]:
    """The sample year, as known since 1 January, people for each role, and what they have done;
    who may sign in."""
    from workflow.imports.plan import apply_plan
    from workflow.imports.plan_file import read_plan

    policy = office.book.policy(POLICY)
    plan = read_plan(Path(str(files("config.samples"))) / "plan-2025.xlsx", policy)
    at = datetime(KNOWN_SINCE.year, KNOWN_SINCE.month, KNOWN_SINCE.day, 1, tzinfo=UTC)
    result = apply_plan(office.db, office.book, policy, plan, today=KNOWN_SINCE, at=at)
    departments = sorted({row.department for row in plan.rows if row.department})
    with office.db.write() as connection:
        demo_people.enrol_people(connection, departments, at=at)
    rows = len(plan.rows)
    _say(3, f"示例年度计划：{rows}个项目，新增{result.imported}个", f"Sample plan: {rows} projects")
    for warning in result.warnings:
        where = f"第{warning.row}行 " if warning.row else ""
        print(f"      {where}{office.printer.say(warning.message)}")
    _tell(office)
    return demo_people.give_passwords(
        office.db, office.settings.data_dir, departments, at=office.clock.now()
    )


def _tell(office: Office) -> None:
    """The story until today; what was told on an earlier run is not told again."""
    from cli.demo_story import tell

    folder, today = office.settings.data_dir, office.clock.today()
    until = folder / TOLD
    after = date.fromisoformat(until.read_text().strip()) if until.exists() else None
    told = tell(office.db, office.book, folder, after=after, today=today)
    write_whole(until, f"{today.isoformat()}\n".encode())
    office.printer.line(STORY.format(done=told.done, drafted=told.drafted, today=today))


def _go_on(office: Office, mailbox: Mailbox, logins: list[demo_people.Login]) -> None:
    from cli.clock import Moment
    from cli.demo_story import OFFICE_OPENS
    from cli.verbs_worker import list_mailbox, make_worker, until_told

    today = office.clock.today()
    stopping = until_told()
    worker = make_worker(office)
    morning = Moment(datetime.combine(today, OFFICE_OPENS, UTC))  # whenever somebody starts it
    done = replace(worker, clock=morning).once()
    _say(
        4,
        f"{today}的提醒：新排队{done['queued']}封，发出{done['sent']}封，未发成{done['failed']}封",
        f"Reminders of {today}: {done['queued']} queued, {done['sent']} sent",
    )
    print()
    list_mailbox("", False, most=SHOWN)
    folder = office.settings.data_dir
    _write_env(office, mailbox.port, today)
    _say(5, "网页、提醒与发信、本机邮箱都已启动，按 Ctrl-C 一并停止", "All runs; Ctrl-C stops it")
    office.printer.line(OPEN.format(where=office.settings.base_url))
    heads = (Text("角色", "Role"), Text("登录名", "Login"), Text("密码", "Password"), UNIT)
    office.printer.table(heads, [(one.role.label, *one[1:]) for one in logins])
    office.printer.line(HINTS.format(env=folder / "env", maildir=folder / "mailbox" / "new"))
    sys.stdout.flush()
    worker.run(stopping)


def _write_env(office: Office, port: int, today: date) -> None:
    """Settings for a second terminal, to be read by `. .demo/env`."""
    folder = office.settings.data_dir
    lines = {
        "YANXIU_DATA_DIR": folder.resolve(),
        "YANXIU_TODAY": today,
        "YANXIU_SMTP_HOST": "127.0.0.1",
        "YANXIU_SMTP_PORT": port,
        "YANXIU_SMTP_SECURITY": "none",
        "YANXIU_BASE_URL": office.settings.base_url,
    }
    text = "".join(f"export {name}={quote(str(value))}\n" for name, value in lines.items())
    text += f'export PATH={quote(str(Path(sys.executable).parent))}:"$PATH"\n'
    write_whole(folder / "env", text.encode())


NOT_A_DEMO = Text(
    "演示只在自己的数据目录里运行：请取消 YANXIU_DATABASE_URL，并且不要让 YANXIU_DATA_DIR 指向"
    "正式使用的目录（{folder}）。",
    "The demonstration runs in a data folder of its own: unset YANXIU_DATABASE_URL, and do not "
    "point YANXIU_DATA_DIR at a folder that holds real work ({folder}).",
)
STORY = Text(
    "      示例经办情况（截至{today}）：办理{done}件，第二批申报{drafted}项",
    "      What has happened until {today}: {done} deeds, {drafted} applications",
)
OPEN = Text(
    "\n      打开 {where} ，用下列账号登录（仅供演示，密码只在本目录有效）：\n",
    "\n      Open {where} and sign in (passwords of this demonstration only):\n",
)
UNIT = Text("单位", "Unit")
HINTS = Text(
    """
      邮件文件：{maildir}
      在另一个终端里：
        . {env}
        yanxiu mailbox                    列出邮件
        yanxiu mailbox show 1             阅读第1封（查找：yanxiu mailbox --find unit06）
        yanxiu projects                   列出项目
        yanxiu show 2                     2号项目的期限和经过
        yanxiu do 2                       2号项目可以办理什么
        yanxiu do 2 file --as unit02@example.cn --attach implementation_plan=方案.docx
      办理人（示例）：承办单位 unit02@example.cn 等，主管单位 coordinator01 等，
      省厅 province1（经办）、province2（复核）；全部见 yanxiu user list
""",
    """
      Mail files: {maildir}
      In another terminal:
        . {env}
        yanxiu mailbox                    list the mails
        yanxiu mailbox show 1             read the first (find: yanxiu mailbox --find unit06)
        yanxiu projects                   list the projects
        yanxiu show 2                     deadlines and history of project 2
        yanxiu do 2                       what can be done with it
        yanxiu do 2 file --as unit02@example.cn --attach implementation_plan=plan.docx
      People: hosts unit02@example.cn and so on, coordinator01 and so on, province1, province2;
      all of them: yanxiu user list
""",
)

if __name__ == "__main__":
    main()
