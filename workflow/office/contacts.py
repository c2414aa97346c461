"""Whom to ask: the office of the newest year on the books, and what nobody has entered of it yet."""

from __future__ import annotations

from sqlalchemy import Connection, select

from config.errors import ConfigError
from config.rulebook import Rulebook
from states.policy import Policy
from states.terms import Text
from workflow.tables import PROJECT


def newest_policy(connection: Connection, book: Rulebook) -> Policy | None:
    """The policy of the newest year with projects; None without projects, or while it is broken."""
    newest = select(PROJECT.c.policy).order_by(PROJECT.c.year.desc()).limit(1)
    name = connection.execute(newest).scalar_one_or_none()
    try:
        return book.policy(name) if name else None
    except ConfigError:  # told where policies are looked after
        return None


def contact_gap(policy: Policy | None) -> Text | None:
    """What hosts should be told of the office and cannot be; None where all of it is known."""
    missing = policy.contact_missing if policy else ()
    if not policy or not missing:
        return None
    zh, en = "、".join(one.zh for one in missing), ", ".join(one.en for one in missing)
    return GAP.format(policy=policy.id, zh=zh, en=en)


GAP = Text(
    "{policy} 的咨询和报送地址缺少：{zh}（或仍为示例），请在政策文件的 [contact] 中填写",
    "{policy} lacks, or has as samples: {en}; enter them in the policy file under [contact]",
)
