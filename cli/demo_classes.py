"""The ordinary projects of the demonstration's year: when each class was, and what came between."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta

from cli.demo_acts import COORDINATOR, HOST, ONE, TWO, A, Line, held, line
from states.terms import Act

# Number -> first and last day, (trainees, online, staff), whether it was closed. Recorded some
# days after the class, closed some weeks later; confirmed before where the plan named no day.
CLASSES: dict[int, tuple[str, str, tuple[int, int, int], bool]] = {
    15: ("06-10", "06-13", (36, 0, 3), True),
    18: ("07-06", "07-09", (33, 0, 3), True),
    19: ("08-20", "08-23", (58, 10, 4), True),
    21: ("05-13", "05-16", (35, 0, 3), True),
    22: ("07-15", "07-18", (48, 0, 4), True),
    23: ("08-19", "08-22", (35, 0, 3), False),
    26: ("09-10", "09-13", (36, 0, 3), False),
    27: ("07-22", "07-25", (37, 0, 3), True),
    28: ("09-04", "09-07", (62, 12, 5), False),
    29: ("06-04", "06-07", (31, 0, 2), True),
    30: ("07-08", "07-11", (35, 5, 3), True),
    31: ("05-20", "05-23", (38, 0, 3), True),
    32: ("08-21", "08-24", (35, 0, 3), True),
    33: ("06-04", "06-07", (26, 0, 3), True),
    36: ("06-21", "06-24", (51, 0, 4), True),
    37: ("09-02", "09-05", (47, 0, 4), False),
    40: ("05-11", "05-14", (35, 0, 3), True),
    41: ("07-06", "07-09", (60, 0, 5), True),
    43: ("07-04", "07-07", (35, 0, 3), True),
    49: ("08-15", "08-18", (58, 20, 5), True),
    53: ("07-02", "07-05", (57, 0, 5), True),
    54: ("07-22", "07-25", (32, 0, 2), True),
    56: ("06-21", "06-24", (35, 0, 3), True),
    57: ("05-22", "05-25", (31, 0, 3), True),
    58: ("05-09", "05-12", (32, 20, 3), True),
    59: ("08-16", "08-19", (60, 0, 5), True),
    62: ("08-26", "08-29", (50, 0, 4), False),
    64: ("05-08", "05-11", (30, 0, 2), True),
    66: ("07-05", "07-08", (59, 0, 5), True),
    68: ("09-11", "09-14", (40, 0, 3), False),
    70: ("06-17", "06-20", (61, 0, 5), True),
    71: ("05-27", "05-30", (50, 0, 4), True),
    72: ("07-17", "07-20", (41, 0, 3), True),
    73: ("07-05", "07-08", (35, 0, 3), True),
    75: ("05-23", "05-26", (50, 0, 4), True),
    76: ("07-19", "07-22", (42, 0, 3), True),
    80: ("05-14", "05-17", (40, 0, 3), True),
    81: ("05-09", "05-12", (35, 0, 3), True),
    82: ("09-12", "09-15", (50, 0, 4), False),
    85: ("08-26", "08-29", (40, 0, 3), False),
}
WITHOUT_DAYS = frozenset({15, 21, 22, 23, 29, 30, 31, 37, 53, 54, 62, 70, 71, 85})


def classes() -> Iterator[Line]:
    for number, (opens, ends, heads, closed) in CLASSES.items():
        opens, ends = f"2025-{opens}", f"2025-{ends}"
        if number in WITHOUT_DAYS:
            confirmed = _workday(opens, -30 - number % 9)
            yield line(number, confirmed, HOST, Act.CONFIRM_DATES, opens=opens, ends=ends)
        yield held(number, _workday(ends, 2 + number % 5), opens, ends, heads)
        if closed:
            yield line(number, _workday(ends, 12 + number % 14), HOST, A.CLOSE)


def _workday(day: str, days: int) -> str:
    """A Monday to Friday, `days` from a day or a little later."""
    found = date.fromisoformat(day) + timedelta(days)
    weekend = found.isoweekday() > FRIDAY
    return (found + timedelta(8 - found.isoweekday() if weekend else 0)).isoformat()


FRIDAY = 5


ORDINARY: tuple[Line, ...] = (
    # 24: other dates, announced in writing; 34: another place, without a paper.
    line(
        24,
        "2025-09-11",
        HOST,
        Act.CHANGE,
        "change_notice",
        reason="授课专家时间冲突，顺延一周。",
        opens="2025-10-20",
        ends="2025-10-23",
    ),
    line(34, "2025-09-16", HOST, Act.CHANGE, reason="原场地装修。", place="福州市"),
    # 31: the number of trainees was mistyped; 57: closed by mistake.
    line(
        31,
        "2025-06-03",
        ONE,
        Act.CORRECT,
        reason="登记时误将报名人数填作到课人数，按签到表更正。",
        trainees="34",
    ),
    line(57, "2025-06-25", ONE, A.REINSTATE, reason="结业考核情况尚需补充，恢复办理。"),
    line(57, "2025-07-02", HOST, A.CLOSE),
    # 45: never held; 61: given up; 67: wants to give up.
    line(
        45,
        "2025-09-08",
        ONE,
        A.REJECT,
        code="not_as_planned",
        text="计划5月上旬办班，多次催办后仍未实施。",
    ),
    line(61, "2025-08-26", HOST, A.WITHDRAW, reason="生源不足，申请取消本年度办班。"),
    line(61, "2025-08-29", ONE, A.WITHDRAW),
    line(67, "2025-09-19", HOST, A.WITHDRAW, reason="原定授课团队另有任务，申请取消办班。"),
    # 47: a new contact, whose address has a slip of the pen.
    line(
        47,
        "2025-09-15",
        COORDINATOR,
        Act.HAND_OVER,
        contact_name="示例新联系人",
        contact_email="unit47@example.invalid",
        contact_phone="0591-00000047",
        reason="原联系人调离。",
    ),
    # 55: granted more time; 58: disposed of; 60: put off without a date.
    line(
        55,
        "2025-09-18",
        TWO,
        Act.EXTEND,
        kind="completion",
        due_on="2025-12-12",
        reason="承办单位搬迁，同意延长。",
        document_number="示例函〔2025〕9号",
    ),
    line(
        58,
        "2025-06-04",
        ONE,
        Act.DISPOSE,
        flag="online_within_share",
        outcome="accepted",
        reason="面向海岛地区学员开放线上教学，情况属实。",
    ),
    line(60, "2025-09-12", HOST, Act.POSTPONE, "change_notice", reason="主讲专家档期未定。"),
    # 79, 35: the days of October and November are settled.
    line(79, "2025-09-10", HOST, Act.CONFIRM_DATES, opens="2025-10-22", ends="2025-10-25"),
)
