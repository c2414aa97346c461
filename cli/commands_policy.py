"""`yanxiu policy …`: the commands and their options; what they do stands in cli/verbs_policy.py."""

from __future__ import annotations

from typing import Annotated

import typer

from cli.words import Json, both

policy_app = typer.Typer(
    no_args_is_help=True,
    rich_markup_mode=None,
    help=both("查看和校验政策文件", "Look at policy files"),
)


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


@policy_app.command("diff", help=both("两项政策的不同之处", "What differs between two policies"))
def policy_diff(
    old: Annotated[str, typer.Argument(metavar="P")],
    new: Annotated[str, typer.Argument(metavar="Q")],
    json: Json = False,
) -> None:
    from cli.verbs_policy import diff as run

    run(old, new, json)
