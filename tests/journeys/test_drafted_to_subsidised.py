"""A demonstration class from first draft to money, as its people live it."""

from __future__ import annotations

from datetime import date

from stories import (
    CLASS,
    CLERK,
    COORDINATOR,
    FILING,
    FORM,
    HEADS,
    RECEIPT,
    REPORT,
    WANG,
    ZHOU,
    Desk,
)

from states.terms import Act, Action


def test_from_draft_to_money(desk: Desk) -> None:
    one = desk.admit(opens_latest="2025-05-31", planned_ends=None)
    assert desk.standing(one) == {
        "filing": (1, "2025-04-12", "ahead"),
        "completion": (1, "2025-11-30", "ahead"),
        "recording": (1, "2025-06-03", "ahead"),
        "reimbursement": (1, "2025-07-03", "ahead"),
    }

    desk.do(one, Action.SUBMIT, CLERK, "2025-01-08", papers=FORM, enterprise=False)
    desk.do(one, Action.REVIEW, COORDINATOR, "2025-01-10", opinion="选题契合，同意推荐")
    planned = desk.do(
        one, Action.PLAN, WANG, "2025-02-20", number=7, document_number="闽人社〔2025〕9号"
    )
    assert planned.findings == ()
    assert desk.standing(one)["filing"] == (1, "2025-04-12", "open")

    desk.do(one, Act.CONFIRM_DATES, CLERK, "2025-03-20", **CLASS)
    assert desk.standing(one)["recording"] == (2, "2025-05-15", "open")

    filed = desk.do(one, Action.FILE, CLERK, "2025-04-11", papers=FILING)
    assert filed.findings == ()
    assert desk.standing(one)["filing"] == (1, "2025-04-12", "met")
    desk.do(one, Act.MILESTONE, WANG, "2025-04-15", name="filing_confirmed", evidence="回执3号")

    held = desk.do(one, Action.HOLD, CLERK, "2025-05-16", **CLASS, **HEADS)
    assert held.findings == ()
    assert desk.standing(one) == {
        "filing": (1, "2025-04-12", "met"),
        "completion": (1, "2025-11-30", "met"),
        "recording": (2, "2025-05-15", "met"),
        "reimbursement": (2, "2025-06-16", "open"),
    }

    promise = {"papers": REPORT, "promised": date(2025, 7, 1)}
    desk.do(one, Action.REPORT, CLERK, "2025-06-16", **promise)
    assert desk.flags(one) == {f"papers_present.{RECEIPT}"}
    desk.do(one, Act.SUPPLY, CLERK, "2025-06-25", papers=(RECEIPT,))
    assert desk.flags(one) == set()  # the paper that was promised came

    first = desk.do(one, Action.SUBSIDISE, WANG, "2025-07-01", amount=4_800_000)
    second = desk.do(one, Action.SUBSIDISE, ZHOU, "2025-07-02", amount=4_800_000)
    assert (first.pending, second.pending) == (True, False)
    assert first.findings == second.findings == ()
    desk.do(one, Act.MILESTONE, ZHOU, "2025-07-20", name="paid")

    shown = desk.show(one)
    assert (shown["state"], shown["amount"]) == ("subsidised", 4_800_000)
    assert shown["state_label"].zh == "补助已拨付"
    assert {stands for _, _, stands in desk.standing(one).values()} == {"met"}
    assert [event["deed"] for event in shown["history"]] == [
        "open_books",
        "submit",
        "review",
        "plan",
        "confirm_dates",
        "file",
        "milestone",
        "hold",
        "report",
        "supply",
        "subsidise",
        "subsidise",
        "milestone",
    ]
    told = [mail["notice"] for mail in shown["mail"]]
    assert told == [
        "submit",
        "review",
        "plan",
        "confirm_dates",
        "file",
        "filing_confirmed",
        "hold",
        "report",
        "supply",
        "subsidise",  # once, when the second person agrees
        "paid",
    ]
    assert desk.complaints() == []
