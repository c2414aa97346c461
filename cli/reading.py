"""Reads what was typed: dates, names of policies and states, k=v pairs."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from enum import StrEnum
from pathlib import Path
from typing import TypeVar

from cli.office import Office, Stop
from cli.output import USAGE
from states.policy import Category, Policy
from states.terms import Labelled, Text

E = TypeVar("E", bound=StrEnum)


def day(text: str, option: str) -> date:
    """A date such as 2025-03-31, within YEARS; Stop(2) otherwise."""
    try:
        found = date.fromisoformat(text.strip())
    except ValueError:
        raise Stop(BAD_DATE.format(option=option, given=text[:40]), USAGE) from None
    if found.year not in YEARS:
        raise Stop(FAR.format(option=option, given=text[:40]), USAGE)
    return found


def policy(office: Office, name: str) -> Policy:
    """The policy of that id or file; Stop(2) if there is none of that name."""
    from config.policy_files import policy_ids

    known = policy_ids(office.book.own_policies)
    if name not in known and not name.endswith(".toml"):
        listed = "、".join(known)
        raise Stop(NO_POLICY.format(given=name[:80], known=listed), USAGE)
    return office.book.policy(name)


def category(chosen: Policy, key: str) -> Category:
    """The category of that key; Stop(2) with the known ones otherwise."""
    if key not in chosen.categories:
        zh = "、".join(f"{c.key}（{c.label.zh}）" for c in chosen.categories.values())
        en = ", ".join(chosen.categories)
        message = NO_CATEGORY.format(given=key[:80], known=Text(zh, en), policy=chosen.id)
        raise Stop(message, USAGE)
    return chosen.categories[key]


def one_of(kind: type[E], given: str, what: Text) -> E:
    """A member by its English value; Stop(2) with the known ones otherwise."""
    try:
        return kind(given)
    except ValueError:
        members = [m for m in kind if isinstance(m, Labelled)]
        zh = "、".join(f"{m.value}（{m.label.zh}）" for m in members)
        en = ", ".join(str(m.value) for m in members)
        raise Stop(UNKNOWN.format(what=what, given=given[:80], known=Text(zh, en)), USAGE) from None


def pairs(given: Iterable[str], option: str) -> dict[str, str]:
    """k=v texts as a dict; Stop(2) for a text without = or a key given twice."""
    found: dict[str, str] = {}
    for text in given:
        key, sign, value = text.partition("=")
        if not sign or not key.strip() or key.strip() in found:
            raise Stop(BAD_PAIR.format(option=option, given=text[:80]), USAGE)
        found[key.strip()] = value
    return found


def regular_file(text: str) -> Path:
    """A readable file's path; Stop(1) with a sentence otherwise."""
    path = Path(text)
    if not path.is_file():
        raise Stop(NO_FILE.format(path=text[:200]), 1)
    return path


YEARS = range(1990, 2200)
FAR = Text(
    "{option} “{given}”的年份不合理，请核对。", "{option} “{given}”: the year cannot be right."
)
BAD_DATE = Text(
    "{option} “{given}”不是有效日期，请写作 2025-03-31。",
    "{option} “{given}” is no valid date; write 2025-03-31.",
)
NO_POLICY = Text(
    "没有政策“{given}”。现有：{known}；也可以给出 .toml 文件。",
    "There is no policy “{given}”. Known: {known}; or give a .toml file.",
)
NO_CATEGORY = Text(
    "{policy} 没有项目类别“{given}”。可用：{known}。",
    "{policy} has no category “{given}”. Known: {known}.",
)
UNKNOWN = Text("没有{what}“{given}”。可用：{known}。", "No {what} “{given}”. Known: {known}.")
BAD_PAIR = Text(
    "{option} “{given}”应写作 名称=内容，且同一名称只写一次。",
    "{option} “{given}”: write name=value, each name once.",
)
NO_FILE = Text("找不到文件 {path}，请核对路径。", "There is no file {path}; check the path.")
