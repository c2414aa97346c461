"""`yanxiu mailbox …`: the commands and their options; what they do stands in cli/verbs_worker.py."""

from __future__ import annotations

from typing import Annotated

import typer

from cli.words import Json, both

mailbox_app = typer.Typer(
    invoke_without_command=True,
    rich_markup_mode=None,
    help=both("本机演示邮箱：列出、阅读、启动", "The local mailbox: list, read, serve"),
)


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
