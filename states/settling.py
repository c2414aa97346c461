"""Flags whose cause has gone: what a rule says again, once something has come in or was changed.

Only what is so or is not so now is asked again (a paper that lacks, a milestone, a figure). What
has happened stays: late remains late, whatever comes after. No person decides here; the flag keeps
by which deed and by what fact it was settled.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from states.choices import SETTLED
from states.facts import Facts, Json
from states.findings import ITEMISED, Case, Rule
from states.labels import deed_name
from states.rules.acts import change_in_advance
from states.rules.dates import can_end_in_time
from states.rules.holding import HELD, completed_in_time
from states.rules.money import promises_kept, reported_before_closing
from states.rules.papers import milestones_recorded, papers_present
from states.terms import Act, Text, deed_of


def settled(case: Case, after: Facts, changed: Mapping[str, Json | None]) -> Json:
    """The flags that the deed of `case` settles, as they stand then. `after`: the facts after it;
    `changed`: flags that it raises or drops, which are judged already."""
    found: Json = {}
    for key in case.facts.unsettled:
        flag = case.facts.flags[key]
        if key in changed:
            continue
        if _rule(key, case.deed) is not None and _cause_gone(key, flag, case, after):
            found[key] = flag | {"disposed": _kept(flag) | _fact(key, case)}
        elif case.deed is Act.SUPPLY and flag.get("disposed") and _name(key) not in NAMED:
            # Nothing here can tell whether it is all that was asked for: the province will see.
            mended = flag["disposed"] | {"mended_on": case.on.isoformat()}
            found[key] = flag | {"disposed": mended}
    return found


def _kept(flag: Json) -> Json:
    """By when it was to be mended, which stays readable."""
    by = flag.get("disposed", {}).get("mend_by")
    return {"mend_by": by} if by else {}


REJUDGED: dict[str, Rule] = {
    **{rule.__name__: rule for rule in HELD if rule is not completed_in_time},
    "papers_present": papers_present,
    "promises_kept": promises_kept,
    "milestones_recorded": milestones_recorded,
    "reported_before_closing": reported_before_closing,
    "can_end_in_time": can_end_in_time,
    "change_in_writing": change_in_advance,
}
# These name what they lack: nothing else mends them.
NAMED = frozenset({"papers_present", "promises_kept", "milestones_recorded", "change_in_writing"})
# Settled by the deed that they ask for.
ANSWERED = {"confirmed_as_planned": Act.CHANGE}


def _rule(key: str, deed: object) -> Rule | None:
    """The rule that can say again whether the cause of a flag still holds."""
    name = _name(key)
    if name == completed_in_time.__name__ and deed is Act.CORRECT:
        return completed_in_time  # the day itself was wrong; a later grant makes nobody punctual
    if ANSWERED.get(name) is deed:
        return _nothing
    return REJUDGED.get(name)


def _name(key: str) -> str:
    return key.partition(".")[0]


def _nothing(_: Case) -> tuple[()]:
    return ()


def _cause_gone(key: str, flag: Json, case: Case, after: Facts) -> bool:
    rule = _rule(key, case.deed)
    assert rule is not None
    ends = after.planned_ends
    given = {"ends": ends} if ends and rule is can_end_in_time else {}
    again = replace(case, facts=after, deed=deed_of(flag["deed"]), given=given, supposed=False)
    return all(found.key != key for found in rule(again))


def _fact(key: str, case: Case) -> Json:
    """What settled it: the deed, its day, and the fact in words."""
    rule, _, what = key.partition(".")
    said = SETTLED_BY.format(deed=deed_name(case.deed, case.facts.state, case.category))
    if rule in ITEMISED and rule != "milestones_recorded":
        papers = [one for some in case.category.papers.values() for one in some]
        said = next((CAME.format(label=one.label) for one in papers if one.key == what), said)
    elif rule == "milestones_recorded":
        known = case.category.milestones
        said = next((RECORDED.format(label=m.label) for m in known if m.key == what), said)
    elif rule == "change_in_writing":
        said = WRITTEN
    on = case.on.isoformat()
    return {"outcome": SETTLED, "by": case.deed.value, "on": on, "zh": said.zh, "en": said.en}


CAME = Text("已收到{label}", "{label}: it came")
RECORDED = Text("已登记：{label}", "recorded: {label}")
WRITTEN = Text("已收到书面情况说明", "the written notice came")
SETTLED_BY = Text("经“{deed}”，所提示的情形已不存在", "no longer so since “{deed}”")
