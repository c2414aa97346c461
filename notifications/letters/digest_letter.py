"""The digest: what is late, due, waiting, new."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, NamedTuple

from notifications.letters.links import NO_LINKS, Links
from notifications.letters.phrases import phrases
from notifications.letters.printing import long, plain, quotable, short
from notifications.letters.rendering import render
from notifications.letters.values import Rendered
from notifications.letters.wording import SHIPPED, Wordings
from states.terms import Act, Action, Role, Text

NOTHING = Text("", "")
MOST_ROWS = 50  # of one section; the rest is counted


@dataclass(frozen=True)
class DigestRow:
    """One line of a section. `what` and `note` in both languages, the rest as typed."""

    project_id: int | None
    number: int | None
    name: str
    host: str
    what: Text
    by: date | None = None
    note: Text = NOTHING
    idle: bool = False  # to be seen, but nobody is urged by it
    deed: Action | Act | None = None  # by which the reader sees to it
    mail_id: int | None = None  # the mail that it is about


@dataclass(frozen=True)
class Digest:
    """What one person hears of all projects in scope: the sections in the order of the letter."""

    to_name: str
    to_email: str
    role: Role
    today: date
    language: str = "zh"
    overdue: tuple[DigestRow, ...] = ()
    unrecorded: tuple[DigestRow, ...] = ()
    due_this_week: tuple[DigestRow, ...] = ()
    waiting: tuple[DigestRow, ...] = ()
    new: tuple[DigestRow, ...] = ()
    died: tuple[DigestRow, ...] = ()
    openings: tuple[DigestRow, ...] = ()
    ask: str = ""
    reach: str = ""
    links: Links = NO_LINKS

    @property
    def link(self) -> str:
        return self.links.home(self.role)


class Section(NamedTuple):
    """A part of the digest as the templates print it."""

    title: str
    urgent: bool
    rows: Sequence[Row]
    more: str  # how many rows are not shown; empty where all are


class Row(NamedTuple):
    head: str
    said: str
    link: str


# In the order of the letter: field, title, whether it is urgent.
SECTIONS: tuple[tuple[str, Text, bool], ...] = (
    ("overdue", Text("已逾期（{n}项）", "Overdue ({n})"), True),
    (
        "unrecorded",
        Text("计划结束日已过、尚未登记办班（{n}项）", "Over by plan, not recorded ({n})"),
        True,
    ),
    ("due_this_week", Text("本周到期（{n}项）", "Due this week ({n})"), False),
    ("waiting", Text("待您办理（{n}项）", "Waiting for you ({n})"), False),
    ("new", Text("新到事项（{n}项）", "New ({n})"), False),
    ("died", Text("未送达的邮件（{n}封）", "Mail that did not arrive ({n})"), True),
    ("openings", Text("本周开班（{n}项）", "Opening this week ({n})"), False),
)
TAGS = {
    Role.COORDINATOR: Text("每周汇总", "Weekly digest"),
    Role.PROVINCE: Text("每日汇总", "Daily digest"),
}
MORE = Text("另有{n}项未列出，请登录系统查看。", "{n} more; see the system.")


def render_digest(digest: Digest, wordings: Wordings = SHIPPED) -> Rendered:
    """The digest; sections without rows are left out."""
    values = digest_values(digest)
    subject, lead = wordings.fill(digest_notice(digest.role), digest.language, values)
    sections = [
        _section(getattr(digest, name), title, urgent, digest)
        for name, title, urgent in SECTIONS
        if getattr(digest, name)
    ]
    urgent = bool(digest.overdue)
    return render(
        "digest", digest, subject, lead, title=values["tag"], overdue=urgent, sections=sections
    )


def digest_notice(role: Role) -> str:
    return "digest.coordinator" if role is Role.COORDINATOR else "digest.province"


def digest_values(digest: Digest) -> dict[str, Any]:
    """What the wording of a digest may say (notices.NAMES)."""
    return {
        "role": digest.role.value,
        "today": long(digest.today, digest.language),
        "tag": TAGS.get(digest.role, TAGS[Role.PROVINCE]).in_(digest.language),
        "ask": plain(digest.ask, digest.language),
        "summary": _summary(digest),
        "late": len(digest.overdue),
        "unrecorded": len(digest.unrecorded),
        "week": len(digest.due_this_week),
        "waiting": len(digest.waiting),
        "new": len(digest.new),
        "died": len(digest.died),
        "openings": len(digest.openings),
    }


COUNTS: tuple[tuple[str, Text], ...] = (
    ("overdue", Text("已逾期{n}项", "{n} overdue")),
    ("unrecorded", Text("办班待登记{n}项", "{n} over and not recorded")),
    ("due_this_week", Text("本周到期{n}项", "{n} due this week")),
    ("waiting", Text("待您办理{n}项", "{n} waiting for you")),
    ("new", Text("新到{n}项", "{n} new")),
    ("died", Text("邮件未送达{n}封", "{n} mails not delivered")),
)


def _summary(digest: Digest) -> str:
    """How many of what, without what there is none of."""
    counted = ((len(getattr(digest, name)), said) for name, said in COUNTS)
    parts = [said.in_(digest.language).format(n=n) for n, said in counted if n]
    return ("，" if digest.language == "zh" else ", ").join(parts)


def _section(rows: Sequence[DigestRow], title: Text, urgent: bool, digest: Digest) -> Section:
    language = digest.language
    shown = [_row(row, digest) for row in rows[:MOST_ROWS]]
    hidden = len(rows) - len(shown)
    more = MORE.in_(language).format(n=hidden) if hidden else ""
    return Section(title.in_(language).format(n=len(rows)), urgent, shown, more)


def _row(row: DigestRow, digest: Digest) -> Row:
    language = digest.language
    say = phrases(language)
    number = "" if row.number is None else f"{NUMBER.in_(language).format(n=row.number)} "
    name = f"“{quotable(row.name, language)}”" if row.name else ""
    host = plain(row.host, language)
    bracketed = f"{say.bracket}{host}{say.unbracket}" if host and name else host
    said = [plain(row.what.in_(language), language), plain(row.note.in_(language), language)]
    if row.by:
        said.insert(1, short(row.by, language))
    told = say.comma.join(part for part in said if part)
    return Row(f"{number}{name}{bracketed}", told, _link(row, digest))


def _link(row: DigestRow, digest: Digest) -> str:
    """To the mail that did not arrive, the form of what waits, or the project."""
    if row.mail_id is not None:
        return digest.links.mail(digest.role, row.mail_id)
    if row.project_id is None:
        return ""
    return digest.links.project(digest.role, row.project_id, row.deed)


NUMBER = Text("计划{n}号", "No. {n}")
