"""Every way of writing a time that plans use, and every refusal."""

from __future__ import annotations

from datetime import date, datetime, time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from workflow.imports.schedule import ScheduleError, parse_schedule


def read(value: object) -> tuple[str, str, str | None]:
    found = parse_schedule(value, 2025, 4)
    ends = found.ends.isoformat() if found.ends else None
    return found.opens_earliest.isoformat()[2:], found.opens_latest.isoformat()[2:], ends


def day(opens: str, ends: str | None = None) -> tuple[str, str, str | None]:
    return f"25-{opens}", f"25-{opens}", ends and (ends if len(ends) > 5 else f"2025-{ends}")


def window(first: str, last: str) -> tuple[str, str, None]:
    return f"25-{first}", f"25-{last}", None


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        ("5月12日-16日", day("05-12", "05-16")),
        ("5月12日至16日", day("05-12", "05-16")),
        ("5月12日到5月16日", day("05-12", "05-16")),
        ("5.12-16", day("05-12", "05-16")),
        ("2025.6.3-6.6", day("06-03", "06-06")),
        ("2025/5/19—22", day("05-19", "05-22")),
        ("6月16日至6月20日", day("06-16", "06-20")),
        ("7月17—21日", day("07-17", "07-21")),
        ("2025年3月31日-4月4日", day("03-31", "04-04")),
        ("2025年11月28日-12月1日", day("11-28", "12-01")),
        ("2025年5月12日-2025年5月16日", day("05-12", "05-16")),
        ("12月30日-1月2日", day("12-30", "2026-01-02")),
        ("2025年12月30日-2026年1月2日", day("12-30", "2026-01-02")),
        ("2025-06-03", day("06-03")),
        ("2025-06-03~2025-06-07", day("06-03", "06-07")),
        ("2025-06-03-06-07", day("06-03", "06-07")),
        ("2025-06-03至07", day("06-03", "06-07")),
        ("５月１２日－１６日", day("05-12", "05-16")),
        (" 5 月 12 日 - 16 日 \n", day("05-12", "05-16")),
        ("5月12日-16日（5天）", day("05-12", "05-16")),
        ("5月12日-16日，共5天", day("05-12", "05-16")),
        ("5月12日（周一）至16日（周五）", day("05-12", "05-16")),
        ("5月12日上午-16日下午", day("05-12", "05-16")),
        ("5月12日-16日（含报到）", day("05-12", "05-16")),
        ("5月12日", day("05-12")),
        ("5月1日-6月29日", day("05-01", "06-29")),
        (date(2025, 5, 12), day("05-12")),
        (datetime(2025, 5, 12, 9, 30), day("05-12")),  # noqa: DTZ001 Excel's dates have no zone
        ("9月上旬", window("09-01", "09-10")),
        ("9月中旬", window("09-11", "09-20")),
        ("9月下旬", window("09-21", "09-30")),
        ("2月下旬", window("02-21", "02-28")),
        ("10月底", window("10-21", "10-31")),
        ("10月初", window("10-01", "10-10")),
        ("5月", window("05-01", "05-31")),
        ("5月份", window("05-01", "05-31")),
        ("2025年7月", window("07-01", "07-31")),
        ("2025-07", window("07-01", "07-31")),
        ("2025.7", window("07-01", "07-31")),
        ("7-8月", window("07-01", "08-31")),
        ("2025年7-8月", window("07-01", "08-31")),
        ("7月至8月", window("07-01", "08-31")),
        ("5月下旬至6月上旬", window("05-21", "06-10")),
        ("6月上旬-中旬", window("06-01", "06-20")),
        ("第三季度", window("07-01", "09-30")),
        ("三季度", window("07-01", "09-30")),
        ("3季度", window("07-01", "09-30")),
        ("2025年第4季度", window("10-01", "12-31")),
        ("上半年", window("01-01", "06-30")),
        ("2025年下半年", window("07-01", "12-31")),
    ],
)
def test_forms(value: object, expected: tuple[str, str, str | None]) -> None:
    assert read(value) == expected


@pytest.mark.parametrize("dash", "-－‐‑–—―−~～〜至到")
def test_every_dash(dash: str) -> None:
    assert read(f"5月12日{dash}16日") == day("05-12", "05-16")
    assert read(f"5月12日{dash * 2}16日") == day("05-12", "05-16")


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        ("七月中旬", window("07-11", "07-20")),
        ("拟9月", window("09-01", "09-30")),
        ("预计于9月中旬举办", window("09-11", "09-20")),
        ("9月择期", window("09-01", "09-30")),
        ("9月（具体时间待定）", window("09-01", "09-30")),
        ("下半年，具体时间另行通知", window("07-01", "12-31")),
        ("待定（预计9月）", window("09-01", "09-30")),
        ("9月中旬，4天", window("09-11", "09-20")),
        ("4月底5月初", window("04-21", "05-10")),
        ("三季度末四季度初", window("09-01", "10-31")),
        ("三四季度", window("07-01", "12-31")),
        ("七八月", window("07-01", "08-31")),
        ("七、八月份", window("07-01", "08-31")),
        ("7月-8月暑假期间", window("07-01", "08-31")),
        ("9月15日（星期一）开班，为期5天", day("09-15")),
        ("9月15日～9月19日，线上", day("09-15", "09-19")),
        ("2025-09-15 00:00:00至2025-09-19 00:00:00", day("09-15", "09-19")),
        ("6月、7月", window("06-01", "07-31")),
        ("7、8月", window("07-01", "08-31")),
        ("二、三季度", window("04-01", "09-30")),
        ("Q2", window("04-01", "06-30")),
        ("三季度末", window("09-01", "09-30")),
        ("9月中上旬", window("09-01", "09-20")),
        ("9月上半月", window("09-01", "09-15")),
        ("9月第三周", window("09-15", "09-21")),
        ("25年9月", window("09-01", "09-30")),
        ("2025年度第4季度", window("10-01", "12-31")),
        ("202509", window("09-01", "09-30")),
        ("9月15日一19日", day("09-15", "09-19")),
        ("九月十五日至十九日", day("09-15", "09-19")),
        ("二〇二五年九月十五至十九日", day("09-15", "09-19")),
        ("9月15日-19日（14日报到）", day("09-15", "09-19")),
        ("9月14日报到，9月15日-19日", day("09-15", "09-19")),
        ("9月14日报到，15-19日培训", day("09-15", "09-19")),
        ("9月14日报到，9月15日-19日研修", day("09-15", "09-19")),
        ("自9月15日至19日", day("09-15", "09-19")),
        ("从9月15日到9月19日", day("09-15", "09-19")),
        ("9月15日下午报到至9月19日上午离会", day("09-15", "09-19")),
        ("9月15日报到—19日返程", day("09-15", "09-19")),
        ("9月15日-19日 含报到", day("09-15", "09-19")),
        ("9月15日（星期一）-19日（星期五）", day("09-15", "09-19")),
        ("9月15日8:30至9月19日17:00", day("09-15", "09-19")),
        ("2025-09-15 00:00:00", day("09-15")),
        ("2025-09-15T08:30:00", day("09-15")),
        ("25.9.15-25.9.19", day("09-15", "09-19")),
        ("20250915-20250919", day("09-15", "09-19")),
        ("5月12日、13日、14日", day("05-12", "05-14")),
        (45915, day("09-15")),
        (45915.5, day("09-15")),
        ("45915", day("09-15")),
        (20250915, day("09-15")),
    ],
)
def test_what_offices_also_write(value: object, expected: tuple[str, str, str | None]) -> None:
    assert read(value) == expected


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        ("5月底前", window("01-01", "05-31")),
        ("11月30日前完成", window("01-01", "11-30")),
        ("不晚于11月底", window("01-01", "11-30")),
        ("年底前", window("01-01", "12-31")),
        ("二季度前", window("01-01", "03-31")),
        ("二季度末前", window("01-01", "06-30")),
        ("不迟于10月31日", window("01-01", "10-31")),
        ("9月第二周", window("09-08", "09-14")),
        ("年内", window("01-01", "12-31")),
        ("2025年内", window("01-01", "12-31")),
        ("9月前", window("01-01", "08-31")),
        ("国庆前", window("01-01", "09-30")),
        ("国庆节后", window("10-08", "12-31")),
        ("10月以后", window("11-01", "12-31")),
        ("9月15日左右", window("09-10", "09-20")),
        ("5月或6月", window("05-01", "06-30")),
        ("11月上旬或中旬", window("11-01", "11-20")),
        ("暑期", window("07-01", "08-31")),
        ("春季", window("03-01", "05-31")),
    ],
)
def test_a_bound_or_a_vague_word_is_a_window_and_told(
    value: object, expected: tuple[str, str, str | None]
) -> None:
    assert read(value) == expected
    (remark,) = parse_schedule(value, 2025, 4).remarks
    assert f"“{value}”没有写明日期，暂按" in remark.zh


@pytest.mark.parametrize(
    ("value", "remark"),
    [
        ("9月15日-19日", None),
        ("9月15日-19日（5天）", None),
        ("9月15日-19日，含报到共5天", None),
        ("9月15日-19日（4天，不含报到）", None),
        ("9月15日-19日（4.5天）", None),
        ("9月15日-19日（4天）", "9月15日至9月19日首尾共5天，与所写“4天”不符"),
        ("9月15日-19日，共四天", "9月15日至9月19日首尾共5天，与所写“共4天”不符"),
        ("9月15日-19日（为期7天）", "9月15日至9月19日首尾共5天，与所写“为期7天”不符"),
        ("9月15日（周一）-19日（周五）", None),
        ("9月15日（周二）-19日（周五）", "9月15日是周一，与所写“周二”不符"),
        ("9月15日-19日（礼拜六）", "9月19日是周五，与所写“周六”不符"),
        ("9月14日（星期天）", None),
        ("9月15日-19日（周一至周五）", None),
        ("9月15日-19日（周二至周五）", "9月15日是周一，与所写“周二”不符"),
        ("9月15日-19日（14日报到）", "“14日报到”没有计入起止日期"),
        ("9月15日-19日（15日报到）", None),
        ("9月15日-19日（避开台风）", "“避开台风”没有作为时间采用"),
    ],
)
def test_what_stands_beside_is_compared(value: str, remark: str | None) -> None:
    said = [
        one.zh.partition("，请")[0].partition("（可能")[0]
        for one in parse_schedule(value, 2025, 4).remarks
    ]
    assert [one.partition("，如")[0] for one in said] == ([remark] if remark else [])


@pytest.mark.parametrize(
    ("value", "reason"),
    [
        ("", "没有填写时间"),
        (" 　", "没有填写时间"),
        ("待定", "时间“待定”尚未确定"),
        ("另行通知", "时间“另行通知”尚未确定"),
        ("视情况", "时间“视情况”尚未确定"),
        ("以省厅通知为准", "时间“以省厅通知为准”尚未确定"),
        ("月初", "无法识别时间“月初”"),
        ("春节后", "无法识别时间“春节后”"),
        ("12日", "无法识别时间“12日”"),
        ("7-8", "无法识别时间“7-8”"),
        ("2025年", "无法识别时间“2025年”"),
        ("取消", "“取消”似乎表示取消或延期"),
        ("由9月15-19日改为10月13-17日", "“由9月15-19日改为10月13-17日”似乎表示取消或延期"),
        ("9月1日开始，5天", "无法识别时间“9月1日开始"),
        ("9月15日-19日（5天）；10月13-17日", "“9月15日-19日（5天）；10月13-17日”写了不止一个时间"),
        ("延期至明年", "“延期至明年”似乎表示取消或延期"),
        ("推迟到2026年3月", "“推迟到2026年3月”似乎表示取消或延期"),
        ("5月12日-", "无法识别时间“5月12日-”"),
        ("5月12日-6月", "无法识别时间“5月12日-6月”"),
        ("5月12日(农历)", "无法识别时间“5月12日(农历)”"),
        ("9月15日-19日（或10月）", "无法识别时间“9月15日-19日（或10月）”"),
        ("5" * 200 + "月", "无法识别时间“" + "5" * 39 + "…”"),
        ("5月12-16日、6月3-7日", "“5月12-16日、6月3-7日”写了不止一个时间"),
        ("5月12日-16日9月8日-12日", "“5月12日-16日9月8日-12日”写了不止一个时间"),
        ("5月12日-16日\n9月8日-12日", "“5月12日-16日 9月8日-12日”写了不止一个时间"),
        ("5月12-16日、19-23日", "“5月12-16日、19-23日”写了不止一个时间"),
        ("第一期5月12日；第二期6月3日", "“第一期5月12日；第二期6月3日”写了不止一个时间"),
        ("9月15日-19日（共2期）", "“9月15日-19日（共2期）”写了不止一个时间"),
        ("9月、11月", "“9月、11月”写了不止一个时间"),
        ("①9月15日-19日②10月13日-17日", "“①9月15日-19日②10月13日-17日”写了不止一个时间"),
        ("3月和9月各一期", "“3月和9月各一期”写了不止一个时间"),
    ],
)
def test_what_cannot_be_read_leaves_the_time_open(value: str, reason: str) -> None:
    found = parse_schedule(value, 2025, 4)
    assert (found.opens_earliest, found.opens_latest, found.ends) == (None, None, None)
    assert [one.zh.partition("，")[0] for one in found.remarks] == [reason]
    assert found.remarks[0].en and found.provisional


@pytest.mark.parametrize(
    ("value", "reason"),
    [
        ("2月30日", "“2月30日”中有日历上不存在的日期"),
        ("2月29日", "“2月29日”中有日历上不存在的日期"),
        ("9月31日前", "“9月31日前”中有日历上不存在的日期"),
        ("13月", "“13月”中有日历上不存在的日期"),
        ("0月", "“0月”中有日历上不存在的日期"),
        ("5月16日-12日", "“5月16日-12日”的结束早于开始"),
        ("6月5日-5月7日", "“6月5日-5月7日”的结束早于开始"),
        ("8月至7月", "“8月至7月”的结束早于开始"),
        ("2024年5月1日", "“2024年5月1日”不在2025年内"),
        ("2026-05-01", "“2026-05-01”不在2025年内"),
        ("0000年5月1日", "“0000年5月1日”不在2025年内"),
        ("5月1日-9999年5月2日", "“5月1日-9999年5月2日”不在2025年内"),
        ("12月20日-2026年2月1日", "“12月20日-2026年2月1日”不在2025年内"),
        ("11月至1月", "“11月至1月”不在2025年内"),
        (date(2024, 5, 12), "“2024年5月12日”不在2025年内"),
        (45550, "“2024年9月15日”不在2025年内"),
        (20251332, "“2025年13月32日”中有日历上不存在的日期"),
        ("5月1日-6月30日", "“5月1日-6月30日”长达61天"),
        (9.1, "“9.1”是数字而不是日期"),
        (2025.9, "“2025.9”是数字而不是日期"),
        (9, "“9”是数字而不是日期"),
        (True, "“True”是数字而不是日期"),
        (time(9, 0), "“09:00:00”是数字而不是日期"),
    ],
)
def test_refusals(value: object, reason: str) -> None:
    with pytest.raises(ScheduleError) as refused:
        parse_schedule(value, 2025, 4)
    assert refused.value.text.zh.partition("，")[0] == reason
    assert refused.value.text.en


def test_text_is_kept_as_written() -> None:
    assert parse_schedule(" 5月12日-16日（5天） ", 2025, 4).text == "5月12日-16日（5天）"
    assert parse_schedule(date(2025, 5, 12), 2025, 4).text == "2025年5月12日"


def test_only_windows_are_provisional() -> None:
    assert [parse_schedule(v, 2025, 4).provisional for v in ("5月", "5月1日")] == [True, False]


def test_a_longer_usual_length_is_allowed() -> None:
    assert parse_schedule("5月1日-6月30日", 2025, 61).ends == date(2025, 6, 30)


PIECES = "待定 前 后 或 、 （ ） 周三 国庆 暑期 拟 报到 一 十 左右 4天 ： 0 1 2 3 5 9 12 28 30 31 2025 2026 年 月 日 号 上旬 下旬 季度 第 三 半年 上 底 - — 至 . /"


@given(st.lists(st.sampled_from([*PIECES.split(), " ", "（5天）", "上午"]), max_size=12))
def test_nothing_else_is_ever_raised(pieces: list[str]) -> None:
    try:
        found = parse_schedule("".join(pieces), 2025, 4)
    except ScheduleError:
        return
    if found.opens_earliest is None or found.opens_latest is None:
        assert found.remarks and found.ends is None
        return
    assert found.opens_earliest <= found.opens_latest
    assert found.opens_earliest.year == found.opens_latest.year == 2025
    assert found.ends is None or (found.ends - found.opens_earliest).days in range(60)


@given(st.text(max_size=80) | st.floats() | st.integers() | st.datetimes() | st.none())
def test_arbitrary_values_never_crash(value: object) -> None:
    try:
        parse_schedule(value, 2025, 4)
    except ScheduleError as error:
        assert error.text.zh


@given(st.dates(date(2025, 1, 1), date(2025, 12, 31)), st.integers(0, 40))
def test_what_is_written_out_is_read_back(opens: date, more: int) -> None:
    ends = date.fromordinal(min(opens.toordinal() + more, date(2026, 1, 31).toordinal()))
    text = f"{opens.year}年{opens.month}月{opens.day}日至{ends.year}年{ends.month}月{ends.day}日"
    found = parse_schedule(text, 2025, 4)
    assert (found.opens_earliest, found.opens_latest, found.ends) == (opens, opens, ends)
