"""`yanxiu user …`: the commands and their options; what they do: verbs_user.py, verbs_choices.py."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from cli.words import Json, both

user_app = typer.Typer(
    no_args_is_help=True,
    rich_markup_mode=None,
    help=both("单位联系人、主管单位联系人、省厅人员及其权限", "People and their roles"),
)


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
