"""A plan that is issued again: what is the same project, what only looks like one, what is gone."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from books import Books

from states.terms import Act, Action, Role
from workflow.imports.outcome import Imported
from workflow.imports.plan_file import read_plan
from workflow.imports.plan_known import Choices
from workflow.mail_tables import MAIL
from workflow.tables import EVENT, PROJECT

Table = Callable[..., Path]
DAY, LATER = date(2025, 2, 20), date(2025, 3, 3)
NAME, HOST, NUMBER = "项目名称", "承办单位", "序号"


def line(n: int, **more: Any) -> dict[str, Any]:
    """Row n of a plan; its row in Excel is n + 1."""
    return {
        NUMBER: n,
        NAME: f"样例课题{n}高级研修班",
        "项目类别": "省级高级研修示范项目",
        HOST: f"样例学会{n}",
        "主管部门": "样例厅",
        "举办时间": "9月15日-18日",
        "计划人数": 40,
        "联系邮箱": f"u{n}@example.cn",
    } | more


PLAN = [line(n) for n in range(1, 7)]


def zh(remarks: Any) -> list[tuple[int | None, str]]:
    return [(remark.row, remark.message.zh) for remark in remarks]


def about(result: Imported, word: str) -> list[str]:
    return [remark.message.zh for remark in result.warnings if word in remark.message.zh]


def changed_nothing(result: Imported) -> bool:
    found = (result.imported, result.changed, result.rejected, result.differences)
    return found == (0, 0, [], [])


def test_a_project_is_known_by_its_former_host(books: Books, table: Table) -> None:
    """03a, transfer, 03a again: nothing is new, and the transfer stands."""
    books.apply(table(*PLAN), DAY)
    books.do(Act.TRANSFER, LATER, project=5, reason="更名", host="样例新学会")
    again = books.apply(table(*PLAN), LATER)
    assert changed_nothing(again)
    assert about(again, "本文件中没有") == []
    assert books.facts(5)["host"] == "样例新学会"
    newer = [*PLAN[:4], line(5, **{HOST: "样例新学会"}), PLAN[5]]
    assert changed_nothing(books.apply(table(*newer), LATER))


def test_a_project_is_known_by_any_earlier_name(books: Books, table: Table) -> None:
    """Renamed by its host, and by a file, in any order: every combination is still the project."""
    books.apply(table(*PLAN), DAY)
    books.do(Act.CHANGE, LATER, project=2, role=Role.HOST, reason="改题", name="样例新题高级研修班")
    assert changed_nothing(books.apply(table(*PLAN), LATER))
    books.do(Act.TRANSFER, LATER, project=2, reason="更名", host="样例新学会")
    for name in ("样例课题2高级研修班", "样例新题高级研修班"):
        for host in ("样例学会2", "样例新学会"):
            rows = [*PLAN]
            rows[1] = line(2, **{NAME: name, HOST: host})
            assert changed_nothing(books.apply(table(*rows), LATER)), (name, host)
    assert books.problems() == []


def test_what_looks_like_a_project_is_asked_row_by_row(books: Books, table: Table) -> None:
    """03a, then 03b: nothing is written until it is said what each row is."""
    books.apply(table(*PLAN), DAY)
    reissued = table(
        line(1, **{NAME: "样例课题1（修订）高级研修班"}),
        line(2, **{HOST: "样例学会2（样例中心）"}),
        line(3, **{NAME: "“样例课题3”高级研修班"}),
        line(4, **{"举办时间": "11月3日-6日"}),
        line(6),
    )
    before = books.rows(EVENT, "project_id", "seq")
    asked = books.apply(reissued, LATER)
    assert (asked.imported, asked.changed) == (0, 0)
    assert [row for row, _ in zh(asked.rejected)] == [2, 3, 4]
    for (row, said), project in zip(zh(asked.rejected), (1, 2, 3), strict=True):
        assert f"项目{project}（序号{project}）" in said, row
        assert f"--same {row}={project}" in said and f"--new {row}" in said
    assert about(asked, "本文件中没有") == [
        "本文件中没有项目5（序号5）“样例课题5高级研修班”（样例学会5）；"
        "计划已取消该项目的，请在系统中办理取消，属漏列的，请补入后重新导入"
    ]
    assert books.rows(EVENT, "project_id", "seq") == before

    choices = Choices(same={2: 1, 3: 2}, new=frozenset({4}))
    result = books.apply(reissued, LATER, choices=choices)
    assert (result.imported, result.changed, result.rejected) == (1, 3, [])
    assert zh(result.differences)[:2] == [
        (2, "项目名称：样例课题1高级研修班 → 样例课题1（修订）高级研修班"),
        (3, "承办单位：样例学会2 → 样例学会2（样例中心）"),
    ]
    assert books.rows(PROJECT, "name", "host")[0] == ("样例课题1（修订）高级研修班", "样例学会1")
    assert books.rows(PROJECT, "number")[6:] == [3]
    assert books.problems() == []
    # Told once, it is known; and the projects are still known as the first file called them.
    assert changed_nothing(books.apply(reissued, LATER))


def test_a_corrected_row_without_its_number_is_asked_too(books: Books, table: Table) -> None:
    """Renumbered, because a row above it went: name nearly, host the same."""
    books.apply(table(*PLAN), DAY)
    newer = table(*PLAN[:3], line(4, **{NAME: "样例课题5专题研修班", HOST: "样例学会5"}))
    [(row, said)] = zh(books.apply(newer, LATER).rejected)
    assert row == 5
    assert "--same 5=5" in said


def test_other_projects_are_not_asked_about(books: Books, table: Table) -> None:
    """A supplement numbers from 1 again: its projects are new, and the number is remarked."""
    books.apply(table(*PLAN), DAY)
    more = [line(n, **{NAME: f"增补专题{n}研修班", HOST: f"另一单位{n}"}) for n in (1, 2)]
    result = books.apply(table(*more), LATER)
    assert (result.imported, result.rejected) == (2, [])
    assert len(about(result, "本文件中没有")) == 6
    numbers = [remark for remark in result.warnings if "已由" in remark.message.zh]
    assert [remark.row for remark in numbers] == [2, 3]
    assert "项目1（序号1）“样例课题1高级研修班”（样例学会1）" in numbers[0].message.zh
    assert books.rows(PROJECT, "number")[6:] == [1, 2]


def test_sessions_of_one_course_are_projects_of_their_own(books: Books, table: Table) -> None:
    one, two = (
        line(n, **{NAME: f"样例课题（第{k}期）", HOST: "甲"}) for n, k in ((1, "一"), (2, "二"))
    )
    books.apply(table(one), DAY)
    result = books.apply(table(one, two), LATER)
    assert (result.imported, result.rejected) == (1, [])


@pytest.mark.parametrize(
    ("choices", "row", "said"),
    [
        (Choices(same={2: 99}), 2, "本年度没有编号为99的项目"),
        (Choices(same={40: 1}), 40, "所指的这一行不是项目"),
        (Choices(new=frozenset({40})), 40, "所指的这一行不是项目"),
        (Choices(new=frozenset({3})), 3, "本行的项目名称和承办单位就是项目2"),
        (Choices(same={3: 5}), 3, "本行的项目名称和承办单位就是项目2"),
        (Choices(same={2: 1, 3: 1}), 3, "已由第2行对应"),
    ],
)
def test_a_wrong_answer_is_refused_by_its_row(
    books: Books, table: Table, choices: Choices, row: int, said: str
) -> None:
    books.apply(table(*PLAN), DAY)
    before = books.rows(EVENT, "project_id", "seq")
    result = books.apply(table(*PLAN), LATER, choices=choices)
    assert row in [remark.row for remark in result.rejected if said in remark.message.zh]
    assert books.rows(EVENT, "project_id", "seq") == before


def test_a_row_with_a_fault_is_neither_gone_nor_another(books: Books, table: Table) -> None:
    """A row that is refused for its category still is its project, or looks like it."""
    books.apply(table(*PLAN), DAY)
    bad = {"项目类别": "没有的类别"}
    newer = table(
        *PLAN[:4], line(5, **bad), line(6, **bad, **{NAME: "样例课题6（修订）高级研修班"})
    )
    result = books.apply(newer, LATER)
    assert about(result, "本文件中没有") == []
    assert [row for row, _ in zh(result.rejected)] == [6, 7, 7]


def test_projects_that_left_the_plan_are_not_missed(books: Books, table: Table) -> None:
    books.apply(table(*PLAN), DAY)
    code = next(
        key
        for key, reason in books.policy.reasons.items()
        if "planned" in {state.value for state in reason.states}
    )
    books.do(Action.REJECT, LATER, project=5, code=code, text="示例")
    result = books.apply(table(*PLAN[:4], PLAN[5]), LATER)
    assert about(result, "本文件中没有") == []


def test_radicals_of_a_pdf_are_one_project(books: Books, table: Table) -> None:
    """15: the second row is a repeat, the search finds it, and the next file knows it."""
    radicals, plain = {NAME: "⺠⽣工程高级研修班"}, {NAME: "民生工程高级研修班", HOST: "样例学会1"}
    both = table(line(1, **radicals), line(2, **plain))
    plan = read_plan(both, books.policy)
    assert zh(plan.rejected) == [(3, "与第2行的项目名称和承办单位相同，已保留第2行，请删除重复行")]
    books.apply(both, DAY, skip_bad_rows=True)
    assert books.rows(PROJECT, "name") == ["民生工程高级研修班"]
    assert changed_nothing(
        books.apply(table(line(1, **plain, **{"联系邮箱": "u1@example.cn"})), LATER)
    )


def test_two_dates_under_one_name_are_two_sessions(books: Books, write: Table) -> None:
    """10: one project over two rows, each with its time."""
    head = list(PLAN[0])
    first, second = ([line(1, 举办时间=time)[key] for key in head] for time in TIMES)
    merged = write(
        head, first, [*[None] * 5, *second[5:]], merge=("A2:A3", "B2:B3", "C2:C3", "D2:D3")
    )
    plan = read_plan(merged, books.policy)
    [(row, said)] = zh(plan.rejected)
    assert row == 3
    assert "两期" in said and "“样例课题1高级研修班（第一期）”" in said
    assert "删除" not in said
    assert not any("序号" in remark.message.zh for remark in plan.warnings)


TIMES = ("5月12日-16日", "9月8日-12日")


def test_an_application_that_the_plan_names_otherwise_is_asked(books: Books, table: Table) -> None:
    """The plan gave it another title: it must not stand beside its own application."""
    reviewed = line(1, **{NUMBER: None, "状态": "已审核推荐"})
    books.apply(table(reviewed), date(2025, 1, 20))
    renamed = table(line(7, **{NAME: "样例课题1专题高级研修班", HOST: "样例学会1"}))
    [(row, said)] = zh(books.apply(renamed, DAY).rejected)
    assert (row, "项目1“样例课题1高级研修班”" in said) == (2, True)
    result = books.apply(renamed, DAY, choices=Choices(same={2: 1}))
    assert (result.imported, result.changed, result.rejected) == (0, 1, [])
    assert books.rows(PROJECT, "state", "number", "name") == [
        ("planned", 7, "样例课题1专题高级研修班")
    ]


def test_what_the_plan_says_otherwise_is_the_plans(books: Books, table: Table) -> None:
    """No change notice was filed, so none is on record: no such deed, no fact, no flag, no mail."""
    books.apply(table(line(1, **{"状态": "已审核推荐"})), date(2025, 1, 20))
    moved = {"举办时间": "10月20日-23日", "计划人数": 50}
    result = books.apply(table(line(1, **moved)), DAY)
    assert (result.changed, result.rejected) == (1, [])
    assert books.rows(EVENT, "deed") == ["open_books", "plan_differs", "plan"]
    [given] = books.rows(EVENT, "given", deed="plan_differs")
    assert "计划人数：40 → 50" in given and "10月20日-23日" in given and "序号" not in given
    books.apply(table(line(1, **{"举办时间": "10月27日-30日"})), LATER)
    assert books.rows(EVENT, "deed")[3:] == ["plan_reissued"]
    assert "changes" not in books.facts()
    assert "flags" not in books.facts()
    assert books.rows(MAIL, "id") == []
    assert books.problems() == []


def test_a_plan_that_says_the_same_notes_it_as_that(books: Books, table: Table) -> None:
    """What the file said is kept, so that a later file is compared with it and not with what the
    host has confirmed since."""
    books.apply(table(line(1, **{"状态": "已审核推荐", "举办时间": "9月中旬"})), date(2025, 1, 20))
    plan = table(line(1, **{"举办时间": "9月中旬"}))
    books.apply(plan, DAY)
    assert books.rows(EVENT, "deed") == ["open_books", "plan_noted", "plan"]
    books.do(Act.CONFIRM_DATES, LATER, opens=date(2025, 9, 16), ends=date(2025, 9, 19))
    assert changed_nothing(books.apply(plan, LATER))


def test_a_newer_plan_ends_what_was_proposed_on_record_and_says_so(
    books: Books, table: Table
) -> None:
    """A host has proposed to cancel its class, then the plan is issued with other days: the dry run
    and the import name it, the history has its end, both sides hear of it."""
    books.apply(table(*PLAN), DAY)
    books.do(Action.WITHDRAW, LATER, project=2, role=Role.HOST, reason="台风")
    books.do(Action.WITHDRAW, LATER, project=3, role=Role.HOST, reason="台风")
    moved = table(*PLAN[:1], line(2, 举办时间="10月20日-23日"), *PLAN[2:])
    ends = "待复核的拟办“取消办班”随之终止，拟办和复核双方均收到邮件。"
    for dry_run in (True, False):
        result = books.apply(moved, LATER, dry_run=dry_run)
        assert [said for said in zh(result.differences) if "终止" in said[1]] == [(3, ends)]
    assert "pending" not in books.facts(2)
    assert books.facts(3)["pending"]["deed"] == "withdraw"  # of which the file says nothing new
    deeds = books.rows(EVENT, "deed", "given", project_id=2)[-3:]
    assert [deed for deed, _ in deeds] == ["withdraw", "cancel", "plan_reissued"]
    assert deeds[1][1] == '{"overtaken_by":"plan_reissued","proposal":"withdraw"}'
    told = books.rows(MAIL, "to_role", project_id=2, notice="cancel")
    assert "host" in told
    assert books.problems() == []
