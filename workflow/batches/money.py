"""What a batch of subsidies takes from each fund, beside what the fund has."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import Connection

from config.rulebook import Rulebook
from states.form_reading import read_form
from states.terms import Action, Text
from workflow.batches.prepared import Line, Prepared
from workflow.funds import Share, shares, stands
from workflow.tables import PROJECT


def money(
    connection: Connection, book: Rulebook, batch: Prepared, lines: Sequence[Line]
) -> list[Share]:
    """By fund, in fen; nothing for a batch that gives no money."""
    if batch.deed is not Action.SUBSIDISE or not lines:
        return []
    asked = []
    for line in lines:
        category = book.category(line.facts.policy, line.facts.category)
        if isinstance(category, Text):  # the preview says of the line that it cannot be done
            continue
        values, _ = read_form(batch.deed, line.fields)
        asked.append((line.facts.policy, category.fund or "", values.get("amount", 0)))
    policies = sorted({policy for policy, _, _ in asked})
    return shares(stands(connection, book, PROJECT.c.policy.in_(policies)), asked)
