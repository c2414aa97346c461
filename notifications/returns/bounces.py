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

from notifications.reasons import REPLY, cause
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
from states.refusal import Reason

LARGEST = 5_000_000  # bytes of a mail that is looked at
MOST_REPORTS = 100
RFC822 = "message/rfc822"
# Python compares each line with the boundary of each part around it, and keeps an object a part.
MOST_LINES, MOST_MULTIPARTS = 100_000, 20
ACTIONS = {"failed", "delayed", "delivered", "relayed", "expanded"}
ACTION_OF = {"5": "failed", "4": "delayed", "2": "delivered"}  # first digit of a status or reply

TOKEN = re.compile(r"<([0-9a-f]{32})@")
TOKEN_IN_TEXT = re.compile(r"Message-ID:\s{0,9}<([0-9a-f]{32})@", re.I)
MULTIPART = re.compile(rb"multipart/", re.I)
# Python reads the parameters of these fields in quadratic time.
ENDLESS = re.compile(rb"^content-(?:type|disposition):(?:[^\n]|\n[ \t]){10000}", re.I | re.M)

MACHINE = re.compile(
    r"(?:mailer-?daemon|post-?master|mail-?daemon|microsoftexchange[0-9a-f]{0,40})@", re.I
)
RETURNED = re.compile(
    r"退信|退件|被退回|退回通知|投递失败|无法投递|未能?送达|发送失败|undeliver|returned? (?:mail|to sender)"
    r"|mail delivery|delivery (?:status|fail|has failed|problem|delayed)|failure notice",
    re.I,
)
AUTOMATIC = re.compile(
    r"自动(?:回复|答复|应答)|out.of.(?:the.)?office|auto(?:matic)?.?(?:reply|response)", re.I
)
# An answer to a mail of ours; some of ours say 退信 in their subject.
ANSWER = re.compile(
    r"\s{0,9}(?:(?:re|aw|fwd?|回复|回覆|答复|答覆|转发|轉寄)\s{0,3}[:：]"
    r"|【(?:退信|退信核实|邮箱停发|转发失效|发信被拒)】|\[(?:Returned mail|Report of returned mail)\])",
    re.I,
)
PASSED_ON = re.compile(
    rf"\((?:ultimately )?(?:generated|expanded) from:? <?({ADDRESS.pattern})", re.I
)
DELAYED = re.compile(r"延迟|delay", re.I)
RECIPIENT = re.compile(
    r"^[^\w\n]{0,20}(?:收\s?[件信]\s?(?:人|地址)|(?:final-|failed )?recipients?)[^\w\n]{0,20}"
    rf"(?:to|address|rfc822)?[\s:：;<]{{0,20}}({ADDRESS.pattern}[^\n]{{0,500}})",
    re.I | re.M,
)
HEADING_LINE = re.compile(rf"^[<\[(]?(?:mailto:)?({ADDRESS.pattern})[>\])]?(?:[\s:：(<]|$)")
HEADING = re.compile(rf"^<?({ADDRESS.pattern})>?[:：]", re.M)
REASONS = (
    re.compile(r"英文说明\s{0,9}[:：](.{1,500})", re.S),
    # in a table the label has a cell of its own and no colon
    re.compile(
        r"(?:退信原因\s{0,9}[:：]?|(?:bounce reason|原因|reason|because)\s{0,9}[:：])(.{1,500})",
        re.S | re.I,
    ),
)
# What to do about it names other causes: "if the mailbox is full, …".
ADVICE = re.compile(
    r"\n[^\w\n]{0,9}(?:建议|解决|处理(?:办法|方法|建议)|温馨提示|提示|帮助|您可以|如何|solution|suggest|what "
    r"(?:should|can) )",
    re.I,
)
SUBJECT_LINE = re.compile(r"^[^\w\n]{0,20}(?:主\s{0,3}题|subject)[^\n]{0,2000}$", re.I | re.M)


@dataclass(frozen=True, slots=True)
class Report:
    """What became of one mail for one recipient.

    `token`: the left half of our Message-ID, None where the report does not name it. `recipient`:
    the address as we wrote it if the report knows it; may be empty only beside a token. `forward`:
    the address that failed, where it is another to which the recipient's own server passed the mail
    on. `action`: one of ACTIONS. `reason`, `status`: as notifications/reasons.py reads them. `said`:
    the words that tell it, plain text on one line; they may still look like HTML and must be
    escaped. `received_at`: by the report's Date.
    """

    token: str | None
    recipient: str
    action: str
    reason: Reason
    status: str
    said: str
    received_at: datetime | None
    forward: str = ""


def parse(raw: bytes) -> list[Report]:
    """The reports in a mail; none for ordinary mail, automatic replies, and what is too large or
    has too many lines or parts to be read cheaply.

    Never raises, whatever the bytes.
    """
    if len(raw) > LARGEST:
        return []
    raw = raw.replace(b"\r\n", b"\n").replace(b"\r", b"\n")
    if costly(raw):
        return []
    try:
        mail = message_from_bytes(raw)
        parts = list(parts_of(mail))
        reports = _standard(mail, parts) or _free(mail, parts) or _passed_on(parts)
    except Exception:  # the parser of Python fails in more ways than it documents
        return []
    return list(dict.fromkeys(reports))[:MOST_REPORTS]


def costly(raw: bytes) -> bool:
    """Whether Python would take more than seconds to take this mail apart."""
    multiparts = islice(MULTIPART.finditer(raw), MOST_MULTIPARTS + 1)
    return (
        raw.count(b"\n") > MOST_LINES
        or sum(1 for _ in multiparts) > MOST_MULTIPARTS
        or ENDLESS.search(raw) is not None
    )


def _standard(mail: Message, parts: list[Message]) -> list[Report]:
    """RFC 3464: one block of fields for each recipient, after one about the mail."""
    token, at, text = _token(mail, parts), sent_at(mail), readable(parts)
    blocks = [b for p in parts if p.get_content_subtype() == "delivery-status" for b in inside(p)]
    found = [(block, *_addressed(block)) for block in blocks]
    found = [one for one in found if one[1]]
    reports = []
    for block, original, final in found:
        diagnosis = header(block, "Diagnostic-Code")
        code = printable(diagnosis.partition(";")[2] or diagnosis)
        status = header(block, "Status")
        section = _section(text, final, alone=len(found) == 1)
        if final == original and (named := PASSED_ON.search(section)):
            original = named[1]
        own = printable(section.removeprefix(final))
        why = cause(status, *filter(None, (code, own)))
        action = header(block, "Action").lower().strip()
        action = action or ACTION_OF.get("4" if why.later else why.status[:1] or _grade(code), "")
        if action in ACTIONS:
            forward = final if final.lower() != original.lower() else ""
            reports.append(
                Report(token, original, action, why.reason, why.status, why.words, at, forward)
            )
    return reports


def _addressed(block: Message) -> tuple[str, str]:
    """To whom we wrote, and who failed: the same unless it was passed on. Empty: nobody is named."""
    found = [ADDRESS.search(header(block, f"{which}-Recipient")) for which in ("Original", "Final")]
    original, final = (match[0] if match else "" for match in found)
    return original or final, final or original


def _passed_on(parts: list[Message]) -> list[Report]:
    """A report that somebody has forwarded whole."""
    for mail in (m for part in parts if part.get_content_type() == RFC822 for m in inside(part)):
        within = list(parts_of(mail))
        if reports := _standard(mail, within) or _free(mail, within):
            return reports
    return []


def _section(text: str, address: str, *, alone: bool) -> str:
    """What the part for people says of this recipient: from the line that opens with the address
    up to the next such line, or the paragraph's end."""
    told: list[str] = []
    for line in text.splitlines():
        opening = HEADING_LINE.match(line)
        if opening and (opening[1].lower() == address.lower() or not told):
            told = [line[opening.start(1) :]] if opening[1].lower() == address.lower() else []
        elif told and (opening or (not line and len(told) > 1)):
            break
        elif told and line:
            told.append(line)
    if told:
        return "\n".join(told)
    return SUBJECT_LINE.sub("", text) if alone else ""


def _free(mail: Message, parts: list[Message]) -> list[Report]:
    """A report in a form of its own: whom it names, and the sentence with the reply."""
    if not _is_return(mail):
        return []
    text, token = readable(parts), _token(mail, parts)
    reply, labelled = (printable(found) for found in _reasons(text))
    said = reply or labelled or _under_an_address(text)
    if not (said or token):
        return []
    why = cause("", *dict.fromkeys(filter(None, (reply, labelled, said))))
    lasts = not why.later and bool(why.status or reply)
    delayed = not lasts and bool(DELAYED.search(header(mail, "Subject")))
    action = "delayed" if delayed else "failed"
    recipients, at = _recipients(mail, parts, text, said), sent_at(mail)
    if from_machine(mail):
        recipients = recipients or ([""] if token else [])
    else:  # nobody returns what was sent to himself: that is an absence note
        writer = header(mail, "From").lower()
        recipients = [to for to in recipients if to.lower() not in writer]
    return [Report(token, to, action, why.reason, why.status, said, at) for to in recipients]


def _under_an_address(text: str) -> str:
    """What qmail and its like write below `<address>:`, without a reply's code."""
    found = HEADING.search(text)
    return printable(_section(text, found[1], alone=False).removeprefix(found[1])) if found else ""


def from_machine(mail: Message) -> bool:
    """Whether a mail server wrote it."""
    return bool(MACHINE.search(header(mail, "From")))


def _is_return(mail: Message) -> bool:
    """Sent by a mail server, about a mail that it returns; not by a person's absence note."""
    subject = header(mail, "Subject")
    if AUTOMATIC.search(subject):
        return False
    if header(mail, "X-Failed-Recipients"):
        return True
    machine = from_machine(mail)
    answers = header(mail, "Auto-Submitted").lower().startswith("auto-replied")
    if not machine and (answers or ANSWER.match(subject)):
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


def _reasons(text: str) -> tuple[str, str]:
    """From the reply's code to the end of its paragraph, and what is labelled as the reason."""
    text, reply, labelled = SUBJECT_LINE.sub("", text), "", ""  # a title may say "500 enterprises"
    if found := REPLY.search(text):
        reply = _paragraph(text[found.start() :][: 2 * MOST_SAID])
    for label in REASONS:
        if found := label.search(text):
            labelled = _paragraph(found[1].strip())
            break
    return reply, labelled


def _paragraph(text: str) -> str:
    return ADVICE.split(text.partition("\n\n")[0], maxsplit=1)[0]


def _grade(said: str) -> str:
    reply = REPLY.search(said)
    return reply[1] if reply else ""
