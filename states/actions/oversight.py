"""Watching over a project: calls, inspections, flags decided on, what was recorded wrongly."""

from __future__ import annotations

from states.actions.fields import DOCUMENT, HEADS, PLACE, REASON, may, need
from states.actions.holding import ACTUAL
from states.actions.money import AMOUNT
from states.actions.row import SAID, ActionRow, Given, first, taken
from states.choices import CHANNELS, FLAGS, OUTCOMES_OF_FLAGS
from states.facts import Json, as_json
from states.findings import Case
from states.rules.acts import correction_says_what, flag_known, mending_date_ahead
from states.rules.chasing import call_again_ahead, channel_known, mending_after_inspection
from states.rules.dates import dates_in_order
from states.rules.holding import HELD, has_ended
from states.rules.money import amount_within_cap, fund_has_room
from states.terms import Act, Action
from states.undoing import LED_TO


def _inspect(case: Case, seq: int) -> Json:
    """What was found stays with the event; the facts keep when, and what there is to mend by."""
    by = case.given.get("mend_by")
    dated = {"mend_by": by.isoformat()} if by else {}
    return {"inspections": {str(seq): {"on": case.on.isoformat(), **dated}}}


def _note(case: Case, _: int) -> Json:
    """What was said stays with the event, for officials; the facts keep when to call again."""
    return {"follow_up": case.given.get("follow_up")}


def _dispose(case: Case, _: int) -> Json:
    key = case.given["flag"]
    said = {name: as_json(value) for name, value in case.given.items() if name != "flag"}
    flag = case.facts.flags[key]
    by = flag.get("disposed", {}).get("mend_by")  # stays readable
    disposed = ({"mend_by": by} if by else {}) | said | {"on": case.on.isoformat()}
    return {"flags": {key: flag | {"disposed": disposed}}}


def _first_flag(case: Case) -> Given:
    return {"flag": first(FLAGS, case), "outcome": "accepted", "reason": SAID}


def _correct(case: Case, _: int) -> Json:
    if case.given.get("undo"):
        return _undone(case)
    return taken(case, "trainees", "online_trainees", "staff", "place", "amount", **ACTUAL)


def _undone(case: Case) -> Json:
    assert case.facts.came_from is not None
    step, stamps = LED_TO[case.facts.state]
    # What only mended an earlier report leaves that one standing: the first date counts.
    mended = case.facts.mended_on and case.facts.mend_in is case.facts.came_from
    gone: Json = dict.fromkeys(("mended_on",) if mended else stamps)
    raised = {step.value} | ({Act.CORRECT.value} if step is Action.HOLD else set())
    gone["flags"] = {key: None for key, flag in case.facts.flags.items() if flag["deed"] in raised}
    return gone | {"state": case.facts.came_from.value, "came_from": None}


OVERSIGHT = (
    ActionRow(
        action=Act.INSPECT,
        form=(
            need("findings", "text", "检查情况", "findings"),
            may(
                "mend_by",
                "date",
                "整改期限（有问题须整改的填写）",
                "date to mend by, if anything is to",
            ),
            DOCUMENT,
        ),
        rules=(mending_date_ahead, mending_after_inspection),
        effect=_inspect,
        example=lambda _: {"findings": SAID},
    ),
    ActionRow(
        action=Act.NOTE,
        form=(
            need("channel", "text", "联系方式", "how", CHANNELS),
            need("person", "line", "联系对象", "person"),
            may("promise", "text", "对方答复", "what was promised"),
            may("promised_for", "date", "承诺办理日期", "promised for"),
            may("follow_up", "date", "下次跟进日期", "next follow-up"),
        ),
        rules=(channel_known, call_again_ahead),
        effect=_note,
        example=lambda case: {"channel": first(CHANNELS, case), "person": SAID},
    ),
    ActionRow(
        action=Act.DISPOSE,
        form=(
            need("flag", "text", "提示", "flag", FLAGS),
            need("outcome", "text", "核定结果", "outcome", OUTCOMES_OF_FLAGS),
            REASON,
            may("mend_by", "date", "补正期限", "date to mend by"),
        ),
        rules=(flag_known, mending_date_ahead),
        effect=_dispose,
        example=_first_flag,
        internal=frozenset({"reason"}),
    ),
    ActionRow(
        action=Act.CORRECT,
        form=(
            REASON,
            may("undo", "yes", "撤销上一步", "undo the last step"),
            may("opens", "date", "实际开班日期", "actual first day"),
            may("ends", "date", "实际结束日期", "actual last day"),
            *(may(f.name, f.kind, f.label.zh, f.label.en) for f in (*HEADS, PLACE, AMOUNT)),
        ),
        rules=(
            *(correction_says_what, dates_in_order, has_ended, *HELD),
            *(amount_within_cap, fund_has_room),
        ),
        effect=_correct,
        example=lambda case: {"reason": SAID, "place": case.facts.place or SAID},
        corrects=True,
        spends=True,  # the amount may have been wrong
        unsettles=True,
    ),
)
