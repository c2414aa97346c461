"""Sample values for a notice's wording: every variant that a mail may bring, made as mails make it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import date, timedelta
from functools import cache
from itertools import product
from typing import Any

from notifications.letters.alarm_letter import OWN, Alarm, alarm_values
from notifications.letters.digest_letter import Digest, DigestRow, digest_values
from notifications.letters.notice_letter import worded
from notifications.letters.notices import NAMES, NOTICES, Family, chain
from notifications.letters.reminder_letter import Worded
from notifications.letters.values import Item, Letter, Notice
from states.terms import Kind, Role, Text, day_label

DUE = date(2025, 2, 28)
READERS = (Role.HOST, Role.COORDINATOR, Role.PROVINCE)
DAYS = tuple(DUE + timedelta(days=n) for n in (-7, 0, 1, 3))
ITEM = Item(
    project_id=5,
    number=5,
    name="数字经济高级研修班",
    host="福州大学",
    category="省级高级研修示范项目",
    kind=Kind.FILING,
    step="D-7",
    due_on=DUE,
    advised_on=DUE,
    provisional=False,
    advisory=False,
    place="福州市",
    opens="2025年3月31日至4月4日",
    papers=("开班通知", "实施方案"),
    clause="2025年实施通知第一部分第3段（R25-07）",
    rule="开班1个月前报送开班通知和实施方案",
    mend_items="",
    consequence="可能影响补助，由省厅核定",
    addressee="省人社厅职业能力建设处",
)


def samples(notice: str, language: str) -> Iterator[dict[str, Any]]:
    """Values for every variant of a notice, and of those that follow it."""
    family = NOTICES[notice].family
    if family in (Family.REMINDER, Family.SUMMARY):
        yield from (values for said, values in _reminders(language) if notice in chain(said))
    elif family is Family.RESULT:
        yield from _results(notice, language)
    elif family is Family.DIGEST:
        yield from _digests(notice, language)
    else:
        yield from _alarms(notice, language)


@cache
def _reminders(language: str) -> tuple[tuple[str, dict[str, Any]], ...]:
    """Notice and values of every letter."""
    found = (Worded(letter) for letter in _letters(language))
    return tuple((said.notice, said.values) for said in found)


def _variants() -> Iterator[Item]:
    for kind, advisory, provisional in product(Kind, (False, True), (False, True)):
        item = replace(ITEM, kind=kind, advisory=advisory, provisional=provisional)
        yield item
        if kind is Kind.REIMBURSEMENT:
            yield replace(item, national=True)
        if kind is Kind.APPLICATION:
            yield replace(item, submitted=True)
        if kind is Kind.FILING and not advisory:
            yield replace(item, late_plan=True)
            yield replace(item, earliest_on=item.due_on)


def _letters(language: str) -> Iterator[Letter]:
    for role, today, item in product(READERS, DAYS, _variants()):
        letter = Letter("张三", "host@example.cn", role, today, (item,), "职业能力建设处", "")
        yield replace(letter, language=language)
        yield replace(letter, language=language, ask="", items=(replace(item, addressee=""),))
        if not item.advisory:
            yield replace(letter, language=language, items=(item, ITEM))
            watched = replace(ITEM, role=Role.COORDINATOR)
            yield replace(letter, language=language, items=(item, watched))


def _results(notice: str, language: str) -> Iterator[dict[str, Any]]:
    names = [name for name in NAMES[Family.RESULT] if name not in ("watching", "role", "today")]
    for role, filled, applied in product(READERS, (True, False), (True, False)):
        values = dict.fromkeys(names, "甲" if filled else "")
        yield worded(
            Notice(
                to_name="张三",
                to_email="host@example.cn",
                role=role,
                today=DUE,
                project_id=1,
                number=1,
                name=ITEM.name,
                host=ITEM.host,
                notice=notice,
                tag="办理结果",
                lines=(),
                clause="",
                ask="职业能力建设处",
                link="",
                language=language,
                applied=applied,
                values=values,
            )
        )


def _digests(notice: str, language: str) -> Iterator[dict[str, Any]]:
    role = Role.COORDINATOR if notice == "digest.coordinator" else Role.PROVINCE
    rows = (DigestRow(1, 1, ITEM.name, ITEM.host, Text("报送", "file"), DUE),)
    empty = Digest("张三", "a@example.cn", role, DUE, language)
    yield digest_values(replace(empty, new=rows))
    yield digest_values(replace(empty, overdue=rows * 60, due_this_week=rows, waiting=rows))
    yield digest_values(replace(empty, due_this_week=rows, died=rows, openings=rows))


def _alarms(notice: str, language: str) -> Iterator[dict[str, Any]]:
    what = notice.removeprefix("alarm.")
    for person, project in product(("李四", ""), ("", ITEM.name)):
        alarm = Alarm("张三", "a@example.cn", Role.COORDINATOR, DUE, what, person, "b@example.cn")
        if what == "substitute":
            alarm = replace(alarm, substitute="王五", days=day_label(DUE))
        if what == "forward":
            alarm = replace(alarm, forward="c@example.cn")
        if what == "refusing":
            alarm = replace(alarm, count=20)
        if what in OWN:
            alarm = replace(alarm, by=Text("王五", "Wang"))
        yield alarm_values(replace(alarm, project=project, language=language))
