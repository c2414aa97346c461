"""The host of an imported plan is told once, when the office says so; until then it is on record
that nobody told it. Who does not confirm is called."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from books import Books, at
from sqlalchemy import select

from notifications.call_list import calls_for
from notifications.chat_text import calls_text, late_text
from notifications.letters.links import NO_LINKS
from notifications.letters.results import Reader, notice_of
from states.terms import Act, Action, Role
from workflow.announcing import announce, untold
from workflow.deeds import Refused
from workflow.imports.outcome import Imported
from workflow.mail.log import silence
from workflow.mail_tables import MAIL
from workflow.people import OPERATOR, Actor
from workflow.tables import EVENT, PROJECT
from workflow.workplace.calls import calls
from workflow.workplace.watching import Scope, scope_of

Table = Callable[..., Path]
DAY = date(2025, 2, 20)  # a Thursday
USUAL = {
    "项目类别": "示范项目",
    "举办时间": "9月15日-18日",
    "主管部门": "样例厅",
    "联系人": "张样",
    "联系电话": "0591-80000001",
}
SECOND = USUAL | {"项目名称": "乙班", "序号": 2, "承办单位": "乙单位", "联系邮箱": "b@example.cn"}


ASK = "咨询单位：福建省人力资源和社会保障厅职业能力建设处，电话0591-00000000（示例，请勿使用）"


def tell(books: Books, on: date = DAY) -> tuple[tuple[int, ...], tuple[int, ...]]:
    with books.db.write() as connection:
        chosen = untold(connection)
        done = announce(connection, books.book, OPERATOR, chosen, today=on, at=at(on))
    return done.told, done.unreached


def unsaid(books: Books) -> list[tuple[int, str]]:
    with books.db.read() as connection:
        return [(row["project_id"], row["reason"]) for row in silence(connection)["news"]]


def whole() -> Scope:
    scope = scope_of(OPERATOR)
    assert scope is not None
    return scope


def called(books: Books, on: date) -> list[tuple[str, str]]:
    with books.db.read() as connection:
        found = calls(connection, books.book, whole(), today=on)
    return [(call.unit, one.what.zh) for call in found for one in call.matters]


def mails(books: Books) -> list[Any]:
    return books.rows(MAIL, "project_id", "notice", "to_role", "to_email", "status")


def test_an_import_mails_nobody_and_says_so(books: Books, table: Table) -> None:
    result = books.apply(table(USUAL, SECOND), DAY)
    assert (mails(books), result.told, result.to_tell) == ([], [], [1, 2])
    assert unsaid(books) == [(1, "unannounced"), (2, "unannounced")]
    assert books.rows(PROJECT, "news") == ["untold", "untold"]


def test_r25_20_the_news_of_a_plan_tells_the_whole_course(books: Books, table: Table) -> None:
    """The report after the class stands in it like in the mail of a plan that was decided here."""
    books.apply(table(USUAL), DAY)
    tell(books)
    with books.db.read() as connection:
        mail = connection.execute(select(MAIL)).one()
        reader = Reader("", "", Role.HOST, "zh", DAY, NO_LINKS)
        notice, _ = notice_of(connection, books.book, mail, reader)
    asked = [(row.what, row.due_on.isoformat(), row.provisional) for row in notice.due]
    assert ("报送办班材料", "2025-10-20", True) in asked


def test_each_host_is_told_once(books: Books, table: Table) -> None:
    books.apply(table(USUAL, SECOND), DAY)
    assert tell(books) == ((1, 2), ())
    assert mails(books) == [
        (1, "announce", "host", "a@example.cn", "pending"),
        (2, "announce", "host", "b@example.cn", "pending"),
    ]
    assert unsaid(books) == []
    assert tell(books) == ((), ())
    with pytest.raises(Refused) as refused:
        books.do(Act.ANNOUNCE, DAY)
    assert [finding.rule for finding in refused.value.findings] == ["told_once"]
    # The same plan again, and a newer one with other trainees, tell nobody anew.
    books.apply(table(USUAL, SECOND | {"人数": "45"}), date(2025, 3, 3))
    assert (unsaid(books), tell(books)) == ([], ((), ()))
    assert books.rows(EVENT, "deed", project_id=1) == ["import", "announce"]
    assert books.problems() == []


LATER = date(2025, 3, 3)


def notices(books: Books) -> list[Any]:
    with books.db.read() as connection:
        rows = connection.execute(select(MAIL).order_by(MAIL.c.id)).all()
        reader = Reader("", "", Role.HOST, "zh", LATER, NO_LINKS)
        return [notice_of(connection, books.book, row, reader)[0] for row in rows]


def test_a_plan_issued_again_tells_whom_it_moves(books: Books, table: Table) -> None:
    """Issue 11, line 3: once, with the dates that the host knew and the new ones, and is asked anew
    whether that arrived; who had not been told yet hears of the new dates alone."""
    books.apply(table(USUAL, SECOND), DAY)
    tell(books)
    books.do(Act.ACKNOWLEDGE, DAY, project=1, role=Role.HOST)
    moved = {"举办时间": "10月20日-23日"}
    books.apply(table(USUAL | moved, SECOND), LATER)
    assert unsaid(books) == [(1, "unannounced_dates")]
    assert books.rows(PROJECT, "news") == ["moved", "unanswered"]
    result = books.apply(table(USUAL | {"举办时间": "11月3日-6日"}, SECOND), LATER)
    assert result.to_tell == [1]
    assert tell(books, LATER) == ((1,), ())
    assert (unsaid(books), tell(books, LATER)) == ([], ((), ()))
    assert books.rows(PROJECT, "news") == ["unanswered"] * 2
    *_, notice = notices(books)
    assert notice.tag == "时间变更"
    assert dict(notice.lines)["原定办班时间"] == "2025年9月15日至9月18日"
    assert dict(notice.lines)["现定办班时间"] == "2025年11月3日至11月6日"
    values = notice.values
    assert (values["was"], values["now"]) == ("2025年9月15日至9月18日", "2025年11月3日至11月6日")
    books.do(Act.ACKNOWLEDGE, LATER, project=1, role=Role.HOST)
    assert books.rows(PROJECT, "news") == ["", "unanswered"]
    assert books.problems() == []


def test_moved_before_anybody_was_told_is_no_move(books: Books, table: Table) -> None:
    books.apply(table(USUAL), DAY)
    books.apply(table(USUAL | {"举办时间": "10月20日-23日"}), LATER)
    assert unsaid(books) == [(1, "unannounced")]
    tell(books, LATER)
    [notice] = notices(books)
    assert notice.tag == "列入计划"


def test_who_was_told_by_the_plan_made_here_hears_of_other_dates_too(
    books: Books, table: Table
) -> None:
    books.apply(table(USUAL | {"状态": "已审核推荐"}), date(2025, 1, 20))
    books.do(Action.PLAN, DAY, number=1)
    books.apply(table(USUAL | {"举办时间": "10月20日-23日"}), LATER)
    assert unsaid(books) == [(1, "unannounced_dates")]
    assert tell(books, LATER) == ((1,), ())
    assert notices(books)[-1].tag == "时间变更"
    assert books.problems() == []


def test_the_import_itself_may_tell_them(books: Books, table: Table) -> None:
    result: Imported = books.apply(table(USUAL, SECOND), DAY, notify=True)
    assert (result.told, len(mails(books))) == ([1, 2], 2)
    assert unsaid(books) == []
    bad = table(
        USUAL | {"项目名称": "丙班"}, SECOND | {"项目类别": "没有的类别", "项目名称": "丁班"}
    )
    assert books.apply(bad, DAY, notify=True).told == []
    assert len(mails(books)) == 2


def test_a_dry_run_tells_nobody(books: Books, table: Table) -> None:
    books.apply(table(USUAL), DAY, notify=True, dry_run=True)
    assert (mails(books), books.rows(EVENT, "deed")) == ([], [])


def test_an_application_in_the_plan_is_told_when_the_office_says(
    books: Books, table: Table
) -> None:
    books.apply(table(USUAL | {"状态": "已审核推荐"}), date(2025, 1, 20))
    assert unsaid(books) == []
    books.apply(table(USUAL), DAY)
    assert (mails(books), unsaid(books)) == ([], [(1, "unannounced")])
    assert tell(books) == ((1,), ())
    assert books.problems() == []


def test_a_plan_made_here_has_told_its_host(books: Books, table: Table) -> None:
    books.apply(table(USUAL | {"状态": "已审核推荐"}), date(2025, 1, 20))
    books.do(Action.PLAN, DAY, number=7)
    assert [row[1] for row in mails(books)] == ["plan"]
    with pytest.raises(Refused):
        books.do(Act.ANNOUNCE, DAY)
    assert unsaid(books) == []


def test_books_opened_in_mid_season_have_nothing_to_tell(books: Books, table: Table) -> None:
    held = USUAL | {"状态": "已完成办班", "实际日期": "9月15日-18日"}
    books.apply(table(held, SECOND), date(2025, 9, 26))
    assert (unsaid(books), tell(books, date(2025, 9, 26))) == ([], ((), ()))


def test_a_host_without_an_address_is_named_to_be_called(books: Books, table: Table) -> None:
    books.apply(table(USUAL | {"联系邮箱": None}, SECOND), DAY)
    assert tell(books) == ((1, 2), (1,))
    assert [(row[0], row[4]) for row in mails(books)] == [(1, "suppressed"), (2, "pending")]

    def printed() -> list[tuple[str, str, str]]:
        with books.db.read() as connection:
            found = calls_for(connection, [], DAY)
        return [(call.unit, call.phone, call.matter.zh) for call in found]

    assert printed() == [("甲单位", "0591-80000001", "“甲班”列入计划的通知")]
    books.do(Act.ACKNOWLEDGE, DAY, role=Role.HOST)  # said on the telephone
    assert printed() == []


def test_who_does_not_confirm_in_three_working_days_is_called(books: Books, table: Table) -> None:
    """Told on Thursday: Friday, Monday, Tuesday are theirs; on Wednesday they are called."""
    books.apply(table(USUAL, SECOND), DAY)
    assert called(books, date(2025, 3, 3)) == []  # nobody was told, nobody can confirm
    tell(books)
    assert called(books, date(2025, 2, 25)) == []
    asked = "确认收到年度计划的通知"
    wednesday = date(2025, 2, 26)
    assert called(books, wednesday) == [("乙单位", asked), ("甲单位", asked)]
    books.do(Act.ACKNOWLEDGE, wednesday, role=Role.HOST)
    assert called(books, wednesday) == [("乙单位", asked)]
    books.do(Action.FILE, wednesday, project=2, role=Role.HOST)  # who acts has heard
    assert called(books, wednesday) == []
    with pytest.raises(Refused):
        books.do(Act.ACKNOWLEDGE, wednesday, role=Role.HOST)
    assert books.problems() == []


def test_nothing_is_confirmed_that_nobody_told(books: Books, table: Table) -> None:
    books.apply(table(USUAL), DAY)
    with pytest.raises(Refused) as refused:
        books.do(Act.ACKNOWLEDGE, DAY, role=Role.HOST)
    assert [finding.rule for finding in refused.value.findings] == ["news_to_confirm"]


def test_the_lists_as_text_for_a_group_chat(books: Books, table: Table) -> None:
    """Unit, project, matter, day: no link, no address, no account, no telephone but the office's,
    which whoever reads along may ask (issue 11, line 9)."""
    leak = "乙班http://evil.example/x 张@example.cn"
    books.apply(table(USUAL, SECOND | {"项目名称": leak}), DAY)
    tell(books)
    today = date(2025, 2, 26)
    with books.db.read() as connection:
        found = calls(connection, books.book, whole(), today=today)
        text = calls_text(connection, books.book, found, today=today, language="zh")
    assert text.splitlines() == [
        "需要联系的单位（2025年2月26日（周三））",
        "1. 乙单位 张样",
        "   “乙班… …”确认收到年度计划的通知",
        "2. 甲单位 张样",
        "   “甲班”确认收到年度计划的通知",
        ASK,
    ]
    autumn = date(2025, 8, 26)
    with books.db.read() as connection:
        late = late_text(connection, books.book, whole(), today=autumn, language="zh")
    assert late.splitlines() == [
        "已逾期事项（2025年8月26日（周二））",
        "1. 甲单位",
        "   “甲班”开班前报送，截止日8月15日（周五），已逾期11天",
        "2. 乙单位",
        "   “乙班… …”开班前报送，截止日8月15日（周五），已逾期11天",
        ASK,
    ]
    with books.db.read() as connection:
        empty = late_text(connection, books.book, whole(), today=DAY, language="en")
    assert empty.splitlines()[:2] == ["Overdue (2025-02-20 (Thu))", "Nothing."]
    assert empty.splitlines()[2].startswith("Office to ask: ") and "@" not in empty


def test_only_the_province_tells_and_only_of_its_list(books: Books, table: Table) -> None:
    books.apply(table(USUAL), DAY)
    with books.db.write() as connection, pytest.raises(Refused):
        someone = Actor("c", "", ((Role.COORDINATOR, "样例厅"),))
        announce(connection, books.book, someone, [1], today=DAY, at=at(DAY))
