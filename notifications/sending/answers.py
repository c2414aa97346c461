"""What came of one attempt to send a mail, in the server's own words."""

from __future__ import annotations

import re
from dataclasses import dataclass
from enum import StrEnum

from notifications.reasons import Cause, cause, is_greylisting, may_hold_for_all
from states.refusal import Reason


class Outcome(StrEnum):
    ACCEPTED = "accepted"
    LATER = "later"  # this mail, not now: 4xx
    REFUSED = "refused"  # this mail, never: 5xx
    BROKEN = "broken"  # the connection ended before the content was complete: nobody has it
    UNKNOWN = "unknown"  # the content was handed over and no answer came: perhaps accepted
    OUTAGE = "outage"  # the server will have no mail now, whichever it is
    LOST = "lost"  # somebody else has taken the mail; nothing was handed over


@dataclass(frozen=True, slots=True)
class Answer:
    """`outage`: which, where the server is the reason (notifications/sending/outage.py). `spoken`: it
    was said to this mail, not before. `cause`: why this mail was refused for good."""

    outcome: Outcome
    reply: str = ""
    outage: str = ""
    spoken: bool = True
    cause: Cause | None = None


@dataclass(frozen=True, slots=True)
class Reply:
    """What a server said to one command; code -1 where it was nothing that SMTP knows."""

    code: int
    text: bytes

    @property
    def words(self) -> str:
        return readable(self.text)

    def __str__(self) -> str:
        return readable(b"%d %s" % (self.code, self.text))


def judged(reply: Reply, *, content: bool = False) -> Answer:
    """What a reply means for the mail to which it was given, at RCPT or DATA, or to its `content`.

    A passing fault of the server itself is no mail's, unless the content may have caused it; nor is
    a limit to how much it takes from us. A greylist is for each mail, unless all meet it
    (notifications/sending/put_off.py).
    """
    said = str(reply)
    if reply.code == CLOSING:  # said to a mail, yet it means all mail
        return Answer(Outcome.OUTAGE, said, "busy")
    if 400 <= reply.code < 500:
        reason = cause("", said).reason
        if reason is Reason.SYSTEM and not content and not is_greylisting(said):
            return Answer(Outcome.OUTAGE, said, "busy")
        if reason is Reason.RATE and may_hold_for_all(said):
            return Answer(Outcome.OUTAGE, said, "rate")
        return Answer(Outcome.LATER, said)
    if 500 <= reply.code < 600:
        return Answer(Outcome.REFUSED, said, cause=cause("", said))
    return Answer(Outcome.BROKEN, said)


CLOSING = 421


def readable(raw: bytes | str) -> str:
    """What a terminal, a page and a database can bear, on one line: bytes that are not UTF-8 are
    read as GB 18030; control characters and escape sequences are dropped."""
    said = (raw.encode("utf-8", "replace") if isinstance(raw, str) else raw)[:MOST_READ]
    for encoding in ("utf-8", "gb18030"):
        try:
            text = said.decode(encoding)
            break
        except UnicodeDecodeError:
            text = said.decode("utf-8", "replace")
    spaced = re.sub(r"\s+", " ", ESCAPE.sub("", text))
    return "".join(c for c in spaced if c.isprintable()).strip()[:500]


MOST_READ = 4000  # bytes of which 500 characters are kept
# ECMA-48: control sequences, strings up to their end, and what has two characters.
ESCAPE = re.compile(
    r"(?:\x1b\[|\x9b)[0-?]*[ -/]*[@-~]?"
    r"|(?:\x1b[\]PX^_]|[\x90\x98\x9d-\x9f])[^\x07\x1b\x9c]*(?:\x07|\x1b\\|\x9c)?"
    r"|\x1b[ -/]*[0-~]?"
)
