"""Loads a policy file: one year of one province, every value with its clause."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal
from functools import lru_cache
from hashlib import sha256
from importlib.resources import files
from pathlib import Path
from typing import Any

from pydantic import ValidationError

from config.errors import ConfigError, first_reason
from config.policy_tables import PolicyTable, policy_of
from config.toml_text import LARGEST, read_text
from states.policy import Policy
from states.policy_fields import Mark, classes_of, parts_of, values_of
from states.terms import Text

SHIPPED = Path(str(files("config.policies")))


def policy_ids(extra: Path | None = None) -> list[str]:
    """The ids that load_policy knows: the shipped ones and those of the folder `extra`."""
    folders = (SHIPPED, extra) if extra else (SHIPPED,)
    return sorted({path.stem for folder in folders for path in folder.glob("*.toml")})


def load_policy(name: str, extra: Path | None = None) -> Policy:
    """The policy of that id (a file in `extra` wins over a shipped one) or of a path to a .toml.

    Amounts are fen. An id is read once in the life of a process, a path anew each time.
    ConfigError: unknown id, or a file that is refused.
    """
    return _load(Path(name)) if name.endswith(".toml") else _by_id(name, extra)


def forget_policies() -> None:
    """Read a policy again when it is next asked for."""
    _by_id.cache_clear()


def read_policy(file: str, content: bytes) -> Policy:
    """The policy that somebody wrote into a file of that name. ConfigError: it is refused."""
    if len(content) > LARGEST:
        raise ConfigError(file, "", TOO_LARGE)
    return _parsed(file, content)


def policy_path(name: str, extra: Path | None = None) -> Path:
    """Where the policy of that id is read from: a file in `extra` wins over a shipped one."""
    own = extra / f"{name}.toml" if extra else None
    return own if own and own.exists() else SHIPPED / f"{name}.toml"


@lru_cache(maxsize=64)
def _by_id(name: str, extra: Path | None) -> Policy:
    known = policy_ids(extra)
    if name not in known:
        raise ConfigError(name, "", NO_SUCH_POLICY.format(known="、".join(known)))
    path = policy_path(name, extra)
    found = _load(path)
    if found.id != name:
        raise ConfigError(path.name, "id", OTHER_ID.format(id=found.id))
    return found


def _load(path: Path) -> Policy:
    try:
        if not path.is_file():
            raise ConfigError(path.name, "", NO_FILE)
        if path.stat().st_size > LARGEST:
            raise ConfigError(path.name, "", TOO_LARGE)
        return _parsed(path.name, path.read_bytes())
    except (OSError, ValueError) as error:
        raise ConfigError(path.name, "", UNREAD.format(why=error)) from error


@lru_cache(maxsize=32)
def _parsed(file: str, content: bytes) -> Policy:
    try:
        raw = read_text(file, content.decode("utf-8-sig"), parse_float=Decimal)
        table = PolicyTable.model_validate(raw)
    except ValidationError as error:
        raise ConfigError(file, *first_reason(error)) from error
    except UnicodeDecodeError as error:
        raise ConfigError(file, "", NOT_UTF8) from error
    except (ValueError, ArithmeticError, RecursionError) as error:
        raise ConfigError(file, "", NOT_TOML.format(why=str(error)[:200])) from error
    for key, reason in (*_dangling(table, raw), *_mixed_up(table)):
        raise ConfigError(file, key, reason)
    return policy_of(table, sha256(content).hexdigest())


def _dangling(table: Any, raw: object) -> Iterator[tuple[str, Text]]:
    """Keys that point to what the file does not define, each with the reason."""
    for key, clause in _cited(raw):
        if clause not in table.clauses:
            yield key, NO_SUCH_CLAUSE.format(clause=clause)
    for id_, entry in table.clauses.items():
        document = table.documents.get(entry.source)
        if document is None:
            yield f"clauses.{id_}.document", UNDEFINED.format(name=entry.source)
        elif not document.at_hand:
            yield f"clauses.{id_}.document", NOT_AT_HAND.format(name=entry.source)
    for name, category in table.categories.items():
        papers = [paper for papers in category.papers.values() for paper in papers]
        for key, used, defined in (
            ("fund", [category.fund] if category.fund else [], table.funds),
            ("papers", [paper.key for paper in papers], table.papers),
            ("milestones", [milestone.key for milestone in category.milestones], table.milestones),
        ):
            for unknown in [each for each in used if each not in defined]:
                yield f"categories.{name}.{key}", UNDEFINED.format(name=unknown)
    for name, reason in table.reasons.items():
        for unknown in [each for each in reason.categories if each not in table.categories]:
            yield f"reasons.{name}.categories", UNDEFINED.format(name=unknown)


def _cited(value: object, path: str = "") -> Iterator[tuple[str, str]]:
    """Every id of a clause that the file names, with the key where it stands."""
    if isinstance(value, dict):
        for key, inner in value.items():
            at = f"{path}.{key}" if path else key
            if key in CITING and isinstance(inner, str):
                yield at, inner
            yield from _cited(inner, at)
    elif isinstance(value, list):
        for number, inner in enumerate(value):
            yield from _cited(inner, f"{path}.{number}")


def _mixed_up(table: Any) -> Iterator[tuple[str, Text]]:
    """Published names that lead to two categories, or to none."""
    taken: dict[tuple[str, str], str] = {}
    for key, category in table.categories.items():
        for name in category.names:
            other = taken.setdefault((name, category.funding), key)
            if other != key:
                yield f"categories.{key}.names", SAME_NAME.format(name=name, other=other)
    known = {name for name, _ in taken}
    for name in table.announced.by_name if table.announced else ():
        if name not in known:
            yield f"announced.by_name.{name}", UNDEFINED.format(name=name)


# What fields that cite a clause are called in a file.
CITING = {
    one.written_as
    for kind in classes_of(Policy)
    for one in values_of(kind)
    if Mark.CLAUSE in (*one.marks, *parts_of(one.type))
}
NO_SUCH_POLICY = Text("没有这个政策，现有：{known}。", "No such policy; known: {known}.")
OTHER_ID = Text(
    "文件内的 id 是“{id}”，须与文件名一致。", "It says “{id}”; id and file name must agree."
)
NO_FILE = Text("文件不存在，或不是普通文件。", "There is no such file.")
TOO_LARGE = Text(
    "文件超过200KB，不像是政策文件。", "It is larger than 200 KB: hardly a policy file."
)
UNREAD = Text("无法读取（{why}）。", "It cannot be read ({why}).")
NOT_UTF8 = Text("文件不是 UTF-8 编码，请另存为 UTF-8。", "It is not UTF-8; save it as UTF-8.")
NOT_TOML = Text("不是有效的 TOML 文本（{why}）。", "It is no valid TOML ({why}).")
NO_SUCH_CLAUSE = Text(
    "引用的条款“{clause}”未在 [clauses] 中列出。", "Clause “{clause}” is not listed in [clauses]."
)
UNDEFINED = Text("“{name}”在本文件中没有定义。", "“{name}” is not defined in this file.")
NOT_AT_HAND = Text(
    "文件“{name}”的正文不在手边（at_hand = false），不能引用其条款。",
    "The text of “{name}” is not at hand (at_hand = false): no clause can be drawn from it.",
)
SAME_NAME = Text(
    "名称“{name}”已用于类别 {other}，资助方式也相同，无法区分。",
    "“{name}” already names {other} with the same funding; they could not be told apart.",
)
