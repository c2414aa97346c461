"""Single cells: what is read, and what is refused with a sentence."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from states.terms import State
from workflow.identity import identity, tidy
from workflow.imports.cells import read_amount, read_email, read_state, read_text
from workflow.imports.words import CellError

ANYTHING = st.text() | st.floats() | st.integers() | st.booleans() | st.dates()


@pytest.mark.parametrize(
    ("value", "in_ten_thousands", "fen"),
    [
        (50000, False, 5_000_000),
        (5, True, 5_000_000),
        ("4.85", True, 4_850_000),
        (4.85, True, 4_850_000),
        (0.1, False, 10),
        ("50,000.5元", False, 5_000_050),
        ("５万元", False, 5_000_000),
        ("￥50,000", False, 5_000_000),
        (0, False, 0),
    ],
)
def test_amounts(value: object, in_ten_thousands: bool, fen: int) -> None:
    assert read_amount(value, in_ten_thousands) == fen


@pytest.mark.parametrize("value", [-1, 0.001, "五万", "=1", True, float("nan"), 1e16, "1e5", ""])
def test_no_amounts(value: object) -> None:
    with pytest.raises(CellError):
        read_amount(value, False)


@pytest.mark.parametrize(
    ("value", "address"),
    [
        (" a.b@example.cn ", "a.b@example.cn"),
        ("ｕｎｉｔ０１＠ｅｘａｍｐｌｅ．ｃｎ", "unit01@example.cn"),
        ("a@Example.CN", "a@example.cn"),
        ("a@b.example.cn\n", "a@b.example.cn"),
        ("a@例子.中国", "a@xn--fsqu00a.xn--fiqs8s"),
    ],
)
def test_emails(value: object, address: str) -> None:
    assert read_email(value) == address


@pytest.mark.parametrize(
    "value",
    [
        *("a", "a@", "@example.cn", "a@b@example.cn", "a@localhost", "a b@example.cn", 13800000000),
        *("a@example.cn,b@example.cn", "a@example.cn；b@example.cn", "a@example.cn b@example.cn"),
        *("甲 <a@example.cn>", "a@example.cn\nBcc: b@example.cn", "a@example.cn\r\nBcc:x"),
        *(
            "张三@example.cn",
            "a" * 65 + "@example.cn",
            "a@" + "b." * 130 + "cn",
            '"a b"@example.cn',
        ),
        *("mailto:a@example.cn", "=A1", "a@example..cn", "a@[127.0.0.1]", "a\u0000@example.cn"),
        *("a_x000D__x000A_b@example.cn", "a@example.cn、b@example.cn"),
    ],
)
def test_no_emails(value: object) -> None:
    with pytest.raises(CellError):
        read_email(value)


@pytest.mark.parametrize(
    ("value", "text"),
    [
        ("  a \n\t b　c ", "a b c"),
        ("甲\x07乙_x000D_", "甲 乙"),
        ("\u200b甲\u202e", "甲"),
        ("（ＡＩ）", "（ＡＩ）"),
        (13800000000, "13800000000"),
        (13800000000.0, "13800000000"),
        (1.5, "1.5"),
        (date(2025, 5, 1), "2025-05-01"),
        (datetime(2025, 5, 1), "2025-05-01"),  # noqa: DTZ001 Excel's dates have no zone
        ("1234567890123456", "1234567890123456"),
        ("x" * 200, "x" * 200),
    ],
)
def test_texts(value: object, text: str) -> None:
    assert read_text(value) == text


@pytest.mark.parametrize("value", [1234567890123456, 1.234e15, "x" * 201, "#REF!", "#N/A"])
def test_no_texts(value: object) -> None:
    with pytest.raises(CellError):
        read_text(value)


@pytest.mark.parametrize("state", State)
def test_states(state: State) -> None:
    for written in (state.label.zh, state.value, f" {state.value.upper()} "):
        assert read_state(written) is state


def test_a_closed_project_without_the_bracket() -> None:
    assert read_state("已办结") is State.CLOSED


def test_no_state() -> None:
    with pytest.raises(CellError) as refused:
        read_state("办完了")
    assert refused.value.text.zh.startswith("没有“办完了”这一状态，请填写下列之一：起草中、已申报")


@pytest.mark.parametrize(
    "read", [read_text, read_email, read_state, lambda v: read_amount(v, True)]
)
@given(ANYTHING)
def test_nothing_else_is_ever_raised(read: Callable[[object], object], value: object) -> None:
    try:
        read(value)
    except CellError as error:
        assert error.text.zh


@given(st.text())
def test_an_accepted_address_is_one_line_of_ascii(text: str) -> None:
    try:
        address = read_email(text + "@example.cn")
    except CellError:
        return
    assert address.isascii()
    assert address.split() == [address]


def test_identity_overlooks_spelling() -> None:
    assert identity("ＡＩ 技术\n研修班", "甲　单位") == identity("ai技术研修班", "甲单位")
    assert identity("甲", "乙丙") != identity("甲乙", "丙")


@given(st.text(), st.text())
def test_identity_is_stable(name: str, host: str) -> None:
    assert identity(name, host) == identity(tidy(name), f" {host} ")
