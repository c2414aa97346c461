"""From a deadline row to its calendar entry, in the reader's language.

An entry is known for good by project and kind: a moved date moves it, a step done cancels it. Its
sequence counts the project's events and the deadline's rounds, for one of the two grows with every
change: what people do leaves an event, and new rules or holidays begin a round. The lowest digit
tells a confirmed date from a provisional one, which a new calendar may change without either.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from datetime import date, datetime
from typing import Any

from config.rulebook import Rulebook
from config.zone import SHANGHAI
from notifications.calendars.ics import Entry
from notifications.letters.duty_words import nature
from notifications.letters.grounds import ground, listed, papers
from notifications.letters.printing import capital
from notifications.letters.words import words_of
from states.besides import Duty, duties
from states.facts import Facts, Standing
from states.mailing import whose_turn
from states.policy import Category, PaperRule, Policy
from states.terms import (
    ASKED_BY_SYSTEM,
    BEFORE_PLAN,
    PROVISIONAL,
    Force,
    Kind,
    Role,
    Text,
    day_label,
)

ALARM_DAYS = 3  # a calendar rings that many days before the day


def entry(
    row: Any, book: Rulebook, role: Role, *, language: str, stamp: datetime, facts: Any = None
) -> Entry:
    """The entry of the latest round of a deadline, cancelled where it is not open.

    `row` has a deadline's columns and the project's `name`, `host`, `policy`, `category` and
    `version`. `facts` are needed to see whose turn an application is.
    """
    kind = Kind(row.kind)
    category = book.category(row.policy, row.category)
    open_ = row.standing == Standing.OPEN
    if open_ and facts is not None:  # handed in, it is somebody else's: over for its host
        open_ = whose_turn(kind, facts, role)
    if isinstance(category, Text):  # by what it is judged cannot be read: the day is known
        lines = [Text(f"承办单位：{row.host}", f"Host unit: {row.host}"), category]
        title = _title(row, kind, ())
    else:
        on = stamp.astimezone(SHANGHAI).date()
        lines = _lines(row, kind, book.policy(row.policy), category, on)
        title = _title(row, kind, papers(category, kind))
    return Entry(
        uid_key=f"project:{row.project_id}:{kind.value}",
        sequence=2 * (row.version + row.round) + (not row.provisional),
        title=title.in_(language),
        day=row.due_on,
        description="\n".join(line.in_(language) for line in lines),
        url="",
        status="cancelled" if not open_ else "tentative" if row.provisional else "confirmed",
        alarm_days=None if row.force == Force.ADVISORY else ALARM_DAYS,
        stamp=stamp,
    )


def duty_key(project_id: int, key: str) -> str:
    return f"project:{project_id}:duty:{key}"


def duty_entries(
    row: Any, book: Rulebook, facts: Facts, *, language: str, stamp: datetime
) -> list[Entry]:
    """What the host owes besides its papers; cancelled what is on record, or no longer owed."""
    policy = book.policy(row.policy)
    category = policy.categories[row.category]
    left = {duty.rule.key: duty for duty in duties(facts, category, book.calendar)}
    found = []
    for rule in category.milestones:
        duty = left.get(rule.key)
        if rule.by is not Role.HOST or rule.due is None:
            continue
        if duty is not None and duty.on is not None:
            found.append(_duty(row, duty, duty.on, policy, language=language, stamp=stamp))
        elif facts.state not in BEFORE_PLAN:
            done = facts.milestones.get(rule.key, {}).get("on")
            day = date.fromisoformat(done) if done else facts.opens_latest or row.due_on
            gone = _duty(row, Duty(rule, day, False), day, policy, language=language, stamp=stamp)
            found.append(replace(gone, status="cancelled", alarm_days=None))
    return found


def _duty(
    row: Any, duty: Duty, on: date, policy: Policy, *, language: str, stamp: datetime
) -> Entry:
    notes = nature(duty, policy, stamp.astimezone(SHANGHAI).date())
    title = TITLE_DATED if duty.rule.dated else TITLE_UNDATED
    host = Text(f"承办单位：{row.host}", f"Host unit: {row.host}")
    return Entry(
        uid_key=duty_key(row.project_id, duty.rule.key),
        sequence=2 * row.version + (not duty.provisional),
        title=capital(title.format(ask=duty.rule.ask, name=row.name).in_(language)),
        day=on,
        description="\n".join(line.in_(language) for line in (host, *notes)),
        url="",
        status="tentative" if duty.provisional else "confirmed",
        alarm_days=ALARM_DAYS,
        stamp=stamp,
    )


TITLE_DATED = Text("{ask}截止：{name}", "{ask}, due: {name}")
TITLE_UNDATED = Text("{ask}（通知未定日期）：{name}", "{ask} (no day given): {name}")


def _title(row: Any, kind: Kind, wanted: Iterable[PaperRule]) -> Text:
    label, end = kind.label, Text("", "")
    asked = tuple(paper.label for paper in wanted)
    if kind is Kind.FILING and asked:  # called by what is handed in
        thing = words_of(kind, asked).thing
        label = Text(f"{label.zh}（{thing.zh}）", f"{label.en} ({thing.en})")
    if kind not in ASKED_BY_SYSTEM:
        advised = row.force == Force.ADVISORY
        end = Text("（建议）", " (advised)") if advised else Text("截止", " due")
    if row.provisional:
        end = Text(f"{end.zh}（暂定）", f"{end.en} (provisional)")
    return Text(f"{label.zh}{end.zh}：{row.name}", f"{label.en}{end.en}: {row.name}")


def _lines(row: Any, kind: Kind, policy: Policy, category: Category, on: date) -> list[Text]:
    due, advised = day_label(row.due_on), day_label(row.advised_on)
    lines = [Text(f"承办单位：{row.host}", f"Host unit: {row.host}")]
    if kind not in ASKED_BY_SYSTEM:
        lines.append(Text(f"截止日：{due.zh}", f"Due: {due.en}"))
        if row.advised_on != row.due_on:
            lines.append(Text(f"建议报送日：{advised.zh}", f"Advised: {advised.en}"))
    if asked := papers(category, kind):
        lines.append(Text("所需材料：{papers}", "Papers: {papers}").format(papers=listed(asked)))
    place, _ = ground(policy, category, kind, row.clause, on)
    if place.zh:
        lines.append(Text(f"办理依据：{place.zh}", f"Ground: {place.en}"))
    if row.force == Force.ADVISORY:
        label = Force.ADVISORY.label
        lines.append(Text(f"要求性质：{label.zh}", label.en))
    if row.provisional:
        lines.append(Text(f"日期状态：{PROVISIONAL.zh}", f"Date: {PROVISIONAL.en}"))
    return lines
