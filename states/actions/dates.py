"""The dates of a class: confirmed, changed, put off, and the time that is allowed for something."""

from __future__ import annotations

from datetime import date, timedelta

from states.actions.fields import (
    DOCUMENT,
    ENDS,
    MAJEURE,
    NEW_ENDS,
    NEW_OPENS,
    OPENS,
    PLACE,
    REASON,
    may,
    need,
)
from states.actions.row import SAID, ActionRow, Given, a_reason, notice_of_change, taken
from states.choices import DEADLINES, extendable
from states.facts import Facts, Json, as_json
from states.findings import Case
from states.labels import NOTICE
from states.mending import is_sent_back, to_mend
from states.policy import Category
from states.rules.acts import (
    change_in_advance,
    change_says_what,
    extension_binds,
    extension_fits,
)
from states.rules.dates import can_end_in_time, confirmed_as_planned, dates_in_order
from states.terms import Act, Kind


def planned_dates(case: Case, _: int = 0) -> Json:
    opens, ends = case.given["opens"], case.given.get("ends")
    text = f"{opens.isoformat()} 至 {ends.isoformat()}" if ends else opens.isoformat()
    window = {"opens_earliest": opens, "opens_latest": opens}
    return {**window, "planned_ends": ends, "schedule_text": text}


def given_dates(case: Case) -> Json:
    """The planned days as far as they were given."""
    return planned_dates(case) if "opens" in case.given else taken(case, ends="planned_ends")


def hang_together(case: Case) -> bool:
    """Whether the planned days are there, in order and of the year."""
    facts = case.facts
    opens, ends = facts.opens_earliest, facts.planned_ends
    if opens is None or opens.year != facts.year:
        return False
    return ends is None or 0 <= (ends - opens).days <= case.category.usual_days + 300


def example_dates(case: Case) -> Given:
    """The planned days, or some of the year where they are unknown or out of order."""
    length = timedelta(days=case.category.usual_days - 1)
    if hang_together(case):
        opens, ends = case.facts.opens_earliest, case.facts.planned_ends
        assert opens is not None
        return {"opens": opens, "ends": ends or opens + length}
    opens = date(case.facts.year, 6, 2)
    return {"opens": opens, "ends": opens + length}


def planned_days(facts: Facts, _: Category) -> Given:
    if facts.dates.open_window:  # which is no date
        return {}
    return {"opens": facts.opens_earliest, "ends": facts.planned_ends}


def _notice(_: Case) -> list[str]:
    """A change goes with its notice, also where one is on record already."""
    return [NOTICE]


def _change(case: Case, seq: int) -> Json:
    """R25-05: the notice is on record; what it announces is what now holds."""
    given = {name: as_json(value) for name, value in case.given.items()}
    noted = {"changes": {str(seq): {"on": case.on.isoformat(), **given}}}
    known = taken(case, "name", "place", trainees="planned_trainees")
    return {**noted, **given_dates(case), **known}


def _content(case: Case) -> Given:
    return {"reason": SAID, "content": SAID} | ({} if hang_together(case) else example_dates(case))


def _postpone(case: Case, seq: int) -> Json:
    """Opening and filing are open until new dates come; fixed dates stay."""
    said = {name: as_json(value) for name, value in case.given.items()}
    return {
        **dict.fromkeys(("opens_earliest", "opens_latest", "planned_ends")),
        "schedule_text": "延期，时间待定",
        "changes": {str(seq): {"on": case.on.isoformat(), "postponed": True, **said}},
        "postponed": {"on": case.on.isoformat(), **said},
    }


def _extend(case: Case, _: int) -> Json:
    """What is sent back has one date, which moves; all others keep the grant beside the rule."""
    kind, until = Kind(case.given["kind"]), case.given["due_on"]
    if kind is Kind.MENDING and is_sent_back(case.facts):
        return {"mend_by": until}
    if kind is Kind.MENDING:
        by = until.isoformat()
        flags = to_mend(case.facts).items()
        earlier = {key: flag for key, flag in flags if flag["disposed"]["mend_by"] < by}
        moved = {k: f | {"disposed": f["disposed"] | {"mend_by": by}} for k, f in earlier.items()}
        return {"flags": moved}
    said = {name: as_json(value) for name, value in case.given.items() if name != "kind"}
    return {"extended": {kind.value: said | {"on": case.on.isoformat()}}}


def _a_day_more(case: Case) -> Given:
    standing = extendable(case.facts, case.category, case.calendar)
    kind, first = next(iter(standing.items()), ("", None))
    until = max(case.today, first.late_after if first else case.today) + timedelta(days=1)
    return {"kind": kind, "due_on": until, "reason": SAID}


DATES = (
    ActionRow(
        action=Act.CONFIRM_DATES,
        form=(OPENS, ENDS),
        rules=(dates_in_order, can_end_in_time, confirmed_as_planned),
        effect=planned_dates,
        example=example_dates,
        begins_with=planned_days,
        new_dates=True,
        unsettles=True,
    ),
    ActionRow(
        action=Act.CHANGE,
        form=(
            REASON,
            may("name", "line", "项目名称（选题）", "name (topic)"),
            may("content", "text", "研修内容变更", "change of content"),
            may("audience", "text", "研修对象变更", "change of those it is for"),
            may("trainees", "count", "计划人数", "planned trainees"),
            *(NEW_OPENS, NEW_ENDS, PLACE),
        ),
        papers=notice_of_change,
        attaches=_notice,
        rules=(change_says_what, dates_in_order, can_end_in_time, change_in_advance),
        effect=_change,
        renames="name",
        example=_content,
        new_dates=True,
        unsettles=True,
    ),
    ActionRow(
        action=Act.POSTPONE,
        form=(REASON, MAJEURE),
        papers=notice_of_change,
        attaches=_notice,
        rules=(change_in_advance,),
        effect=_postpone,
        example=a_reason,
        new_dates=True,
        unsettles=True,
    ),
    ActionRow(
        action=Act.EXTEND,
        form=(
            need("kind", "text", "期限种类", "kind of deadline", DEADLINES),
            need("due_on", "date", "延长至", "new last day"),
            *(REASON, DOCUMENT),
        ),
        rules=(extension_fits, extension_binds),
        effect=_extend,
        example=_a_day_more,
        new_dates=True,
        several=True,
    ),
)
