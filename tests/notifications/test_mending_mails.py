"""Mails about what was flagged and is to be mended by a date: what is asked, by when, to whom."""

from __future__ import annotations

from desk import Desk
from test_what_mails_cite import texts

from states.terms import Act, Action, Role

FLAG = "papers_present.subsidy_receipt"


def to_mend(desk: Desk) -> int:
    """Reported on 09-22 without the receipt; to be mended by 10-31."""
    desk.staff()
    [project] = desk.plan({})
    desk.do(project, Action.FILE, "2025-08-01", by=Role.HOST)
    desk.do(project, Act.MILESTONE, "2025-08-04", name="filing_confirmed")
    desk.hold(project, "2025-09-19", "2025-09-15", "2025-09-18")
    category = desk.policy.categories["demonstration"]
    papers = [p.key for p in category.papers[Action.REPORT] if not p.may_follow]
    promise = {"papers": tuple(papers), "promised": "2025-11-10"}
    desk.do(project, Action.REPORT, "2025-09-22", by=Role.HOST, **promise)
    secret = {"outcome": "mend", "reason": "内部意见勿告", "mend_by": "2025-10-31"}
    desk.do(project, Act.DISPOSE, "2025-10-20", flag=FLAG, **secret)
    return project


def test_the_host_is_told_and_reminded_until_it_has_mended(desk: Desk) -> None:
    """Issue 11: 限期补正 comes with reminders; the reason stays with officials."""
    project = to_mend(desk)
    desk.sweep_daily("2025-10-20", "2025-11-03")
    steps = desk.ledger("step", "role", kind="mending", status="queued")
    assert [step for step, role in steps if role == "host"] == [
        *("D-7", "D-3", "D-1", "D-0"),
        "D+3",  # the first of November is a Saturday
    ]
    assert ("D-7", "coordinator") not in steps
    [told] = texts(desk, "2025-10-20", notice="dispose")
    assert "限期补正" in told and "请于" in told and "10月31日" in told
    assert "承诺2025年11月10日（周一）前补交" in told
    first = texts(desk, "2025-10-24", to_role="host")[-1]
    assert first.startswith("【限期补正提醒】“研修班1号”请于10月31日（周五）前完成补正（还有7天）")
    for said in (told, first):
        assert "内部意见勿告" not in said
    desk.do(project, Act.SUPPLY, "2025-11-04", by=Role.HOST, papers=("subsidy_receipt",))
    before = len(desk.ledger("step", kind="mending", status="queued"))
    desk.sweep_daily("2025-11-05", "2025-11-20")
    assert len(desk.ledger("step", kind="mending", status="queued")) == before
    assert desk.problems() == []
