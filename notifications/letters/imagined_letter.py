"""A reminder that is not due: what it would say of a project, on a day on which it would go out."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from dataclasses import replace
from datetime import date, timedelta
from types import SimpleNamespace
from typing import Any

from config.rulebook import Rulebook
from notifications.letters.item_view import LATE_PLAN, OPEN_WINDOW
from notifications.letters.items import item
from notifications.letters.notices import NOTICES
from notifications.letters.results import Reader
from notifications.letters.values import Item, Letter
from states.facts import Facts
from states.labels import is_national_money
from states.ladder import Rise
from states.terms import ASKED_BY_SYSTEM, Force, Kind, Role, Text
from states.wanted import Wanted, wanted

WEEK, LATER = timedelta(days=7), timedelta(days=3)
USUAL = {
    False: -7,
    True: 3,
}  # days to or from the due day, of the rung that is shown if there is one
AFTERWARDS = frozenset({"overdue", "overdue.application", "overdue.completion", "recording"})
WITH_DEPARTMENT = frozenset({"application.submitted", "overdue.application"})  # its host has done


class NoPreview(Exception):
    """The notice does not fit this project or reader; `text` says why."""

    def __init__(self, text: Text) -> None:
        self.text = text
        super().__init__(text.en)


def imagined_letter(
    book: Rulebook, notice: str, project_id: int, facts: Facts, reader: Reader
) -> Letter:
    """The letter on the day of a rung of its ladder. Raises NoPreview where the project has no
    such deadline, or the ladder never tells the reader's role."""
    policy = book.policy(facts.policy)
    category = policy.categories[facts.category]
    found = wanted(facts, category, book.calendar)
    if notice == "mending" and not facts.mend_by:
        found.append(_asked(book, reader))
    fitting = [want for want in found if _fits(want, notice)]
    if not fitting or (notice == "reimbursement.national" and not is_national_money(category)):
        label = NOTICES[notice].label
        raise NoPreview(NO_DEADLINE.format(notice=label, category=category.label))
    check_told(
        notice, reader.role, {role for want in fitting for role in _told(book, notice, want)}
    )
    shown = [(want, rise) for want in fitting if (rise := _rise(book, notice, want, reader.role))]
    chosen = shown if notice == "summary" else shown[:1]
    rows = [_row(want, rise, project_id) for want, rise in chosen]
    today = _day(book, notice, *chosen[0])
    told: tuple[Any, ...] = (facts, policy, reader.language, today, reader.role)
    told += (book.calendar, reader.links)
    shown_as = (item(row, *told) for row in rows)
    items = tuple(_as_told(one, notice) for one in shown_as)
    if notice == "summary" and len(items) == 1:
        items *= 2
    desk = policy.desk(policy.categories[facts.category])
    return Letter(
        to_name=reader.to_name,
        to_email=reader.to_email,
        role=reader.role,
        today=today,
        items=items,
        ask=policy.office.in_(reader.language),
        reach=reader.links.reached(reader.role, desk).in_(reader.language),
        link=items[0].link if len(items) == 1 else reader.links.home(reader.role),
        language=reader.language,
    )


def _as_told(one: Item, notice: str) -> Item:
    """The item in the state of which the notice tells."""
    waits = one.due_on if notice == OPEN_WINDOW else None
    handed_in = one.submitted or notice in WITH_DEPARTMENT
    late = notice == LATE_PLAN
    return replace(one, late_plan=late, earliest_on=waits, submitted=handed_in)


def check_told(notice: str, role: Role, told: Collection[Role]) -> None:
    """Raise NoPreview for a reader whom the notice is never sent to."""
    if role not in told:
        others = [other.label for other in Role if other in told]
        only = Text("、".join(one.zh for one in others), ", ".join(one.en for one in others))
        label = NOTICES[notice].label
        raise NoPreview(NOT_TOLD.format(notice=label, role=role.label, only=only))


def _fits(want: Wanted, notice: str) -> bool:
    """Whether a deadline is one that the notice tells of."""
    advisory, gentle = want.force is Force.ADVISORY, want.kind in ASKED_BY_SYSTEM
    if notice == "past_advice":
        return advisory and not gentle
    if notice == "overdue":
        return not advisory and want.kind is not Kind.COMPLETION  # which has its own
    if notice in ("reminder", "summary"):
        return not gentle and want.kind is not Kind.APPLICATION
    return want.kind.value == notice.removeprefix("overdue.").partition(".")[0]


def _rises(book: Rulebook, notice: str, want: Wanted) -> Iterator[Rise]:
    """The days on which the ladder has the notice sent, oldest first."""
    ladder = book.ladder(want.kind, want.force)
    late = notice in AFTERWARDS
    for rise in book.stepper.rises(ladder, want.advised_on, want.late_after) if ladder else ():
        if notice == "summary" or (rise.rung.days > 0) == late:
            yield rise


def _told(book: Rulebook, notice: str, want: Wanted) -> set[Role]:
    told = {role for rise in _rises(book, notice, want) for role in rise.rung.tells}
    return told - {Role.HOST} if notice in WITH_DEPARTMENT else told


def _rise(book: Rulebook, notice: str, want: Wanted, role: Role) -> Rise | None:
    """The rung nearest to the usual one of those that tell the role."""
    usual = USUAL[notice in AFTERWARDS]
    telling = (rise for rise in _rises(book, notice, want) if role in rise.rung.tells)
    return min(telling, key=lambda rise: abs(rise.rung.days - usual), default=None)


def _day(book: Rulebook, notice: str, want: Wanted, rise: Rise) -> date:
    """The day of the rung; after the due day where its passing is what is told."""
    passed = notice in ("past_advice", LATE_PLAN, OPEN_WINDOW)
    return book.calendar.on_or_after(want.late_after + LATER) if passed else rise.on


def _row(want: Wanted, rise: Rise, project_id: int) -> Any:
    columns = {name: getattr(want, name) for name in Wanted.__slots__}
    return SimpleNamespace(project_id=project_id, step=rise.rung.key, **columns)


def _asked(book: Rulebook, reader: Reader) -> Wanted:
    by = book.calendar.on_or_after(reader.today + 2 * WEEK)
    asked = SimpleNamespace(value="open")
    return Wanted(Kind.MENDING, by, by, by, by, Force.ASKED, False, "", asked, None)  # type: ignore[arg-type]


NO_DEADLINE = Text(
    "该项目（{category}）没有“{notice}”所说的期限，请换一个项目预览。",
    "This project ({category}) has no deadline of the kind “{notice}”; preview another project.",
)
NO_MILESTONE = Text(
    "该项目（{category}）不登记“{notice}”，请换一个项目预览。",
    "For this project ({category}) no “{notice}” is recorded; preview another project.",
)
NOT_TOLD = Text(
    "“{notice}”不发给{role}，只发给{only}，请换一个收件人身份预览。",
    "“{notice}” is not sent to: {role}; only to: {only}. Preview it for another reader.",
)
