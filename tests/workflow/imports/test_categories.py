"""Which category is meant, and when it cannot be told."""

from __future__ import annotations

import pytest

from states.policy import Policy
from workflow.imports.categories import match_category, read_funding
from workflow.imports.words import CellError


@pytest.mark.parametrize(
    ("written", "funding", "key"),
    [
        ("国家级高级研修项目", "财政资助", "national_funded"),
        ("国家级高级研修项目", "自筹经费", "national_self_funded"),
        ("国家级（自筹）", None, "national_self_funded"),
        ("一、国家级高级研修项目（财政资助，3期）", None, "national_funded"),
        ("国家级高级研修项目（自筹）", "财政", "national_funded"),
        ("省级高级研修示范项目", None, "demonstration"),
        ("省级 高级研修\n示范项目", None, "demonstration"),
        ("示范项目", "财政", "demonstration"),
        ("（二）工程领域专项（5期）", None, "engineering"),
        ("省级高级研修工程领域专项班", "资助", "engineering"),
        ("省级高级研修普通项目", "自筹", "ordinary"),
    ],
)
def test_known(policy: Policy, written: str, funding: str | None, key: str) -> None:
    assert match_category(written, funding, policy).category.key == key
    assert match_category(written, funding, policy).contradicted is None


def test_contradicting_funding_is_told(policy: Policy) -> None:
    match = match_category("工程领域专项", "自筹", policy)
    assert match.category.key == "engineering"
    assert match.contradicted is not None
    assert match.contradicted.zh == (
        "资助方式写的是自筹经费，而“工程领域专项”为财政资助，已按项目类别登记，请核对"
    )


@pytest.mark.parametrize(
    ("written", "reason"),
    [
        (
            "市级项目",
            "没有“市级项目”这一项目类别，请填写下列之一："
            "国家级（财政资助）、国家级（自筹）、省级示范、工程领域专项、省级普通",
        ),
        (
            "国家级高级研修项目",
            "仅凭“国家级高级研修项目”无法区分国家级（财政资助）、国家级（自筹），"
            "请写明项目类别和资助方式（财政资助或自筹）",
        ),
        (
            "示范项目、普通项目",
            "仅凭“示范项目、普通项目”无法区分省级示范、省级普通，"
            "请写明项目类别和资助方式（财政资助或自筹）",
        ),
    ],
)
def test_refused(policy: Policy, written: str, reason: str) -> None:
    with pytest.raises(CellError) as refused:
        match_category(written, None, policy)
    assert refused.value.text.zh == reason


@pytest.mark.parametrize(
    ("text", "funding"),
    [
        ("财政资助", "funded"),
        ("财政", "funded"),
        ("中央财政经费", "funded"),
        ("自筹", "self_funded"),
        ("单位自筹经费", "self_funded"),
        ("非财政", "self_funded"),
        ("财政资助、自筹", None),
        ("其他", None),
        ("", None),
    ],
)
def test_funding(text: str, funding: str | None) -> None:
    assert read_funding(text) == funding
