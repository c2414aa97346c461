"""Which sorts of mail there are, and which of them somebody may put off or mute.

What a notice requires of a person reaches that person at once, whatever was chosen.
"""

from __future__ import annotations

from states.terms import Labelled, Role


class Sort(Labelled):
    """What somebody can choose for: the coarse sorts, not every notice."""

    DEADLINES = "deadlines", "本人事项的期限提醒", "Deadlines of one's own"
    CHASING = "chasing", "所联系项目的期限和催报", "Deadlines of projects that one watches"
    GENTLE = "gentle", "开班前确认、办班登记提醒", "Confirming and recording a class"
    RECEIPTS = "receipts", "收到材料的回执", "Receipts"
    RESULTS = "results", "办理结果、日期变更", "Results and moved dates"
    DIGEST = "digest", "定期汇总", "Digests"
    ALARMS = "alarms", "退信和发送失败", "Returned and failed mail"


class Mode(Labelled):
    """How somebody wants one sort of mail."""

    AT_ONCE = "at_once", "即时发送", "At once"
    DIGEST = "digest", "并入定期汇总", "In the digest"
    OFF = "off", "不接收", "Off"


ONCE = frozenset({Mode.AT_ONCE})
NOT_OFF = frozenset({Mode.AT_ONCE, Mode.DIGEST})
ANY = frozenset(Mode)
WATCHERS = frozenset({Role.COORDINATOR, Role.PROVINCE})


def choices(sort: Sort, role: Role) -> frozenset[Mode]:
    """What a person in this role may choose. Only watchers have a digest to put things into."""
    if role in WATCHERS:
        return {
            Sort.CHASING: NOT_OFF,  # somebody must hear that a host is late
            Sort.GENTLE: ANY,
            Sort.RECEIPTS: ANY,
            Sort.RESULTS: ANY,
            Sort.DIGEST: frozenset({Mode.AT_ONCE, Mode.OFF}),
        }.get(sort, ONCE)
    if role is Role.HOST and sort in (Sort.GENTLE, Sort.RECEIPTS):
        return frozenset({Mode.AT_ONCE, Mode.OFF})
    return ONCE
