"""Totality: every notice of every category, for every reader, in both languages, says what it may."""

from __future__ import annotations

import html
import re
from dataclasses import replace
from datetime import date
from types import SimpleNamespace

import pytest

from config.calendar_files import work_calendar
from config.rulebook import Rulebook
from notifications.letters.act_lines import ACTS
from notifications.letters.imagined import imagined
from notifications.letters.items import item
from notifications.letters.links import Links
from notifications.letters.notice_letter import render_notice
from notifications.letters.notices import NAMES, NOTICES, TOLD, Family, chain
from notifications.letters.reminder_letter import render_reminder
from notifications.letters.results import Reader, notice_from
from notifications.letters.samples import samples
from notifications.letters.step_lines import STEPS
from notifications.letters.values import Letter, Rendered
from notifications.letters.wording import LANGUAGES, SHIPPED, shipped
from notifications.letters.wording_check import check
from notifications.letters.words import WORDS, words_of
from states.facts import Facts
from states.labels import joined
from states.lifecycle import ACT_RULES, LIFECYCLE
from states.lifecycle import ACTS as ACT_TABLE
from states.places import place
from states.policy import Category, Policy
from states.terms import Act, Action, Force, Kind, Role, State, Text

TODAY = date(2025, 8, 8)
READERS = (Role.HOST, Role.COORDINATOR, Role.PROVINCE)
POLICIES = ("fujian-2024", "fujian-2025", "xinjiang-2025")
MONEY = ("补助", "报销", "资助", "subsid", "funding", "reimburs")
CHINESE = re.compile(r"[\u4e00-\u9fff]")


def facts_of(policy: Policy, category: Category, state: State = State.PLANNED) -> Facts:
    return Facts(
        state=state,
        policy=policy.id,
        year=policy.year,
        name="Topic A",
        host="Unit B",
        category=category.key,
        number=7,
        department="Bureau C",
        place="Place D",
        contact_name="Person E",
        contact_email="e@example.cn",
        schedule_text="2025-09-15",
        opens_earliest=date(2025, 9, 15),
        opens_latest=date(2025, 9, 15),
        planned_ends=date(2025, 9, 18),
        trainees=40,
        amount=4_550_000 if category.ends_in is State.SUBSIDISED else None,
        mend_by=date(2025, 8, 20),
        mend_in=State.PLANNED,
    )


def categories(book: Rulebook) -> list[tuple[Policy, Category]]:
    found = [book.policy(name) for name in POLICIES]
    return [(policy, category) for policy in found for category in policy.categories.values()]


def same(rendered: Rendered) -> None:
    """Text and HTML tell the same."""
    body = re.sub(r"<head>.*?</head>", "", rendered.html, flags=re.S)
    body += " ".join(re.findall(r'<a href="([^"]*)"', body))  # a link is told by where it leads
    visible = squeezed(html.unescape(re.sub(r"<[^>]+>", "", body)))
    visible = visible.replace("“", "").replace("”", "")
    for line in rendered.text.split("\n"):
        line = re.sub(r"^【第\d+项】|^No\. \d+: ", "", line)  # numbered otherwise in HTML
        if not line.startswith("--"):
            # The overview of several is a table in HTML: its cells are looked for one by one.
            apart = r"；|[：:，,]" if re.match(r"\d\. “", line) else "；"
            for part in re.split(apart, re.sub(r"”（(.*?)）：|” \((.*?)\):", "”：", line)):
                assert squeezed(part).replace("“", "").replace("”", "") in visible, part
    assert "\n" not in rendered.subject


LINKS = Links("https://yanxiu.example.cn")


def squeezed(text: str) -> str:
    return re.sub(r"[\s：:；;]", "", text)


def told(
    book: Rulebook, policy: Policy, category: Category, notice: str, role: Role, language: str
) -> Rendered:
    deed = Action(notice) if notice in set(Action) else None
    source = next((step.source for step in LIFECYCLE if step.action is deed), State.PLANNED)
    facts = facts_of(policy, category, source)
    story = imagined(notice, facts, policy, role, TODAY)
    reader = Reader("Reader", "r@example.cn", role, language, TODAY, LINKS)
    return render_notice(notice_from(story, reader, 7, ()))


def fits(notice: str, category: Category) -> bool:
    """Whether a category knows the deed at all."""
    keys = {milestone.key for milestone in category.milestones}
    if notice in ("filing_confirmed", "notice_issued", "ministry_decision", "paid"):
        return notice in keys
    return notice != "subsidise" or category.ends_in is State.SUBSIDISED


def results() -> list[str]:
    return [key for key, kind in NOTICES.items() if kind.family is Family.RESULT]


# -- Totality -------------------------------------------------------------------------------------


def test_every_deed_that_tells_has_lines_and_a_notice() -> None:
    steps = {step.action for step in LIFECYCLE if step.tells}
    acts = {rule.act for rule in ACT_TABLE if rule.tells}
    assert set(STEPS) == steps
    assert set(ACTS) == acts
    assert {deed.value for deed in TOLD} == {deed.value for deed in steps | acts}
    assert {deed.value for deed in TOLD} <= set(NOTICES)
    assert set(ACT_RULES) >= acts


def test_both_languages_have_the_same_wordings_and_every_notice_one() -> None:
    assert set(shipped("zh")) == set(shipped("en")) <= set(NOTICES)
    for key in NOTICES:
        assert set(chain(key)) & set(shipped("zh")), key
    assert chain("something_of_another_policy") == ("milestone",)


def test_every_kind_of_deadline_has_words_and_a_notice() -> None:
    assert set(WORDS) == set(Kind)
    assert {kind.value for kind in Kind} <= set(NOTICES)


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("notice", NOTICES)
def test_every_shipped_wording_passes_what_the_offices_must_pass(
    notice: str, language: str
) -> None:
    own = shipped(language).get(notice)
    if own:
        check(notice, language, own.subject, own.lead)
    known = set(NAMES[NOTICES[notice].family])
    variants = list(samples(notice, language))
    assert variants
    assert all(set(values) == known for values in variants)


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("role", READERS)
@pytest.mark.parametrize("notice", results())
def test_every_result_reads_well_for_every_reader(
    book: Rulebook, notice: str, role: Role, language: str
) -> None:
    for policy, category in categories(book):
        if not fits(notice, category):
            continue
        rendered = told(book, policy, category, notice, role, language)
        same(rendered)
        whole = rendered.subject + rendered.text
        assert "Topic A" in rendered.subject
        assert tuple(bad for bad in ("None", "{{", "{%", "  ，") if bad not in whole) == (
            "None",
            "{{",
            "{%",
            "  ，",
        )
        if category.ends_in is not State.SUBSIDISED:
            assert [word for word in MONEY if word in whole.lower()] == [], whole
        if language == "en":
            assert not CHINESE.search(rendered.subject)
        if role is not Role.HOST:
            assert "贵单位" not in whole
            assert "Your project" not in whole


def test_a_result_names_reimbursement_only_to_those_with_the_ministrys_money(
    book: Rulebook,
) -> None:
    said = {
        category.key
        for policy, category in categories(book)
        for notice in results()
        if fits(notice, category)
        if "报销" in told(book, policy, category, notice, Role.HOST, "zh").text
    }
    assert said == {"national_funded"}


# -- Reminders of every category ------------------------------------------------------------------


def reminded(
    policy: Policy, category: Category, kind: Kind, role: Role, language: str, today: date
) -> Rendered:
    facts = facts_of(policy, category)
    rule = category.deadline(kind)
    row = SimpleNamespace(
        project_id=7,
        step="D+3" if today > TODAY else "D-7",
        kind=kind.value,
        due_on=TODAY,
        advised_on=TODAY,
        late_after=TODAY,
        force=(rule.force if rule else Force.ASKED).value,
        provisional=True,
        clause=rule.clause if rule else "",
    )
    one = item(row, facts, policy, language, today, role, work_calendar())
    letter = Letter("R", "r@example.cn", role, today, (one,), policy.office.in_(language), "")
    same(render_reminder(replace(letter, language=language, items=(one, replace(one, number=8)))))
    return render_reminder(replace(letter, language=language))


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("role", READERS)
@pytest.mark.parametrize("day", ["2025-08-01", "2025-08-08", "2025-08-09", "2025-08-11"])
def test_every_reminder_reads_well_for_every_reader(
    book: Rulebook, role: Role, language: str, day: str
) -> None:
    today = date.fromisoformat(day)
    claims = set()
    for policy, category in categories(book):
        mine = {rule.kind for rule in category.deadlines}
        for kind in (*mine, Kind.MENDING, Kind.OPENING, Kind.RECORDING):
            rendered = reminded(policy, category, kind, role, language, today)
            same(rendered)
            whole = rendered.subject + rendered.text
            if category.ends_in is not State.SUBSIDISED:
                assert [word for word in MONEY if word in whole.lower()] == [], whole
            if "报送经费报销材料" in whole or "hand in the reimbursement papers" in whole:
                claims.add((category.key, kind))
            if language == "en":
                assert not CHINESE.search(rendered.subject)
                assert not CHINESE.search(rendered.text), whole
            assert "贵单位" not in whole or role is Role.HOST
            for threat in ("不予补助", "取消补助", "不再资助，"):
                assert threat not in rendered.subject
    # Who is asked to record the class is told by when its papers are due.
    assert claims == {("national_funded", kind) for kind in (Kind.REIMBURSEMENT, Kind.RECORDING)}


@pytest.mark.parametrize(
    ("key", "zh", "en"),
    [
        ("demonstration", "开班通知和实施方案", "opening notice and implementation plan"),
        ("national_funded", "实施方案", "implementation plan"),
        ("national_self_funded", "实施方案", "implementation plan"),
    ],
)
def test_a_filing_is_called_by_the_papers_that_the_policy_lists(
    book: Rulebook, key: str, zh: str, en: str
) -> None:
    """R25-06a, R25-07."""
    policy = book.policy("fujian-2025")
    category = policy.categories[key]
    said = reminded(policy, category, Kind.FILING, Role.HOST, "zh", date(2025, 8, 1))
    assert said.subject == f"【开班前报送提醒】“Topic A”请于8月8日（周五）前报送{zh}（还有7天）"
    assert f"，请于2025年8月8日（周五）前报送{zh}，还有7天。" in said.text
    late = reminded(policy, category, Kind.FILING, Role.HOST, "zh", date(2025, 8, 11))
    assert late.subject == f"【催报】“Topic A”{zh}报送已逾期3天"
    receipt = told(book, policy, category, "file", Role.HOST, "zh")
    assert receipt.subject == f"【材料接收回执】“Topic A”{zh}已收到"
    english = reminded(policy, category, Kind.FILING, Role.HOST, "en", date(2025, 8, 1))
    assert f"please file the {en} by Fri 8 Aug" in english.subject
    extended = told(book, policy, category, "extend", Role.HOST, "zh")
    assert extended.subject.startswith(f"【期限延长】“Topic A”{zh}报送期限延长至")


def test_many_papers_are_not_all_named_in_a_subject() -> None:
    labels = [Text(f"材料{n}", f"Paper {n}") for n in "甲乙丙丁"]
    assert joined(labels[:3]) == Text("材料甲、材料乙和材料丙", "paper 甲, paper 乙 and paper 丙")
    assert words_of(Kind.FILING, labels).deed.zh == "报送开班前材料"


def test_every_clause_has_a_place_in_english(book: Rulebook) -> None:
    """An English reader is told document, part and paragraph in English."""
    for name in POLICIES:
        for clause in book.policy(name).clauses.values():
            assert not CHINESE.search(place(clause).en), place(clause)
    clauses = book.policy("fujian-2025").clauses
    assert place(clauses["R25-08a"]) == Text(
        "2025年实施通知第二部分第1段", "2025 implementation notice, part 2, paragraph 1"
    )
    assert place(clauses["R24-01"]).en == "2024 call for applications, part 1, items 1 to 4"
    assert place(replace(clauses["R24-01"], part="附则")).en.startswith(
        "2024 call for applications, 附则"
    )


def test_a_consequence_is_never_a_flat_threat(book: Rulebook) -> None:
    said = set()
    for policy, category in categories(book):
        for rule in category.deadlines:
            text = reminded(policy, category, rule.kind, Role.HOST, "zh", TODAY).text
            said |= set(re.findall(r"逾期影响：(.*)", text))
    assert said == {
        "依据2025年实施通知第三部分第3段（R25-21），可能影响补助，由省厅核定。",
        "依据2025年实施通知第三部分第2段（R25-15c），可能不再予以资助，"
        "由人社部事业单位人事服务中心审核。",
    }


def test_shipped_wordings_never_fail() -> None:
    assert SHIPPED.failures == []
    assert Act.MILESTONE.value in NOTICES
