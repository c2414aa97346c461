"""Rows that meet a project in another state, and books opened in mid-season."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from books import TODAY, Books

from states.terms import Action, Role
from workflow.imports.outcome import Imported
from workflow.mail_tables import MAIL, REMINDER
from workflow.tables import DEADLINE, EVENT, PROJECT

USUAL = {"项目类别": "示范项目", "举办时间": "9月15日-18日"}
HELD = USUAL | {"状态": "已完成办班", "实际日期": "9月15日-18日"}


def messages(result: Imported) -> list[tuple[int | None, str]]:
    return [(remark.row, remark.message.en) for remark in result.rejected]


def test_a_reviewed_application_is_put_in_the_plan(
    books: Books, table: Callable[..., Path]
) -> None:
    early = date(2025, 1, 20)
    books.apply(table(USUAL | {"状态": "已审核推荐", "举办时间": "9月"}), early)
    assert books.rows(PROJECT, "state") == ["reviewed"]
    result = books.apply(table(USUAL | {"文号": "闽人社办〔2025〕9号"}), date(2025, 2, 20))
    assert (result.imported, result.changed, result.rejected) == (0, 1, [])
    assert books.rows(PROJECT, "state", "number", "opens") == [("planned", 1, date(2025, 9, 15))]
    assert books.facts()["document_number"] == "闽人社办〔2025〕9号"
    assert books.rows(EVENT, "deed") == ["open_books", "plan_differs", "plan"]
    assert books.rows(MAIL, "id") == []
    assert books.rows(DEADLINE, "due_on", "standing", kind="filing")[-1] == (
        *(date(2025, 8, 15), "open"),
    )
    assert books.problems() == []


def test_a_plan_without_a_time_takes_the_time_of_the_application_away(
    books: Books, table: Callable[..., Path]
) -> None:
    """What was applied for is not what the plan says; dates that nobody planned start no term."""
    books.apply(table(USUAL | {"状态": "已审核推荐"}), date(2025, 1, 20))
    result = books.apply(table(USUAL | {"举办时间": "待定"}), date(2025, 2, 20))
    assert (result.changed, result.rejected) == (1, [])
    assert books.rows(PROJECT, "state", "opens", "ends") == [("planned", None, None)]
    assert books.facts()["schedule_text"] == "待定"
    assert books.rows(DEADLINE, "id", kind="filing", standing="open") == []
    assert books.problems() == []
    again = books.apply(table(USUAL | {"举办时间": "待定"}), date(2025, 2, 21))
    assert (again.imported, again.changed, again.rejected) == (0, 0, [])


@pytest.mark.parametrize("state", ["起草中", "已申报", "已审核推荐"])
def test_a_list_that_says_application_plans_nothing(
    books: Books, table: Callable[..., Path], state: str
) -> None:
    """The list of projects, exported with its applications and imported again, changes nothing."""
    listed = table(USUAL | {"状态": state})
    books.apply(listed, date(2025, 1, 20))
    again = books.apply(listed, date(2025, 2, 20))
    assert (again.imported, again.changed, again.rejected) == (0, 0, [])
    assert len(books.rows(EVENT, "deed")) == 1


def test_a_draft_is_not_put_in_the_plan(books: Books, table: Callable[..., Path]) -> None:
    books.apply(table(USUAL | {"状态": "起草中"}), date(2025, 1, 20))
    result = books.apply(table(USUAL), date(2025, 2, 20), skip_bad_rows=True)
    [(row, said)] = messages(result)
    assert row == 2
    assert "not yet reviewed" in said
    assert books.rows(EVENT, "deed") == ["open_books"]


def test_dates_of_a_held_class_are_corrected_not_imported(
    books: Books, table: Callable[..., Path]
) -> None:
    books.apply(table(HELD))
    result = books.apply(table(HELD | {"举办时间": "9月16日-19日"}))
    [(_, said)] = messages(result)
    assert "use `correct`" in said
    result = books.apply(table(HELD | {"联系邮箱": "new@example.cn"}))
    assert (result.changed, result.rejected) == (1, [])
    assert books.facts()["contact_email"] == "new@example.cn"


FUNDED = {"实际日期": "6月9日-12日", "举办时间": "6月9日-12日"}
OPENED = (
    HELD,
    USUAL | FUNDED | {"项目名称": "乙班", "序号": 2, "状态": "已报送办班材料"},
    USUAL
    | FUNDED
    | {
        **{"项目名称": "丙班", "序号": 3, "状态": "补助已审定"},
        **{"金额": "45500", "文号": "闽人社办〔2025〕30号"},
    },
    USUAL | FUNDED | {"项目名称": "丁班", "序号": 4, "项目类别": "普通项目", "状态": "已办结"},
    USUAL | {"项目名称": "戊班", "序号": 5, "状态": "已报送实施方案", "举办时间": "10月20日-23日"},
    USUAL | {"项目名称": "己班", "序号": 6, "状态": None, "举办时间": "11月10日-13日"},
)


def test_books_opened_in_mid_season(books: Books, table: Callable[..., Path]) -> None:
    result = books.apply(table(*OPENED))
    assert (result.imported, result.rejected) == (6, [])
    assert books.rows(PROJECT, "state", "opens", "ends") == [
        ("held", date(2025, 9, 15), date(2025, 9, 18)),
        ("reported", date(2025, 6, 9), date(2025, 6, 12)),
        ("subsidised", date(2025, 6, 9), date(2025, 6, 12)),
        ("closed", date(2025, 6, 9), date(2025, 6, 12)),
        ("filed", date(2025, 10, 20), date(2025, 10, 23)),
        ("planned", date(2025, 11, 10), date(2025, 11, 13)),
    ]
    third = books.facts(3)
    assert (third["amount"], third["document_number"]) == (4_550_000, "闽人社办〔2025〕30号")
    assert books.rows(EVENT, "deed", "machine") == [("open_books", True)] * 6
    assert books.rows(MAIL, "id") == []
    assert books.problems() == []


def test_opened_books_are_not_followed_by_a_flood(books: Books, table: Callable[..., Path]) -> None:
    books.apply(table(*OPENED))
    books.sweep(TODAY)
    # Of all that lies behind nothing; the last one's filing by 10-10 has a step on this very day.
    told = books.rows(REMINDER, "project_id", "kind", "step", status="queued")
    assert told == [(6, "filing", "D-14")]
    assert set(books.rows(REMINDER, "reason", status="suppressed")) <= {"before_known", "met"}
    # What lies ahead is announced: report of the first by 10-20, filing of the last by 10-10.
    days = (date(2025, 9, 28), date(2025, 9, 30), date(2025, 10, 9), date(2025, 10, 10))
    for on in days:
        books.sweep(on)
    told = books.rows(REMINDER, "project_id", "kind", status="queued")
    assert {(1, "reimbursement"), (6, "filing")} <= set(told)
    assert {project for project, _ in told} & {2, 3, 4} == set()
    assert books.problems() == []


def test_a_class_taken_over_as_held_goes_on_to_the_subsidy(
    books: Books, table: Callable[..., Path]
) -> None:
    books.apply(table(HELD))
    assert books.do(Action.REPORT, date(2025, 10, 9), role=Role.HOST).state == "reported"
    paid = {"amount": 4_000_000}
    assert books.do(Action.SUBSIDISE, date(2025, 10, 10), login="p1", **paid).pending
    assert books.do(Action.SUBSIDISE, date(2025, 10, 11), login="p2", **paid).state == "subsidised"
    assert books.problems() == []


@pytest.mark.parametrize(
    ("missing", "said"),
    [
        ({"实际日期": None}, "needs the actual dates"),
        ({"实际日期": "9月27日-29日"}, "still to come"),
    ],
)
def test_a_held_class_without_dates_that_have_passed_is_kept_out(
    books: Books, table: Callable[..., Path], missing: dict[str, Any], said: str
) -> None:
    plan = table(USUAL | {"项目名称": "乙班", "序号": 2}, HELD | missing)
    [(row, message)] = messages(books.apply(plan))
    assert (row, said in message) == (3, True)
    assert books.rows(PROJECT, "id") == []
    result = books.apply(plan, skip_bad_rows=True)
    assert (result.imported, len(result.rejected)) == (1, 1)
    assert books.rows(PROJECT, "name") == ["乙班"]


def test_a_subsidy_without_amount_is_warned_about(books: Books, table: Callable[..., Path]) -> None:
    result = books.apply(table(HELD | {"状态": "补助已审定"}))
    assert result.imported == 1
    assert "no amount is given" in result.warnings[-1].message.en


def test_a_class_taken_over_as_filed_is_held_next(books: Books, table: Callable[..., Path]) -> None:
    books.apply(table(USUAL | {"状态": "已报送实施方案"}), date(2025, 9, 1))
    heads = {"trainees": 40, "online_trainees": 0, "staff": 2}
    days = {"opens": date(2025, 9, 15), "ends": date(2025, 9, 18)}
    outcome = books.do(Action.HOLD, date(2025, 9, 19), **days, **heads)
    assert outcome.state == "held"
    assert "filed_before_holding" not in books.facts().get("flags", {})
    assert books.problems() == []


def test_a_late_plan_is_said_at_once_and_the_import_mails_nobody(
    books: Books, table: Callable[..., Path]
) -> None:
    result = books.apply(table(USUAL), date(2025, 9, 1))
    assert "not the hosts' fault" in result.warnings[-1].message.en
    assert books.rows(MAIL, "id") == []
    assert books.sweep(date(2025, 9, 1)) == 1  # the sweep asks, once
    assert books.sweep(date(2025, 9, 2)) == 0
