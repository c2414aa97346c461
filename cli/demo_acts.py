"""The made-up story of the demonstration's year, as lines: who did what, when, with which papers.

Projects 2, 4, 6, 10 and 16 stay as the plan has them: the README leads them through their lives.
Everything here is invented, names of units included.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date, timedelta

from states.terms import Act, Action

A = Action
HOST, COORDINATOR, ONE, TWO = "host", "coordinator", "province1", "province2"
FILED = ("opening_notice", "implementation_plan")
EIGHT = (
    "opening_notice",
    "summary_report",
    "settlement_table",
    "trainee_list",
    "attendance_sheets",
    "satisfaction_survey",
    "research_report",
    "news_items",
)
NINE = (*EIGHT, "subsidy_receipt")


@dataclass(frozen=True, slots=True)
class Line:
    """One deed. `project`: its number in the plan, or the name of an application; values as a
    form has them. `entered`: the later day on which a paper's deed was recorded."""

    project: int | str
    on: str
    who: str
    deed: Action | Act
    given: dict[str, str] = field(default_factory=dict)
    papers: tuple[str, ...] = ()
    entered: str = ""

    @property
    def told_on(self) -> date:
        return date.fromisoformat(self.entered or self.on)


def line(
    project: int | str, on: str, who: str, deed: Action | Act, *papers: str, **given: str
) -> Line:
    return Line(project, on, who, deed, given, papers)


def milestone(project: int | str, on: str, who: str, name: str, evidence: str = "") -> Line:
    return line(project, on, who, Act.MILESTONE, name=name, evidence=evidence)


def held(project: int, on: str, opens: str, ends: str, heads: tuple[int, int, int]) -> Line:
    trainees, online, staff = map(str, heads)
    counts = {"trainees": trainees, "online_trainees": online, "staff": staff}
    return line(project, on, HOST, A.HOLD, opens=opens, ends=ends, **counts)


# -- National, demonstration and engineering projects ---------------------------------------------

FUNDED: tuple[Line, ...] = (
    # 1: national, all in time, paid.
    milestone(1, "2025-04-08", HOST, "consulted", "电话沟通"),
    line(1, "2025-04-10", HOST, A.FILE, "implementation_plan"),
    milestone(1, "2025-04-18", ONE, "notice_issued", "示例文号〔2025〕11号"),
    milestone(1, "2025-04-22", HOST, "platform_declared", "示例编号2025-01"),
    milestone(1, "2025-05-06", HOST, "platform_approved"),
    held(1, "2025-05-22", "2025-05-15", "2025-05-19", (68, 0, 6)),
    milestone(1, "2025-05-26", HOST, "assessed"),
    milestone(1, "2025-05-28", HOST, "trainees_submitted"),
    line(1, "2025-06-12", HOST, A.REPORT, "reimbursement_papers"),
    milestone(1, "2025-07-07", ONE, "ministry_decision", "示例函〔2025〕3号"),
    line(1, "2025-07-08", ONE, A.SUBSIDISE, amount="102600", document_number="示例函〔2025〕3号"),
    line(1, "2025-07-10", TWO, A.SUBSIDISE, amount="102600", document_number="示例函〔2025〕3号"),
    milestone(1, "2025-07-25", ONE, "paid"),
    # 3: national, late from the start; sent back and not mended.
    line(3, "2025-05-20", HOST, A.FILE, "implementation_plan"),
    milestone(3, "2025-05-28", ONE, "notice_issued", "示例文号〔2025〕19号"),
    held(3, "2025-06-25", "2025-06-16", "2025-06-20", (47, 5, 8)),
    milestone(3, "2025-07-02", HOST, "assessed"),
    line(3, "2025-07-25", HOST, A.REPORT, "reimbursement_papers"),
    line(
        3,
        "2025-07-30",
        ONE,
        Act.DISPOSE,
        flag="filed_in_time",
        outcome="accepted",
        reason="经核，开班通知已按期下发，方案晚报未影响办班。",
    ),
    line(
        3,
        "2025-08-04",
        ONE,
        A.SEND_BACK,
        items="讲课费签收单缺授课专家签名；住宿费发票与结算表不符。",
        mend_by="2025-09-08",
    ),
    # 5: demonstration, the receipt followed as promised, paid.
    line(5, "2025-04-02", HOST, Act.CONFIRM_DATES, opens="2025-05-14", ends="2025-05-17"),
    line(5, "2025-04-11", HOST, A.FILE, *FILED),
    milestone(5, "2025-04-16", ONE, "filing_confirmed", "示例备案〔2025〕2号"),
    held(5, "2025-05-20", "2025-05-14", "2025-05-17", (36, 0, 3)),
    line(5, "2025-06-13", HOST, A.REPORT, *EIGHT, promised="2025-07-15"),
    line(5, "2025-07-10", HOST, Act.SUPPLY, "subsidy_receipt"),
    line(5, "2025-07-22", ONE, A.SUBSIDISE, amount="48000"),
    line(5, "2025-07-24", TWO, A.SUBSIDISE, amount="48000"),
    milestone(5, "2025-08-12", ONE, "paid"),
    # 7: demonstration, put off for a typhoon, new dates announced.
    line(7, "2025-06-03", HOST, Act.CONFIRM_DATES, opens="2025-07-15", ends="2025-07-18"),
    line(7, "2025-06-12", HOST, A.FILE, *FILED),
    milestone(7, "2025-06-17", ONE, "filing_confirmed", "示例备案〔2025〕5号"),
    line(
        7,
        "2025-07-10",
        HOST,
        Act.POSTPONE,
        "change_notice",
        reason="台风影响，学员无法按期报到。",
        force_majeure="是",
    ),
    line(
        7,
        "2025-08-25",
        HOST,
        Act.CHANGE,
        "change_notice",
        reason="台风后另定时间，场地和授课专家已落实。",
        opens="2025-10-21",
        ends="2025-10-24",
    ),
    # 8: demonstration, filed late; the receipt that was promised has not come.
    line(8, "2025-06-27", HOST, A.FILE, *FILED),
    milestone(8, "2025-07-02", ONE, "filing_confirmed", "示例备案〔2025〕7号"),
    held(8, "2025-07-28", "2025-07-21", "2025-07-24", (52, 0, 4)),
    line(8, "2025-08-20", HOST, A.REPORT, *EIGHT, promised="2025-09-12"),
    # 9: demonstration, held well, and no report until now.
    line(9, "2025-07-04", HOST, A.FILE, *FILED),
    milestone(9, "2025-07-09", ONE, "filing_confirmed", "示例备案〔2025〕8号"),
    held(9, "2025-08-13", "2025-08-07", "2025-08-10", (50, 8, 4)),
    line(9, "2025-09-03", HOST, Act.SUPPLY, "trainee_list", "attendance_sheets"),
    # 11: engineering; the filing that is only advised came early.
    line(11, "2025-09-17", HOST, A.FILE),
    # 12: engineering, sent back once, mended in time; its subsidy waits for a second person.
    held(12, "2025-06-13", "2025-06-07", "2025-06-10", (37, 0, 3)),
    line(12, "2025-07-08", HOST, A.REPORT, *NINE),
    line(
        12,
        "2025-07-15",
        ONE,
        A.SEND_BACK,
        items="经费结算表合计数有误，签到表缺第三天下午。",
        mend_by="2025-08-01",
    ),
    line(12, "2025-07-29", HOST, A.REPORT, "settlement_table", "attendance_sheets"),
    line(
        12, "2025-09-19", ONE, A.SUBSIDISE, amount="46500", document_number="示例文号〔2025〕40号"
    ),
    # 13: engineering, all in time, paid.
    line(13, "2025-04-15", HOST, Act.CONFIRM_DATES, opens="2025-05-06", ends="2025-05-09"),
    held(13, "2025-05-13", "2025-05-06", "2025-05-09", (41, 6, 3)),
    line(13, "2025-06-09", HOST, A.REPORT, *NINE),
    line(13, "2025-06-25", ONE, A.SUBSIDISE, amount="50000"),
    line(13, "2025-06-30", TWO, A.SUBSIDISE, amount="50000"),
    milestone(13, "2025-07-18", ONE, "paid"),
    # 14: engineering, its report came late and was not accepted.
    line(14, "2025-05-12", HOST, Act.CONFIRM_DATES, opens="2025-06-23", ends="2025-06-26"),
    held(14, "2025-06-30", "2025-06-23", "2025-06-26", (44, 0, 4)),
    line(14, "2025-08-05", HOST, A.REPORT, *NINE),
    line(
        14,
        "2025-09-02",
        ONE,
        A.REJECT,
        code="late_report",
        text="办班材料逾期报送，经研究不予补助。",
    ),
)

# -- Ordinary projects ----------------------------------------------------------------------------

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
        code="not_carried_out",
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
