"""Mail that a person wrote into the box of returned mail: told from what programs send."""

from __future__ import annotations

import re
from email import message_from_bytes
from email.message import Message
from hashlib import sha256

from notifications.returns.bounces import AUTOMATIC, LARGEST, TOKEN, costly, from_machine
from notifications.returns.foreign_mail import ADDRESS, header, parts_of, printable, readable
from workflow.mail.answers import Reply

MOST_TEXT, MOST_FILES = 3_000, 20  # characters of an answer, names of files
ANSWERING = re.compile(
    r"^(?:\s{0,5}(?:re|aw|fwd?|回复|回覆|答复|答覆|转发|轉寄)\s{0,3}[:：])+\s{0,5}", re.I
)
BULK = re.compile(r"bulk|junk|list|auto", re.I)
# What mail programs put between an answer and the mail that is answered.
BELOW = re.compile(
    r"^(?:>|-{3,}\s{0,3}(?:原始邮件|原邮件|回复的?邮件|转发的?邮件|Original|Forwarded)|_{20,}|-{20,}"
    r"|在\s?.{1,80}(?:写道|寫道)\s?[:：]|On .{1,120}wrote:|(?:发件人|寄件者|From)\s{0,3}[:：])",
    re.I | re.M,
)


def personal(raw: bytes) -> Reply | None:
    """What a person wrote; None for reports, absence notes and whatever else a program sends.
    Never raises, whatever the bytes."""
    if len(raw) > LARGEST or costly(raw):
        return None
    try:
        return _reply(message_from_bytes(raw), raw)
    except Exception:  # the parser of Python fails in more ways than it documents
        return None


def _reply(mail: Message, raw: bytes) -> Reply | None:
    sender = header(mail, "From")
    found = ADDRESS.search(sender)
    if found is None or is_automatic(mail):
        return None
    parts = list(parts_of(mail))
    text = readable(parts)
    names = " ".join(header(mail, name) for name in ("In-Reply-To", "References"))
    files = [part.get_filename() or "" for part in parts]
    return Reply(
        identity=header(mail, "Message-ID") or sha256(raw).hexdigest(),
        tokens=tuple(dict.fromkeys(reversed(TOKEN.findall(names)))),
        name=printable(sender.partition("<")[0].strip(' "')) or found[0],
        email=found[0],
        subject=ANSWERING.sub("", " ".join(header(mail, "Subject").split())),
        text=_own(text),
        files=tuple(printable(name) for name in files if name)[:MOST_FILES],
    )


def is_automatic(mail: Message) -> bool:
    """Whether a program wrote it: passed on, an absence note would be answered by another."""
    submitted = header(mail, "Auto-Submitted").lower().strip()
    return (
        from_machine(mail)
        or submitted not in ("", "no")
        or header(mail, "Return-Path").strip() == "<>"
        or bool(BULK.search(header(mail, "Precedence")))
        or any(header(mail, name) for name in PROGRAMS)
        or mail.get_content_type() == "multipart/report"
        or AUTOMATIC.search(header(mail, "Subject")) is not None
    )


PROGRAMS = ("List-Id", "List-Unsubscribe", "X-Autoreply", "X-Autorespond", "X-Auto-Reply")


def _own(text: str) -> str:
    """Without the mail that is answered; the whole where nothing else was written."""
    below = BELOW.search(text)
    own = text[: below.start()].strip() if below else text.strip()
    lines = (printable(line) for line in (own or text.strip()).splitlines())
    return "\n".join(line for line in lines if line)[:MOST_TEXT]
