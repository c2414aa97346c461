"""Watching over a project between its steps: calls and inspections."""

from __future__ import annotations

from collections.abc import Iterable

from states.findings import Case, Finding, block, flag
from states.terms import Channel, Role, Text, day_label


def channel_known(case: Case) -> Iterable[Finding]:
    """A note says how somebody was reached."""
    channel = case.given.get("channel")
    if channel is not None and channel not in set(Channel):
        known = Text("；".join(f"{one} {one.label.zh}" for one in Channel), ", ".join(Channel))
        said = Text("联系方式“{given}”不可用，可用：{known}。", "No channel “{given}”: {known}.")
        message = said.format(given=channel, known=known)
        yield block("channel_known", "", "channel", message, who=(case.role,))


def call_again_ahead(case: Case) -> Iterable[Finding]:
    """Whoever calls again does so after this call."""
    again = case.given.get("follow_up")
    if again and again < case.on:
        said = Text(
            "下次跟进日期{again}早于本次联系日期。",
            "The follow-up, {again}, lies before this call.",
        )
        message = said.format(again=day_label(again))
        yield block("call_again_ahead", "", "follow_up", message, who=(case.role,))


def mending_after_inspection(case: Case) -> Iterable[Finding]:
    """R25-24: what an inspection found wrong stays open until somebody has disposed of it."""
    by = case.given.get("mend_by")
    if by:
        clause = case.duty("mending_after_inspection") or ""
        said = Text(
            "{on}检查发现问题，要求{by}前整改。", "Inspected on {on}: to be mended by {by}."
        ).format(on=day_label(case.on), by=day_label(by))
        fact = case.on.isoformat()
        yield flag("mending_after_inspection", clause, fact, said, who=(Role.HOST,))
