"""Whether a server is known to take mail. Until it is, one worker at a time tries it.

Several that begin at once, or whose pause ends at once, would offer a wrong password as often as
there are workers. One row of `setting` for each server: that it takes mail, or who tries it.
"""

from __future__ import annotations

import json
from datetime import datetime, timedelta

from sqlalchemy import Connection

from notifications.sending.claims import FAR
from workflow import kept

TAKES_MAIL = "takes mail"


def is_proven(connection: Connection, server: str) -> bool:
    return kept.get(connection, _key(server)) == TAKES_MAIL


def begin(connection: Connection, server: str, owner: str, now: datetime, lease: timedelta) -> bool:
    """Be the one that tries the server; False while another is. One that never says what came of
    it is waited for as long as its lease."""
    found = kept.get(connection, _key(server)) or ""
    if found and found != TAKES_MAIL:
        other = json.loads(found)
        # Further ahead than that is a clock's error.
        at_it = now <= datetime.fromisoformat(other["until"]) <= now + FAR
        if at_it and other["owner"] != owner:
            return False
    mine = json.dumps({"owner": owner, "until": (now + lease).isoformat()})
    return kept.swap(connection, _key(server), found, mine)


def prove(connection: Connection, server: str) -> None:
    """It has answered to a mail: all may send."""
    kept.put(connection, _key(server), TAKES_MAIL)


def forget(connection: Connection, server: str) -> None:
    """It takes no mail now: after the pause one tries it."""
    kept.drop(connection, _key(server))


def end(connection: Connection, server: str, owner: str) -> None:
    """Nothing was found out: the next one tries it, without waiting for this lease."""
    found = kept.get(connection, _key(server)) or ""
    if found and found != TAKES_MAIL and json.loads(found)["owner"] == owner:
        forget(connection, server)


def _key(server: str) -> str:
    return f"smtp.probe:{server}"
