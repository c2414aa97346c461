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

from cli.commands_mail import mail_app
from cli.commands_token import token_app
from cli.commands_wording import wording_app
from cli.words import Json, both

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
policy_app = typer.Typer(
    no_args_is_help=True,
    rich_markup_mode=None,
    help=both("查看和校验政策文件", "Look at policy files"),
)
user_app = typer.Typer(
    no_args_is_help=True,
    rich_markup_mode=None,
    help=both("单位联系人、主管单位联系人、省厅人员及其权限", "People and their roles"),
)
mailbox_app = typer.Typer(
    invoke_without_command=True,
    rich_markup_mode=None,
    help=both("本机演示邮箱：列出、阅读、启动", "The local mailbox: list, read, serve"),
)
app.add_typer(policy_app, name="policy")
app.add_typer(wording_app, name="wording")
app.add_typer(mail_app, name="mail")
app.add_typer(user_app, name="user")
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
        max=2**31 - 1,  # what the column can hold
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


@policy_app.command("list", help=both("列出政策", "List the policies"))
def policy_list(json: Json = False) -> None:
    from cli.verbs_policy import list_policies as run

    run(json)


@policy_app.command("show", help=both("显示一项政策的全部规定及出处", "Show a policy"))
def policy_show(policy: Annotated[str, typer.Argument(metavar="P")], json: Json = False) -> None:
    from cli.verbs_policy import show as run

    run(policy, json)


@policy_app.command("check", help=both("校验政策（名称或文件）", "Check a policy or a file"))
def policy_check(
    policy: Annotated[str, typer.Argument(metavar="P_OR_FILE")], json: Json = False
) -> None:
    from cli.verbs_policy import check as run

    run(policy, json)


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
    json: Json = False,
) -> None:
    from cli.verbs_plan import import_plan as run

    run(file, policy, skip_bad_rows, dry_run, json)


@app.command(help=both("列出项目（按计划顺序）", "List projects in plan order"))
def projects(
    state: Annotated[str, typer.Option(help=both("只列某一状态，如 planned", "One state"))] = "",
    overdue: Annotated[bool, typer.Option(help=both("只列已逾期的", "Only overdue"))] = False,
    as_of: Annotated[str, typer.Option(help=both("按哪一天计", "As of this day"))] = "",
    json: Json = False,
) -> None:
    from cli.verbs_plan import projects as run

    run(state, overdue, as_of, json)


@app.command(help=both("一个项目的期限、提示、材料、经过、邮件", "Show one project in full"))
def show(project_id: ProjectId, json: Json = False) -> None:
    from cli.verbs_plan import show as run

    run(project_id, json)


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
    on: Annotated[str, typer.Option(help=both("办理（收件）日期", "The date that counts"))] = "",
    on_behalf: Annotated[
        bool, typer.Option(help=both("代承办单位录入纸质材料", "Enter paper for the host"))
    ] = False,
    seen: Annotated[
        int, typer.Option(help=both("办理时看到的版本号，已变动则不办", "Version seen"))
    ] = 0,
    json: Json = False,
) -> None:
    from cli.verbs_do import do as run

    run(project_id, action, user, values or [], attach or [], on, on_behalf, seen, json)


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
) -> None:
    from cli.verbs_serve import serve as run

    run(host, port)


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


@mailbox_app.callback()
def mailbox(
    context: typer.Context,
    find: Annotated[
        str, typer.Option(help=both("只列收件人或主题含此文字的", "Only mails with this text"))
    ] = "",
    json: Json = False,
) -> None:
    if context.invoked_subcommand is None:
        from cli.verbs_worker import list_mailbox

        list_mailbox(find, json)


@mailbox_app.command("show", help=both("阅读第 N 封", "Read mail N"))
def mailbox_show(number: Annotated[int, typer.Argument(metavar="N")], json: Json = False) -> None:
    from cli.verbs_worker import show_mail as run

    run(number, json)


@mailbox_app.command("serve", help=both("启动本机邮箱（仅本机可用）", "Run the local mailbox"))
def mailbox_serve(
    port: Annotated[int, typer.Option(min=1, max=65535, help=both("端口", "Port"))] = 2525,
) -> None:
    from cli.verbs_worker import serve_mailbox as run

    run(port)


@user_app.command("add", help=both("登记人员", "Add a person"))
def user_add(
    login: Annotated[str, typer.Argument(metavar="LOGIN")],
    name: Annotated[str, typer.Option(help=both("姓名", "Name"))],
    role: Annotated[str, typer.Option(help="host | coordinator | province | admin | auditor")],
    scope: Annotated[
        str,
        typer.Option(help=both("所属单位（承办单位、主管单位）", "Unit, for host, coordinator")),
    ] = "",
    email: Annotated[str, typer.Option(help=both("邮箱", "E-mail"))] = "",
    phone: Annotated[str, typer.Option(help=both("电话", "Telephone"))] = "",
    json: Json = False,
) -> None:
    from cli.verbs_user import add as run

    run(login, name, role, scope, email, phone, json)


@user_app.command("list", help=both("列出人员", "List people"))
def user_list(json: Json = False) -> None:
    from cli.verbs_user import list_people as run

    run(json)


@user_app.command("grant", help=both("增加一项权限", "Give another role"))
def user_grant(
    login: Annotated[str, typer.Argument(metavar="LOGIN")],
    role: Annotated[str, typer.Option(help="host | coordinator | province | admin | auditor")],
    scope: Annotated[str, typer.Option(help=both("所属单位", "Unit"))] = "",
    json: Json = False,
) -> None:
    from cli.verbs_user import give as run

    run(login, role, scope, json)


@user_app.command(
    "prefer", help=both("某类邮件如何接收；不写 --sort 时列出", "How a sort of mail comes")
)
def user_prefer(
    login: Annotated[str, typer.Argument(metavar="LOGIN")],
    sort: Annotated[str, typer.Option(help=both("邮件类别，如 chasing", "Sort of mail"))] = "",
    mode: Annotated[str, typer.Option(help="at_once | digest | off")] = "",
    json: Json = False,
) -> None:
    from cli.verbs_choices import prefer as run

    run(login, sort, mode, json)


@user_app.command("language", help=both("邮件语言：zh 或 en", "Language of mails: zh or en"))
def user_language(
    login: Annotated[str, typer.Argument(metavar="LOGIN")],
    language: Annotated[str, typer.Argument(metavar="zh|en")],
    json: Json = False,
) -> None:
    from cli.verbs_choices import speak as run

    run(login, language, json)


@user_app.command(
    "substitute",
    help=both("请人代收邮件（起止日期均含当日）；--end 结束代收", "Let somebody stand in"),
)
def user_substitute(
    login: Annotated[str, typer.Argument(metavar="LOGIN")],
    by: Annotated[str, typer.Option(help=both("代收人登录名", "The substitute's login"))] = "",
    from_: Annotated[str, typer.Option("--from", help=both("起始日", "First day"))] = "",
    until: Annotated[str, typer.Option(help=both("截止日", "Last day"))] = "",
    end: Annotated[bool, typer.Option("--end", help=both("结束代收", "End it"))] = False,
    json: Json = False,
) -> None:
    from cli.verbs_choices import substitute as run

    run(login, by, from_, until, end, json)


@user_app.command(
    "hand-over",
    help=both(
        "把一个人的全部项目、角色和待发邮件移交给另一个人", "Hand everything over to another person"
    ),
)
def user_hand_over(
    old: Annotated[str, typer.Argument(metavar="OLD")],
    new: Annotated[str, typer.Argument(metavar="NEW")],
    reason: Annotated[str, typer.Option(help=both("事由", "Why"))] = "",
    json: Json = False,
) -> None:
    from cli.verbs_choices import hand_over as run

    run(old, new, reason, json)


@user_app.command("disable", help=both("停用人员（不再收信、不能办理）", "Disable a person"))
def user_disable(
    login: Annotated[str, typer.Argument(metavar="LOGIN")], json: Json = False
) -> None:
    from cli.verbs_user import disable as run

    run(login, json)


@user_app.command("import", help=both("从 Excel 导入人员", "Import people from Excel"))
def user_import(
    file: Annotated[Path, typer.Argument(metavar="FILE.xlsx")],
    skip_bad_rows: Annotated[bool, typer.Option(help=both("跳过有误的行", "Skip"))] = False,
    dry_run: Annotated[bool, typer.Option(help=both("只检查，不写入", "Check only"))] = False,
    json: Json = False,
) -> None:
    from cli.verbs_user import import_people as run

    run(file, skip_bad_rows, dry_run, json)


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
    from cli.usage import sentence

    if type(wrong).__name__ == "NoArgsIsHelpError":
        print(wrong.message)
        return 2
    said = both(*sentence(wrong))
    print(said, file=sys.stderr)
    if "--json" in sys.argv:
        import json

        print(json.dumps({"error": said}, ensure_ascii=False))
    return 2
