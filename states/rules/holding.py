"""The class itself: when it ended, who was there, how long."""

from __future__ import annotations

from collections.abc import Iterable

from states.consequence import ending, stated_in
from states.findings import Case, Finding, Rule, block, by_figure, flag
from states.labels import joined
from states.rules.filing import plan_came_late
from states.terms import Action, Force, Kind, State, Text, day_label


def has_ended(case: Case) -> Iterable[Finding]:
    """A class is recorded once it is over."""
    ends = case.given.get("ends")
    if ends and ends > case.today:
        said = Text(
            "办班到{ends}才结束，结束后方可登记。", "The class ends on {ends}; record it then."
        )
        message = said.format(ends=day_label(ends))
        yield block("has_ended", "", "ends", message, earliest=ends)


def completed_in_time(case: Case) -> Iterable[Finding]:
    """R25-04, R25-15c: the last day is not after the completion date, which itself counts."""
    deadline, ends = case.deadline(Kind.COMPLETION), case.now("ends", "actual_ends")
    if deadline and ends and ends > deadline.due.due_on:
        said = WOULD_END if case.supposed and "ends" in case.given else ENDED
        said = said.format(
            ends=day_label(ends),
            due=day_label(deadline.due.due_on),
            then=ending(case.policy, case.category, Kind.COMPLETION),
        )
        costs = stated_in(case.category, Kind.COMPLETION)
        yield flag("completed_in_time", deadline.clause, "ends", said, consequence=costs)


ENDED = Text(
    "实际结束日{ends}晚于办班时限{due}{then}", "It ended on {ends}, after the limit {due}{then}"
)
WOULD_END = Text(
    "如于{ends}结束，即晚于办班时限{due}{then}",
    "If it ends on {ends}, that is after the limit {due}{then}",
)


def filed_before_holding(case: Case) -> Iterable[Finding]:
    """R25-06a, R25-07: the filing precedes the class where the notice asks for it."""
    deadline, known_on = case.deadline(Kind.FILING), case.facts.known_on
    if deadline is None or deadline.force is not Force.STATED:
        return
    then = ending(case.policy, case.category, Kind.FILING)
    costs = stated_in(case.category, Kind.FILING)
    if not case.facts.filed_on and known_on and known_on > deadline.late_after:
        yield plan_came_late(deadline, known_on)
    elif not case.facts.filed_on:
        said = (WOULD_LACK if _is_ahead(case) else LACKED).format(papers=_filing(case), then=then)
        yield flag("filed_before_holding", deadline.clause, "filed_on", said, consequence=costs)
    elif case.facts.mend_in is State.PLANNED and not case.facts.mended_on:
        said = (WOULD_BE_UNMENDED if _is_ahead(case) else UNMENDED).format(then=then)
        yield flag("filed_before_holding", deadline.clause, "mended_on", said, consequence=costs)


def _is_ahead(case: Case) -> bool:
    """Whether the class is only supposed, and has not opened by its plan."""
    opens = case.facts.opens_latest
    return case.supposed and (opens is None or case.today < opens)


def _filing(case: Case) -> Text:
    """What the category files before the class."""
    return joined([paper.label for paper in case.category.papers.get(Action.FILE, ())] or [PLAN])


PLAN = Text("实施方案", "implementation plan")


LACKED = Text("开班前未报送{papers}{then}", "Not filed before the class: {papers}{then}")
WOULD_LACK = Text(
    "如开班前仍未报送{papers}，将记入提示{then}",
    "Will be flagged if not filed before the class: {papers}{then}",
)
UNMENDED = Text(
    "退回的材料未补正即办班{then}", "What was sent back was not mended before the class{then}"
)
WOULD_BE_UNMENDED = Text(
    "如开班前仍未补正退回的材料，将记入提示{then}",
    "Will be flagged if what was sent back is not mended before the class{then}",
)


def enough_trainees(case: Case) -> Iterable[Finding]:
    """R25-08a, R25-09: the least number of trainees, online ones included."""
    figure, trainees = case.category.figure("min_trainees"), case.now("trainees")
    if figure and figure.value is not None and trainees is not None and trainees < figure.value:
        said = Text(
            "研修学员{n}人，少于{least}人。", "{n} trainees, fewer than the required {least}."
        ).format(n=trainees, least=figure.value)
        yield by_figure("enough_trainees", figure, "trainees", said)


def not_too_many_trainees(case: Case) -> Iterable[Finding]:
    """R24-05: a national class has as a rule no more than this many."""
    figure, trainees = case.category.figure("max_trainees"), case.now("trainees")
    if figure and figure.value is not None and trainees is not None and trainees > figure.value:
        said = Text("研修学员{n}人，超过{most}人。", "{n} trainees, more than {most}.")
        message = said.format(n=trainees, most=figure.value)
        yield by_figure("not_too_many_trainees", figure, "trainees", message)


def online_within_trainees(case: Case) -> Iterable[Finding]:
    """Online trainees are counted among all trainees."""
    trainees, online = case.now("trainees"), case.now("online_trainees")
    if trainees is not None and online is not None and online > trainees:
        said = Text(
            "线上学员{o}人多于学员总数{n}人，请核对。", "{o} online of {n} trainees cannot be."
        ).format(o=online, n=trainees)
        yield block("online_within_trainees", "", "online_trainees", said, who=(case.role,))


def online_within_share(case: Case) -> Iterable[Finding]:
    """R25-12: online trainees are at most this share of all."""
    figure = case.category.figure("online_share_percent")
    trainees, online = case.now("trainees"), case.now("online_trainees")
    if figure and figure.value is not None and trainees and online is not None:
        if online * 100 > trainees * figure.value:
            said = Text(
                "线上学员{o}人，超过学员总数{n}人的{share}%。",
                "{o} online of {n} trainees is more than {share} %.",
            ).format(o=online, n=trainees, share=figure.value)
            yield by_figure("online_within_share", figure, "online_trainees", said)


def staff_within_limit(case: Case) -> Iterable[Finding]:
    """R25-08b: staff at most this share of trainees (rounded down), and never above the cap."""
    share, most = case.category.figure("staff_share_percent"), case.category.figure("max_staff")
    staff, trainees = case.now("staff"), case.now("trainees")
    if share is None or share.value is None or staff is None or trainees is None:
        return
    limit = trainees * share.value // 100
    if most and most.value is not None:
        limit = min(limit, most.value)
    if staff > limit:
        said = Text(
            "工作人员{n}人，超过上限{limit}人（学员{trainees}人的{share}%以内{most}）。",
            "{n} staff, more than {limit} ({share} % of {trainees} trainees{most}).",
        ).format(
            n=staff,
            limit=limit,
            trainees=trainees,
            share=share.value,
            most=AT_MOST.format(n=most.value) if most and most.value is not None else NONE,
        )
        yield by_figure("staff_within_limit", share, "staff", said)


AT_MOST, NONE = Text("，最多{n}人", ", at most {n}"), Text("", "")


def long_enough(case: Case) -> Iterable[Finding]:
    """R25-08c, R25-09: the length in days, arrival and departure counted."""
    opens, ends = case.now("opens", "actual_opens"), case.now("ends", "actual_ends")
    least, usual = case.category.figure("min_days"), case.category.figure("usual_days")
    if not opens or not ends or ends < opens:
        return
    days = (ends - opens).days + 1
    if least and least.value is not None and days < least.value:
        said = Text("研修{n}天，少于{least}天。", "{n} days, fewer than {least}.")
        yield by_figure("long_enough", least, "ends", said.format(n=days, least=least.value))
    elif (
        not least and usual and usual.value is not None and abs(days - usual.value) > _around(case)
    ):
        said = Text("研修{n}天，与{usual}天左右相差较多。", "{n} days, not about {usual}.")
        yield by_figure("long_enough", usual, "ends", said.format(n=days, usual=usual.value))


def _around(case: Case) -> int:
    """How many days more or less are still 左右, by the policy; none where it does not say."""
    figure = case.category.figure("usual_days_around")
    return figure.value if figure and figure.value is not None else 0


def held_as_planned(case: Case) -> Iterable[Finding]:
    """R25-02, R25-05: days and place that differ from the plan were announced in writing before."""
    clause = case.duty("held_as_planned")
    differing = dict(_differing(case)) if clause and case.given.get("opens") else {}
    if clause and differing:
        said = Text(
            "与计划不一致，未见事前书面情况说明：{what}。",
            "Not as planned, without a notice in advance: {what}.",
        )
        what = Text(
            "；".join(one.zh for one in differing.values()),
            "; ".join(one.en for one in differing.values()),
        )
        yield flag("held_as_planned", clause, next(iter(differing)), said.format(what=what))


def _differing(case: Case) -> Iterable[tuple[str, Text]]:
    """What was not as planned, by field. A place that is only told more closely is the same."""
    facts, given = case.facts, case.given
    if facts.opens_earliest and facts.opens_latest:
        if not facts.opens_earliest <= given["opens"] <= facts.opens_latest:
            planned = facts.schedule_text or day_label(facts.opens_latest)
            yield "opens", OPENED.format(planned=planned, actual=day_label(given["opens"]))
        elif facts.planned_ends and given.get("ends") not in (None, facts.planned_ends):
            days = {"planned": day_label(facts.planned_ends), "actual": day_label(given["ends"])}
            yield "ends", FINISHED.format(**days)
    place = given.get("place") or facts.place
    if facts.place and place not in facts.place and facts.place not in place:
        yield "place", TOOK_PLACE.format(planned=facts.place, actual=place)


OPENED = Text("计划{planned}，实际{actual}开班", "planned {planned}, opened on {actual}")
FINISHED = Text(
    "计划{planned}结束，实际{actual}结束", "planned to end on {planned}, ended on {actual}"
)
TOOK_PLACE = Text("计划地点{planned}，实际地点{actual}", "planned in {planned}, held in {actual}")


# Judged again when a correction amends what was recorded.
HELD: tuple[Rule, ...] = (
    completed_in_time,
    enough_trainees,
    not_too_many_trainees,
    online_within_trainees,
    online_within_share,
    staff_within_limit,
    long_enough,
)
