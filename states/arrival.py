"""Papers of which no file is kept here: received by post or by e-mail, and recorded as that.

What the history keeps of such a paper says how it came, and names no file and no digest, for there
is nothing to hold against one. Only who enters papers for a host records them so.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from states.terms import Labelled

RECEIVED = "received"  # the key in what is kept of a paper


class Received(Labelled):
    """How a paper came."""

    ORIGINAL = "original", "纸质原件已收，未存电子件", "received on paper, no file is kept"
    MAILBOX = "mailbox", "电子件已收，存于收件邮箱", "received by e-mail, it lies in the mailbox"


def received_as(how: Received) -> dict[str, str]:
    """What the history keeps of a paper that came so."""
    return {RECEIVED: how.value}


def received(kept: Mapping[str, Any]) -> Received | None:
    """How a kept paper came; None where its file is here."""
    how = kept.get(RECEIVED)
    return Received(how) if how in set(Received) else None
