"""`yanxiu`: the commands, their options and their help. What they do stands in cli/verbs_*.py.

Nothing heavy is imported before a command is chosen, so that --help answers at once.
"""

from __future__ import annotations

import io
import os
import sys
from pathlib import Path
from typing import Annotated, Any

import typer

from cli.commands_accounts import PASSWORD_HELP, user_password
from cli.commands_mail import mail_app
from cli.commands_mailbox import mailbox_app
from cli.commands_policy import policy_app
from cli.commands_token import token_app
from cli.commands_user import user_app
from cli.commands_wording import wording_app
from cli.words import ENGLISH, LARGEST_ID, Json, both

# Typer may carry its own copy of click; this is the class in either case.
UsageError: type[Exception] = typer.BadParameter.__mro__[1]
app = typer.Typer(
    name="yanxiu",
    add_completion=False,
    no_args_is_help=True,
    rich_markup_mode=None,
    pretty_exceptions_enable=False,
    help=both(
        "高级研修项目全程管理：导入年度计划，推算期限，按时发邮件提醒，逐步办理并留痕。\n\n"
        "第一次使用：yanxiu init，再 yanxiu import 计划.xlsx --policy fujian-2025。\n\n"
        "设置用环境变量 YANXIU_… 或文件 yanxiu.toml；英文界面：YANXIU_LANGUAGE=en。",
        "Runs a year of advanced-training projects: plan, deadlines, reminders, every step on "
        "record.\n\nFirst: yanxiu init, then yanxiu import PLAN.xlsx --policy fujian-2025.",
    ),
)
app.add_typer(policy_app, name="policy")
app.add_typer(wording_app, name="wording")
app.add_typer(mail_app, name="mail")
app.add_typer(user_app, name="user")
user_app.command("password", help=PASSWORD_HELP)(user_password)
app.add_typer(token_app, name="token")
app.add_typer(mailbox_app, name="mailbox")

PolicyName = Annotated[
    str, typer.Option("--policy", help=both("政策，如 fujian-2025", "Policy, e.g. fujian-2025"))
]
ProjectId = Annotated[
    int,
    typer.Argument(
        metavar="ID",
        min=1,
        max=LARGEST_ID,
        help=both("项目编号（见 yanxiu projects）", "Project, see `yanxiu projects`"),
    ),
]


@app.command(help=both("建立数据目录和数据库；可重复运行", "Make the data folder and database"))
def init(json: Json = False) -> None:
    from cli.verbs_setup import init as run

    run(json)


@app.command(help=both("检查运行环境，逐项说明", "Check the installation"))
def doctor(json: Json = False) -> None:
    from cli.verbs_doctor import doctor as run

    run(json)


@app.command(help=both("推算期限（不需要数据库）", "Compute deadlines; needs no database"))
def deadlines(
    policy: PolicyName,
    category: Annotated[
        str, typer.Option(help=both("项目类别，如 demonstration", "Category, e.g. demonstration"))
    ],
    opens: Annotated[str, typer.Option(help=both("开班日，如 2025-03-31", "First day"))],
    ends: Annotated[str, typer.Option(help=both("结束日，如 2025-04-03", "Last day"))] = "",
    json: Json = False,
) -> None:
    from cli.verbs_policy import deadlines as run

    run(policy, category, opens, ends, json)


@app.command("import", help=both("导入年度计划（Excel）", "Import the annual plan from Excel"))
def import_(
    file: Annotated[Path, typer.Argument(metavar="FILE.xlsx")],
    policy: PolicyName,
    skip_bad_rows: Annotated[
        bool, typer.Option(help=both("跳过有误的行，其余照常导入", "Leave out rejected rows"))
    ] = False,
    dry_run: Annotated[
        bool, typer.Option(help=both("只检查，不写入", "Check only, write nothing"))
    ] = False,
    same: Annotated[
        list[str] | None,
        typer.Option(
            metavar="ROW=ID",
            help=both("该行就是编号为ID的项目，可多次", "The row is this project of the books"),
        ),
    ] = None,
    new: Annotated[
        list[int] | None,
        typer.Option(
            metavar="ROW", help=both("该行是另一个新项目，可多次", "The row is a new one")
        ),
    ] = None,
    tell: Annotated[
        bool,
        typer.Option(
            "--notify", help=both("导入后即通知承办单位", "Tell the hosts as part of the import")
        ),
    ] = False,
    json: Json = False,
) -> None:
    from cli.verbs_plan import import_plan as run

    run(file, policy, skip_bad_rows, dry_run, same or [], new or [], tell, json)


@app.command(
    help=both(
        "通知承办单位：导入的计划中还没有通知的项目，每个只通知一次",
        "Tell the hosts of an imported plan, each once",
    )
)
def notify(
    policy: Annotated[
        str, typer.Option("--policy", help=both("只通知这一政策的项目", "Only of this policy"))
    ] = "",
    project: Annotated[
        list[int] | None, typer.Option(help=both("只通知这个项目，可多次", "Only this project"))
    ] = None,
    json: Json = False,
) -> None:
    from cli.verbs_plan import notify as run

    run(policy, project or [], json)


@app.command(help=both("今天要联系谁；可粘贴到群里的文字", "Whom to call today, as plain text"))
def calls(
    late: Annotated[
        bool, typer.Option(help=both("改列全部逾期事项", "All that is overdue instead"))
    ] = False,
    json: Json = False,
) -> None:
    from cli.verbs_calls import calls as run

    run(late, json)


@app.command(help=both("列出项目（按计划顺序）", "List projects in plan order"))
def projects(
    state: Annotated[str, typer.Option(help=both("只列某一状态，如 planned", "One state"))] = "",
    overdue: Annotated[bool, typer.Option(help=both("只列已逾期的", "Only overdue"))] = False,
    as_of: Annotated[str, typer.Option(help=both("按哪一天计", "As of this day"))] = "",
    find: Annotated[
        str,
        typer.Option(
            help=both("项目名称、承办单位、序号或编号中的词", "Words of name or host, a number")
        ),
    ] = "",
    json: Json = False,
) -> None:
    from cli.verbs_plan import projects as run

    run(state, overdue, as_of, find, json)


@app.command(help=both("一个项目的期限、提示、材料、经过、邮件", "Show one project in full"))
def show(project_id: ProjectId, json: Json = False) -> None:
    from cli.verbs_plan import show as run

    run(project_id, json)


@app.command(
    help=both(
        "办理依据：每一步现在能否办理、由谁办理、还缺什么、依据哪一条，如：yanxiu why 2 subsidise",
        "Why each step can or cannot be done now, by whom, and under which clause",
    )
)
def why(
    project_id: ProjectId,
    action: Annotated[str, typer.Argument(metavar="[ACTION]", show_default=False)] = "",
    user: Annotated[
        str, typer.Option("--as", help=both("对谁而言（登录名或邮箱）", "As it stands for whom"))
    ] = "",
    json: Json = False,
) -> None:
    from cli.verbs_why import why as run

    run(project_id, action, user, json)


@app.command(
    help=both(
        "办理一步，如：yanxiu do 2 file --as unit02@example.cn "
        "--attach implementation_plan=方案.docx。不写办理事项时列出可办理的事项。",
        "Do a step, e.g. yanxiu do 2 file --as unit02@example.cn "
        "--attach implementation_plan=plan.docx. Without ACTION: what can be done.",
    )
)
def do(
    project_id: ProjectId,
    action: Annotated[str, typer.Argument(metavar="[ACTION]", show_default=False)] = "",
    user: Annotated[
        str, typer.Option("--as", help=both("办理人（登录名或邮箱）", "Who does it"))
    ] = "",
    values: Annotated[
        list[str] | None,
        typer.Option("--set", metavar="k=v", help=both("填写一项，可多次", "Fill in a field")),
    ] = None,
    attach: Annotated[
        list[str] | None,
        typer.Option("--attach", metavar="k=FILE", help=both("附一份材料，可多次", "Attach")),
    ] = None,
    received: Annotated[
        list[str] | None,
        typer.Option(
            "--received",
            metavar="k=HOW",
            help=both(
                "代录时未存电子件的材料：original 纸质原件，mailbox 在收件邮箱；可多次",
                "Paper without a file, with --on-behalf: original or mailbox",
            ),
        ),
    ] = None,
    on: Annotated[
        str,
        typer.Option(
            help=both("收到日期（用于代录）或办理日期", "Day of receipt, with --on-behalf")
        ),
    ] = "",
    on_behalf: Annotated[
        bool, typer.Option(help=both("代承办单位录入纸质材料", "Enter paper for the host"))
    ] = False,
    seen: Annotated[
        int, typer.Option(help=both("办理时看到的版本号，已变动则不办", "Version seen"))
    ] = 0,
    json: Json = False,
) -> None:
    from cli.verbs_do import do as run

    run(
        project_id,
        action,
        user,
        values or [],
        attach or [],
        received or [],
        on,
        on_behalf,
        seen,
        json,
    )


@app.command(
    help=both(
        "延长一项期限（已过期的也可以），重新推算提醒，如："
        "yanxiu extend 2 --kind filing --until 2025-03-07 --reason 台风",
        "Extend a deadline, also one that has passed; reminders follow",
    )
)
def extend(
    project_id: ProjectId,
    kind: Annotated[str, typer.Option(help=both("期限种类，如 filing", "Kind, e.g. filing"))],
    until: Annotated[str, typer.Option(help=both("延长至（当天仍算按时）", "The new last day"))],
    reason: Annotated[str, typer.Option(help=both("事由", "Why"))],
    document: Annotated[str, typer.Option(help=both("文号", "Document number"))] = "",
    json: Json = False,
) -> None:
    from cli.verbs_do import extend as run

    run(project_id, kind, until, reason, document, json)


@app.command(help=both("重放全部历史，核对数据和提醒台账", "Replay all history and check it"))
def verify(json: Json = False) -> None:
    from cli.verbs_setup import verify as run

    run(json)


@app.command(
    help=both(
        "备份数据库、材料和本单位的规则，密钥另存；可在使用中进行",
        "Back up database, papers and the office's rules, keys apart, while work goes on",
    )
)
def backup(file: Annotated[Path, typer.Argument(metavar="FILE.zip")], json: Json = False) -> None:
    from cli.verbs_backup import backup as run

    run(file, json)


@app.command(
    help=both(
        "从备份恢复，先核对再替换；恢复后暂停发信，直到 yanxiu mail resume",
        "Restore a backup, verified first; mail is halted until `yanxiu mail resume`",
    )
)
def restore(
    file: Annotated[Path, typer.Argument(metavar="FILE.zip")],
    replace: Annotated[
        bool,
        typer.Option("--replace", help=both("替换已有数据（移开保留）", "Replace what is there")),
    ] = False,
    keys: Annotated[
        Path | None, typer.Option(metavar="FILE", help=both("密钥文件", "The file of keys"))
    ] = None,
    with_problems: Annotated[
        bool,
        typer.Option("--with-problems", help=both("核对不符也恢复", "Even if verify finds fault")),
    ] = False,
    json: Json = False,
) -> None:
    from cli.verbs_backup import restore as run

    run(file, replace, keys, with_problems, json)


@app.command(help=both("运行提醒和发信；--once 办完今天的就退出", "Run reminders and delivery"))
def worker(
    once: Annotated[
        bool, typer.Option(help=both("提醒并发出今天到期的，然后退出", "Do today's, then end"))
    ] = False,
    accept_clock: Annotated[
        bool, typer.Option(help=both("确认本机时间无误，解除时钟报警", "The clock is right"))
    ] = False,
    json: Json = False,
) -> None:
    from cli.verbs_worker import worker as run

    run(once, accept_clock, json)


@app.command(
    help=both("运行网页服务：日历订阅、运行状态", "Run the web server: calendar feeds, health")
)
def serve(
    port: Annotated[int, typer.Option(min=1, max=65535, help=both("端口", "Port"))] = 8000,
    host: Annotated[str, typer.Option(help=both("地址，默认仅本机可用", "Address"))] = "127.0.0.1",
    workers: Annotated[int, typer.Option(min=1, max=64, help=both("进程数", "Processes"))] = 1,
) -> None:
    from cli.verbs_serve import serve as run

    run(host, port, workers)


@app.command(
    help=both("一个人的日历订阅地址（私密，可更换）", "The private calendar feed of a person")
)
def feed(
    login: Annotated[str, typer.Argument(metavar="LOGIN")],
    revoke: Annotated[
        bool, typer.Option("--revoke", help=both("更换地址，原地址失效", "End the old address"))
    ] = False,
    target: Annotated[
        Path | None,
        typer.Option("-o", metavar="FILE", help=both("把日历写入文件", "Write the calendar")),
    ] = None,
    json: Json = False,
) -> None:
    from cli.verbs_serve import feed as run

    run(login, revoke, target, json)


def main() -> None:
    """Run a command. Every expected failure ends in one sentence and an exit code."""
    for stream in (sys.stdout, sys.stderr):  # a terminal that knows no Chinese is no failure
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors="backslashreplace")
    code: Any
    try:
        code = _run()
        sys.stdout.flush()
    except BrokenPipeError:  # the reader of our output has gone
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        code = 1
    raise SystemExit(code or 0)


def _run() -> Any:
    try:
        return app(standalone_mode=False, prog_name="yanxiu")
    except UsageError as wrong:
        return _usage(wrong)
    except (KeyboardInterrupt, typer.Abort):
        return 130
    except BrokenPipeError:
        raise
    except Exception as error:
        from cli.failures import report

        return report(error, as_json="--json" in sys.argv)


def _usage(wrong: Any) -> int:
    from cli.output import USAGE, Printer
    from cli.usage import sentence

    printer = Printer("en" if ENGLISH else "zh", "--json" in sys.argv)
    if type(wrong).__name__ == "NoArgsIsHelpError":
        printer.text(wrong.message)
        return USAGE
    said = sentence(wrong)
    printer.message(said)
    if printer.as_json:
        printer.data({"error": said})
    return USAGE
