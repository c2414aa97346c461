"""Policy files: what they say, cited; and what the loader refuses, with a reason."""

from __future__ import annotations

import random
import re
import shutil
from dataclasses import replace
from datetime import date, timedelta
from hashlib import sha256
from pathlib import Path

import chinese_calendar
import pytest

from config.calendar_files import work_calendar
from config.errors import ConfigError
from config.policy_files import SHIPPED, load_policy, policy_ids
from config.policy_reading import document_line, lines
from states.calculus import Dates, compute, deadlines_of
from states.policy import OffsetUnit, Policy
from states.terms import Action, Basis, Force, Kind, Role, Severity, State

# fmt: off
RULES_2025 = [
    "01", "02", "03", "04", "05", "06a", "06b", "07", "08a", "08b", "08c", "09", "10", "11", "12",
    "13", "14", "15a", "15b", "15c", "16", "17", "18", "19", "20", "21", "22", "23", "24", "25",
]
# fmt: on
RULES_2024 = ["01", "02", "03", "04", "05", "06", "07", "08", "09", "10", "11", "12", "13"]
NF, NS, PD, PE, PG = (
    "national_funded",
    "national_self_funded",
    "demonstration",
    "engineering",
    "ordinary",
)


@pytest.fixture(scope="module")
def fujian() -> Policy:
    return load_policy("fujian-2025")


# -- What the files say ---------------------------------------------------------------------------


def test_ids_are_known() -> None:
    assert policy_ids() == ["fujian-2024", "fujian-2025", "xinjiang-2025"]


@pytest.mark.parametrize("rule", RULES_2025)
def test_every_rule_of_2025_is_a_clause(rule: str) -> None:
    assert f"R25-{rule}" in load_policy("fujian-2025").clauses


@pytest.mark.parametrize("rule", RULES_2024)
def test_every_rule_of_2024_is_a_clause(rule: str) -> None:
    assert f"R24-{rule}" in load_policy("fujian-2024").clauses


def test_a_clause_taken_from_the_neighbour_is_the_same_there() -> None:
    old, new = load_policy("fujian-2024").clauses, load_policy("fujian-2025").clauses
    shared = old.keys() & new.keys()
    assert shared == {f"R24-{n}" for n in ("01", "07", "08", "09", "13")}
    # The date of the 2024 call is none of 2025. Each year's own is what the other assumes.
    alike = {id_ for id_ in shared if old[id_] == replace(new[id_], basis=old[id_].basis)}
    assert shared - alike == {"R24-13"}
    assert not any(old[id_].basis is new[id_].basis for id_ in shared)
    assert "2024年1月15日" in old["R24-13"].rule.zh
    assert not any(digit in "".join(new["R24-13"].rule) for digit in "0123456789")


def test_a_clause_says_where_it_stands() -> None:
    clauses = load_policy("fujian-2025").clauses
    assert clauses["R25-07"].place == "2025年实施通知第一部分第3段"
    assert clauses["R24-13"].place == "2024年申报通知第三部分（四）"


# The matrix: figures by category, None = not stated. Amounts in fen.
MATRIX_2025 = {
    "min_trainees": (50, 50, 30, 30, 30),
    "max_trainees": (None,) * 5,
    "min_days": (5, 5, None, None, None),
    "usual_days": (5, 5, 4, 4, 4),
    "staff_share_percent": (10, 10, None, None, None),
    "max_staff": (10, 10, None, None, None),
    "online_share_percent": (50,) * 5,
    "fee_from_trainees": (0,) * 5,
}
MATRIX_2024 = {
    "min_trainees": (None, None, 25, 25),
    "max_trainees": (100, 100, None, None),
    "min_days": (None,) * 4,
    "usual_days": (5, 5, 4, 4),
    "staff_share_percent": (None,) * 4,
    "max_staff": (None,) * 4,
    "online_share_percent": (None,) * 4,
    "fee_from_trainees": (0,) * 4,
}
FIGURES = [
    (policy, category, key, value)
    for policy, categories, matrix in (
        ("fujian-2025", (NF, NS, PD, PE, PG), MATRIX_2025),
        ("fujian-2024", (NF, NS, PD, PG), MATRIX_2024),
    )
    for key, values in matrix.items()
    for category, value in zip(categories, values, strict=True)
]


@pytest.mark.parametrize(("policy", "category", "key", "value"), FIGURES)
def test_matrix_of_figures(policy: str, category: str, key: str, value: int | None) -> None:
    figure = load_policy(policy).categories[category].figures[key]
    assert figure.value == value
    assert figure.severity is Severity.FLAG
    assert (figure.basis is Basis.UNSTATED) == (value is None)


COMPLETION = (Kind.COMPLETION, Force.STATED, "R25-04")
DEADLINES = {
    ("fujian-2025", NF): [
        (Kind.FILING, Force.STATED, "R25-06a"),
        COMPLETION,
        (Kind.REIMBURSEMENT, Force.STATED, "R25-15b"),
    ],
    ("fujian-2025", NS): [(Kind.FILING, Force.STATED, "R25-06a"), COMPLETION],
    ("fujian-2025", PD): [
        (Kind.FILING, Force.STATED, "R25-07"),
        COMPLETION,
        (Kind.REIMBURSEMENT, Force.STATED, "R25-20"),
    ],
    ("fujian-2025", PE): [
        (Kind.FILING, Force.ADVISORY, "R25-21"),
        COMPLETION,
        (Kind.REIMBURSEMENT, Force.STATED, "R25-20"),
    ],
    ("fujian-2025", PG): [COMPLETION],
    ("fujian-2024", NF): [
        (Kind.APPLICATION, Force.STATED, "R24-13"),
        (Kind.COMPLETION, Force.STATED, "R24-05"),
    ],
    ("fujian-2024", NS): [
        (Kind.APPLICATION, Force.STATED, "R24-13"),
        (Kind.COMPLETION, Force.STATED, "R24-05"),
    ],
    ("fujian-2024", PD): [(Kind.APPLICATION, Force.STATED, "R24-13")],
    ("fujian-2024", PG): [(Kind.APPLICATION, Force.STATED, "R24-13")],
}


@pytest.mark.parametrize(("policy", "category"), DEADLINES)
def test_matrix_of_deadlines(policy: str, category: str) -> None:
    rules = load_policy(policy).categories[category].deadlines
    assert [(r.kind, r.force, r.clause) for r in rules] == DEADLINES[policy, category]
    for rule in rules:
        assert rule.inclusive
        assert rule.rolls == (rule.kind is Kind.REIMBURSEMENT)
        assert rule.unit is (OffsetUnit.DAY if rule.fixed_on else OffsetUnit.MONTH)
        assert (rule.basis is Basis.ASSUMED) == (rule.force is Force.ADVISORY)


# What may cost the subsidy, and under which clause; all else forfeits nothing.
FORFEITS = {
    ("fujian-2025", NF, Kind.COMPLETION): "R25-15c",
    ("fujian-2025", PD, Kind.FILING): "R25-21",
    ("fujian-2025", PD, Kind.COMPLETION): "R25-21",
    ("fujian-2025", PD, Kind.REIMBURSEMENT): "R25-21",
    ("fujian-2025", PE, Kind.COMPLETION): "R25-21",
    ("fujian-2025", PE, Kind.REIMBURSEMENT): "R25-21",
}


def test_what_missing_a_deadline_may_cost() -> None:
    found = {
        (policy, key, rule.kind): rule.forfeit
        for policy in policy_ids()
        for key, category in load_policy(policy).categories.items()
        for rule in category.deadlines
        if rule.forfeit
    }
    assert found == FORFEITS


def test_only_the_assumed_filing_says_so_in_a_note(fujian: Policy) -> None:
    noted = {
        key: rule
        for key, category in fujian.categories.items()
        for rule in category.deadlines
        if rule.note
    }
    assert list(noted) == [PE]
    rule = noted[PE]
    assert (rule.kind, rule.basis) == (Kind.FILING, Basis.ASSUMED)
    assert rule.note is not None
    assert rule.note.zh == (
        "通知未要求工程领域专项开班前报送；系统参照示范项目，建议于开班一个月前报送。"
    )
    assert "advises" in rule.note.en


def test_fixed_dates() -> None:
    fixed = {
        (policy, rule.kind): rule.fixed_on
        for policy in ("fujian-2024", "fujian-2025")
        for category in load_policy(policy).categories.values()
        for rule in category.deadlines
        if rule.fixed_on
    }
    assert fixed == {
        ("fujian-2024", Kind.APPLICATION): date(2024, 1, 15),
        ("fujian-2024", Kind.COMPLETION): date(2024, 11, 30),
        ("fujian-2025", Kind.COMPLETION): date(2025, 11, 30),
    }


@pytest.mark.parametrize(
    ("policy", "category", "cap", "clause", "fund", "ends_in"),
    [
        ("fujian-2025", NF, 10_500_000, "R25-15a", "central", State.SUBSIDISED),
        ("fujian-2025", NS, 0, "R25-16", None, State.CLOSED),
        ("fujian-2025", PD, 5_000_000, "R25-17", "province_hr_operations", State.SUBSIDISED),
        ("fujian-2025", PE, 5_000_000, "R25-18", "province_talent", State.SUBSIDISED),
        ("fujian-2025", PG, 0, "R25-19", None, State.CLOSED),
        ("fujian-2024", NF, None, "R24-12", "central", State.SUBSIDISED),
        ("fujian-2024", NS, 0, "R24-11", None, State.CLOSED),
        ("fujian-2024", PD, 4_000_000, "R24-12", "province_hr_operations", State.SUBSIDISED),
        ("fujian-2024", PG, 0, "R24-11", None, State.CLOSED),
    ],
)
def test_matrix_of_money(
    policy: str, category: str, cap: int | None, clause: str, fund: str | None, ends_in: State
) -> None:
    found = load_policy(policy).categories[category]
    assert (found.cap.value, found.cap.clause, found.fund, found.ends_in) == (
        cap,
        clause,
        fund,
        ends_in,
    )


def test_no_subsidy_is_assumed_where_the_notice_says_only_who_settles(fujian: Policy) -> None:
    basis = {key: category.cap.basis for key, category in fujian.categories.items()}
    assumed = {key for key, each in basis.items() if each is Basis.ASSUMED}
    assert assumed == {NS, PG}


def test_only_provincial_funds_are_checked_and_no_budget_is_stated(fujian: Policy) -> None:
    assert {key: fund.provincial for key, fund in fujian.funds.items()} == {
        "central": False,
        "province_hr_operations": True,
        "province_talent": True,
    }
    assert all(fund.budget.value is None for fund in fujian.funds.values())


NINE = [
    "opening_notice",
    "summary_report",
    "settlement_table",
    "trainee_list",
    "attendance_sheets",
    "satisfaction_survey",
    "research_report",
    "news_items",
    "subsidy_receipt",
]


@pytest.mark.parametrize(
    ("category", "filed", "reported"),
    [
        (NF, ["implementation_plan"], ["reimbursement_papers"]),
        (NS, ["implementation_plan"], []),
        (PD, ["opening_notice", "implementation_plan"], NINE),
        (PE, [], NINE),
        (PG, [], []),
    ],
)
def test_papers_of_2025(
    fujian: Policy, category: str, filed: list[str], reported: list[str]
) -> None:
    papers = fujian.categories[category].papers
    keys = {step: [paper.key for paper in papers.get(step, ())] for step in Action}
    assert keys[Action.SUBMIT] == ["application_form"]
    assert keys[Action.FILE] == filed
    assert keys[Action.REPORT] == reported
    every = [paper for group in papers.values() for paper in group]
    assert {paper.key for paper in every if paper.may_follow} <= {"subsidy_receipt"}
    assert {paper.severity for paper in every} == {Severity.BLOCK}
    assert papers[Action.SUBMIT][0].basis is Basis.ASSUMED


def test_only_the_application_form_is_asked_for_in_2024() -> None:
    for category in load_policy("fujian-2024").categories.values():
        assert list(category.papers) == [Action.SUBMIT]
        assert category.papers[Action.SUBMIT][0].basis is Basis.STATED


NATIONAL_MILESTONES = [
    ("consulted", Role.HOST, Action.HOLD),
    ("notice_issued", Role.PROVINCE, Action.HOLD),
    ("platform_declared", Role.HOST, Action.HOLD),
    ("platform_approved", Role.HOST, Action.HOLD),
]


def after_class(step: Action) -> list[tuple[str, Role, Action]]:
    return [("assessed", Role.HOST, step), ("trainees_submitted", Role.HOST, step)]


DECIDED = ("ministry_decision", Role.PROVINCE, None)
PAID = ("paid", Role.PROVINCE, None)


@pytest.mark.parametrize(
    ("category", "expected"),
    [
        (NF, [*NATIONAL_MILESTONES, *after_class(Action.REPORT), DECIDED, PAID]),
        (NS, [*NATIONAL_MILESTONES, *after_class(Action.CLOSE)]),
        (PD, [("filing_confirmed", Role.PROVINCE, Action.HOLD), PAID]),
        (PE, [PAID]),
        (PG, []),
    ],
)
def test_milestones_of_2025(
    fujian: Policy, category: str, expected: list[tuple[str, Role, Action | None]]
) -> None:
    found = fujian.categories[category].milestones
    assert [(m.key, m.by, m.flag_at) for m in found] == expected
    assumed = {m.key for m in found if m.basis is Basis.ASSUMED}
    assert assumed == {m.key for m in found} & {"ministry_decision", "paid"}


@pytest.mark.parametrize("policy", ["fujian-2024", "fujian-2025", "xinjiang-2025"])
def test_every_rejection_has_a_reason(policy: str) -> None:
    covered = {state for reason in load_policy(policy).reasons.values() for state in reason.states}
    assert covered == {
        State.SUBMITTED,
        State.REVIEWED,
        State.PLANNED,
        State.FILED,
        State.HELD,
        State.REPORTED,
    }


# By category, of those given before a class was held: R25-21 speaks of money that some get.
NOT_HELD = {
    "not_carried_out": ("R25-21", (PD, PE)),
    "not_as_planned": ("R25-02", (NF, NS, PG)),
}
# By category, of those given once a class is held; what is not listed fits all.
HELD = {
    "late_filing": ("R25-21", (PD,)),
    "late_report": ("R25-21", (PD, PE)),
    "late_claim": ("R25-15b", (NF,)),
    "late_completion": ("R25-21", (PD, PE)),
    "late_completion_national": ("R25-15c", (NF,)),
    "missing_papers": ("R25-21", (PD, PE)),
    "budget_exhausted": ("R25-15c", (NF,)),
}


def test_a_reason_to_deny_money_fits_who_could_have_had_it(fujian: Policy) -> None:
    found = {key: (r.clause, r.categories) for key, r in fujian.reasons.items() if r.categories}
    assert found == HELD | NOT_HELD
    assert {fujian.reasons[key].states for key in HELD} == {(State.HELD, State.REPORTED)}


def test_the_completion_date_that_passed_is_a_reason_in_every_category(fujian: Policy) -> None:
    reason = fujian.reasons["completion_date_passed"]
    assert (reason.clause, reason.categories) == ("R25-04", ())
    assert reason.states == (State.PLANNED, State.FILED)


def test_only_national_projects_had_a_completion_date_in_2024() -> None:
    reasons = load_policy("fujian-2024").reasons
    assert {key: r.categories for key, r in reasons.items() if r.categories} == {
        "late_completion": (NF, NS)
    }


def test_duties_cite(fujian: Policy) -> None:
    assert fujian.duties == {
        "enterprise_qualified": "R24-08",
        "held_as_planned": "R25-02",
        "host_kept": "R25-03",
        "change_in_advance": "R25-05",
        "mending_after_inspection": "R25-24",
    }


def test_announced_totals_stay_as_published(fujian: Policy) -> None:
    assert fujian.announced is not None
    assert fujian.announced.total.value == 83
    assert list(fujian.announced.by_name.values()) == [4, 5, 5, 71]
    assert sum(fujian.announced.by_name.values()) == 85
    assert load_policy("fujian-2024").announced is None


def test_both_names_of_the_programme_are_known(fujian: Policy) -> None:
    assert fujian.programme == ("专业技术人才知识更新工程", "专业技术人员知识更新工程")
    assert load_policy("fujian-2024").programme == fujian.programme[::-1]


@pytest.mark.parametrize("policy", ["fujian-2024", "fujian-2025", "xinjiang-2025"])
def test_no_contact_of_a_person_is_kept(policy: str) -> None:
    text = (SHIPPED / f"{policy}.toml").read_text(encoding="utf-8")
    assert all(host == "example.cn" for host in re.findall(r"@([a-z.-]+)", text))
    assert "联系人" not in text
    assert set(re.findall(r"0\d{2,3}-(\d{6,})", text)) <= {"00000000"}


def test_what_ships_says_of_its_contacts_that_they_are_samples(fujian: Policy) -> None:
    assert fujian.contact.sample
    assert fujian.contact.line.zh == ("电话0591-00000000，邮箱gaoyan@example.cn（示例，请勿使用）")
    assert [one.zh for one in fujian.contact_missing] == ["咨询电话", "电子邮箱", "邮寄地址"]


def test_reports_of_national_projects_go_to_the_ministrys_centre(fujian: Policy) -> None:
    """R25-15b: the claim is filed there; all else goes to the province."""
    funded, demonstration = fujian.categories[NF], fujian.categories[PD]
    assert fujian.reports_to(funded) != fujian.contact
    assert fujian.reports_to(demonstration) == fujian.desk(funded) == fujian.contact


def test_a_desk_of_ones_own_and_a_contact_that_is_known(tmp_path: Path) -> None:
    """What a category gives of its own holds for it alone; what is entered is missing no more."""
    text = (SHIPPED / "fujian-2025.toml").read_text(encoding="utf-8")
    own = (
        'contact = { telephone = "1", post = { zh = "甲", en = "A" }, mailbox = "a@example.cn" }\n'
    )
    text = text.replace("sample = true", "sample = false")
    text = text.replace("[categories.ordinary]\n", f"[categories.ordinary]\n{own}")
    path = tmp_path / "own.toml"
    path.write_text(text, encoding="utf-8")
    policy = load_policy(str(path))
    assert policy.contact_missing == ()
    assert (
        policy.desk(policy.categories[PG]).whole.en == "telephone 1, e-mail a@example.cn, post: A"
    )
    assert policy.desk(policy.categories[PE]) == policy.contact


def test_the_bases_that_the_notice_names_are_documents_whose_text_is_not_at_hand(
    fujian: Policy,
) -> None:
    named = {one.number: one.at_hand for one in fujian.documents.values()}
    assert named["人社厅函〔2025〕27号"] is False
    assert named["闽人社办〔2025〕7号"] is False
    told = [document_line(one).zh for one in fujian.documents.values()]
    assert any(line.endswith("（闽人社办〔2025〕7号；本系统未收录正文）") for line in told)


# -- Xinjiang: another province without any code ---------------------------------------------------


@pytest.mark.parametrize(
    ("opens", "ends", "filing", "advised", "report"),
    [
        # 30 days before Mon 06-16 is Sat 05-17: it stays, the Friday before is advised.
        # After Fri 06-20 the ten working days are 06-23..27 and 06-30..07-04.
        ("2025-06-16", "2025-06-20", "2025-05-17", "2025-05-16", "2025-07-04"),
        # 30 days before Mon 09-22 is Sat 08-23. After Fri 09-26: Sun 09-28 is worked (1), 29, 30
        # (3), 10-01..08 off, 10-09, 10 (5), Sat 10-11 is worked (6), 10-13..16 (10).
        ("2025-09-22", "2025-09-26", "2025-08-23", "2025-08-22", "2025-10-16"),
        # A month before 03-31 would be 02-28; 30 days before is Sat 03-01. 04-04..06 is a holiday
        # (Fri to Sun): after Wed 04-02 come 04-03, 04-07..11 (6), 04-14..17 (10).
        ("2025-03-31", "2025-04-02", "2025-03-01", "2025-02-28", "2025-04-17"),
    ],
)
def test_xinjiang_dates(opens: str, ends: str, filing: str, advised: str, report: str) -> None:
    category = load_policy("xinjiang-2025").categories["regional"]
    first, last = date.fromisoformat(opens), date.fromisoformat(ends)
    dates = Dates(first, first, last, first, last)
    before, after = deadlines_of(category, dates, work_calendar())
    assert (before.kind, before.due.due_on.isoformat()) == (Kind.FILING, filing)
    assert before.due.advised_on.isoformat() == advised
    assert (after.kind, after.due.due_on.isoformat()) == (Kind.REIMBURSEMENT, report)
    assert not before.provisional
    assert not after.provisional


def test_xinjiang_papers() -> None:
    category = load_policy("xinjiang-2025").categories["regional"]
    labels = [paper.label.zh for paper in category.papers[Action.REPORT]]
    assert labels == ["总结", "学员名册", "经费决算表", "满意度测评"]
    assert category.ends_in is State.CLOSED


# -- The official calendars -----------------------------------------------------------------------


@pytest.mark.parametrize("year", [2024, 2025, 2026])
def test_calendar_equals_an_independent_one(year: int) -> None:
    days = [date(year, 1, 1) + timedelta(n) for n in range(366)]
    ours = {day: work_calendar().is_working(day) for day in days if day.year == year}
    assert ours == {day: chinese_calendar.is_workday(day) for day in ours}


# -- Loading --------------------------------------------------------------------------------------


def test_digest_is_that_of_the_bytes(fujian: Policy) -> None:
    assert fujian.digest == sha256((SHIPPED / "fujian-2025.toml").read_bytes()).hexdigest()


def test_an_id_is_read_once(fujian: Policy) -> None:
    assert load_policy("fujian-2025") is fujian


def test_a_path_and_a_folder_of_ones_own(tmp_path: Path) -> None:
    copy = tmp_path / "fujian-2026.toml"
    text = (SHIPPED / "fujian-2025.toml").read_text(encoding="utf-8")
    copy.write_text(text.replace('id = "fujian-2025"', 'id = "fujian-2026"'), encoding="utf-8")
    assert load_policy(str(copy)).id == "fujian-2026"
    assert load_policy("fujian-2026", tmp_path).id == "fujian-2026"
    assert policy_ids(tmp_path) == ["fujian-2024", "fujian-2025", "fujian-2026", "xinjiang-2025"]


def test_ones_own_file_wins_over_the_shipped_one(tmp_path: Path) -> None:
    text = (SHIPPED / "fujian-2025.toml").read_text(encoding="utf-8")
    text = text.replace("value = 105000,", 'value = "120000.50",')
    (tmp_path / "fujian-2025.toml").write_text(text, encoding="utf-8")
    assert load_policy("fujian-2025", tmp_path).categories[NF].cap.value == 12_000_050
    assert load_policy("fujian-2025").categories[NF].cap.value == 10_500_000


def test_a_changed_file_is_read_again(tmp_path: Path) -> None:
    path = tmp_path / "p.toml"
    shutil.copy(SHIPPED / "fujian-2024.toml", path)
    before = load_policy(str(path))
    path.write_bytes(path.read_bytes() + b"# changed\n")
    assert load_policy(str(path)).digest != before.digest


def test_the_editors_byte_order_mark_is_harmless(tmp_path: Path) -> None:
    path = tmp_path / "p.toml"
    path.write_bytes(b"\xef\xbb\xbf" + (SHIPPED / "fujian-2024.toml").read_bytes())
    assert load_policy(str(path)).year == 2024


# -- Refusals -------------------------------------------------------------------------------------

CAP = 'cap = { value = 50000, unit = "yuan", clause = "R25-17" }'
LEAST = 'min_trainees = { value = 30, unit = "person", severity = "flag", clause = "R25-09" }'
FILING = 'kind = "filing", anchor = "opens", offset = -1, unit = "month", inclusive = true, '
FIXED = 'kind = "completion", anchor = "fixed", date = 2025-11-30, '
DEMO = "categories.demonstration"
FORFEIT = 'clause = "R25-07", forfeit = "R25-21"'
NOTE = 'note = { zh = "通知未要求'
ONLY_PD = 'categories = ["demonstration"]'
FUND = 'fund = "province_hr_operations"\n'


def cap(value: str) -> str:
    return CAP.replace("50000", value)


REFUSED = {
    "unknown key": ("year = 2025", 'year = 2025\nyaer = "x"', "yaer", "拼写"),
    "unknown figure": (LEAST, LEAST.replace("min_", "minimum_"), "minimum_trainees", "拼写"),
    "missing key": ('province = "福建省"\n', "", "province", "缺少"),
    "value without clause": (LEAST, LEAST.replace(', clause = "R25-09"', ""), LEAST[:12], "条款"),
    "paper without clause": (
        'key = "news_items", severity = "block", clause = "R25-20"',
        'key = "news_items", severity = "block"',
        f"{DEMO}.papers.report.7.clause",
        "条款",
    ),
    "clause that does not exist": (CAP, CAP.replace("17", "99"), f"{DEMO}.cap.clause", "R25-99"),
    "clause of no document": ('document = "S24"', 'document = "S23"', "clauses.R24-01", "S23"),
    "thousandth of a yuan": (CAP, cap("0.001"), f"{DEMO}.cap", "两位小数"),
    "thousandth as text": (CAP, cap('"50000.001"'), f"{DEMO}.cap", "两位小数"),
    "true as money": (CAP, cap("true"), f"{DEMO}.cap", "数字"),
    "true as persons": (LEAST, LEAST.replace("30", "true"), "min_trainees", "数字"),
    "negative money": (CAP, cap("-1"), f"{DEMO}.cap", "为负"),
    "money as words": (CAP, cap('"五万"'), f"{DEMO}.cap", "数字"),
    "money with commas": (CAP, cap('"50,000"'), f"{DEMO}.cap", "数字"),
    "infinite money": (CAP, cap("inf"), f"{DEMO}.cap", "不合理"),
    "no number": (CAP, cap("nan"), f"{DEMO}.cap", "不合理"),
    "hostile exponent": (CAP, cap("1e999999999"), f"{DEMO}.cap", "不合理"),
    "hostile small exponent": (CAP, cap("1e-999999999"), f"{DEMO}.cap", "不合理"),
    "unreadable exponent": (CAP, cap("1e9999999999999999999999"), "", "TOML"),
    "money beyond reason": (CAP, cap("9" * 30), f"{DEMO}.cap", "不合理"),
    "more digits than can be read": (CAP, cap("9" * 9000), "", "1000个字符"),
    "half a person": (LEAST, LEAST.replace("30", "30.5"), "min_trainees", "整数"),
    "persons in days": (LEAST, LEAST.replace('"person"', '"day"'), "min_trainees", "person"),
    "unknown unit": (LEAST, LEAST.replace('"person"', '"head"'), "min_trainees.unit", "只能填写"),
    "no unit": (LEAST, LEAST.replace('unit = "person", ', ""), "min_trainees", "单位"),
    "unstated with value": (
        LEAST,
        LEAST.replace("clause", 'basis = "unstated", clause'),
        "",
        "数值",
    ),
    "unknown severity": (LEAST, LEAST.replace('"flag"', '"fatal"'), "severity", "只能填写"),
    "unknown basis": (
        LEAST,
        LEAST.replace("clause", 'basis = "heard", clause'),
        "basis",
        "只能填写",
    ),
    "unknown kind": (FILING, FILING.replace('"filing"', '"fling"'), "0.kind", "只能填写"),
    "kind of no notice": (FILING, FILING.replace('"filing"', '"mending"'), "0.kind", "只能填写"),
    "kind given twice": (FILING, FILING.replace('"filing"', '"completion"'), "deadlines", "两次"),
    "unknown anchor": (FILING, FILING.replace('"opens"', '"starts"'), "anchor", "只能填写"),
    "unknown force": ('force = "stated"', 'force = "strong"', "force", "只能填写"),
    "fixed without date": (FIXED, FIXED.replace("date = 2025-11-30, ", ""), "1", "date"),
    "date without fixed": (FILING, FILING + "date = 2025-01-01, ", "deadlines.0", "date"),
    "fixed with offset": (FIXED, FIXED + 'offset = 1, unit = "day", ', "1", "date"),
    "no offset": (FILING, FILING.replace("offset = -1, ", ""), "deadlines.0", "offset"),
    "offset beyond reason": (FILING, FILING.replace("-1", "-99999"), "offset", "不合要求"),
    "rolls backwards": (FILING + "rolls = false", FILING + "rolls = true", "deadlines.0", "顺延"),
    "forfeit of no clause": (FORFEIT, FORFEIT.replace("21", "99"), "0.forfeit", "R25-99"),
    "forfeit that is no id": (FORFEIT, FORFEIT.replace("R25-21", "x"), "0.forfeit", "写法"),
    "forfeit of what is advised": (
        NOTE,
        'forfeit = "R25-21", ' + NOTE,
        "categories.engineering.deadlines.0",
        "forfeit",
    ),
    "note on what is stated": (
        FORFEIT,
        FORFEIT + ', note = { zh = "甲", en = "a" }',
        f"{DEMO}.deadlines.0",
        "note",
    ),
    "note in one language": (NOTE, NOTE.replace("zh", "de"), "0.note.zh", "缺少"),
    "date as text": (FIXED, FIXED.replace("2025-11-30", '"2025-11-30"'), "date", "日期"),
    "date with hour": (FIXED, FIXED.replace("2025-11-30", "2025-11-30T08:00:00"), "date", "日期"),
    "unknown role": ('by = "host"', 'by = "boss"', "milestones.0.by", "只能填写"),
    "role that records nothing": ('by = "host"', 'by = "auditor"', "milestones.0.by", "只能填写"),
    "unknown action": ('flag_at = "hold"', 'flag_at = "holds"', "flag_at", "只能填写"),
    "flag at a step of another": ('flag_at = "hold"', 'flag_at = "plan"', "flag_at", "只能填写"),
    "papers at an unknown step": ("\nfile = [", "\nfiled = [", "papers.filed", "只能填写"),
    "papers at a step of another": ("\nfile = [", "\nplan = [", "papers.plan", "只能填写"),
    "unknown state": ('states = ["submitted"]', 'states = ["sent"]', "states.0", "只能填写"),
    "state not to reject from": ('states = ["submitted"]', 'states = ["closed"]', "states", "不予"),
    "reason of an unknown category": (
        ONLY_PD,
        'categories = ["demo"]',
        "reasons.late_filing.categories",
        "demo",
    ),
    "category given twice": (
        ONLY_PD,
        'categories = ["demonstration", "demonstration"]',
        "reasons.late_filing.categories",
        "两次",
    ),
    "ends nowhere": ('ends_in = "subsidised"', 'ends_in = "rejected"', "ends_in", "只能填写"),
    "cap without fund": (CAP + "\n" + FUND, CAP + "\n", DEMO, "经费来源"),
    "cap where nothing is paid": (
        'cap = { value = 0, unit = "yuan", basis = "assumed", clause = "R25-19" }',
        'cap = { value = 1, unit = "yuan", basis = "assumed", clause = "R25-19" }',
        "categories.ordinary",
        "补助上限",
    ),
    "unknown fund": (FUND, 'fund = "treasure"\n', f"{DEMO}.fund", "treasure"),
    "unknown paper": ('key = "news_items"', 'key = "newz"', f"{DEMO}.papers", "newz"),
    "unknown milestone": ('key = "consulted"', 'key = "asked"', "milestones", "asked"),
    "unknown duty": ("held_as_planned =", "held_as_wished =", "duties.held_as_wished", "拼写"),
    "one name for two": (
        '"工程领域专项", "省级高级研修工程',
        '"示范项目", "省级高级研修工程',
        "categories.engineering.names",
        "demonstration",
    ),
    "announced under no name": (
        '"工程领域专项" = 5',
        '"特色班" = 5',
        "announced.by_name.特色班",
        "特色班",
    ),
    "wrong type": ("year = 2025", 'year = "2025"', "year", "整数"),
    "table for a text": ('province = "福建省"', "province = { a = 1 }", "province", "文字"),
    "text for a list": ("programme = [", 'programme = "x"\nother = [', "programme", "列表"),
    "empty text": ('province = "福建省"', 'province = " "', "province", "为空"),
    "control character": ('province = "福建省"', 'province = "\\u0000"', "province", "控制字符"),
    "bad id": ('id = "fujian-2025"', 'id = "../x"', "id", "写法"),
    "mailbox that is none": ('mailbox = "gaoyan@', 'mailbox = "gaoyan at ', "mailbox", "邮箱"),
    "clause of a text not at hand": (
        '[clauses.R25-04]\ndocument = "S25"',
        '[clauses.R25-04]\ndocument = "M27"',
        "clauses.R25-04.document",
        "正文",
    ),
    "no TOML": ("year = 2025", "year = = 2025", "", "TOML"),
    "same key twice": ("year = 2025", "year = 2025\nyear = 2025", "", "TOML"),
}


@pytest.mark.parametrize(("old", "new", "key", "reason"), REFUSED.values(), ids=REFUSED.keys())
def test_refused_with_file_key_and_reason(
    tmp_path: Path, old: str, new: str, key: str, reason: str
) -> None:
    text = (SHIPPED / "fujian-2025.toml").read_text(encoding="utf-8")
    assert old in text
    path = tmp_path / "mutated.toml"
    path.write_text(text.replace(old, new, 1), encoding="utf-8")
    with pytest.raises(ConfigError) as refused:
        load_policy(str(path))
    assert refused.value.file == "mutated.toml"
    assert key in refused.value.key
    assert reason in refused.value.text.zh
    assert "mutated.toml" in refused.value.text.en


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        (b"", "缺少"),
        ("福建省".encode("gbk"), "UTF-8"),
        (b"\x00", "TOML"),
        (b"a = " + b"[\n" * 50_000, "TOML"),
        (b"#\n" * 100_001, "200KB"),
        (b"a" + b".a" * 50_000 + b" = 1", "第1行"),
    ],
)
def test_refused_content(tmp_path: Path, content: bytes, reason: str) -> None:
    path = tmp_path / "odd.toml"
    path.write_bytes(content)
    with pytest.raises(ConfigError, match=r"odd\.toml") as refused:
        load_policy(str(path))
    assert reason in refused.value.text.zh


@pytest.mark.parametrize(
    "name", ["fujian-1999", "", "../fujian-2025", "a\x00b", "福建", "x" * 9999]
)
def test_an_unknown_id_lists_the_known(name: str) -> None:
    with pytest.raises(ConfigError) as refused:
        load_policy(name)
    assert "fujian-2024、fujian-2025、xinjiang-2025" in refused.value.text.zh


@pytest.mark.parametrize("name", ["missing.toml", "a\x00b.toml", "x" * 9999 + ".toml", ".toml"])
def test_a_missing_file_is_a_config_error(tmp_path: Path, name: str) -> None:
    with pytest.raises(ConfigError):
        load_policy(f"{tmp_path}/{name}")


def test_a_folder_is_no_file(tmp_path: Path) -> None:
    (tmp_path / "folder.toml").mkdir()
    with pytest.raises(ConfigError, match=r"folder\.toml"):
        load_policy(str(tmp_path / "folder.toml"))


def test_id_and_file_name_agree(tmp_path: Path) -> None:
    shutil.copy(SHIPPED / "fujian-2025.toml", tmp_path / "fujian-2027.toml")
    with pytest.raises(ConfigError) as refused:
        load_policy("fujian-2027", tmp_path)
    assert refused.value.key == "id"


ODD = [
    "0",
    "-1",
    "true",
    '""',
    "[]",
    "{}",
    "inf",
    "nan",
    "1e400",
    '"\\u0000"',
    "2025-02-28",
    "[[1]]",
]


@pytest.mark.parametrize("seed", range(400))
def test_hostile_files_never_raise_anything_else(tmp_path: Path, seed: int) -> None:
    chance = random.Random(seed)
    lines = (SHIPPED / "fujian-2025.toml").read_text(encoding="utf-8").splitlines()
    for _ in range(chance.randint(1, 3)):
        at = chance.randrange(len(lines))
        parts = lines[at].split(" = ")
        if chance.random() < 0.7 and len(parts) > 1:
            parts[chance.randrange(1, len(parts))] = chance.choice(ODD)
            lines[at] = " = ".join(parts)
        else:
            lines[at] = chance.choice(["", lines[at] * 2, lines[at][:-2], chance.choice(lines)])
    content = bytearray("\n".join(lines).encode())
    if seed % 4 == 0:
        content[chance.randrange(len(content))] = chance.randrange(256)
    path = tmp_path / "fuzz.toml"
    path.write_bytes(content)
    try:
        assert load_policy(str(path)).year >= 2000
    except ConfigError as refused:
        assert refused.text.zh
        assert refused.text.en


def test_every_rule_gives_dates_in_every_policy() -> None:
    for id_ in policy_ids():
        for category in load_policy(id_).categories.values():
            for rule in category.deadlines:
                due = compute(rule, rule.fixed_on or date(2025, 6, 16), work_calendar())
                assert due.advised_on <= due.due_on


def test_what_no_clause_says_of_a_refusal_is_marked_as_assumed(fujian: Policy) -> None:
    """R25-23 refers misconduct to others and selects the unit no more; that this project ends by
    it is our inference. R25-20 lists papers, R25-21 denies money where they do not come."""
    stated = {key for key, reason in fujian.reasons.items() if reason.basis is Basis.STATED}
    assert stated == {
        "late_filing",
        "late_report",
        "late_completion",
        "late_completion_national",
        "missing_papers",
        "budget_exhausted",
    }
    assert fujian.reasons["misconduct"].shown.zh == "存在违规行为【系统推定】"


def test_clauses_of_a_neighbouring_year_are_assumed(fujian: Policy) -> None:
    assumed = {key for key, clause in fujian.clauses.items() if clause.basis is Basis.ASSUMED}
    assert assumed == {key for key in fujian.clauses if key.startswith("R24")}


@pytest.mark.parametrize("category", [NS, PG])
def test_nobody_is_said_to_be_free_of_what_the_notice_is_silent_on(
    fujian: Policy, category: str
) -> None:
    """R25-16, R25-19 say who settles the costs; that nothing is to be handed in they do not say."""
    assert fujian.categories[category].addressee.zh == "通知未要求报送（按各自经费渠道结算）"


@pytest.mark.parametrize("name", ["fujian-2024", "fujian-2025"])
def test_no_year_rests_on_the_notice_of_a_later_one(name: str) -> None:
    """A notice that did not exist binds nobody: R25-21 refuses no money of 2024. What is taken from
    the year before is marked as that, never as stated."""
    policy = load_policy(name)
    years = {key: 2000 + int(key[1:3]) for key in policy.clauses}
    assert {key for key, year in years.items() if year > policy.year} == set()
    text = (SHIPPED / f"{name}.toml").read_text(encoding="utf-8")
    cited = re.findall(r'clause = "(R(\d\d)-[^"]+)"', text)
    assert cited and all(2000 + int(year) <= policy.year for _, year in cited)
    for line in re.findall(r'^(?:.*\n)?.*clause = "R\d\d-.*$', text, re.M):
        year = 2000 + int(re.findall(r'clause = "R(\d\d)', line)[-1])
        assert year == policy.year or 'basis = "' in line, line


@pytest.mark.parametrize(
    ("category", "costs"),
    [
        ("demonstration", "逾期可能影响补助，由省厅核定（第三部分第3段）"),
        ("engineering", "逾期可能影响补助，由省厅核定（第三部分第3段）"),
        (
            "national_funded",
            "逾期可能不再予以资助，由人社部事业单位人事服务中心审核（第三部分第2段）",
        ),
        ("national_self_funded", ""),
        ("ordinary", ""),
    ],
)
def test_r25_15c_r25_21_a_policy_that_is_shown_says_what_a_late_class_costs_and_by_which_clause(
    category: str, costs: str
) -> None:
    policy = load_policy("fujian-2025")
    shown = {line.key: line for line in lines(policy.categories[category], policy)}
    completion = shown["deadline.completion"]
    assert completion.nature.zh == "，".join(one for one in ("通知明确要求", costs) if one)
    assert completion.clause == "R25-04"
