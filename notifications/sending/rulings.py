"""From an answer to what the mail's row says: sent, again later, dead, in doubt. Pure."""

from __future__ import annotations

from datetime import datetime, timedelta
from random import Random

from notifications.sending.answers import Answer, Outcome
from notifications.sending.claims import MOST_HANDED, Claim, Ruling
from workflow.mail_tables import MailStatus

MOST_ATTEMPTS = 20  # with the back-off below, about fourteen hours
FIRST_PAUSE, LONGEST_PAUSE = timedelta(minutes=1), timedelta(hours=1)
CLOSED_PAUSE = timedelta(minutes=1)  # the server's own pause is kept elsewhere
BROKEN_PAUSE = timedelta(minutes=15)
IN_DOUBT = "in_doubt"  # reason: perhaps delivered, perhaps not; a person decides
FAILED, DEAD = MailStatus.FAILED, MailStatus.DEAD


def ruling(claim: Claim, answer: Answer, now: datetime, chance: Random) -> Ruling:
    """What this mail's row says from now on.

    Only a refusal of this very mail counts as an attempt: a mail that a server's absence held up
    has as many left as before.
    """
    reply, tried, handed = answer.reply, claim.attempt, claim.handed
    if answer.outcome is Outcome.ACCEPTED:
        return Ruling(MailStatus.SENT, reply, tried, handed)
    if answer.outcome is Outcome.REFUSED:
        return Ruling(DEAD, reply, tried, handed)
    if answer.outcome is Outcome.LATER and tried < MOST_ATTEMPTS:
        return Ruling(FAILED, reply, tried, handed, now + pause(tried, chance))
    if answer.outcome is Outcome.LATER:
        return Ruling(DEAD, reply, tried, handed)
    if answer.outcome is Outcome.UNKNOWN and handed + 1 < MOST_HANDED:
        return Ruling(FAILED, reply, tried, handed + 1, now + pause(tried, chance))
    if answer.outcome is Outcome.UNKNOWN:
        return Ruling(DEAD, reply, tried, handed + 1, reason=IN_DOUBT)
    if answer.outcome is Outcome.BROKEN:
        return Ruling(FAILED, reply, tried - 1, handed, now + spread(BROKEN_PAUSE, chance))
    # The server will have no mail. One to which it said so goes behind the others, so that a
    # mail which makes a server hang up does not stand in their way for good.
    due = now + CLOSED_PAUSE if answer.spoken else None
    return Ruling(FAILED, reply, tried - 1, handed, due)


def pause(attempt: int, chance: Random) -> timedelta:
    """Exponential, with jitter and a ceiling."""
    return spread(min(FIRST_PAUSE * (1 << min(attempt - 1, 16)), LONGEST_PAUSE), chance)


def spread(full: timedelta, chance: Random) -> timedelta:
    return timedelta(seconds=full.total_seconds() * chance.uniform(0.75, 1.25))
