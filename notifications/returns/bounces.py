"""Delivery reports: what other servers say became of a mail after ours had taken it.

Standard reports (RFC 3464) are read field by field; the free texts of Coremail, Tencent, NetEase
and their like as best they can be, and what says too little is no report. Anybody can send a
forged one: a `token` shows that its writer has seen our mail, a bare recipient shows nothing.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import datetime
from email import message_from_bytes
from email.message import Message
from itertools import islice

from notifications.returns.foreign_mail import (
    ADDRESS,
    MOST_SAID,
    enclosed_mails,
    header,
    inside,
    parts_of,
    printable,
    readable,
    sent_at,
)

LARGEST = 5_000_000  # bytes of a mail that is looked at
MOST_REPORTS = 100
# Python compares each line with the boundary of each part around it, and keeps an object a part.
MOST_LINES, MOST_MULTIPARTS = 100_000, 20
ACTIONS = {"failed", "delayed", "delivered", "relayed", "expanded"}
ACTION_OF = {"5": "failed", "4": "delayed", "2": "delivered"}  # first digit of a status or reply

TOKEN = re.compile(r"<([0-9a-f]{32})@")
TOKEN_IN_TEXT = re.compile(r"Message-ID:\s{0,9}<([0-9a-f]{32})@", re.I)
STATUS = re.compile(r"(?<![\d.])[245]\.\d{1,3}\.\d{1,3}(?![\d.])")
REPLY = re.compile(r"(?<![\w.:@/-])([45])[0-7]\d[ -](?=\s{0,3}[A-Za-z#<\[\d\u4e00-\u9fff])")
MULTIPART = re.compile(rb"multipart/", re.I)
# Python reads the parameters of this field in quadratic time.
ENDLESS = re.compile(rb"^content-type:(?:[^\n]|\n[ \t]){10000}", re.I | re.M)

MACHINE = re.compile(r"(?:mailer-?daemon|post-?master|mail-?daemon)@", re.I)
RETURNED = re.compile(
    r"退信|被退回|投递失败|无法投递|未能?送达|发送失败|undeliver|returned? (?:mail|to sender)"
    r"|mail delivery|delivery (?:status|fail|has failed|problem|delayed)|failure notice",
    re.I,
)
AUTOMATIC = re.compile(
    r"自动(?:回复|答复|应答)|out.of.(?:the.)?office|auto(?:matic)?.?(?:reply|response)", re.I
)
DELAYED = re.compile(r"延迟|delay", re.I)
NOBODY = re.compile(
    r"(?:用户|[帐账]号|邮箱|收件人|地址|域名)不存在|no such (?:user|mailbox|recipient)"
    r"|(?:user|mailbox|recipient) (?:is )?(?:unknown|not (?:found|exist)|does(?: not|n't) exist)"
    r"|(?:unknown|invalid) (?:user|mailbox|recipient)",
    re.I,
)
RECIPIENT = re.compile(
    r"^[^\w\n]{0,20}(?:收\s?[件信]\s?(?:人|地址)|(?:final-|failed )?recipients?)[^\w\n]{0,20}"
    rf"(?:to|address|rfc822)?[\s:：;<]{{0,20}}({ADDRESS.pattern}[^\n]{{0,500}})",
    re.I | re.M,
)
HEADING = re.compile(rf"^<?({ADDRESS.pattern})>?[:：]", re.M)
REASONS = (
    re.compile(r"英文说明\s{0,9}[:：](.{1,500})", re.S),
    re.compile(r"(?:退信原因|bounce reason|原因|reason)\s{0,9}[:：](.{1,500})", re.S | re.I),
)
SUBJECT_LINE = re.compile(r"^[^\w\n]{0,20}(?:主\s{0,3}题|subject)[^\n]{0,2000}$", re.I | re.M)


@dataclass(frozen=True, slots=True)
class Report:
    """What became of one mail for one recipient.

    `token`: the left half of our Message-ID, None where the report does not name it. `recipient`:
    the address as we wrote it if the report knows it; may be empty only beside a token. `action`:
    one of ACTIONS. `permanent`: failed, and the next mail would fail too (5.x.x), so the address
    is in doubt; a mail that was given up after days of trying (4.x.x) failed, but not for good.
    `status`: as in RFC 3463, empty where unknown. `said`: the server's words, plain text on one
    line; it may still look like HTML and must be escaped. `received_at`: by the report's Date.
    """

    token: str | None
    recipient: str
    action: str
    permanent: bool
    status: str
    said: str
    received_at: datetime | None


def parse(raw: bytes) -> list[Report]:
    """The reports in a mail; none for ordinary mail, automatic replies, and what is too large or
    has too many lines or parts to be read cheaply.

    Never raises, whatever the bytes.
    """
    if len(raw) > LARGEST:
        return []
    raw = raw.replace(b"\r\n", b"\n").replace(b"\r", b"\n")
    if _costly(raw):
        return []
    try:
        mail = message_from_bytes(raw)
        parts = list(parts_of(mail))
        reports = _standard(mail, parts) or _free(mail, parts)
    except Exception:  # the parser of Python fails in more ways than it documents
        return []
    return list(dict.fromkeys(reports))[:MOST_REPORTS]


def _costly(raw: bytes) -> bool:
    """Whether Python would take more than seconds to take this mail apart."""
    multiparts = islice(MULTIPART.finditer(raw), MOST_MULTIPARTS + 1)
    return (
        raw.count(b"\n") > MOST_LINES
        or sum(1 for _ in multiparts) > MOST_MULTIPARTS
        or ENDLESS.search(raw) is not None
    )


def _standard(mail: Message, parts: list[Message]) -> list[Report]:
    """RFC 3464: one block of fields for each recipient, after one about the mail."""
    token, at = _token(mail, parts), sent_at(mail)
    reports = []
    for block in (
        b for p in parts if p.get_content_subtype() == "delivery-status" for b in inside(p)
    ):
        found = [
            ADDRESS.search(header(block, f"{which}-Recipient")) for which in ("Original", "Final")
        ]
        recipient = next((match[0] for match in found if match), "")
        diagnosis = header(block, "Diagnostic-Code")
        said = printable(diagnosis.partition(";")[2] or diagnosis)
        status = _status(header(block, "Status")) or _status(said)
        grade = status[:1] or _grade(said)
        action = header(block, "Action").lower().strip() or ACTION_OF.get(grade, "")
        if recipient and action in ACTIONS:
            permanent = action == "failed" and grade != "4"
            reports.append(Report(token, recipient, action, permanent, status, said, at))
    return reports


def _free(mail: Message, parts: list[Message]) -> list[Report]:
    """A report in a form of its own: whom it names, and the sentence with the reply."""
    if not _is_return(mail):
        return []
    text, token = readable(parts), _token(mail, parts)
    said = printable(_reason(text))
    status, grade = _status(said), _grade(said)
    grade = grade or status[:1]
    if not (said or token):
        return []
    delayed = grade != "5" and bool(DELAYED.search(header(mail, "Subject")))
    permanent = not delayed and (grade == "5" or (not grade and bool(NOBODY.search(said))))
    action = "delayed" if delayed else "failed"
    recipients = _recipients(mail, parts, text, said) or ([""] if token else [])
    at = sent_at(mail)
    return [Report(token, to, action, permanent, status, said, at) for to in recipients]


def _is_return(mail: Message) -> bool:
    """Sent by a mail server, about a mail that it returns; not by a person's absence note."""
    subject = header(mail, "Subject")
    if AUTOMATIC.search(subject):
        return False
    if header(mail, "X-Failed-Recipients"):
        return True
    machine = bool(MACHINE.search(header(mail, "From")))
    if not machine and header(mail, "Auto-Submitted").lower().startswith("auto-replied"):
        return False
    nobody = header(mail, "Return-Path").strip() == "<>"
    return (machine or nobody) and bool(RETURNED.search(subject))


def _token(mail: Message, parts: list[Message]) -> str | None:
    """From the enclosed mail, else from what the report says it answers, else from its text."""
    named = [header(enclosed, "Message-ID") for enclosed in enclosed_mails(parts)]
    named += [header(mail, name) for name in ("In-Reply-To", "References", "X-Original-Message-ID")]
    for value in named:
        if found := TOKEN.findall(value):
            return str(found[-1])  # of several references the last is the one that is answered
    in_text = TOKEN_IN_TEXT.search(readable(parts))
    return in_text[1] if in_text else None


def _recipients(mail: Message, parts: list[Message], text: str, said: str) -> list[str]:
    """From the surest place to the least sure; never our own address, to which the report came."""
    labelled = " ".join(RECIPIENT.findall(text))
    places = [
        header(mail, "X-Failed-Recipients"),
        *(header(m, "To") for m in enclosed_mails(parts)),
    ]
    ours = {address.lower() for address in ADDRESS.findall(header(mail, "To"))}
    for place in (*places, labelled, " ".join(HEADING.findall(text)), said, text):
        found = [
            a for a in ADDRESS.findall(place) if a.lower() not in ours and not MACHINE.match(a)
        ]
        if place is text and len(set(found)) > 1:  # no telling which
            break
        if found:
            return list(dict.fromkeys(found))
    return []


def _reason(text: str) -> str:
    """From the reply's code to the end of its paragraph, else what is labelled as the reason."""
    text = SUBJECT_LINE.sub("", text)  # a title may say "500 enterprises"
    if reply := REPLY.search(text):
        return text[reply.start() :][: 2 * MOST_SAID].partition("\n\n")[0]
    for label in REASONS:
        if found := label.search(text):
            return found[1].strip().partition("\n\n")[0]
    return ""


def _status(text: str) -> str:
    found = STATUS.search(text)
    return found[0] if found else ""


def _grade(said: str) -> str:
    reply = REPLY.search(said)
    return reply[1] if reply else ""
