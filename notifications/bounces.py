"""Delivery reports: what other servers say became of a mail after ours had taken it.

Standard reports (RFC 3464) are read field by field; the free texts of Coremail, Tencent, NetEase
and their like as best they can be, and what says too little is no report. Anybody can send a
forged one: a `token` shows that its writer has seen our mail, a bare recipient shows nothing.
"""

from __future__ import annotations

import re
from base64 import b64encode
from collections.abc import Callable, Iterable, Iterator
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime
from email import message_from_bytes
from email.header import decode_header
from email.message import Message
from email.utils import parsedate_to_datetime
from functools import partial
from html import unescape
from imaplib import IMAP4, IMAP4_SSL
from pathlib import Path
from ssl import create_default_context
from typing import Any, Literal, ParamSpec, Protocol, TypeVar

from states.terms import Text

LARGEST = 5_000_000  # bytes of a mail that is looked at
MOST_TEXT = 100_000  # characters of a free text that are looked at
MOST_HEADER = 4_000
MOST_REPORTS = 100
MOST_SAID = 500
ACTIONS = {"failed", "delayed", "delivered", "relayed", "expanded"}
ACTION_OF = {"5": "failed", "4": "delayed", "2": "delivered"}  # first digit of a status or reply
# A list of ours: some of Python's codecs take quadratic time.
CHARSETS = {"gb2312": "gb18030", "gbk": "gb18030", "gb18030": "gb18030", "big5": "big5"}

# Every repetition is bounded: the text is a stranger's.
NAME = r"[A-Za-z0-9!#$%&'*+/=?^_`{|}~.-]{1,64}"
ADDRESS = re.compile(NAME + r"@[A-Za-z0-9-]{1,63}(?:\.[A-Za-z0-9-]{1,63}){1,8}")
TOKEN = re.compile(r"<([0-9a-f]{32})@")
TOKEN_IN_TEXT = re.compile(r"Message-ID:\s{0,9}<([0-9a-f]{32})@", re.I)
STATUS = re.compile(r"(?<![\d.])[245]\.\d{1,3}\.\d{1,3}(?![\d.])")
REPLY = re.compile(r"(?<![\w.:@/-])([45])[0-7]\d[ -](?=\s{0,3}[A-Za-z#<\[\d\u4e00-\u9fff])")
CHARSET = re.compile(r'charset\s{0,9}=\s{0,9}"?([\w-]{1,40})', re.I)
# Python reads the parameters of this field in quadratic time.
ENDLESS = re.compile(rb"^content-type:(?:[^\n]|\n[ \t]){10000}", re.I | re.M)
TAG_OF_ITS_OWN_LINE = {"br", "p", "div", "tr", "table", "li", "ul", "ol", "h1", "h2", "h3", "pre"}

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
    """The reports in a mail; none for ordinary mail, automatic replies and what is over 5 MB.

    Never raises, whatever the bytes.
    """
    if len(raw) > LARGEST:
        return []
    raw = raw.replace(b"\r\n", b"\n").replace(b"\r", b"\n")
    if ENDLESS.search(raw):
        return []
    try:
        mail = message_from_bytes(raw)
        parts = list(_parts(mail))
        reports = _standard(mail, parts) or _free(mail, parts)
    except Exception:  # the parser of Python fails in more ways than it documents
        return []
    return list(dict.fromkeys(reports))[:MOST_REPORTS]


def _parts(mail: Message) -> Iterator[Message]:
    """The report's own parts; an enclosed mail is one part and is not entered."""
    if mail.get_content_maintype() == "multipart" and mail.is_multipart():
        for part in _inside(mail):
            yield from _parts(part)
    else:
        yield mail


def _inside(part: Message) -> list[Message]:
    payload = part.get_payload()
    return [one for one in payload if isinstance(one, Message)] if isinstance(payload, list) else []


def _standard(mail: Message, parts: list[Message]) -> list[Report]:
    """RFC 3464: one block of fields for each recipient, after one about the mail."""
    token, at = _token(mail, parts), _date(mail)
    reports = []
    for block in (
        b for p in parts if p.get_content_subtype() == "delivery-status" for b in _inside(p)
    ):
        found = [
            ADDRESS.search(_header(block, f"{which}-Recipient")) for which in ("Original", "Final")
        ]
        recipient = next((match[0] for match in found if match), "")
        diagnosis = _header(block, "Diagnostic-Code")
        said = _said(diagnosis.partition(";")[2] or diagnosis)
        status = _status(_header(block, "Status")) or _status(said)
        grade = status[:1] or _grade(said)
        action = _header(block, "Action").lower().strip() or ACTION_OF.get(grade, "")
        if recipient and action in ACTIONS:
            permanent = action == "failed" and grade != "4"
            reports.append(Report(token, recipient, action, permanent, status, said, at))
    return reports


def _free(mail: Message, parts: list[Message]) -> list[Report]:
    """A report in a form of its own: whom it names, and the sentence with the reply."""
    if not _is_return(mail):
        return []
    text, token = _text(parts), _token(mail, parts)
    said = _said(_reason(text))
    status, grade = _status(said), _grade(said)
    grade = grade or status[:1]
    if not (said or token):
        return []
    delayed = grade != "5" and bool(DELAYED.search(_header(mail, "Subject")))
    permanent = not delayed and (grade == "5" or (not grade and bool(NOBODY.search(said))))
    action = "delayed" if delayed else "failed"
    recipients = _recipients(mail, parts, text, said) or ([""] if token else [])
    at = _date(mail)
    return [Report(token, to, action, permanent, status, said, at) for to in recipients]


def _is_return(mail: Message) -> bool:
    """Sent by a mail server, about a mail that it returns; not by a person's absence note."""
    subject = _header(mail, "Subject")
    if AUTOMATIC.search(subject):
        return False
    if _header(mail, "X-Failed-Recipients"):
        return True
    machine = bool(MACHINE.search(_header(mail, "From")))
    if not machine and _header(mail, "Auto-Submitted").lower().startswith("auto-replied"):
        return False
    nobody = _header(mail, "Return-Path").strip() == "<>"
    return (machine or nobody) and bool(RETURNED.search(subject))


def _token(mail: Message, parts: list[Message]) -> str | None:
    """From the enclosed mail, else from what the report says it answers, else from its text."""
    named = [_header(enclosed, "Message-ID") for enclosed in _enclosed(parts)]
    named += [
        _header(mail, name) for name in ("In-Reply-To", "References", "X-Original-Message-ID")
    ]
    for value in named:
        if found := TOKEN.findall(value):
            return str(found[-1])  # of several references the last is the one that is answered
    in_text = TOKEN_IN_TEXT.search(_text(parts))
    return in_text[1] if in_text else None


def _enclosed(parts: Iterable[Message]) -> Iterator[Message]:
    """The mail that is returned, or its headers."""
    for part in parts:
        if part.get_content_type() == "message/rfc822":
            yield from _inside(part)
        elif part.get_content_subtype() == "rfc822-headers":
            yield from _inside(part) or [message_from_bytes(_payload(part))]


def _recipients(mail: Message, parts: list[Message], text: str, said: str) -> list[str]:
    """From the surest place to the least sure; never our own address, to which the report came."""
    labelled = " ".join(RECIPIENT.findall(text))
    places = [_header(mail, "X-Failed-Recipients"), *(_header(m, "To") for m in _enclosed(parts))]
    ours = {address.lower() for address in ADDRESS.findall(_header(mail, "To"))}
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


def _said(text: str) -> str:
    printable = "".join(c if c.isprintable() else " " for c in text[: 4 * MOST_SAID])
    return " ".join(printable.split())[:MOST_SAID]


def _date(mail: Message) -> datetime | None:
    try:
        at = parsedate_to_datetime(_header(mail, "Date"))
        return (at if at.tzinfo else at.replace(tzinfo=UTC)).astimezone(UTC)
    except (ValueError, OverflowError, TypeError):
        return None


def _header(mail: Message, name: str) -> str:
    """The first field of this name, decoded; empty if there is none."""
    raw = next((value for key, value in mail.raw_items() if key.lower() == name.lower()), "")
    value = _decoded(str(raw)[:MOST_HEADER].encode("utf-8", "surrogateescape"), "")
    with suppress(ValueError):  # malformed: as it came
        pieces = decode_header(value) if "=?" in value else []
        if pieces:
            return "".join(_piece(piece, charset) for piece, charset in pieces)
    return value


def _piece(piece: bytes | str, charset: str | None) -> str:
    if isinstance(piece, str):
        return piece
    return _decoded(piece, charset) if charset else piece.decode("raw-unicode-escape")


def _text(parts: list[Message]) -> str:
    """What a person reads: the plain text, or the HTML without its tags where that names nobody."""
    plain = "\n\n".join(_body(part) for part in parts if part.get_content_type() == "text/plain")
    if not ADDRESS.search(plain):
        rich = (_body(part) for part in parts if part.get_content_type() == "text/html")
        plain += "\n\n" + "\n\n".join(_untagged(body) for body in rich)
    lines = (" ".join(line.split()) for line in plain.splitlines())
    return "\n".join(lines)[:MOST_TEXT]


def _body(part: Message) -> str:
    charset = CHARSET.search(_header(part, "Content-Type"))
    return _decoded(_payload(part), charset[1] if charset else "")[:MOST_TEXT]


def _payload(part: Message) -> bytes:
    payload = part.get_payload(decode=True)
    return payload if isinstance(payload, bytes) else b""


def _decoded(raw: bytes, charset: str) -> str:
    for encoding in (CHARSETS.get(charset.lower(), "utf-8"), "utf-8"):
        with suppress(UnicodeDecodeError):
            return raw.decode(encoding)
    return raw.decode("utf-8" if charset.lower() == "utf-8" else "gb18030", "replace")


def _untagged(body: str) -> str:
    """HTML as text, in one pass: nothing of it is interpreted."""
    told, hidden = [], False
    for piece in (">" + " ".join(body.split())).split("<"):
        tag, _, text = piece.partition(">")
        name = tag.split(" ")[0].lower().rstrip("/")
        if name.lstrip("/") in ("style", "script", "title"):
            hidden = not name.startswith("/")
        told.append(
            "\n" if name.lstrip("/") in TAG_OF_ITS_OWN_LINE else " " * (name in ("td", "th"))
        )
        told.append("" if hidden else text)
    return unescape("".join(told))


class BounceProblem(Exception):
    """Reports cannot be fetched; `text` says why in one sentence."""

    def __init__(self, text: Text) -> None:
        self.text = text
        super().__init__(text.en)


Arrival = tuple[bytes, Callable[[], None]]


class BounceSource(Protocol):
    """Where reports arrive: each with what is to be called once it has been handled."""

    def __iter__(self) -> Iterator[Arrival]: ...


@dataclass(frozen=True, slots=True)
class Folder:
    """A folder into which a mail server or a person puts .eml files."""

    path: Path

    def __iter__(self) -> Iterator[Arrival]:
        """By name. A handled file goes to done/, one that cannot be read or is too large to failed/."""
        try:
            for part in ("done", "failed"):
                (self.path / part).mkdir(exist_ok=True)
            files = sorted(path for path in self.path.iterdir() if path.suffix.lower() == ".eml")
        except OSError as error:
            raise BounceProblem(NO_FOLDER.format(path=self.path, said=error.strerror)) from error
        for file in files:
            try:
                raw = file.read_bytes() if file.stat().st_size <= LARGEST else None
            except FileNotFoundError:  # another worker was quicker
                continue
            except OSError:
                raw = None
            if raw is None:
                self._move(file, "failed")
            else:
                yield raw, partial(self._move, file, "done")

    def _move(self, file: Path, part: str) -> None:
        target, number = self.path / part / file.name, 1
        while target.exists():  # nothing is overwritten
            number += 1
            target = target.with_name(f"{file.stem}-{number}{file.suffix}")
        try:
            file.rename(target)
        except FileNotFoundError:
            return
        except OSError as error:
            raise BounceProblem(NO_FOLDER.format(path=self.path, said=error.strerror)) from error


@dataclass(frozen=True, slots=True)
class ImapBox:
    """A mailbox of its own for returned mail: everything unread in it is looked at."""

    host: str
    port: int
    username: str
    password: str = field(repr=False)
    security: Literal["tls", "starttls", "none"] = "tls"
    mailbox: str = "INBOX"
    timeout: float = 60  # seconds for each answer

    def __iter__(self) -> Iterator[Arrival]:
        """The unread mails, oldest first; a mail is marked as read only when it has been handled."""
        client = self._ask(self._connect)
        try:
            self._ask(self._open, client)
            for uid in self._ask(self._unread, client):
                raw = self._ask(self._fetch, client, uid)
                if raw is not None:
                    yield raw, partial(self._ask, self._mark, client, uid)
        finally:
            with suppress(IMAP4.error, OSError):
                client.logout()

    def _connect(self) -> IMAP4:
        if self.security == "tls":
            return IMAP4_SSL(
                self.host, self.port, ssl_context=create_default_context(), timeout=self.timeout
            )
        return IMAP4(self.host, self.port, timeout=self.timeout)

    def _open(self, client: IMAP4) -> None:
        if self.security == "starttls":
            client.starttls(create_default_context())
        client.login(self.username, self.password)
        if "ID" in client.capabilities:  # NetEase opens no mailbox to a program without a name
            client.xatom("ID", '("name" "yanxiu")')
        _ok(client.select(_mailbox(self.mailbox)))

    @staticmethod
    def _unread(client: IMAP4) -> list[str]:
        (found, *_) = _ok(client.uid("SEARCH", "UNSEEN"))
        return found.decode("ascii").split() if isinstance(found, bytes) else []

    @staticmethod
    def _fetch(client: IMAP4, uid: str) -> bytes | None:
        """Without marking it as read; of a mail that is too large only so much as shows it."""
        found = _ok(client.uid("FETCH", uid, f"(BODY.PEEK[]<0.{LARGEST + 1}>)"))
        return next((bytes(part[1]) for part in found if isinstance(part, tuple)), None)

    @staticmethod
    def _mark(client: IMAP4, uid: str) -> None:
        _ok(client.uid("STORE", uid, "+FLAGS.SILENT", r"(\Seen)"))

    def _ask(self, call: Callable[P, T], *args: P.args, **kwargs: P.kwargs) -> T:
        try:
            return call(*args, **kwargs)
        except (IMAP4.error, OSError, ValueError) as error:
            where = {"user": self.username, "host": self.host, "port": self.port}
            raise BounceProblem(NO_BOX.format(said=_said(str(error)), **where)) from error


P = ParamSpec("P")
T = TypeVar("T")
NO_FOLDER = Text(
    "退信文件夹{path}无法读写：{said}", "The folder of returned mail, {path}, fails: {said}"
)
NO_BOX = Text(
    "退信邮箱{user}（{host}:{port}）无法读取，请核对服务器、账号、授权码和加密方式：{said}",
    "The mailbox of returned mail, {user} at {host}:{port}, fails; check server, account, "
    "password and encryption: {said}",
)


def _ok(answer: tuple[str, list[Any]]) -> list[Any]:
    kind, found = answer
    if kind != "OK":
        raise IMAP4.error(
            b" ".join(one for one in found if isinstance(one, bytes)).decode("utf-8", "replace")
        )
    return found


def _mailbox(name: str) -> str:
    """Quoted, and in the UTF-7 of RFC 3501, 5.1.3."""

    def coded(run: re.Match[str]) -> str:
        base64 = b64encode(run[0].encode("utf-16-be")).decode("ascii").rstrip("=")
        return f"&{base64.replace('/', ',')}-"

    name = re.sub(r"[^ -~]+", coded, name.replace("&", "&-"))
    return '"' + name.replace("\\", r"\\").replace('"', r"\"") + '"'
