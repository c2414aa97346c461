"""The list of projects on the page: searches, views, the workbook, one deed on several."""

from __future__ import annotations

import re
from io import BytesIO
from typing import Any

import pytest
from openpyxl import load_workbook
from rooms import check_html, hidden
from sqlalchemy import event
from stories import CLERK, COORDINATOR, FORM, OFFICE, SCHOOL
from visits import House, Visit, words

from states.terms import Action, Role
from workflow.lists.runs import PATIENCE

PROVINCE = (Role.PROVINCE, "")
ELSEWHERE = {"host": "厦门软件学院", "department": "厦门市人社局"}


def province(house: House) -> Visit:
    return house.visit(house.person("wang", PROVINCE, name="王经办"))


def submitted(house: House, *names: str) -> list[int]:
    made = [house.desk.admit(name=name) for name in names]
    for project in made:
        house.desk.do(project, Action.SUBMIT, CLERK, "2025-01-08", papers=FORM)
    return made


def shown(page: Any) -> list[int]:
    """The projects that a list shows, in order."""
    return [
        int(found) for found in re.findall(r'<th scope="row"><a href="/projects/(\d+)"', page.text)
    ]


def test_the_list_shows_what_a_row_needs(house: House) -> None:
    house.desk.admit(
        name="数控研修班",
        number=7,
        state="planned",
        place="福州市",
        opens_earliest="2025-04-20",
        opens_latest="2025-04-20",
        planned_ends="2025-04-23",
    )
    said = words(province(house).get("/projects"))
    for part in (
        "数控研修班",
        SCHOOL,
        OFFICE,
        "省级高级研修示范项目",
        "已列入年度计划",
        "2025-04-20",
        "2025-03-20",
        "开班前报送",
        "已逾期12天",
        "福州市",
    ):
        assert part in said, part


def test_a_search_with_two_characters_and_its_chips(house: House) -> None:
    here, _ = house.desk.admit(name="师资培训班"), house.desk.admit(name="数控研修班")
    page = province(house).get("/projects?q=培训&year=2025&state=drafted&state=held")
    assert shown(page) == [here]
    said = words(page)
    assert "含“培训”" in said and "2025年度" in said
    chips = re.findall(r'class="chip" href="([^"]*)"', page.text)
    assert (
        len(chips) == 4 and "/projects?q=%E5%9F%B9%E8%AE%AD&amp;year=2025&amp;state=held" in chips
    )


def test_an_empty_result_says_what_to_do(house: House) -> None:
    house.desk.admit()
    visit = province(house)
    assert "没有符合条件的项目" in words(visit.get("/projects?q=没有这样的"))
    stranger = house.visit(house.person("xu", (Role.COORDINATOR, "某市人社局")))
    assert "还没有您可以查看的项目" in words(stranger.get("/projects"))


@pytest.mark.parametrize(
    "query",
    [
        "year=abc",
        "due=99999999",
        "order=up",
        "state=nothing",
        "after=x~y",
        "after=1~",
        "before=~~",
        "after=12~99999999999999999999",
        "q=%00",
        "q=" + "长" * 500,
        "order=due&after=2025-13-99~1",
        "order=name&after=zz~1",
        "q=%25_%5C'\"",
        "year=²",
        "after=%F0%9F%98%80~1",
        "q=99999999999",
    ],
)
def test_an_odd_address_is_no_failure(house: House, query: str) -> None:
    house.desk.admit()
    assert province(house).get(f"/projects?{query}").status_code == 200


def test_what_others_have_is_not_shown_nor_done_nor_exported(house: House) -> None:
    own, other = house.desk.admit(), house.desk.admit(**ELSEWHERE, name="别处研修班")
    visit = house.visit(house.person("chen", (Role.COORDINATOR, OFFICE)))
    assert shown(visit.get("/projects")) == [own]
    assert "别处研修班" not in words(visit.get(f"/projects/steps?deed=review&project={other}"))
    assert rows(visit.get("/projects/export"))[1:] != [] and "别处研修班" not in str(
        rows(visit.get("/projects/export"))
    )
    form = {
        "deed": "send_back",
        "stage": "do",
        "seen": f"{other}:1",
        "items": "补",
        "mend_by": "2025-05-01",
    }
    assert "别处研修班" not in words(visit.post("/projects/steps", form))
    assert house.desk.show(other)["version"] == 1


def test_an_auditor_reads_and_does_nothing(house: House) -> None:
    project = house.desk.admit()
    visit = house.visit(house.person("he", (Role.AUDITOR, "")))
    page = visit.get("/projects")
    assert shown(page) == [project] and 'name="project"' not in page.text
    assert visit.get(f"/projects/steps?deed=close&project={project}").status_code == 403
    assert (
        visit.post("/projects/steps", {"deed": "close", "seen": f"{project}:1"}).status_code == 403
    )


# -- Views ----------------------------------------------------------------------------------------


def test_a_view_is_kept_shared_opened_in_ones_own_scope_and_deleted(house: House) -> None:
    house.desk.admit(name="师资培训班")
    other = house.desk.admit(**ELSEWHERE, name="数控培训班")
    mine = province(house)
    form = {"name": " 培训 类 ", "search": "q=培训&after=5~5&evil=1", "shared": "1"}
    assert (
        mine.post("/projects/views", form).headers["location"] == "/projects?q=%E5%9F%B9%E8%AE%AD"
    )
    colleague = house.visit(house.person("xu", (Role.COORDINATOR, "厦门市人社局")))
    page = colleague.get("/projects")
    assert "培训 类" in words(page) and "wang" not in words(page)
    assert shown(colleague.get("/projects?q=%E5%9F%B9%E8%AE%AD")) == [other]
    assert "培训 类" not in words(
        house.visit(house.person("lin", (Role.HOST, SCHOOL))).get("/projects")
    )
    [view] = re.findall(r"/projects/views/(\d+)/delete", mine.get("/projects").text)
    colleague.post(f"/projects/views/{view}/delete")
    assert "培训 类" in words(mine.get("/projects"))
    mine.post(f"/projects/views/{view}/delete")
    assert "培训 类" not in words(mine.get("/projects?q=1"))


def test_a_view_needs_a_name_and_the_same_name_replaces(house: House) -> None:
    visit = province(house)
    visit.post("/projects/views", {"name": "  ", "search": "q=a"})
    assert "请给视图起个名称" in words(visit.get("/projects"))
    for search in ("q=a", "q=b"):
        visit.post("/projects/views", {"name": "常用", "search": search})
    assert re.findall(r'href="(/projects\?q=[ab])">常用', visit.get("/projects").text) == [
        "/projects?q=b"
    ]


# -- The workbook ---------------------------------------------------------------------------------


def rows(answer: Any) -> list[tuple[Any, ...]]:
    return list(load_workbook(BytesIO(answer.content)).active.iter_rows(values_only=True))


def test_the_workbook_holds_the_filter_in_plan_order(house: House) -> None:
    house.desk.admit(name="=1+1研修班", number=2, planned_trainees=40)
    house.desk.admit(name="数控研修班", number=1, state="subsidised", amount=4_800_000, **ELSEWHERE)
    house.desk.admit(name="别的", number=3)
    answer = province(house).get("/projects/export?q=研修&order=name")
    assert (
        "filename*=UTF-8''%E9%AB%98%E7%BA%A7%E7%A0%94%E4%BF%AE"
        in answer.headers["content-disposition"]
    )
    head, *lines = rows(answer)
    at = {name: place for place, name in enumerate(head)}
    assert [line[at["项目名称"]] for line in lines] == ["数控研修班", "=1+1研修班"]
    assert lines[0][at["补助金额（元）"]] == 48000.00
    assert lines[1][at["开班日期"]].date().isoformat() == "2025-05-12"
    sheet = load_workbook(BytesIO(answer.content)).active
    assert sheet.cell(3, at["项目名称"] + 1).data_type == "s"


def test_the_workbook_is_capped_and_says_so(house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    for number in range(4):
        house.desk.admit(name=f"班{number}", number=number)
    monkeypatch.setattr("web.downloads.MOST_ROWS", 3)
    lines = rows(province(house).get("/projects/export"))
    assert len(lines) == 5 and "一次最多导出3行" in str(lines[4][0])


# -- One deed on several --------------------------------------------------------------------------


def test_each_is_checked_done_by_itself_and_told(house: House) -> None:
    one, two, three = submitted(house, "甲研修班", "乙研修班", "丙研修班")
    draft = house.desk.admit(name="丁研修班")
    visit = province(house)
    ticked = {"deed": "review", "back": "q=研修", "project": [one, two, three, draft]}
    empty = visit.post("/projects/steps", ticked | {"stage": "check", "opinion": " "})
    assert empty.status_code == 422 and "请填写“审核意见”" in words(empty)
    check = visit.post("/projects/steps", ticked | {"stage": "check", "opinion": "同意推荐"})
    said = words(check)
    assert "可办理3项，暂不能办理1项" in said and "不能审核推荐" in said
    seen = re.findall(r'name="seen" value="(\d+:\d+)"', check.text)
    assert seen == [f"{one}:2", f"{two}:2", f"{three}:2"]
    house.desk.do(two, Action.REVIEW, COORDINATOR, "2025-03-03", opinion="先办了")  # meanwhile
    form = {"deed": "review", "stage": "do", "opinion": "同意推荐", "on": "2025-04-01"}
    ticket = hidden(check, "ticket")
    sent = form | {"seen": [*seen, f"{draft}:1"], "ticket": ticket}
    led = visit.post("/projects/steps", sent)
    assert (led.status_code, led.headers["location"]) == (303, f"/projects/steps/{ticket}")
    done = visit.get(led.headers["location"])
    check_html(done)
    said = words(done)
    assert "已办理2项，2项未办理" in said and "刚被他人办理" in said
    states = [house.desk.show(project)["state"] for project in (one, two, three, draft)]
    assert states == ["reviewed", "reviewed", "reviewed", "drafted"]
    versions = [house.desk.show(project)["version"] for project in (one, two, three)]
    assert visit.post("/projects/steps", sent).status_code == 303  # the form sent once more
    assert words(visit.get(f"/projects/steps/{ticket}")) == said  # and the page loaded again
    assert [house.desk.show(project)["version"] for project in (one, two, three)] == versions
    assert 'value="同意推荐"' in done.text  # what was typed goes with those that are left
    assert house.desk.complaints() == []


def test_a_common_form_with_a_list_and_a_date(house: House) -> None:
    [project] = submitted(house, "甲研修班")
    visit = province(house)
    ticked = {"deed": "send_back", "project": project, "stage": "check", "items": "补章"}
    wrong = visit.post("/projects/steps", ticked | {"mend_by": "明天", "on": "2025-02-30"})
    assert wrong.status_code == 422 and words(wrong).count("不是有效日期") == 1
    assert "补章" in wrong.text and "请填写有效日期" in words(wrong)
    past = visit.post("/projects/steps", ticked | {"mend_by": "2025-03-01"})
    assert "补正期限" in words(past) and 'name="seen"' not in past.text
    filed = house.desk.admit(name="乙研修班", state="filed", filed_on="2025-03-01")
    page = visit.get(f"/projects/steps?deed=milestone&project={filed}")
    assert re.findall(r'<option value="(\w+)"', page.text) == ["filing_confirmed", "paid"]
    form = {"deed": "milestone", "stage": "do", "name": "filing_confirmed", "seen": f"{filed}:1"}
    led = visit.post("/projects/steps", form)  # without a ticket it gets one
    assert "已办理1项" in words(visit.get(led.headers["location"]))
    assert "filing_confirmed" in house.desk.show(filed)["milestones"]


def test_results_are_for_who_asked_and_a_broken_run_is_gone_on_with(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    one, two = submitted(house, "甲研修班", "乙研修班")
    visit, ticket = province(house), "a" * 16
    form = {"deed": "review", "stage": "do", "opinion": "同意推荐", "ticket": ticket}
    with monkeypatch.context() as broken:
        broken.setattr("web.pages.project_steps._carry_on", lambda *_: None)  # the process died
        visit.post("/projects/steps", form | {"seen": [f"{one}:2", f"{two}:2"]})
    where = f"/projects/steps/{ticket}"
    page = visit.get(where)
    check_html(page)
    assert "正在逐个办理：已处理0项，共2项" in words(page) and 'hx-trigger="every 2s"' in page.text
    visit.post(where)  # too early: somebody may be at work on it
    assert house.desk.show(one)["state"] == "submitted"
    house.at += PATIENCE
    page = visit.get(where)
    check_html(page)
    assert "办理中断：已办理0项，尚有2项没有办理" in words(page) and "hx-trigger" not in page.text
    stranger = house.visit(house.person("zhou", (Role.PROVINCE, "")))
    for answer in (stranger.get(where), visit.get("/projects/steps/" + "b" * 16)):
        assert answer.status_code == 404
    stranger.post(where)
    assert house.desk.show(one)["state"] == "submitted"
    assert visit.post(where).headers["location"] == where
    assert "已办理2项。" in words(visit.get(where))
    assert [house.desk.show(project)["state"] for project in (one, two)] == ["reviewed"] * 2
    assert house.desk.complaints() == []


def test_nothing_ticked_leads_back_with_a_sentence(house: House) -> None:
    visit = province(house)
    answer = visit.get("/projects/steps?deed=review&back=q%3D1")
    assert answer.headers["location"] == "/projects?q=1"
    assert "请先勾选" in words(visit.get("/projects?q=1"))


@pytest.mark.sqlite_file  # it tells what it runs
def test_no_page_asks_more_of_the_database_for_more_rows(house: House) -> None:
    """Counted on the driver itself, with 3 rows and with 120."""
    visit = province(house)
    counts: dict[str, list[int]] = {}
    heard: list[str] = []
    statements = lambda connection: connection.set_trace_callback(heard.append)  # noqa: E731
    event.listen(house.desk.db.engine, "checkout", lambda c, *_: statements(c))
    for wanted in (3, 120):
        made = [house.desk.admit(name=f"研修班{wanted}-{n}") for n in range(wanted)]
        ticked = "&".join(f"project={project}" for project in made[:50])
        for path in (
            "/projects",
            "/projects?q=研修&year=2025&state=drafted&city=福州&order=due",
            "/projects?q=研修&overdue=1&order=name",
            f"/projects/steps?deed=hand_over&{ticked}",
        ):
            heard.clear()
            assert visit.get(path).status_code == 200
            found = [
                s for s in heard if not s.startswith(("BEGIN", "COMMIT", "ROLLBACK", "PRAGMA"))
            ]
            counts.setdefault(path.split("&project")[0], []).append(len(found))
    assert all(few == many for few, many in counts.values()), counts
    assert max(max(pair) for pair in counts.values()) <= 16, counts
