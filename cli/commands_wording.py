"""`yanxiu wording …`: the commands and their options; what they do: cli/verbs_wording*.py."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from cli.words import LARGEST_ID, Json, both

wording_app = typer.Typer(
    no_args_is_help=True,
    rich_markup_mode=None,
    help=both("邮件措辞：查看、修改、预览、试发", "How mails are worded: show, edit, preview, try"),
)

NoticeName = Annotated[
    str, typer.Argument(metavar="NOTICE", help=both("通知名，见 wording list", "See wording list"))
]
MailLanguage = Annotated[str, typer.Option("--lang", help=both("zh 或 en", "zh or en"))]
ReaderRole = Annotated[str, typer.Option("--role", help="host | coordinator | province")]
SavedBy = Annotated[str, typer.Option("--as", help=both("保存人（登录名或邮箱）", "Who saves it"))]
OfProject = Annotated[
    int, typer.Option("--project", min=1, max=LARGEST_ID, help=both("项目编号", "Project"))
]


@wording_app.command("list", help=both("列出各类通知及现用措辞", "List the notices"))
def wording_list(json: Json = False) -> None:
    from cli.verbs_wording import list_wordings as run

    run(json)


@wording_app.command("show", help=both("显示现用措辞和可用名称", "Show wording and names"))
def wording_show(notice: NoticeName, lang: MailLanguage = "zh", json: Json = False) -> None:
    from cli.verbs_wording import show as run

    run(notice, lang, json)


@wording_app.command("save", help=both("另存本单位的措辞（先检查）", "Save the office's wording"))
def wording_save(
    notice: NoticeName,
    subject: Annotated[str, typer.Option(help=both("主题", "Subject"))] = "",
    lead: Annotated[str, typer.Option(help=both("正文首段", "First paragraph"))] = "",
    file: Annotated[Path | None, typer.Option(help=both("从 .toml 文件读", "From a file"))] = None,
    lang: MailLanguage = "zh",
    user: SavedBy = "",
    json: Json = False,
) -> None:
    from cli.verbs_wording import save as run

    run(notice, subject, lead, file, lang, user, json)


@wording_app.command("reset", help=both("恢复随程序提供的措辞", "Back to what is shipped"))
def wording_reset(
    notice: NoticeName, lang: MailLanguage = "zh", user: SavedBy = "", json: Json = False
) -> None:
    from cli.verbs_wording import reset as run

    run(notice, lang, user, json)


@wording_app.command("history", help=both("列出保存过的各版", "List the versions"))
def wording_history(notice: NoticeName, lang: MailLanguage = "zh", json: Json = False) -> None:
    from cli.verbs_wording import history as run

    run(notice, lang, json)


@wording_app.command("preview", help=both("用真实项目预览", "Preview with a real project"))
def wording_preview(
    notice: NoticeName,
    project: OfProject,
    role: ReaderRole = "host",
    lang: MailLanguage = "zh",
    html: Annotated[
        Path | None, typer.Option(help=both("把网页版写入此文件", "Write the HTML here"))
    ] = None,
    json: Json = False,
) -> None:
    from cli.verbs_wording_try import show_preview as run

    run(notice, project, role, lang, html, json)


@wording_app.command("test-send", help=both("试发一封给自己", "Send it to yourself"))
def wording_test_send(
    notice: NoticeName,
    project: OfProject,
    to: Annotated[str, typer.Option(help=both("登录名或邮箱", "Login or address"))],
    role: ReaderRole = "host",
    lang: MailLanguage = "",
    json: Json = False,
) -> None:
    from cli.verbs_wording_try import test_send as run

    run(notice, project, to, role, lang, json)
