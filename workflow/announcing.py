"""Telling the hosts of an imported plan that their projects are in it, once, when the office says;
and once more where a plan that is issued again has moved their dates."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import Connection, literal_column, select

from config.rulebook import Rulebook
from states.facts import TO_TELL
from states.terms import Act, Text
from workflow.deeds import Deed, Refused
from workflow.engine import perform_in
from workflow.mail_tables import MAIL, MailStatus
from workflow.people import Actor
from workflow.tables import PROJECT


@dataclass(frozen=True, slots=True)
class Announced:
    """The projects whose hosts were told, and those whose hosts no mail reaches."""

    told: tuple[int, ...]
    unreached: tuple[int, ...]


def untold(
    connection: Connection, *, policy: str = "", among: Iterable[int] | None = None
) -> list[int]:
    """The projects of an imported plan whose hosts know nothing of it, or of the dates that it has
    now, by id."""
    query = select(PROJECT.c.id).where(
        PROJECT.c.news != literal_column("''"), PROJECT.c.news.in_(TO_TELL)
    )
    if policy:
        query = query.where(PROJECT.c.policy == policy)
    found = connection.execute(query.order_by(PROJECT.c.id)).scalars()
    wanted = None if among is None else set(among)
    return [one for one in found if wanted is None or one in wanted]


def announce(
    connection: Connection,
    book: Rulebook,
    actor: Actor,
    projects: Iterable[int],
    *,
    today: date,
    at: datetime,
) -> Announced:
    """Tell their hosts, in the caller's transaction; what another step has overtaken is left out.

    Refused, and then nothing may be kept, where the actor may not tell anybody.
    """
    deed = Deed(Act.ANNOUNCE, actor, {}, {}, today)
    told, unreached = [], []
    for project_id in sorted(projects):
        try:
            done = perform_in(connection, book, project_id, deed, today=today, at=at)
        except Refused as refused:
            if {finding.rule for finding in refused.findings} <= OVERTAKEN:
                continue
            raise
        its = (MAIL.c.project_id == project_id, MAIL.c.event_seq == done.version)
        sent = select(MAIL.c.id).where(*its, MAIL.c.status != MailStatus.SUPPRESSED.value)
        told.append(project_id)
        if connection.execute(sent).first() is None:
            unreached.append(project_id)
    return Announced(tuple(told), tuple(unreached))


OVERTAKEN = frozenset({"told_once", "right_order"})


NOBODY_LEFT = Text(
    "没有需要通知的项目：都已通知过，或没有导入的项目。",
    "There is nobody to tell: all have been told, or nothing was imported.",
)
