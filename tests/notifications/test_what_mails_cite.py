"""What a mail cites: the clause of the duty, that of the consequence, and nothing that no notice says
or that did not exist on the day."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest
from desk import WHOLE, Desk, day
from test_writer import parsed, speak_english, written

from states.terms import Act, Action, Role, State
from workflow.imports.plan_file import PlanFile

pytestmark = pytest.mark.one_database

NATIONAL = {"category": "national_funded", "name": "国家班"}


def texts(desk: Desk, on: str, **where: Any) -> list[str]:
    """The mails of a day as they are read, subject and text, the newest last."""
    found = []
    for mail_id in desk.mails("id", on_date=day(on), **where):
        mail = written(desk, mail_id, day(on))
        found.append(mail.subject + "\n" + "".join(parsed(mail).text_plain))
    return found


def to_host(desk: Desk, on: str) -> str:
    return texts(desk, on, to_role=Role.HOST.value)[-1]


# -- Consequences ------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("category", "on", "duty", "consequence"),
    [
        ("demonstration", "2025-08-08", "R25-07", "R25-21"),
        ("national_funded", "2025-11-21", "R25-04", "R25-15c"),
        ("engineering", "2025-11-21", "R25-04", "R25-21"),
    ],
)
def test_r25_21_r25_15c_a_consequence_is_cited_to_the_clause_that_states_it(
    desk: Desk, category: str, on: str, duty: str, consequence: str
) -> None:
    desk.plan({"category": category})
    desk.sweep_daily("2025-07-01", on)
    said = to_host(desk, on)
    [ground] = [line for line in said.splitlines() if line.startswith("办理依据")]
    [then] = [line for line in said.splitlines() if line.startswith("逾期影响")]
    assert duty in ground
    assert then.startswith("逾期影响：依据2025年实施通知第三部分第")
    assert f"（{consequence}），可能" in then


def test_r25_16_r25_19_where_no_notice_says_that_it_costs_nothing_is_cited(desk: Desk) -> None:
    desk.plan({"category": "ordinary"})
    desk.sweep_daily("2025-11-01", "2025-11-21")
    assert "逾期影响" not in to_host(desk, "2025-11-21")


# -- Refusals ----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("code", "said", "place"),
    [
        ("misconduct", "因违规行为终止", "第四部分第2段（R25-23）"),
        ("not_carried_out", "未按计划完成", "第三部分第3段（R25-21）"),
        ("third_party", "未按计划完成", "第一部分第1段（R25-03）"),
    ],
)
def test_r25_23_a_refusal_says_ground_and_clause_and_is_called_by_its_reason(
    desk: Desk, code: str, said: str, place: str
) -> None:
    [project] = desk.plan({})
    desk.do(project, Action.REJECT, "2025-08-05", code=code, text="详见函告")
    text = to_host(desk, "2025-08-05")
    assert f"审核结果为：{said}。" in text
    assert place in text
    assert "系统推定" not in text
    assert (said == "未按计划完成") is ("未按计划完成" in text)


def test_r25_02_no_clause_about_money_is_cited_to_who_gets_none(desk: Desk) -> None:
    """R25-21 denies a subsidy to demonstration and engineering projects; to others it says nothing."""
    [project] = desk.plan({"category": "ordinary"})
    desk.do(project, Action.REJECT, "2025-09-08", code="not_as_planned", text="未办班")
    text = to_host(desk, "2025-09-08")
    assert "审核结果为：未按计划完成。" in text
    assert "第一部分第1段（R25-02）" in text
    assert "R25-21" not in text


def test_r24_09_a_refusal_by_last_years_notice_says_that_it_goes_by_it(desk: Desk) -> None:
    [project] = desk.plan({"state": State.REVIEWED}, today="2025-01-10")
    desk.do(project, Action.REJECT, "2025-02-10", code="not_selected", text="名额所限")
    text = to_host(desk, "2025-02-10")
    assert "办理依据：参照2024年申报通知第三部分（二）（R24-09）" in text
    assert "系统推定" not in text


def test_what_did_not_exist_on_the_day_is_not_cited(desk: Desk) -> None:
    """R25-21 is of 2025: a project of 2024 that ended in 2024 was not refused by it."""
    rows = [replace(WHOLE, row=2, number=1, name="甲班", category="demonstration")]
    rows = [replace(row, opens_earliest=day("2024-09-15")) for row in rows]
    rows = [replace(row, opens_latest=day("2024-09-15")) for row in rows]
    rows = [replace(row, planned_ends=day("2024-09-18")) for row in rows]
    policy = desk.book.policy("fujian-2024")
    from desk import morning

    from workflow.imports.plan import apply_plan

    today = day("2024-03-01")
    apply_plan(desk.db, desk.book, policy, PlanFile(rows=rows), today=today, at=morning(today))
    [project] = desk.projects("id")
    desk.do(project, Action.REJECT, "2024-12-05", code="not_carried_out", text="全年未办班")
    text = to_host(desk, "2024-12-05")
    assert "未按计划办班" in text
    for later in ("2025年", "R25-"):
        assert later not in text
    assert desk.facts(project).rejected["clause"] == "R24-07"


# -- Money -------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("category", "fund", "place"),
    [
        ("demonstration", "人力资源和社会保障业务经费", "第三部分第3段（R25-17）"),
        ("engineering", "省级人才工作经费", "第三部分第3段（R25-18）"),
        ("national_funded", "中央财政资助经费（人社部）", "第三部分第2段（R25-15a）"),
    ],
)
def test_r25_17_r25_18_r25_15a_letters_of_money_name_fund_and_clause(
    desk: Desk, category: str, fund: str, place: str
) -> None:
    [project] = desk.plan({"category": category})
    if category != "engineering":
        desk.do(project, Action.FILE, "2025-08-01", by=Role.HOST)
    desk.hold(project, "2025-09-19", "2025-09-15", "2025-09-18")
    desk.do(project, Action.REPORT, "2025-09-26", by=Role.HOST)
    for login, on in (("p1", "2025-10-09"), ("p2", "2025-10-10")):
        desk.do(project, Action.SUBSIDISE, on, login=login, amount=4_550_000)
    desk.do(project, Act.MILESTONE, "2025-10-20", name="paid")
    for on in ("2025-10-10", "2025-10-20"):
        text = to_host(desk, on)
        assert f"经费来源：{fund}" in text
        assert place in text
        assert "45,500元" in text


# -- National ----------------------------------------------------------------------------------


@pytest.mark.parametrize("language", ["zh", "en"])
def test_r25_06b_a_national_class_may_be_held_only_after_the_platforms_review(
    desk: Desk, language: str
) -> None:
    desk.person("a@example.cn", name="张三")
    if language == "en":
        speak_english(desk, "a@example.cn")
    held = {"zh": "可按计划办班", "en": "may be held as planned"}[language]
    lacks = {"zh": "通过国家平台审核", "en": "have it approved on the national platform"}[language]
    first, second = desk.plan(NATIONAL, {"name": "另一班", **{"category": "national_funded"}})
    for project in (first, second):
        desk.do(project, Act.MILESTONE, "2025-07-01", by=Role.HOST, name="consulted")
        desk.do(project, Action.FILE, "2025-08-01", by=Role.HOST)
    desk.do(first, Act.MILESTONE, "2025-08-12", name="notice_issued")
    text = to_host(desk, "2025-08-12")
    assert held not in text
    assert lacks in text
    for name in ("platform_declared", "platform_approved"):
        desk.do(second, Act.MILESTONE, "2025-08-20", by=Role.HOST, name=name)
    desk.do(second, Act.MILESTONE, "2025-08-21", name="notice_issued")
    assert held in to_host(desk, "2025-08-21")


def test_r25_06b_the_last_thing_on_record_says_that_the_class_may_be_held(desk: Desk) -> None:
    """The platform's review may come after the notice, entered for the host by the province."""
    [project] = desk.plan(NATIONAL)
    desk.do(project, Act.MILESTONE, "2025-07-01", by=Role.HOST, name="consulted")
    desk.do(project, Action.FILE, "2025-08-01", by=Role.HOST)
    desk.do(project, Act.MILESTONE, "2025-08-12", name="notice_issued")
    desk.do(project, Act.MILESTONE, "2025-08-13", by=Role.HOST, name="platform_declared")
    said = "国家平台审核通过"
    desk.do(project, Act.MILESTONE, "2025-08-20", on_behalf=True, name="platform_approved")
    text = to_host(desk, "2025-08-20")
    assert f"已登记：{said}。可按计划办班。" in text


def test_r25_07_a_demonstration_class_may_be_held_once_its_filing_is_confirmed(desk: Desk) -> None:
    [project] = desk.plan({})
    desk.do(project, Action.FILE, "2025-08-01", by=Role.HOST)
    desk.do(project, Act.MILESTONE, "2025-08-12", name="filing_confirmed")
    assert "可按计划办班" in to_host(desk, "2025-08-12")


# -- What no notice asks for -------------------------------------------------------------------


def test_a_filing_without_a_paper_gets_no_receipt_for_a_plan(desk: Desk) -> None:
    """No notice asks an engineering project for a plan before the class (R25-07 names others)."""
    [project] = desk.plan({"category": "engineering"})
    desk.do(project, Action.FILE, "2025-08-01", by=Role.HOST)
    text = to_host(desk, "2025-08-01")
    for word in ("实施方案", "已收到", "回执"):
        assert word not in text
    assert "通知未作要求" in text


@pytest.mark.parametrize(
    ("category", "on", "kind"),
    [
        ("demonstration", "2025-09-05", "opening"),
        ("demonstration", "2025-09-19", "recording"),
        ("engineering", "2025-07-16", "filing"),
        ("engineering", "2025-08-01", "filing"),
    ],
)
def test_what_no_notice_asks_for_says_so(desk: Desk, category: str, on: str, kind: str) -> None:
    [project] = desk.plan({"category": category})
    if category == "demonstration":
        desk.do(project, Action.FILE, "2025-07-01", by=Role.HOST)
    desk.sweep_daily("2025-07-10", on)
    assert kind in desk.ledger("kind", on_date=day(on), role="host", status="queued")
    assert "通知未作要求" in to_host(desk, on)


def test_r25_21_an_advisory_filing_is_reminded_of_twice_at_most(desk: Desk) -> None:
    desk.plan({"category": "engineering"})
    desk.sweep_daily("2025-01-02", "2025-12-31")
    told = desk.ledger("step", kind="filing", status="queued", role="host")
    assert told == ["D-30", "D-14"]
