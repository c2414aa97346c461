"""The mail about a step names to its host the flags that it raised: by which clause, and what can
still be done about each."""

from __future__ import annotations

from typing import Any

import pytest
from desk import Desk
from test_what_mails_cite import texts

from states.actions import ROWS
from states.findings import ITEMISED
from states.remedy import FOR_OFFICIALS, REMEDIES, is_for_host, remedy
from states.rules.every import EVERY
from states.terms import Act, Action, Role


def told(desk: Desk, on: str, role: Role = Role.HOST, **where: Any) -> str:
    return texts(desk, on, to_role=role.value, **where)[-1]


def test_a_late_filing_is_named_with_its_clauses_and_what_can_be_done(desk: Desk) -> None:
    """Issue 11: the host hears it with the receipt, softly, and not first when money is decided."""
    desk.staff()
    [project] = desk.plan({})  # filing by 08-15
    desk.do(project, Action.FILE, "2025-08-19", by=Role.HOST)
    mail = told(desk, "2025-08-19", notice="file")
    [line] = [one for one in mail.splitlines() if one.startswith("提示：")]
    assert "应于2025年8月15日（周五）前报送，实际2025年8月19日（周二），逾期4天" in line
    assert "可能影响补助，由省厅核定" in line
    assert "R25-07" in line and "R25-21" in line
    assert line.endswith("可补交书面情况说明，供省厅核定时参考。")


def test_several_are_numbered_and_a_step_without_any_says_nothing(desk: Desk) -> None:
    desk.staff()
    [project] = desk.plan({})
    desk.do(project, Action.FILE, "2025-08-01", by=Role.HOST)
    assert "提示" not in told(desk, "2025-08-01", notice="file")
    heads = {"trainees": 20, "online_trainees": 0, "staff": 2}
    days = {"opens": "2025-09-15", "ends": "2025-09-18"}
    desk.do(project, Action.HOLD, "2025-09-19", by=Role.HOST, **days, **heads)
    mail = told(desk, "2025-09-19", notice="hold")
    assert "提示1：" in mail and "提示2：" in mail
    [confirmed] = [one for one in mail.splitlines() if "未登记：省厅已备案" in one]
    assert confirmed.endswith("该项由省厅办理，登记后该提示自动消除。") and "请" not in confirmed
    assert "研修学员20人，少于30人" in mail and "登记有误的，请与咨询单位联系更正" in mail


def test_the_paper_that_came_says_that_its_flag_is_settled(desk: Desk) -> None:
    desk.staff()
    [project] = desk.plan({})
    desk.do(project, Action.FILE, "2025-08-01", by=Role.HOST)
    desk.do(project, Act.MILESTONE, "2025-08-04", name="filing_confirmed")
    desk.hold(project, "2025-09-19", "2025-09-15", "2025-09-18")
    papers = desk.policy.categories["demonstration"].papers[Action.REPORT]
    own = tuple(paper.key for paper in papers if not paper.may_follow)
    promise = {"papers": own, "promised": "2025-11-10"}
    desk.do(project, Action.REPORT, "2025-09-22", by=Role.HOST, **promise)
    mail = told(desk, "2025-09-22", notice="report")
    assert "收到后该提示自动消除" in mail
    desk.do(project, Act.SUPPLY, "2025-10-20", by=Role.HOST, papers=("subsidy_receipt",))
    mail = told(desk, "2025-10-20", notice="supply")
    assert "已消除的提示：" in mail and "；已收到" in mail


def test_why_a_flag_was_decided_on_is_in_no_mail_of_the_host(desk: Desk) -> None:
    desk.staff()
    [project] = desk.plan({})
    desk.do(project, Action.FILE, "2025-08-19", by=Role.HOST)
    secret = {"flag": "filed_in_time", "reason": "内部意见勿告"}
    desk.do(project, Act.DISPOSE, "2025-08-20", outcome="accepted", **secret)
    desk.do(project, Act.MILESTONE, "2025-08-21", name="filing_confirmed")
    for on in ("2025-08-19", "2025-08-20", "2025-08-21"):
        assert all("内部意见勿告" not in mail for mail in texts(desk, on, to_role="host"))


@pytest.mark.parametrize("key", sorted(FOR_OFFICIALS))
def test_what_officials_look_at_asks_nothing_of_the_host(key: str) -> None:
    assert not is_for_host(key) and remedy(key, host=True).zh == ""


def test_what_can_be_done_is_said_in_both_languages_and_for_rules_that_are() -> None:
    rules = {rule.__name__ for some in (*(row.rules for row in ROWS), EVERY) for rule in some}
    known = rules | ITEMISED | {"plan_came_late", "change_in_writing"}
    assert set(REMEDIES) | FOR_OFFICIALS <= known
    assert all(said.zh.endswith("。") and said.en.endswith(".") for said in REMEDIES.values())
