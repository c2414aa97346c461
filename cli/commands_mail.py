"""`yanxiu mail …`: the commands and their options; what they do stands in cli/verbs_mail*.py."""

from __future__ import annotations

from typing import Annotated

import typer

from cli.words import Json, both

mail_app = typer.Typer(
    invoke_without_command=True,
    rich_markup_mode=None,
    help=both(
        "邮件台账：已发、待发、失败、未发及原因；重发、扣下、放行、人工送达、导出",
        "The mail log; send again, hold, release, deliver by hand, export",
    ),
)

Project = Annotated[int, typer.Option(metavar="ID", help=both("只列某一项目的", "Of one project"))]
Numbers = Annotated[
    list[int],
    typer.Argument(metavar="ID…", help=both("邮件编号，可多个", "One or more mails")),
]
Note = Annotated[str, typer.Option(help=both("说明，记入经过", "A note for the record"))]
User = Annotated[str, typer.Option("--as", help=both("办理人（登录名或邮箱）", "Who does it"))]


@mail_app.callback()
def mail(
    context: typer.Context,
    project: Project = 0,
    state: Annotated[
        str,
        typer.Option(
            help=both("只列某一状态，如 dead、bounced", "In one state, e.g. dead, bounced")
        ),
    ] = "",
    json: Json = False,
) -> None:
    if context.invoked_subcommand is None:
        from cli.verbs_mail import list_mail

        list_mail(project, state, json)


@mail_app.command("show", help=both("一封邮件的全部情况", "All about one mail"))
def show(number: Annotated[int, typer.Argument(metavar="ID")], json: Json = False) -> None:
    from cli.verbs_mail import show as run

    run(number, json)


@mail_app.command("coming", help=both("某一项目今后的提醒", "The reminders to come of a project"))
def coming(
    project: Annotated[int, typer.Option(metavar="ID", help=both("项目", "The project"))],
    json: Json = False,
) -> None:
    from cli.verbs_mail import coming as run

    run(project, json)


@mail_app.command("silence", help=both("未发提醒及原因", "What was not sent, and why"))
def silence(project: Project = 0, json: Json = False) -> None:
    from cli.verbs_mail import silence as run

    run(project, json)


@mail_app.command("addresses", help=both("有退信标记的邮箱", "Addresses where mail came back"))
def addresses(json: Json = False) -> None:
    from cli.verbs_mail import addresses as run

    run(json)


@mail_app.command("clear", help=both("取消一个邮箱的退信标记", "Write to an address again"))
def clear(
    email: Annotated[str, typer.Argument(metavar="ADDRESS")], user: User = "", json: Json = False
) -> None:
    from cli.verbs_mail_do import clear as run

    run(email, user, json)


@mail_app.command(
    "resend", help=both("把发送失败、未发送或被退回的邮件重新排队", "Queue mails again")
)
def resend(numbers: Numbers, note: Note = "", user: User = "", json: Json = False) -> None:
    from cli.verbs_mail_do import resend as run

    run(numbers, note, user, json)


@mail_app.command("hold", help=both("扣下待发送的邮件", "Keep waiting mails from going out"))
def hold(numbers: Numbers, note: Note = "", user: User = "", json: Json = False) -> None:
    from cli.verbs_mail_do import hold as run

    run(numbers, note, user, json)


@mail_app.command("release", help=both("放行待审发或扣下的邮件", "Let held mails go"))
def release(numbers: Numbers, note: Note = "", user: User = "", json: Json = False) -> None:
    from cli.verbs_mail_do import release as run

    run(numbers, note, user, json)


@mail_app.command("by-hand", help=both("登记为人工送达（写明 --note）", "Delivered by hand"))
def by_hand(numbers: Numbers, note: Note = "", user: User = "", json: Json = False) -> None:
    from cli.verbs_mail_do import by_hand as run

    run(numbers, note, user, json)


@mail_app.command(
    "resume",
    help=both(
        "数据库恢复后恢复发信：请先核对，发信记录中已发出的不会重发",
        "Let mail go on after a restore: what the journal shows as sent is not sent again",
    ),
)
def resume(user: User = "", json: Json = False) -> None:
    from cli.verbs_mail_do import resume as run

    run(user, json)


@mail_app.command(
    "export",
    help=both(
        "连不上发信服务器时：把待发邮件存为 .eml，并生成可打印的电话通知登记表",
        "Where no server can be reached: waiting mails as .eml and a printable call list",
    ),
)
def export(
    folder: Annotated[str, typer.Argument(metavar="DIR", help=both("存放目录", "Folder"))],
    mark: Annotated[
        bool, typer.Option("--mark", help=both("登记为人工送达", "Count them as delivered"))
    ] = False,
    user: User = "",
    json: Json = False,
) -> None:
    from cli.verbs_mail_do import export as run

    run(folder, mark, user, json)
