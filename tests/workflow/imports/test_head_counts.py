"""Numbers as people write them: of trainees, in a list, as Chinese numerals."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from workflow.imports.cells import read_place_in_list
from workflow.imports.head_counts import read_head_count
from workflow.imports.numerals import whole
from workflow.imports.words import CellError


@pytest.mark.parametrize(
    "value",
    [
        60,
        60.0,
        "60",
        "６０",
        "60人",
        "60名学员",
        "学员60人",
        "每期60人",
        "60人/期",
        "60（人）",
        "六十",
    ],
)
def test_exact(value: object) -> None:
    assert read_head_count(value) == (60, True)


@pytest.mark.parametrize(
    "value",
    [
        *("约60人", "60人左右", "60-70", "60～70人", "60至70人", "不少于60人", "60人以上", "60+"),
        *(
            "≥60",
            "60余人",
            "60（含线上10人）",
            "60人（含工作人员5人）",
            "六十人左右",
            "六十至七十人",
        ),
    ],
)
def test_the_least_that_is_meant(value: object) -> None:
    assert read_head_count(value) == (60, False)


@pytest.mark.parametrize(
    "value",
    [
        *(
            "待定",
            "不超过50人",
            "50人以内",
            "近60人",
            "50+5",
            "60人×2",
            "线下40人，线上10人",
            "abc",
        ),
        *(30.5, "30.5", 0, -30, 10_001, True, "", "=15+15", 1e300),
    ],
)
def test_no_number_is_guessed(value: object) -> None:
    with pytest.raises(CellError):
        read_head_count(value)


@pytest.mark.parametrize(
    "value", [3, 3.0, "3", "3.", "3、", "（3）", "③", "三", "No.3", "003", "第3号"]
)
def test_places_in_a_list(value: object) -> None:
    assert read_place_in_list(value) == 3


@pytest.mark.parametrize("value", ["闽-3", 3.1, 0, True, "=ROW()", "", "3-1"])
def test_no_places(value: object) -> None:
    with pytest.raises(CellError):
        read_place_in_list(value)


@pytest.mark.parametrize(
    ("text", "number"),
    [
        *(("一", 1), ("十", 10), ("十五", 15), ("二十", 20), ("三十五", 35), ("廿一", 21)),
        *(("一百二十", 120), ("二〇二五", 2025), ("两", 2)),
        *(("", None), ("甲", None), ("一二三四五", None)),
    ],
)
def test_numerals(text: str, number: int | None) -> None:
    assert whole(text) == number


@given(st.text(alphabet="〇零一二三九十百廿卅人约-（）以上+ 0195"))
def test_nothing_else_is_ever_raised(text: str) -> None:
    for read in (read_head_count, read_place_in_list):
        try:
            read(text)
        except CellError as error:
            assert error.text.zh
