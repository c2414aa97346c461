"""Keeps the text of every policy under which something is recorded: files are edited, replaced by an
upgrade, or lost, and an event's hash of its policy would then name what nobody can read any more.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from hashlib import sha256

from sqlalchemy import Connection, bindparam, func, select, text

from config.errors import ConfigError
from config.policy_files import policy_path
from config.rulebook import Rulebook
from states.terms import Text
from workflow.office_tables import POLICY_TEXT
from workflow.statements import Statement
from workflow.tables import EVENT


def keep_texts(connection: Connection, book: Rulebook, policies: Iterable[str]) -> None:
    """Keep the texts by which these policies are judged now; one that is kept already stays."""
    for name in sorted(set(policies)):
        digest = book.policy(name).digest
        if _KNOWN.run(connection, {"row_digest": digest}):
            continue
        try:
            content = policy_path(name, book.own_policies).read_bytes()
        except OSError:
            continue
        if sha256(content).hexdigest() == digest:  # else it was edited since it was read
            _KEEP.change(connection, {"digest": digest, "policy": name, "content": content})


def lost_texts(connection: Connection, book: Rulebook) -> Iterator[Text]:
    """The policies that events name and whose text is gone or was changed, a sentence each."""
    kept = {row.digest: row.content for row in connection.execute(select(POLICY_TEXT))}
    for digest, content in kept.items():
        if content and sha256(content).hexdigest() != digest:  # empty: from before texts were kept
            yield ALTERED.format(digest=str(digest)[:12])
    pairs = connection.execute(select(EVENT.c.policy, EVENT.c.policy_digest).distinct())
    for policy, digest in sorted(tuple(map(str, pair)) for pair in pairs):
        if digest not in kept and digest != _current(book, policy):
            yield LOST.format(policy=policy, digest=digest[:12])


def _current(book: Rulebook, policy: str) -> str:
    try:
        return book.policy(policy).digest
    except ConfigError:
        return ""


_KNOWN = Statement(
    select(POLICY_TEXT.c.digest)
    .where(POLICY_TEXT.c.digest == bindparam("row_digest"))
    .where(func.length(POLICY_TEXT.c.content) > 0)
)
_KEEP = Statement(  # both databases know this clause, the toolkit only as a dialect's own
    text(
        "INSERT INTO policy_text (digest, policy, content) VALUES (:digest, :policy, :content)"
        " ON CONFLICT (digest) DO UPDATE SET content = excluded.content"
        " WHERE length(policy_text.content) = 0"
    )
)
LOST = Text(
    "历史记录所依据的政策文件 {policy}（{digest}…）已不在，也没有留存文本。",
    "The policy file {policy} ({digest}…), which the history names, is gone and was not kept.",
)
ALTERED = Text(
    "留存的政策文本（{digest}…）已被改动。", "The policy text kept as {digest}… was changed."
)
