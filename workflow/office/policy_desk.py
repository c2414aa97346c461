"""Policies as the office keeps them: which there are, a file that is checked, one that is saved."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path

from sqlalchemy import Connection

from config.errors import ConfigError
from config.policy_files import policy_ids, read_policy
from config.rulebook import Rulebook
from states.policy import Policy
from states.terms import Text
from workflow.office.log import note
from workflow.refresh import categories_in_use
from workflow.whole_files import write_whole


def known_policies(book: Rulebook) -> list[tuple[str, Policy | Text]]:
    """Each policy by its id, or why it cannot be read."""
    found: list[tuple[str, Policy | Text]] = []
    for name in policy_ids(book.own_policies):
        try:
            found.append((name, book.policy(name)))
        except ConfigError as error:
            found.append((name, error.text))
    return found


def known_policy(book: Rulebook, name: str) -> Policy | None:
    """The policy of that id; None where there is none that can be read."""
    found = dict(known_policies(book)).get(name)
    return found if isinstance(found, Policy) else None


def checked(connection: Connection, file: str, content: bytes) -> Policy:
    """The policy in a file that may be saved. ConfigError says why not.

    Projects on the books keep their category: one that is in use must not go.
    """
    found = read_policy(file, content)
    for key in sorted(categories_in_use(connection, found.id) - set(found.categories)):
        raise ConfigError(f"{found.id}.toml", f"categories.{key}", IN_USE)
    return found


def save(
    connection: Connection, folder: Path, file: str, content: bytes, *, by: str, at: datetime
) -> Policy:
    """Check a policy and keep it in the office's folder, in place of what has its id.

    The rules are then to be read again, and deadlines derived again (refresh.py). Raises
    ConfigError, OSError.
    """
    found = checked(connection, file, content)
    detail = f"{file} {found.digest[:12]}"
    note(connection, by, "policy_saved", about=found.id, detail=detail, at=at)
    folder.mkdir(mode=0o700, exist_ok=True)
    write_whole(folder / f"{found.id}.toml", content)
    return found


IN_USE = Text("已有项目属于这一类别，不能取消。", "Projects belong to this category; it must stay.")
