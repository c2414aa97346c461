"""The project's timetable (项目时间表): one printable page with every step, its last day and why."""

from __future__ import annotations

import json
from datetime import UTC, date, datetime, time
from typing import Any

from sqlalchemy import Connection, exists, select

from config.rulebook import Rulebook
from notifications.calendars.timetable_page import Page, page
from notifications.letters.duty_words import nature
from notifications.letters.grounds import NOTHING, came_late, granted, ground, listed, papers
from notifications.letters.printing import capital, plain
from notifications.letters.schedule import planned_time
from states.besides import Duty, duties
from states.facts import Facts, Standing
from states.labels import basis_label
from states.lateness import MET_LATE, is_handed_in, late_when_met
from states.policy import Category, DeadlineRule, Policy
from states.terms import PROVISIONAL, Force, Kind, Text, day_label
from workflow.tables import DEADLINE, PROJECT

TYPE = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
SHOWN = (Standing.OPEN.value, Standing.AHEAD.value, Standing.MET.value)
LATER = DEADLINE.alias("later")


def timetable(
    connection: Connection, book: Rulebook, project_id: int, *, language: str, today: date
) -> bytes:
    """A .docx of one A4 page, made on `today`."""
    stored = select(PROJECT.c.facts).where(PROJECT.c.id == project_id)
    facts = Facts.read(json.loads(connection.execute(stored).scalar_one()))
    policy = book.policy(facts.policy)
    later = exists().where(
        LATER.c.project_id == DEADLINE.c.project_id,
        LATER.c.kind == DEADLINE.c.kind,
        LATER.c.round > DEADLINE.c.round,
    )
    rows = connection.execute(
        select(DEADLINE)
        .where(DEADLINE.c.project_id == project_id, ~later, DEADLINE.c.standing.in_(SHOWN))
        .where(DEADLINE.c.kind != Kind.APPLICATION.value)
        .order_by(DEADLINE.c.due_on, DEADLINE.c.id)
    ).all()
    dated = [(row.due_on, _line(row, facts, policy, language, today)) for row in rows]
    left = duties(facts, policy.categories[facts.category], book.calendar)
    dated += [(d.on, _duty(d, d.on, policy, language, today)) for d in left if d.on]
    lines = [line for _, line in sorted(dated, key=lambda one: one[0])]
    words = {name: text.in_(language) for name, text in WORDS.items()}
    made = day_label(today).in_(language)
    category = policy.categories[facts.category]
    return page(
        Page(
            title=words["title"],
            facts=_facts(facts, category, words, language),
            heads=tuple(words[name] for name in HEADS),
            widths=ENGLISH if language == "en" else CHINESE,
            lines=lines,
            note=words["note"],
            foot=(f"{words['made']}{made}", *_whom_to_ask(policy, category, words, language)),
            made=datetime.combine(today, time(), UTC),
        )
    )


def _facts(
    facts: Facts, category: Category, words: dict[str, str], language: str
) -> tuple[tuple[str, str], ...]:
    number = words["numbered"].format(year=facts.year, number=facts.number or words["open"])
    shown = (
        (words["name"], facts.name),
        (words["number"], number),
        (words["category"], category.label.in_(language)),
        (words["host"], facts.host),
        (words["department"], facts.department),
        (words["when"], planned_time(facts).in_(language)),
        (words["place"], facts.place or words["open"]),
    )
    return tuple((label, plain(value, language)) for label, value in shown)


def _whom_to_ask(
    policy: Policy, category: Category, words: dict[str, str], language: str
) -> tuple[str, ...]:
    """The office and how to reach it; where the report goes to somebody else, that one too."""
    desk, elsewhere = policy.desk(category), category.report_contact
    told = [f"{words['office']}{_joined(policy.office, desk.whole, language)}"]
    if elsewhere is not None:
        where = _joined(category.addressee, elsewhere.whole, language)
        told.append(f"{words['reports']}{where}")
    return tuple(told)


def _joined(office: Text, how: Text, language: str) -> str:
    comma = "，" if language == "zh" else ", "
    return comma.join(one for one in (office.in_(language), how.in_(language)) if one)


def _line(row: Any, facts: Facts, policy: Policy, language: str, today: date) -> tuple[str, ...]:
    """One row of the page: step, due, advised, ground, notes, a box to tick."""
    kind, category = Kind(row.kind), policy.categories[facts.category]
    place, _ = ground(policy, category, kind, row.clause, today)
    notes = _notes(row, kind, facts, policy)
    between = "；" if language == "zh" else "; "
    due, advised = _day(row.due_on, language), _day(row.advised_on, language)
    return (
        kind.label.in_(language),
        due,
        advised if is_handed_in(kind) else "—",
        place.in_(language) or "—",
        between.join(dict.fromkeys(note.in_(language) for note in notes if note.zh)),
        "☑" if row.standing == Standing.MET else "□",
    )


def _duty(duty: Duty, on: date, policy: Policy, language: str, today: date) -> tuple[str, ...]:
    """A row for what the host owes besides its papers."""
    where, *notes = nature(duty, policy, today)
    between = "；" if language == "zh" else "; "
    said = between.join(note.in_(language) for note in notes)
    return (
        capital(duty.rule.ask.in_(language)),
        _day(on, language) if duty.rule.dated else "—",
        "—" if duty.rule.dated else _day(on, language),
        where.in_(language),
        said,
        "□",
    )


def _notes(row: Any, kind: Kind, facts: Facts, policy: Policy) -> list[Text]:
    """What is to be done, and what is to be known about the day."""
    category = policy.categories[facts.category]
    asked, rule = papers(category, kind), category.deadline(kind)
    late = came_late(facts, kind, row.force, row.late_after)
    return [
        HAND_IN.format(papers=listed(asked)) if asked else ASKS.get(kind, NOTHING),
        _met_late(row, kind, facts) if row.standing == Standing.MET else late,
        granted(facts, category, kind),
        Force.ADVISORY.label if row.force == Force.ADVISORY else NOTHING,
        _basis(policy, rule) if rule else NOTHING,
        PROVISIONAL if row.provisional else NOTHING,
    ]


def _basis(policy: Policy, rule: DeadlineRule) -> Text:
    """Whence it comes, where no document of the year asks for it: hosts read this sheet."""
    clause = policy.clauses.get(rule.clause)
    return basis_label(rule.basis, clause, official=False) or NOTHING


def _met_late(row: Any, kind: Kind, facts: Facts) -> Text:
    days = late_when_met(kind, Force(row.force), facts, row.late_after, row.met_on)
    return MET_LATE.format(n=days) if days else NOTHING


def _day(day: date, language: str) -> str:
    """The weekday on a line of its own, so that no date is broken."""
    return day_label(day).in_(language).replace("（", "\n（").replace(" (", "\n(")


HAND_IN = Text("报送{papers}", "Hand in: {papers}")
ASKS = {
    Kind.OPENING: Text("核对办班时间、地点、人数有无变化", "Check that dates and place stand"),
    Kind.COMPLETION: Text("办班最后一天不晚于当天", "The class ends by this day"),
    Kind.RECORDING: Text("登记实际办班日期和学员人数", "Record the real dates and the trainees"),
}
CHINESE, ENGLISH = (24, 32, 32, 30, 41, 15), (29, 25, 25, 33, 47, 15)  # mm
HEADS = ("step", "due", "advised", "ground", "notes", "done")
WORDS = {
    "title": Text("项目时间表", "Timetable of the project"),
    "name": Text("项目名称", "Project"),
    "number": Text("年度及计划序号", "Year and number"),
    "numbered": Text("{year}年  第{number}号", "{year}, no. {number}"),
    "category": Text("项目类别", "Category"),
    "host": Text("承办单位", "Host unit"),
    "department": Text("主管（推荐）单位", "Department"),
    "when": Text("计划办班时间", "Planned time"),
    "place": Text("办班地点", "Place"),
    "open": Text("待定", "open"),
    "step": Text("环节", "Step"),
    "due": Text("截止日", "Due"),
    "advised": Text("建议报送日", "Advised"),
    "ground": Text("依据", "Ground"),
    "notes": Text("说明", "Notes"),
    "done": Text("完成", "Done"),
    "note": Text(
        "本表日期由系统按现行通知和工作日安排推算；办班时间变更后以最新邮件所列日期为准。",
        "The dates follow from the notices and the work calendar in force; once the class moves, "
        "those of the latest mail count.",
    ),
    "made": Text("制表日期：", "Made on "),
    "office": Text("咨询单位：", "Ask: "),
    "reports": Text("办班后材料报送至：", "Papers after the class go to: "),
}
