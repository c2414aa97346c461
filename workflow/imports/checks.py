"""What a readable plan is warned about: never a reason to block, never corrected."""

from __future__ import annotations

from collections import Counter

from states.calculus import Dates
from states.policy import Category, Policy
from states.terms import Kind, Text, day_label
from workflow.imports.headings import Field
from workflow.imports.rows import PlanRow, Reading, Remark


def check_row(reading: Reading, row: PlanRow, category: Category) -> None:
    """Warn of an end after the completion date and of too few trainees."""
    rule, days = category.deadline(Kind.COMPLETION), category.usual_days
    dates = Dates(
        row.opens_earliest, row.opens_latest, row.planned_ends, row.actual_opens, row.actual_ends
    )
    last = dates.latest_end(days)
    if rule and rule.fixed_on and last and last > rule.fixed_on:
        exact = row.actual_ends or row.planned_ends
        text = TOO_LATE if exact else PERHAPS_TOO_LATE
        where = Field.ACTUAL if row.actual_ends else _time(reading)
        values = {"last": day_label(last), "limit": day_label(rule.fixed_on), "days": days}
        reading.warn(where, text.format(**values))
    least = category.figure("min_trainees")
    planned = row.planned_trainees
    if least and least.value and planned is not None and planned < least.value:
        values = {"planned": planned, "least": least.value, "label": category.label}
        reading.warn(Field.TRAINEES, FEW.format(**values))


def _time(reading: Reading) -> Field:
    return Field.SCHEDULE if Field.SCHEDULE in reading.columns.places else Field.STARTS


def check_totals(policy: Policy, categories: list[Category | None]) -> list[Remark]:
    """Compare what was announced with the file's rows (None: a row of unknown category)."""
    announced = policy.announced
    if announced is None:
        return []
    found, texts = len(categories), []
    total, parts = announced.total.value, sum(announced.by_name.values())
    if total is not None and announced.by_name and total != parts:
        values = {"total": total, "parts": parts, "apart": abs(total - parts), "found": found}
        texts.append(TOTALS_DISAGREE.format(**values))
    elif total is not None and total != found:
        texts.append(TOTAL.format(total=total, found=found, apart=abs(total - found)))
    counts = Counter(c.key for c in categories if c is not None)
    for name, count in announced.by_name.items():
        here = sum(counts[c.key] for c in policy.categories.values() if name in c.names)
        if here != count:
            apart = abs(here - count)
            texts.append(PART.format(name=name, count=count, here=here, apart=apart))
    return [Remark(None, None, text) for text in texts]


TOO_LATE = Text(
    "办班至{last}结束，晚于{limit}的办班时限，不能按时完成，请核对时间",
    "The class ends on {last}, after the completion date {limit}; check the time",
)
PERHAPS_TOO_LATE = Text(
    "如在所填时段最后一天开班，按通常{days}天将于{last}结束，晚于{limit}的办班时限，请确定更早的日期",
    "Opened on the window's last day, a class of the usual {days} days ends on {last}, after the "
    "completion date {limit}; settle on an earlier day",
)
FEW = Text(
    "计划人数{planned}人，少于“{label}”要求的{least}人，请核对",
    "{planned} trainees are planned, and “{label}” asks for {least}; check it",
)
TOTALS_DISAGREE = Text(
    "公布合计{total}期，分项合计{parts}期，相差{apart}期；本文件{found}期",
    "Announced in total {total}, by category {parts}, {apart} apart; this file has {found}",
)
TOTAL = Text(
    "公布合计{total}期，本文件{found}期，相差{apart}期，请核对",
    "Announced in total {total}, this file has {found}, a difference of {apart}; check it",
)
PART = Text(
    "“{name}”公布{count}期，本文件{here}期，相差{apart}期，请核对",
    "“{name}”: announced {count}, this file has {here}, a difference of {apart}; check it",
)
