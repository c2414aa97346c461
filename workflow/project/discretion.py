"""What a host is not told of its own project, in the rows that programs read.

Which words are internal to officials is said once, in states/discretion.py; programs are besides
not told the logins of officials.
"""

from __future__ import annotations

import json
from typing import Any

from states.discretion import INTERNAL_FACTS, internal_fields, is_internal, without_number
from states.facts import Json
from states.terms import Role

Row = dict[str, Any]


def told_history(history: list[Row], *, official: bool) -> list[Row]:
    """The events as they may be read, `given`, `changes` and `findings` as values."""
    read = [_by_its_end(row) for row in history]
    if official:
        return read
    return [
        _for_host(row)
        for row in read
        if not is_internal(row["deed"], row["role"], row["given"], row["changes"])
    ]


def _by_its_end(row: Row) -> Row:
    """An event's row with values read, an account number by its end only."""
    words = {name: json.loads(row[name]) for name in ("given", "changes", "findings")}
    changes = told_account(words["changes"])
    return row | words | {"given": without_number(words["given"]), "changes": changes}


def told_account(stored: Json) -> Json:
    """Facts, or changes of them, with the account's number by its end only."""
    account = stored.get("account")
    return stored | {"account": without_number(account)} if account else stored


def _for_host(row: Row) -> Row:
    hidden = internal_fields(row["deed"])
    given = {k: v for k, v in row["given"].items() if k not in hidden}
    own = row["role"] == Role.HOST.value and not row["on_behalf"]
    hidden_names = {} if own else {"person": "", "let_in_by": ""}
    return row | {"given": given} | hidden_names


def told_facts(stored: Json, *, official: bool) -> Json:
    """The facts as they may be read: without what officials propose and mean to follow up."""
    told = told_account(stored)
    return told if official else {k: v for k, v in told.items() if k not in INTERNAL_FACTS}


def told_mail(mails: list[Row], *, official: bool) -> list[Row]:
    """The mails as they may be known of."""
    return mails if official else [m for m in mails if m["to_role"] == Role.HOST.value]
