"""`yanxiu token …`: the commands and their options; what they do: cli/verbs_token.py."""

from __future__ import annotations

from typing import Annotated

import typer

from cli.words import LARGEST_ID, Json, both

token_app = typer.Typer(
    no_args_is_help=True,
    rich_markup_mode=None,
    help=both(
        "供业务系统使用的访问令牌：新建、列出、停用", "Tokens for programs: add, list, revoke"
    ),
)

Login = Annotated[str, typer.Argument(metavar="LOGIN", help=both("登录名", "Login"))]


@token_app.command("add", help=both("新建令牌，只显示一次", "Make a token, shown once"))
def token_add(
    login: Login,
    name: Annotated[
        str, typer.Option("--name", help=both("用途，如 人事系统对接", "What it is for"))
    ],
    scope: Annotated[str, typer.Option("--scope", help="read | write")] = "read",
    until: Annotated[
        str,
        typer.Option(
            "--until", help=both("有效期至，默认半年", "Last day; half a year if not said")
        ),
    ] = "",
    json: Json = False,
) -> None:
    from cli.verbs_token import add as run

    run(login, name, scope, until, json)


@token_app.command("list", help=both("列出某人的令牌", "List the tokens of a person"))
def token_list(login: Login, json: Json = False) -> None:
    from cli.verbs_token import list_tokens as run

    run(login, json)


@token_app.command("revoke", help=both("停用一个令牌，立即生效", "End a token at once"))
def token_revoke(
    login: Login,
    token: Annotated[
        int,
        typer.Argument(
            metavar="N",
            min=1,
            max=LARGEST_ID,
            help=both("令牌编号，见 token list", "See token list"),
        ),
    ],
    json: Json = False,
) -> None:
    from cli.verbs_token import revoke as run

    run(login, token, json)
