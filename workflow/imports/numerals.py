"""Whole numbers as Chinese numerals."""

from __future__ import annotations

DIGITS = {"〇": 0, "零": 0, "○": 0} | {digit: n for n, digit in enumerate("一二三四五六七八九", 1)}
DIGITS["两"] = 2
TENS = {"廿": 20, "卅": 30}
CHINESE = "〇零○一二两三四五六七八九十百廿卅"


def whole(text: str) -> int | None:
    """三十五, 二〇二五, 十五, 廿一, 一百二十; None for what is no number up to 9999."""
    if not text or any(one not in CHINESE for one in text):
        return None
    if all(one in DIGITS for one in text):
        return int("".join(str(DIGITS[one]) for one in text)) if len(text) <= 4 else None
    total, digit = 0, None
    for one in text:
        if one in TENS:
            total += TENS[one]
        elif one in "百十":
            total += (1 if digit is None else digit) * (100 if one == "百" else 10)
            digit = None
        elif digit is not None and digit != 0:
            return None
        else:
            digit = DIGITS[one]
    return total + (digit or 0)
