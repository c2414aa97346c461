"""How names, days and numbers are printed in a mail, in Chinese and in English."""

from __future__ import annotations

import re
from datetime import date

from notifications.letters.masking import masked
from states.terms import WEEKDAYS, Text

# Line breaks, control and direction characters, lone surrogates: none belongs in a name.
UNPRINTABLE = re.compile(
    "[\\s\x00-\x1f\x7f-\x9f\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufeff\ud800-\udfff]+"
)
MONTHS = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"]
DAYS = WEEKDAYS.en.split()


def one_line(text: str) -> str:
    """The text on one line, without anything that does not print."""
    return UNPRINTABLE.sub(" ", text).strip()


def plain(text: str, language: str = "zh") -> str:
    """What somebody typed, as a mail may show it: on one line, no ID or account number in it."""
    return one_line(masked(text, language))  # in this order: what nobody sees may part a number


def quotable(name: str, language: str = "zh") -> str:
    """A name to stand between “ ”: quotes around all of it are dropped, inner ones made single."""
    name = plain(name, language)
    if name.startswith("“") and name.find("”") == len(name) - 1:
        name = name[1:-1]
    return name.replace("“", "‘").replace("”", "’")


def capital(text: str) -> str:
    """With a capital letter at its beginning, where there are any."""
    return text[:1].upper() + text[1:]


def cut(text: str, limit: int) -> str:
    return text if len(text) <= limit else f"{text[: limit - 1]}…"


def short(day: date, language: str) -> str:
    """2月28日（周五）, Fri 28 Feb."""
    if language == "en":
        return f"{DAYS[day.weekday()]} {day.day} {MONTHS[day.month - 1]}"
    return f"{day.month}月{day.day}日（周{WEEKDAYS.zh[day.weekday()]}）"


def long(day: date, language: str) -> str:
    """2025年2月28日（周五）, Fri 28 Feb 2025."""
    if language == "en":
        return f"{short(day, language)} {day.year}"
    return f"{day.year}年{short(day, language)}"


def long_text(day: date) -> Text:
    return Text(long(day, "zh"), long(day, "en"))


def days(number: int) -> Text:
    """A number of days: 7天, 7 days, 1 day."""
    return Text(f"{number}天", f"{number} day" if number == 1 else f"{number} days")
