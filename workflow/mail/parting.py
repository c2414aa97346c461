"""Tells those who have no more to do with a project, since it went to other people."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, datetime

from sqlalchemy import Connection

from states.facts import Facts
from states.mailing import PARTS, parting_notice, sort_of_result
from states.terms import Act
from workflow.mail.outbox import Result, queue_result
from workflow.mail.recipients import addressed


def tell_who_left(
    connection: Connection,
    result: Result,
    before: Facts,
    after: Facts,
    *,
    on: date,
    at: datetime,
) -> None:
    """Queue one mail to each old contact, or coordinator of the old department, who is not
    written to any more: to whom it went, and that their part ends."""
    act = Act(result.deed)
    role = PARTS[act]
    sort = sort_of_result(act, role)
    stay = {to.email for to in addressed(connection, role, after, sort, on=on)}
    told = replace(result, notice=parting_notice(act))
    for to in addressed(connection, role, before, sort, on=on):
        if to.email not in stay:
            queue_result(connection, told, role, to, on=on, at=at)
