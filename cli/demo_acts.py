"""The made-up story of the demonstration's year, as lines: who did what, when, with which papers.

Projects 2, 4, 6, 10 and 16 stay as the plan has them: the README leads them through their lives.
Everything here is invented, names of units included.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date

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


# National, demonstration and engineering projects; the ordinary ones: demo_classes.py.
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
        items="人社部事业单位人事服务中心反馈：讲课费签收单缺授课专家签名；住宿费发票与结算表不符。",
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
