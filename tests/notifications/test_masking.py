"""No ID or account number gets into a mail, however it was typed; all other numbers stay."""

from datetime import date
from time import perf_counter

import pytest
from hypothesis import given
from hypothesis import strategies as st

from notifications.letters.masking import LEAST, MASK, masked
from notifications.letters.printing import plain

HIDDEN = [
    "350102199001011234",
    "35010219900101123X",
    "35010219900101123x",
    "35010219900101123Ｘ",
    "350102900101123",  # of the first generation
    "3501 0219 9001 0112 34",
    "350102 19900101 1234",
    "350102-19900101-123X",
    "350102 1990-01-01 1234",
    "3 5 0 1 0 2 1 9 9 0 0 1 0 1 1 2 3 4",
    "6222021234567890123",
    "6222 0212 3456 7890 123",
    "6222-0212-3456-7890",
    "6222 - 0212 - 3456 - 7890",
    "6222\u00a00212\u30003456\u20037890",
    "6222–0212—3456－7890",
    "６２２２０２１２３４５６７８９０１２３",
    "６２２２　０２１２　３４５６　７８９０",
    "٦٢٢٢٠٢١٢٣٤٥٦٧٨٩٠١٢٣",
    "139 1234 5678 9012 3456",  # begins like a telephone number
    "13912345678901234",
    "123456789012345",
    "1402026009601234567\n",
    "6222\n0212\n3456\n7890",
    "6222\u200b0212\u200b3456\u200b7890",
    "6\u200b2\u200b2\u200b2\u200b0\u200b2\u200b1\u200b2\u200b3\u200b4\u200b5\u200b6\u200b7\u200b8\u200b9\u200b0",
    "6222\x010212\x7f3456\x9b7890",
    "6222 , 0212 , 3456 , 7890",
    "6222          0212          3456          7890",
    "350,102,199,001,011,234",  # looks like a sum of money
    "622,202,123,456,789,012",
    "622202.1234567890123",
    "35010219900101123×",
]
SHOWN = [
    "12345678901234",  # one digit short
    "闽人社办〔2025〕9号",
    "闽财教指〔2025〕0012号",
    "GB/T 22239-2019",
    "2025年3月31日至4月4日",
    "2025-09-15 2025-09-18",
    "2025-09-15 2025-09-18 2025-10-01 2025-10-02",
    "20250915 20250918",
    "2025 - 9 - 15 2025 - 9 - 18",
    "2021 2022 2023 2024年",
    "13800138000",
    "13800138000 13900139000",
    "138 0013 8000",
    "138-0013-8000 139-1234-5678",
    "+86 138 0013 8000",
    "0591-87654321",
    "0591-87654321 0591-87541234 13800138000",
    "0591 87654321-8001",
    "400-800-1234 400-800-5678",
    "45,500.00元",
    "1,000,000,000,000.00元",
    "合计 50000 元，结余 1200.50 元",
    "缺第1 2 3 4 5 6 7 8 9 10 11 12 13 14 15页",
    "共40人（其中线上10人），5天，第3页第2段",
    "2025.05.06-2025.05.09",
    "2025/5/6~2025/5/9，2025/10/20~2025/10/24",
    "2025-05-06/2025-05-09/2025-05-12/2025-05-16",
    "2025．05．06－2025．05．09",
    "2025-05-06 08:30:00-2025-05-09 17:30:00",
    "2025年5月6日8:30~11:30、14:00~17:00",
    "2025.05~2025.06.07 08:30",
    "105,000.00/50,000.00/40,000.00",
    "105,000/105,000/105,000",
    "50000+45000+40000+105000",
    "１０５，０００．００元",
    "报到30人，105,000.00元，2025-05-06",
    "合同2025-0001/2025-0002/2025-0003",
    "0591-87654321/87654322/87654323",
    "138.0013.8000/139.1234.5678",
    "91350100MA2XQ4N70U",  # a credit code says nothing about a person
    "",
]


@pytest.mark.parametrize("text", HIDDEN)
@pytest.mark.parametrize("around", ["{}", "账号：{}。", "A{}号", "（{}）开户行", "{}，{}"])
def test_numbers_of_people_and_accounts_are_hidden(text: str, around: str) -> None:
    shown = plain(around.format(text, text))
    assert MASK.zh in shown
    assert not [run for run in shown.split(MASK.zh) if sum(map(str.isdigit, run)) > 2], shown


@pytest.mark.parametrize("text", SHOWN)
@pytest.mark.parametrize("around", ["{}", "说明：{}。", "{}；{}"])
def test_other_numbers_stay(text: str, around: str) -> None:
    assert masked(around.format(text, text)) == around.format(text, text)


INVISIBLE = [
    "\u00ad",
    "\u200b",
    "\u200d",
    "\u2060",
    "\ufeff",
    "\u202e",
    "\u061c",
    "\u034f",
    "\ufe0f",
]
INVISIBLE += ["\U000e0101", "\U000e0041", "\u115f", "\u1160", "\u3164", "\uffa0", "\u20e3"]
BETWEEN = [*".,/|:~+*_-–—−·・ \t\n", *"．，／｜：～＋＊＿－　", "\u2800", ", ", " / ", ":::"]
LONG = [
    "350102 19900101 123X",
    "6222 0212 3456 7890 123",
    "622202 1234567890123",
    "35 01021990 0101 1234",
]


@pytest.mark.parametrize("between", [*INVISIBLE, *BETWEEN])
@pytest.mark.parametrize("number", LONG)
def test_whatever_stands_between_the_groups(number: str, between: str) -> None:
    wide = number.translate({ord("0") + n: ord("０") + n for n in range(10)})
    for typed in (number, wide):
        for joint in (between, f"{between}\u200b", f"\u3164{between}"):
            text = plain(f"账号{typed.replace(' ', joint)}，开户行")
            assert text == "账号【号码已隐去】，开户行"


DAY = st.dates(min_value=date(1990, 1, 1), max_value=date(2099, 12, 31)).map(
    lambda day: day.isoformat()
)
SUM = st.integers(100_000, 10**10).map(lambda fen: f"{fen // 100:,}.{fen % 100:02}")
ROUND = st.integers(1000, 10**9).map(lambda yuan: f"{yuan:,}")
CLOCK = st.times().map(lambda time: time.isoformat("seconds"))


@given(
    st.lists(st.one_of(DAY, SUM, CLOCK), max_size=8), st.sampled_from([" ", "/", "~", ", ", "，"])
)
def test_days_times_and_sums_stay(words: list[str], between: str) -> None:
    for sign in "-./":
        text = between.join(word.replace("-", sign) for word in words)
        assert masked(text) == text


@given(st.lists(ROUND, max_size=8), st.sampled_from([" ", "/", "+", "~", "，"]))
def test_whole_sums_stay(sums: list[str], between: str) -> None:
    text = between.join(sums)
    assert masked(text) == text


@pytest.mark.parametrize(
    "piece", ["1", "1,", "500,", "1 ", "\u200b", "6222-", "1.", "138 0013 8000 ", ","]
)
def test_no_text_takes_long(piece: str) -> None:
    started = perf_counter()
    masked(piece * 5_000 + "1" * 14 + "x")
    assert perf_counter() - started < 2


def test_one_number_among_others_is_hidden_alone() -> None:
    text = "联系人电话0591-87654321，账号6222 0212 3456 7890 123，2025-09-15前补交，金额45,500元"
    assert masked(text) == (
        "联系人电话0591-87654321，账号【号码已隐去】，2025-09-15前补交，金额45,500元"
    )
    assert masked("电话13800138000 账号6222021234567890123") == (
        "电话13800138000 账号【号码已隐去】"
    )
    assert masked("2025-09-15 6222021234567890123 13800138000") == (
        "2025-09-15 【号码已隐去】 13800138000"
    )
    assert masked("account 6222021234567890123", "en") == "account [number removed]"


@given(st.text(max_size=40), st.from_regex(r"[0-9]{15,30}", fullmatch=True), st.text(max_size=40))
def test_no_long_run_survives_whatever_stands_around_it(before: str, run: str, after: str) -> None:
    assert run not in masked(before + run + after)


@given(st.text(alphabet="0123456789 -Xx年月日，", max_size=80))
def test_what_is_masked_holds_no_long_run_and_is_masked_once(text: str) -> None:
    shown = masked(text)
    longest = max(
        (len(run) for run in "".join(c if c.isdigit() else " " for c in shown).split()), default=0
    )
    assert longest < LEAST
    assert masked(shown) == shown


@given(st.text(max_size=200))
def test_text_without_numbers_is_left_alone(text: str) -> None:
    if sum(map(str.isdigit, text)) < LEAST - 1:
        assert masked(text) == text
