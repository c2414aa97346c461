"""The rest of the sample year, after the demonstration's story: who acts on time, late and never."""

from __future__ import annotations

from collections.abc import Iterator

from cli.demo_acts import EIGHT, FILED, HOST, NINE, ONE, TWO, A, Line, held, line, milestone
from states.terms import Act

# Ordinary projects: number -> days of the class, when it was recorded and, perhaps, closed.
CLASSES = {
    16: ("10-04", "10-07", "10-13", "10-30"),
    17: ("11-13", "11-16", "11-18", ""),
    20: ("11-28", "12-01", "12-03", ""),
    24: ("10-20", "10-23", "10-27", "11-10"),
    25: ("09-14", "09-17", "10-15", "10-16"),
    34: ("10-06", "10-09", "10-14", ""),
    35: ("11-11", "11-14", "12-08", "12-09"),
    42: ("10-12", "10-15", "10-16", "11-03"),
    44: ("11-13", "11-16", "11-17", "12-01"),
    50: ("09-19", "09-22", "09-24", "10-10"),
    52: ("10-04", "10-07", "10-09", "10-20"),
    65: ("10-07", "10-10", "10-11", "10-21"),
    79: ("10-22", "10-25", "10-28", "11-14"),
    84: ("10-18", "10-21", "10-22", "11-05"),
}


def autumn() -> Iterator[Line]:
    yield from FUNDED
    for number, (opens, ends, recorded, closed) in CLASSES.items():
        days = (f"2025-{recorded}", f"2025-{opens}", f"2025-{ends}")
        yield held(number, *days, (40, 0, 3))
        if closed:
            yield line(number, f"2025-{closed}", HOST, A.CLOSE)


FUNDED = (
    # 2: national, filed late. 4: national on its own money, to its end.
    milestone(2, "2025-03-05", HOST, "consulted", "电话沟通"),
    line(2, "2025-03-10", HOST, A.FILE, "implementation_plan"),
    milestone(2, "2025-03-14", ONE, "notice_issued", "示例文号〔2025〕7号"),
    held(2, "2025-04-09", "2025-03-31", "2025-04-04", (55, 0, 5)),
    line(2, "2025-05-09", HOST, A.REPORT, "reimbursement_papers"),
    milestone(4, "2025-06-11", HOST, "consulted", "电话沟通"),
    line(4, "2025-06-12", HOST, A.FILE, "implementation_plan"),
    milestone(4, "2025-06-20", ONE, "notice_issued", "示例文号〔2025〕23号"),
    milestone(4, "2025-06-24", HOST, "platform_declared", "示例编号2025-04"),
    milestone(4, "2025-07-01", HOST, "platform_approved"),
    held(4, "2025-07-25", "2025-07-17", "2025-07-21", (55, 0, 5)),
    milestone(4, "2025-07-28", HOST, "assessed"),
    milestone(4, "2025-07-29", HOST, "trainees_submitted"),
    line(4, "2025-08-20", HOST, A.CLOSE),
    # 6: demonstration, filed and reported late, not accepted.
    line(6, "2025-10-10", HOST, A.FILE, *FILED),
    milestone(6, "2025-10-15", ONE, "filing_confirmed", "示例备案〔2025〕11号"),
    held(6, "2025-11-12", "2025-11-03", "2025-11-06", (34, 0, 3)),
    line(6, "2025-12-17", HOST, A.REPORT, *NINE),
    line(6, "2025-12-26", ONE, A.REJECT, code="late_report", text="办班材料逾期报送。"),
    # 7: demonstration, on its new dates; the receipt followed; paid by two.
    held(7, "2025-10-28", "2025-10-21", "2025-10-24", (45, 0, 4)),
    line(7, "2025-11-18", HOST, A.REPORT, *EIGHT, promised="2025-12-05"),
    line(7, "2025-12-03", HOST, Act.SUPPLY, "subsidy_receipt"),
    line(7, "2025-12-10", ONE, A.SUBSIDISE, amount="47000"),
    line(7, "2025-12-12", TWO, A.SUBSIDISE, amount="47000"),
    milestone(7, "2025-12-24", ONE, "paid"),
    # 9: reports at last. 10: engineering, all on time. 11: held at the very end.
    line(9, "2025-10-11", HOST, A.REPORT, *NINE),
    held(10, "2025-05-26", "2025-05-19", "2025-05-22", (60, 0, 5)),
    line(10, "2025-06-18", HOST, A.REPORT, *NINE),
    line(10, "2025-07-15", ONE, A.SUBSIDISE, amount="49000"),
    line(10, "2025-07-17", TWO, A.SUBSIDISE, amount="49000"),
    held(11, "2025-12-02", "2025-11-27", "2025-11-30", (35, 0, 3)),
    line(11, "2025-12-25", HOST, A.REPORT, *NINE),
    # 12: the second person.
    line(
        12, "2025-09-29", TWO, A.SUBSIDISE, amount="46500", document_number="示例文号〔2025〕40号"
    ),
)
