"""`yanxiu backup` and `yanxiu restore`."""

from __future__ import annotations

from contextlib import nullcontext
from datetime import datetime
from pathlib import Path

from cli.office import Office, Stop
from cli.output import REFUSED, USAGE
from cli.verbs_worker import only_one
from config.zone import local
from states.terms import Text


def backup(target: Path, as_json: bool) -> None:
    """Write a copy of the installation while everybody goes on working."""
    from workflow.backup.taking import take

    office = Office(as_json)
    if target.is_dir():
        raise Stop(A_FOLDER.format(path=target), USAGE)
    done = take(office.db, office.settings.data_dir, target, at=office.clock.now())
    if as_json:
        keys = str(done.keys) if done.keys else None
        told = {"file": str(target), "size": done.size, "papers": done.papers}
        office.printer.data(told | {"rules": done.rules, "keys": keys})
        return
    mb = f"{done.size / 1_000_000:.1f}"
    office.printer.line(TAKEN.format(file=target, mb=mb, papers=done.papers))
    office.printer.line(KEYS_APART.format(keys=done.keys) if done.keys else NO_KEYS)


def restore(
    source: Path, replace: bool, keys: Path | None, with_problems: bool, as_json: bool
) -> None:
    """Put a backup in place; its mail is halted until somebody lets it go."""
    from workflow.backup.restoring import NotVerified, Place, restore

    office = Office(as_json)
    place = Place(office.settings.data_dir, office.settings.url)
    there = place.data_dir.is_dir()  # else no worker can be at work in it
    alone = only_one(place.data_dir, STOP_FIRST) if there else nullcontext()
    try:
        with alone:
            done = restore(
                source,
                place,
                replace=replace,
                keys=keys,
                at=office.clock.now(),
                despite=with_problems,
            )
    except NotVerified as error:
        raise Stop(_listed(NOT_WHOLE, error.problems), REFUSED) from error
    if as_json:
        aside = str(done.aside) if done.aside else None
        told = {"taken_at": done.taken_at, "projects": done.projects, "papers": done.papers}
        more = {"replaced": aside, "keys": done.keys, "problems": list(done.problems)}
        office.printer.data(told | more | {"mail": "halted"})
        return
    values = {"at": local(datetime.fromisoformat(done.taken_at)), "n": done.projects}
    head = (DESPITE if done.problems else RESTORED).format(papers=done.papers, **values)
    office.printer.line(_listed(head, done.problems))
    if done.aside:
        office.printer.line(MOVED.format(folder=done.aside))
    if not done.keys:
        office.printer.line(OTHER_KEY)
    office.printer.line(HALTED)


def _listed(head: Text, problems: tuple[Text, ...]) -> Text:
    return Text(
        "\n".join([head.zh, *(f"  {one.zh}" for one in problems)]),
        "\n".join([head.en, *(f"  {one.en}" for one in problems)]),
    )


STOP_FIRST = Text(
    "提醒与发信程序正在运行，请先停止 yanxiu worker 和 yanxiu serve 再恢复。",
    "A worker is running: stop `yanxiu worker` and `yanxiu serve` first.",
)
A_FOLDER = Text(
    "{path} 是目录，请写明文件名，如 {path}/yanxiu-2025-09-01.zip。",
    "{path} is a folder; name a file, such as {path}/yanxiu-2025-09-01.zip.",
)
TAKEN = Text(
    "已备份到 {file}（{mb}MB，材料{papers}份），并已复核。",
    "Backed up to {file} ({mb} MB, {papers} papers) and read again.",
)
KEYS_APART = Text(
    "密钥另存为 {keys}，请与备份分开保管；设置（yanxiu.toml、环境变量）不在备份内，请另行保存。",
    "The keys are in {keys}: keep them apart. Settings (yanxiu.toml, environment) are not in it.",
)
NO_KEYS = Text(
    "数据目录中没有密钥，备份不含密钥。",
    "There are no keys in the data folder, and none were kept.",
)
RESTORED = Text(
    "已恢复 {at} 的备份并核对无误：项目{n}个，材料{papers}份。",
    "The backup of {at} is restored and verified: {n} projects, {papers} papers.",
)
DESPITE = Text(
    "已恢复 {at} 的备份（项目{n}个，材料{papers}份），但有以下问题，请核实：",
    "The backup of {at} is restored ({n} projects, {papers} papers), with these problems:",
)
MOVED = Text(
    "原有数据已移到 {folder}，确认不再需要后可删除。",
    "What was there is in {folder}; delete it once it is not needed.",
)
OTHER_KEY = Text(
    "密钥不是备份时的：日历订阅地址须重新发放。如有密钥文件，请用 --keys 指明后重新恢复。",
    "The key is not the backup's: calendar addresses must be given out anew. With the file of "
    "keys, restore again and name it by --keys.",
)
HALTED = Text(
    "除登录邮件外已暂停发信；核对并补录备份之后的办理后，运行 yanxiu mail resume 恢复发信。",
    "All mail but sign-in links is halted; enter again what was done since the backup, then run "
    "`yanxiu mail resume`.",
)
NOT_WHOLE = Text(
    "备份中的数据核对不符，没有恢复任何内容（确要恢复请加 --with-problems）：",
    "What is in the backup does not hold together; nothing was restored (add --with-problems to "
    "restore it all the same):",
)
