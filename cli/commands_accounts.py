"""`yanxiu user password`: the command and its options; what it does: verbs_accounts.py."""

from __future__ import annotations

from typing import Annotated

import typer

from cli.words import Json, both

PASSWORD_HELP = both(
    "设置一次性登录密码并显示；--link 则生成一次性登录链接",
    "Set a password for one sign-in and print it; with --link a link instead",
)


def user_password(
    login: Annotated[str, typer.Argument(metavar="LOGIN")],
    link: Annotated[
        bool, typer.Option("--link", help=both("生成登录链接", "Make a sign-in link"))
    ] = False,
    json: Json = False,
) -> None:
    from cli.verbs_accounts import password as run

    run(login, link, json)
