"""Names that look the same are the same; what only looks nearly the same is another matter."""

from __future__ import annotations

import pytest
from sqlalchemy import delete, select, update
from stories import START, Desk

from workflow.identity import SUPPLEMENT, alike, identity, tidy
from workflow.imports.likeness import hosts_nearly, names_nearly
from workflow.lists.filters import with_words
from workflow.queries import projects
from workflow.refresh import refresh
from workflow.tables import PROJECT, SETTING


@pytest.mark.parametrize(
    ("written", "meant"),
    [
        ("⺠⽣工程", "民生工程"),  # radicals: supplement and Kangxi
        ("⻓乐⻋辆⻔户⾼⻛险⻅习", "长乐车辆门户高风险见习"),
        ("⼾籍、⾭年、⿈河", "户籍、青年、黄河"),
        ("\uf9d8\uf967\U0002f804", "律不你"),  # compatibility ideographs
        ("５Ｇ＋工业互联网（Ａ）", "5g+工业互联网(A)"),
        ("数字\u200b经\u00ad济\ufe0f\U000e0101", "数字经济"),
        ("数字 经\u3000济", "数字经济"),
        ("“双碳”", "「双碳」"),
        ("“双碳”", '"双碳"'),
        ("‘双碳’", "＇双碳＇"),
        ("''双碳''", "『双碳』"),
        ("（福建）", "(福建)"),
        ("【福建】", "〔福建〕"),
        ("《规划》", "〈规划〉"),
        ("AI－医疗", "ai—医疗"),
        ("AI‑医疗", "AI–医疗"),
        ("AI——医疗", "AI-医疗"),
        ("库尔班·江", "库尔班•江"),
        ("库尔班・江", "库尔班‧江"),
        ("二〇二五", "二○二五"),
        ("研修：进阶", "研修∶进阶"),
    ],
)
def test_what_looks_the_same_is_one(written: str, meant: str) -> None:
    assert alike(written) == alike(meant)
    assert identity(written, "甲") == identity(meant, "甲") != identity(meant, "乙")


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("第一期", "第二期"),
        ("甲·乙", "甲乙"),
        ("“双碳”", "双碳"),
        ("土木", "士木"),
        ("未来", "末来"),
        ("福建(一)", "福建(二)"),
    ],
)
def test_what_differs_stays_apart(one: str, other: str) -> None:
    assert alike(one) != alike(other)


def test_a_cell_is_read_with_characters_not_radicals() -> None:
    """What is kept can be searched, printed and compared with what people type."""
    assert tidy(" ⺠⽣\u200b  工程 ") == "民生 工程"
    assert tidy("“民生”－５Ｇ") == "“民生”－５Ｇ"  # signs stay as they were written
    assert all(len(one) == len(meant) == 1 for one, meant in SUPPLEMENT.items())
    assert not set(SUPPLEMENT.values()) & set(SUPPLEMENT)


NEAR = [
    ("样例课题1（修订）高级研修班", "样例课题1高级研修班"),
    ("“样例课题3”高级研修班", "样例课题3高级研修班"),
    ("新能源电池安全技术高级研修班", "新能源电池安全关键技术高级研修班"),
    ("数字经济高级研修班", "2025年数字经济高级研修班"),
    ("数字经济高级研修班（第一期）", "数字经济高级研修班"),
    ("《碳中和》专题高级研修班", "碳中和高级研修班"),
    ("数字经济与实体经济融合发展高级研修班", "数字经济和实体经济融合发展高级研修项目"),
]
FAR = [
    ("样例课题1高级研修班", "样例课题2高级研修班"),
    ("数字经济高级研修班（第一期）", "数字经济高级研修班（第二期）"),
    ("数字经济高级研修班（一）", "数字经济高级研修班（二）"),
    ("数字经济高级研修班1班", "数字经济高级研修班2班"),
    ("智能制造高级研修班", "海洋渔业高级研修班"),
    ("甲班", "乙班"),
]


@pytest.mark.parametrize(("one", "other"), NEAR)
def test_a_corrected_name_looks_like_the_old(one: str, other: str) -> None:
    assert names_nearly(one, other)
    assert names_nearly(other, one)


@pytest.mark.parametrize(("one", "other"), FAR)
def test_names_of_the_same_kind_are_not_one(one: str, other: str) -> None:
    assert not names_nearly(one, other)
    assert not names_nearly(other, one)


@pytest.mark.parametrize(
    ("one", "other", "near"),
    [
        ("样例学会2", "样例学会2（样例中心）", True),
        ("省林业局", "福建省林业局", True),
        ("福建理工大学", "福建理工大学继续教育学院", True),
        ("厦门软件职业技术学院", "厦门软件职业技术大学", True),
        ("样例学会1", "样例学会2", False),
        ("福州大学", "泉州大学", False),
        ("样例学会", "样例大学", False),
    ],
)
def test_a_host_written_in_full_looks_like_the_short_one(one: str, other: str, near: bool) -> None:
    assert hosts_nearly(one, other) is hosts_nearly(other, one) is near


@pytest.mark.parametrize(
    "typed",
    ["民生", "⺠⽣", "民 生", "「双碳」", "“双碳”", '"双碳', "５g", "5G", "学会•", "学会·甲"],
)
def test_a_search_finds_a_name_however_either_was_typed(desk: Desk, typed: str) -> None:
    one = desk.admit(name="⺠⽣工程“双碳”5Ｇ高级研修班", host="学会·甲")
    desk.admit(name="海洋渔业高级研修班", host="乙")
    with desk.db.read() as connection:
        found = projects(connection, desk.book, as_of=START, words=typed)
        assert [row["id"] for row in found] == [one]
        seek = with_words(typed).seek
        assert connection.execute(seek).scalars().all() == [one]


def test_an_older_database_is_drawn_anew_though_two_projects_look_alike(desk: Desk) -> None:
    """Two that came in apart, under an older idea of spelling, must not keep an upgrade from
    ending, and stay two."""
    one, two = desk.admit(name="⺠⽣工程高级研修班"), desk.admit(name="民生工程高级研修班")
    with desk.db.write() as connection:
        for number, key in ((one, "⺠生工程高级研修班 福建理工大学"), (two, "old")):
            connection.execute(update(PROJECT).where(PROJECT.c.id == number).values(identity=key))
        connection.execute(delete(SETTING).where(SETTING.c.key == "rules"))
    refresh(desk.db, desk.book)
    with desk.db.read() as connection:
        found = connection.execute(select(PROJECT.c.identity)).scalars().all()
    assert found == ["民生工程高级研修班 福建理工大学"] * 2
    assert desk.complaints() == []
