"""What can still be done about a flag, said with it: to its host what it can do, to officials what
ends the flag. Nothing where that is for the reader to decide."""

from __future__ import annotations

from states.findings import Finding
from states.terms import Role, Severity, Text

NOTHING = Text("", "")
EXPLAIN = Text(
    "可补交书面情况说明，供省厅核定时参考。",
    "A written explanation may be handed in, for the province to weigh.",
)
CORRECT = Text(
    "登记有误的，请与咨询单位联系更正；情况属实的，可补交书面情况说明，供省厅核定时参考。",
    "If the record is wrong, ask for its correction; if it is right, a written explanation may be "
    "handed in, and the province decides.",
)
BRING = Text(
    "请尽快补交，收到后该提示自动消除。", "Please hand it in soon; the flag then closes by itself."
)
RECORD = Text(
    "请尽快办理，登记后该提示自动消除。",
    "Please see to it; once it is recorded the flag closes by itself.",
)
AWAITED = Text(
    "该项由{who}办理，登记后该提示自动消除。",
    "It is for this side: {who}; once it is recorded the flag closes by itself.",
)
REMEDIES: dict[str, Text] = {
    **dict.fromkeys(("papers_present", "promises_kept", "change_in_writing"), BRING),
    "milestones_recorded": RECORD,
    **dict.fromkeys(
        (
            *("completed_in_time", "enough_trainees", "not_too_many_trainees"),
            *("online_within_share", "staff_within_limit", "long_enough", "held_as_planned"),
        ),
        CORRECT,
    ),
    "filed_before_holding": Text(
        "请补交未报送的材料和书面情况说明，供省厅核定时参考。",
        "Please hand in what lacks with a written explanation; the province decides.",
    ),
    "can_end_in_time": Text(
        "请调整办班时间，或向省厅申请延长期限。",
        "Please move the dates, or ask the province for an extension.",
    ),
    "confirmed_as_planned": Text(
        "请报送变更情况说明，报送后该提示自动消除。",
        "Please file a change notice; the flag then closes by itself.",
    ),
    "plan_came_late": Text("请尽快报送。", "Please file it soon."),
    "applied_in_time": Text("请等待省厅决定是否受理。", "Please wait for the province to decide."),
    "mending_after_inspection": Text(
        "请按期整改并反馈。", "Please mend it in time and report back."
    ),
}
# Officials neither explain nor wait for the province; they read what will end the flag.
ENDED_BY: dict[str, Text] = {
    **dict.fromkeys(
        ("papers_present", "promises_kept", "change_in_writing"),
        Text("补交后该提示自动消除。", "Once it is handed in the flag closes by itself."),
    ),
    "milestones_recorded": Text(
        "登记后该提示自动消除。", "Once it is recorded the flag closes by itself."
    ),
    "confirmed_as_planned": Text(
        "报送变更情况说明后该提示自动消除。", "A change notice closes the flag."
    ),
}
# Said for officials to look at: their host need not do anything.
FOR_OFFICIALS = frozenset(
    {
        *("judged_by_another", "dated_by_receipt", "reached_in_time", "extension_binds"),
        *("host_kept", "flags_disposed", "reported_before_closing"),
    }
)


def is_for_host(key: str) -> bool:
    return key.partition(".")[0] not in FOR_OFFICIALS


def remedy(key: str, *, host: bool, by: Role = Role.HOST) -> Text:
    """By the key of a flag. `host`: whether the reader is its host; `by`: whose it is to settle it,
    for a host is not asked to do what the province does."""
    rule = key.partition(".")[0]
    if not host:
        return ENDED_BY.get(rule, NOTHING)
    if rule == "milestones_recorded" and by is not Role.HOST:
        return AWAITED.format(who=by.label)
    return NOTHING if rule in FOR_OFFICIALS else REMEDIES.get(rule, EXPLAIN)


def remedy_of(found: Finding, *, host: bool) -> Text:
    """What can still be done about what was flagged; nothing of what refuses, which says itself what
    is lacking."""
    if found.severity is Severity.BLOCK:
        return NOTHING
    return remedy(found.key, host=host, by=next(iter(found.who), Role.HOST))
