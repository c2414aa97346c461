"""What came of one attempt to send a mail, in the server's own words."""

from __future__ import annotations

import re
from dataclasses import dataclass
from enum import StrEnum


class Outcome(StrEnum):
    ACCEPTED = "accepted"
    LATER = "later"  # this mail, not now: 4xx
    REFUSED = "refused"  # this mail, never: 5xx
    BROKEN = "broken"  # the connection ended before the content was complete: nobody has it
    UNKNOWN = "unknown"  # the content was handed over and no answer came: perhaps accepted
    TROUBLE = "trouble"  # the server will have no mail now, whichever it is
    LOST = "lost"  # somebody else has taken the mail; nothing was handed over


@dataclass(frozen=True, slots=True)
class Answer:
    """`trouble`: which, where the server is the reason (notifications/sending/trouble.py). `spoken`: it
    was said to this mail, not before. `no_such`: the recipient's address is at fault, with the
    `status` of RFC 3463 where it was given."""

    outcome: Outcome
    reply: str = ""
    trouble: str = ""
    spoken: bool = True
    no_such: bool = False
    status: str = ""


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

    @property
    def status(self) -> str:
        """The status of RFC 3463, or nothing."""
        found = STATUS.match(self.text)
        return found[0].decode() if found else ""


STATUS = re.compile(rb"[245]\.\d{1,3}\.\d{1,3}(?!\S)")
NO_SUCH = frozenset({550, 551, 553})  # at RCPT
ELSEWHERE = ("5.7.", "5.2.2", "5.3.")  # policy, a full mailbox, the server: not the address


def judged(reply: Reply, *, at_rcpt: bool = False) -> Answer:
    """What a reply means for the mail to which it was given."""
    if reply.code == CLOSING:  # said to a mail, yet it means all mail
        return Answer(Outcome.TROUBLE, str(reply), "busy")
    if 400 <= reply.code < 500:
        return Answer(Outcome.LATER, str(reply))
    if 500 <= reply.code < 600:
        return Answer(
            Outcome.REFUSED, str(reply), no_such=_no_such(reply, at_rcpt), status=reply.status
        )
    return Answer(Outcome.BROKEN, str(reply))


CLOSING = 421


def _no_such(reply: Reply, at_rcpt: bool) -> bool:
    if reply.status.startswith("5.1."):
        return True
    return at_rcpt and reply.code in NO_SUCH and not reply.status.startswith(ELSEWHERE)


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
