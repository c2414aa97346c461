"""Addresses as they stand in plans: never joined, never cut, never half kept."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from workflow.imports.addresses import read_addresses
from workflow.imports.words import CellError

A, B = "a@example.cn", "b@example.cn"


@pytest.mark.parametrize(
    ("value", "rest"),
    [
        *((form, ()) for form in (A, f"mailto:{A}", f"mailto:{A}?subject=x", f"甲 <{A}>")),
        *((form, ()) for form in (f"Zhang San <{A}>", f"邮箱：{A}", f"E-mail: {A}", f"邮箱{A}")),
        *((form, ()) for form in (f"{A}（常用）", f"{A}。", f"{A};", f"“{A}”", f"{A}；{A}")),
        *((form, ()) for form in (f"{A} 13800000000", f"{A}，张三", "ａ＠ｅｘａｍｐｌｅ．ｃｎ")),
        *((A + gap + B, (B,)) for gap in (";", "；", "、", ",", "，", "/", " ", "\n", "或", " / ")),
        (f"{A}（张三）、{B}（李四）", (B,)),
        (f"{A}\nBcc: {B}", (B,)),
        (f"{A},b@", ("b@",)),
    ],
)
def test_the_first_is_taken_and_the_others_are_named(value: str, rest: tuple[str, ...]) -> None:
    assert read_addresses(value) == (A, rest)


@pytest.mark.parametrize(
    "value",
    [
        *("a", "a@", "@example.cn", "a @example.cn", "a@ example.cn", f"a {B}", "a@b@example.cn"),
        *("张三@example.cn", f"张三{A}", "a@example..cn", "a(at)example.cn", 13800000000, True),
        *("a@localhost", f"b@,{A}", "=A1", "a\u0000@example.cn", f"{A}#mailto:{A}#"),
    ],
)
def test_nothing_is_kept_of_what_is_malformed(value: object) -> None:
    with pytest.raises(CellError) as refused:
        read_addresses(value)
    assert refused.value.text.zh


def test_a_slash_within_an_address_parts_nothing() -> None:
    assert read_addresses(f"x/{A}").address == f"x/{A}"


@given(st.text())
def test_two_are_never_joined(text: str) -> None:
    try:
        found = read_addresses(f"{A}{text}{B}").address
    except CellError:
        return
    assert found is not None and found.count("@") == 1 and found.split() == [found]
