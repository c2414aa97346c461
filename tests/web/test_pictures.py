"""The charts of a year: each has its table, its scope and its language."""

from __future__ import annotations

import re
from datetime import date, timedelta

import pytest
from sqlalchemy import event
from stories import OFFICE
from visits import House, Visit, words

from states.terms import Role
from web.charts import Column, Row, bars, columns

ROOMS = ("/pictures", "/pictures/year", "/pictures/report")


@pytest.fixture
def wang(house: House) -> Visit:
    return house.visit(house.person("wang", (Role.PROVINCE, ""), name="王经办"))


def filled(house: House) -> None:
    for n, state in enumerate(("planned", "held", "reported", "subsidised")):
        one = house.desk.admit(name=f"研修班{n}")
        house.desk.live(one, state)
    house.desk.admit(name="厦门班", host="厦门软件学院", department="厦门市人社局")
    house.day = date(2025, 7, 10)


@pytest.mark.parametrize("room", ROOMS)
@pytest.mark.parametrize("language", ["zh", "en"])
def test_every_chart_has_a_title_and_its_page_a_table(
    house: House, wang: Visit, room: str, language: str
) -> None:
    filled(house)
    wang.client.cookies.set("yanxiu_language", language)
    page = wang.get(room).text
    drawings = re.findall(r'<svg class="drawing" role="img" aria-labelledby="([^"]+)"', page)
    ids = set(re.findall(r'id="([^"]+)"', page))
    assert drawings and all(set(named.split()) <= ids for named in drawings)
    assert page.count("<table") >= 1
    assert "style=" not in page
    main = re.sub(r"(?s).*<main(.*)</main>.*", r"\1", page)
    if language == "zh":
        assert (
            re.findall(r">[^<]*[A-Za-z]{3,}[^<]*<", re.sub(r"(?s)<script.*?</script>", "", main))
            == []
        )


def test_an_empty_house_has_nothing_to_draw_and_says_so(wang: Visit) -> None:
    assert [wang.get(room).status_code for room in ROOMS] == [200] * 3
    assert "该年度还没有项目" in words(wang.get("/pictures"))


def test_a_coordinator_sees_the_own_departments_only(house: House) -> None:
    filled(house)
    chen = house.visit(house.person("chen", (Role.COORDINATOR, OFFICE)))
    for room in ROOMS:
        page = words(chen.get(room))
        assert ("厦门" in page, OFFICE in page) == (False, True)
    assert "限您的办理范围" in words(chen.get("/pictures"))
    assert "预算（元）" not in words(chen.get("/pictures"))


def test_hosts_have_no_pictures(house: House) -> None:
    lin = house.visit(house.person("lin", (Role.HOST, "福建理工大学")))
    assert [lin.get(room).status_code for room in ROOMS] == [403] * 3


@pytest.mark.parametrize("year", ["2024", "abc", "9" * 100, "²", ""])
def test_a_year_that_is_not_known_shows_one_that_is(house: House, wang: Visit, year: str) -> None:
    filled(house)
    for room in ROOMS:
        answer = wang.get(f"{room}?year={year}")
        assert (answer.status_code, "2025年" in words(answer)) == (200, True)


def test_the_year_goes_on_by_pages_of_sixty(house: House, wang: Visit) -> None:
    for n in range(65):
        house.desk.admit(name=f"班{n:02d}", opens_earliest=None if n > 62 else "2025-05-12")
    first = wang.get("/pictures/year").text
    [then] = re.findall(r"after=([\d_-]+)", first)
    second = wang.get(f"/pictures/year?after={then}").text
    rows = [re.findall(r'<svg class="drawing" role="img"', page) for page in (first, second)]
    assert [len(found) for found in rows] == [60, 5]
    assert "after=" not in second.replace(f"after={then}", "")


def test_the_number_of_questions_does_not_grow_with_the_rows(house: House, wang: Visit) -> None:
    asked: list[str] = []
    engine = house.desk.db.engine
    event.listen(engine, "before_cursor_execute", lambda *given: asked.append(given[2]))

    def count(room: str) -> int:
        asked.clear()
        assert wang.get(room).status_code == 200
        return len(asked)

    filled(house)
    before = [count(room) for room in ROOMS]
    for n in range(30):
        house.desk.admit(name=f"又{n}", department=f"单位{n}")
    assert [count(room) for room in ROOMS] == before


def test_bars_share_one_scale() -> None:
    chart = bars([Row("甲", ((10, "a"), (10, "b")), "20"), Row("乙", ((5, "a"),), "5")])
    widths = [rect.width for rect in chart.rects]
    assert widths == [108.0, 108.0, 54.0]
    assert [label.text for label in chart.labels] == ["甲", "20", "乙", "5"]


@pytest.mark.parametrize("day", range(7))
def test_the_line_of_today_stands_between_two_weeks_and_crosses_no_figure(day: int) -> None:
    monday = date(2025, 9, 22)
    weeks = [Column(monday + timedelta(days=7 * n), ((3, "filing"),)) for n in (-1, 0, 1)]
    chart = columns(weeks, monday + timedelta(days=day))
    (today,) = (line for line in chart.lines if line.look == "today")
    figures = [label.x for label in chart.labels if label.look == "top"]
    assert [x - today.x1 for x in figures] == [-9.5, 9.5, 28.5]


def test_a_policy_that_cannot_be_read_takes_no_picture_away(house: House, wang: Visit) -> None:
    filled(house)
    own = house.folder / "policies"
    own.mkdir()
    (own / "own-2026.toml").write_text("x = 1\n")
    house.site.reload()
    assert wang.get("/pictures/year").status_code == 200
