"""Deadlines as calendar files (RFC 5545): to attach to a mail, or as a feed to subscribe to.

An entry keeps its UID for life, so that a later file moves or cancels it instead of adding a
second one. Nothing here has a field for trainees. The lines are written directly: a library takes
as long for one entry as for the rest of its mail (the tests hold them against two libraries).
"""

from __future__ import annotations

import hmac
import re
from base64 import urlsafe_b64decode, urlsafe_b64encode
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from functools import lru_cache
from hashlib import sha256
from typing import Literal

from notifications.letters.envelope import mailbox
from notifications.letters.printing import plain

Status = Literal["confirmed", "tentative", "cancelled"]
PRODUCT = "-//yanxiu//deadlines//ZH"
OPENING = ("BEGIN:VCALENDAR", "VERSION:2.0", f"PRODID:{PRODUCT}", "CALSCALE:GREGORIAN")
REFRESH = "PT6H"
LONGEST_LINE = 75  # octets
URL = re.compile(r"https?://[!-~]+")  # nothing that could end the line it stands on
LEAST_SECRET = 16  # bytes
LONGEST_TOKEN = 1024


@dataclass(frozen=True, slots=True)
class Entry:
    """One deadline on one day.

    `uid_key` names it for good ("project:2:filing"); `sequence` must grow whenever the day, the
    status or the text changes. `tentative` is for provisional days. `alarm_days`: days before
    `day` on which the calendar rings at 08:30, None for never. `stamp`: when this version of the
    entry came about, aware.
    """

    uid_key: str
    sequence: int
    title: str
    day: date
    description: str
    url: str
    status: Status
    alarm_days: int | None
    stamp: datetime


def reminder_ics(entries: Iterable[Entry], *, organizer: str) -> bytes:
    """A file to attach as text/calendar. When all its entries are cancelled it is a CANCEL file,
    else PUBLISH; the type of the attachment must say the same method.

    A deadline is shown, not agreed upon: a REQUEST would have its readers accept or decline it, and
    the office get their answers. Both methods want an organizer (RFC 5546, 3.2.1 and 3.2.5), and
    what is published has no attendees. `organizer`: "Name <address>" or an address. Raises
    ValueError for no entries, for what is no address, and for what `Entry` forbids.
    """
    latest = _latest(entries)
    if not latest:
        raise ValueError("a calendar file needs an entry")
    over = all(entry.status == "cancelled" for entry in latest)
    lines = [*OPENING, f"METHOD:{'CANCEL' if over else 'PUBLISH'}"]
    for entry in latest:
        lines += _event(entry, _organizer(organizer))
    return _bytes(lines)


@lru_cache(maxsize=16)
def _organizer(written: str) -> str:
    """The line that names the office; quotes cannot be escaped in it (RFC 5545, 3.2)."""
    name, email = mailbox(written)
    shown = f';CN="{plain(name).replace(chr(34), chr(39))}"' if name else ""
    return f"ORGANIZER{shown}:mailto:{email}"


def feed_ics(entries: Iterable[Entry], *, name: str) -> bytes:
    """A feed to subscribe to, shown as `name`. Same entries, same bytes: fit for an ETag.

    Cancelled entries belong in it too: some calendars keep what merely disappears.
    """
    shown = _escaped(plain(name))
    lines = list(OPENING)  # without a method: what is subscribed to is no message (RFC 5546)
    lines += [f"NAME:{shown}", f"X-WR-CALNAME:{shown}"]  # RFC 7986, and what was used before it
    lines += [f"REFRESH-INTERVAL;VALUE=DURATION:{REFRESH}", f"X-PUBLISHED-TTL:{REFRESH}"]
    lines.append("X-WR-TIMEZONE:Asia/Shanghai")
    for entry in _latest(entries):
        lines += _event(entry)
    return _bytes(lines)


def uid(uid_key: str) -> str:
    """The UID of an entry, the same in every file."""
    return f"{sha256(uid_key.encode()).hexdigest()}@yanxiu"


def _latest(entries: Iterable[Entry]) -> Sequence[Entry]:
    """Each entry once, in its latest version, by day."""
    versions = {entry.uid_key: entry for entry in sorted(entries, key=lambda e: e.sequence)}
    return sorted(versions.values(), key=lambda entry: (entry.day, entry.uid_key))


def _event(entry: Entry, organizer: str = "") -> list[str]:
    if entry.stamp.tzinfo is None:
        raise ValueError("stamp needs a time zone")
    if entry.sequence < 0 or (entry.alarm_days or 0) < 0:
        raise ValueError("sequence and alarm_days count from 0")
    if entry.url and not URL.fullmatch(entry.url):
        raise ValueError(f"not a URL: {entry.url!r}")
    title = _escaped(plain(entry.title))
    after = entry.day + timedelta(days=1)  # exclusive
    lines = [
        "BEGIN:VEVENT",
        f"SUMMARY:{title}",
        f"DTSTART;VALUE=DATE:{entry.day:%Y%m%d}",
        f"DTEND;VALUE=DATE:{after:%Y%m%d}",
        f"DTSTAMP:{entry.stamp.astimezone(UTC):%Y%m%dT%H%M%SZ}",
        f"UID:{uid(entry.uid_key)}",
        f"SEQUENCE:{entry.sequence}",
        f"DESCRIPTION:{_escaped(_lines(entry.description))}",
        f"STATUS:{entry.status.upper()}",
        "TRANSP:TRANSPARENT",  # a deadline does not make the day busy
        *([organizer] if organizer else ()),
    ]
    if entry.url:
        lines.append(f"URL:{entry.url}")
    if entry.alarm_days is not None and entry.status != "cancelled":
        lines += ["BEGIN:VALARM", "ACTION:DISPLAY", f"DESCRIPTION:{title}"]
        lines += [f"TRIGGER:{_before(entry.alarm_days)}", "END:VALARM"]
    return [*lines, "END:VEVENT"]


def _before(days: int) -> str:
    """From the beginning of the day to 08:30 so many days before, as a duration."""
    if days == 0:
        return "PT8H30M"
    whole = f"{days - 1}D" if days > 1 else ""
    return f"-P{whole}T15H30M"


def _escaped(text: str) -> str:
    """TEXT of RFC 5545, 3.3.11."""
    for given, written in (("\\", r"\\"), (";", r"\;"), (",", r"\,"), ("\n", r"\n")):
        text = text.replace(given, written)
    return text


def _bytes(lines: Iterable[str]) -> bytes:
    return b"".join(_folded(line) for line in (*lines, "END:VCALENDAR"))


def _folded(line: str) -> bytes:
    """With CRLF, no part longer than 75 octets, no character split."""
    raw = line.encode("utf-8", "replace")
    if len(raw) <= LONGEST_LINE:
        return raw + b"\r\n"
    parts, start, room = [], 0, LONGEST_LINE
    while len(raw) - start > room:
        end = start + room
        while raw[end] & 0xC0 == 0x80:
            end -= 1
        parts.append(raw[start:end])
        start, room = end, LONGEST_LINE - 1  # the others begin with a space
    return b"\r\n ".join([*parts, raw[start:]]) + b"\r\n"


def _lines(text: str) -> str:
    return "\n".join(plain(line) for line in text.splitlines())


def feed_token(secret: bytes, person: str, generation: int) -> str:
    """What makes a feed's URL private: safe in a URL, valid until the person's generation moves on.

    Whoever holds it can read `person` in it: give an account's number, not a name or address.
    Raises ValueError for a secret under 16 bytes or a negative generation.
    """
    if len(secret) < LEAST_SECRET:
        raise ValueError(f"the secret needs {LEAST_SECRET} bytes")
    if generation < 0:
        raise ValueError("generations count from 0")
    told = f"{generation}:{person}".encode()
    signature = hmac.new(secret, b"yanxiu feed:" + told, sha256).digest()
    return f"{_coded(told)}.{_coded(signature)}"


def feed_person(secret: bytes, token: str) -> tuple[str, int] | None:
    """The person and generation of a token that we signed, else None.

    Whether that generation is still the person's is for the caller to ask.
    """
    if len(token) > LONGEST_TOKEN or not token.isascii():
        return None
    told = token.partition(".")[0]
    try:
        generation, _, person = (
            urlsafe_b64decode(told + "=" * (-len(told) % 4)).decode().partition(":")
        )
        genuine = feed_token(secret, person, number := int(generation))
    except ValueError:
        return None
    # The whole token is compared, so there is one spelling of it only.
    return (person, number) if hmac.compare_digest(genuine, token) else None


def _coded(raw: bytes) -> str:
    return urlsafe_b64encode(raw).rstrip(b"=").decode("ascii")
