"""When a class is held, from the ways in which officials write it.

What is impossible is refused, a bare number too unless it can only be one day; what cannot be read
leaves the time open, with a remark, for an open time is better than a guessed one.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date, timedelta

from states.terms import Text
from workflow.identity import tidy
from workflow.imports.time_notes import compare, in_words, take_beside
from workflow.imports.time_words import (
    JANUARY,
    Dated,
    Impossible,
    Unreadable,
    Words,
    WrongYear,
    bare,
    plain,
)
from workflow.imports.words import CellError, short

LONGEST_DAYS = 60
LONGEST_TEXT = 100
SERIAL = re.compile(r"[0-9]{5}(?:\.[0-9]+)?|[0-9]{8}(?:\.0+)?|20[0-9]{4}")
SERIALS = range(20_000, 80_000)  # 1954 to 2119, as Excel counts days
FIVE = 5  # digits of a day as Excel counts
EXCEL_DAY = date(1899, 12, 30)
TO_1904 = date(1904, 1, 1) - EXCEL_DAY
NOT_SETTLED = re.compile("待|未定|另|视|择|适时|为准|通知|不定|不确|不详|暂|拟|根据|结合")
CALLED_OFF = re.compile(
    "取消|停办|不再?举办|不办|延期|延后|推迟|顺延|改[期为到至]|调整|明年|来年|次年|撤销"
)
DIGIT = re.compile("[0-9]")
SEVERAL = re.compile(
    r"[\r\n,;，；、/。和及与]|(?<=[日号])(?=[0-9]{1,2}[月.])|第?[一二三四五1-5]期[:：]?"
)
SESSIONS_SAID = re.compile("[共分](?:两|二|三|四|[2-9])(?:期|批|次)|各(?:一|1|办)?期")
CIRCLED = re.compile("[①-⑨]")
LOOSE_BRACKET = re.compile(r"\(?([^()]*)\)?")  # around a piece, or left over from the cut
HOW_LONG = re.compile("[0-9.]+天.*")
MONTH_OF = re.compile(r"[0-9]{1,2}[月.]")


class ScheduleError(CellError):
    """What stands in the cell is no time at which a class of this year can be held."""


@dataclass(frozen=True, slots=True)
class Schedule:
    """Exact days, or a window for the opening, or no days at all; `ends` None: not known.

    `text`: as written. `remarks`: what is worth a look.
    """

    opens_earliest: date | None
    opens_latest: date | None
    ends: date | None
    text: str
    remarks: tuple[Text, ...] = ()

    @property
    def provisional(self) -> bool:
        """Whether the opening is still to be confirmed."""
        return self.opens_earliest is None or self.opens_earliest != self.opens_latest


def parse_schedule(value: object, year: int, usual_days: int) -> Schedule:
    """Read a time of the plan's `year` from text, a real date or an Excel day.

    A lone date is the opening; 5月, 9月中旬, 三季度 are windows; 待定 is no day yet. A class lasts
    at most 60 days, or `usual_days` if the policy's usual length is more. ScheduleError gives the
    reason.
    """
    remarks: list[Text] = []
    if isinstance(value, (int, float)) or (isinstance(value, str) and _is_serial(value)):
        day = read_day(value)
        remarks.append(AS_DAY.format(value=short(value), day=day))
        value = day
    if isinstance(value, date):
        value = f"{value.year}年{value.month}月{value.day}日"
    if not isinstance(value, str):
        raise _error(NO_TEXT, value)
    found = _read(tidy(value), value, year)
    return _checked(found, remarks, year, usual_days)


def read_day(value: object) -> str:
    """The day or month that a bare number can only mean, in words; ScheduleError for any other.

    9.1 may be 9月1日, or 9月10日 of which Excel has dropped the nought.
    """
    if isinstance(value, bool) or not _is_serial(value):
        dropped = isinstance(value, float) and not value.is_integer()
        raise _error(DROPPED if dropped else NO_TEXT, value)
    number = float(str(value))
    digits = f"{number:.0f}"
    if len(digits) > FIVE:  # 202509, 20250915
        day = f"{int(digits[6:])}日" if digits[6:] else ""
        return f"{digits[:4]}年{int(digits[4:6])}月{day}"
    if int(number) not in SERIALS:
        raise _error(NO_TEXT, value)
    found = EXCEL_DAY + timedelta(days=int(number))
    return f"{found.year}年{found.month}月{found.day}日"


def from_1904(value: object) -> object:
    """A day that a workbook counts from 1904, as others count it; anything else as it is."""
    if isinstance(value, (int, float)) and not isinstance(value, bool) and int(value) in SERIALS:
        return value + TO_1904.days
    return value


def _is_serial(value: object) -> bool:
    return SERIAL.fullmatch(str(value).strip()) is not None


def _read(written: str, value: str, year: int) -> Schedule:
    if not written:
        return Schedule(None, None, None, "", (EMPTY,))
    if len(written) > LONGEST_TEXT:
        return _open(short(written), GARBAGE)
    try:
        text, beside = take_beside(plain(written))
        dated = Words(year).read(bare(text))
    except Unreadable:
        return _open(written, _why_open(value, year))
    except Impossible as error:
        raise _error(IMPOSSIBLE, written) from error
    except WrongYear as error:
        raise _error(WRONG_YEAR, written, year=year) from error
    remarks = tuple(compare(dated, beside))
    if dated.vague:
        values = {"first": in_words(dated.earliest), "last": in_words(dated.latest)}
        remarks = (VAGUE.format(value=short(written), **values), *remarks)
    return Schedule(dated.earliest, dated.latest, dated.ends, written, remarks)


def _open(text: str, why: Text) -> Schedule:
    return Schedule(None, None, None, text, (why.format(value=short(text)),))


def _why_open(value: str, year: int) -> Text:
    if SESSIONS_SAID.search(value) or len(_sessions(value, year)) > 1:
        return SESSIONS
    if CALLED_OFF.search(value):
        return OFF
    if not DIGIT.search(value) and NOT_SETTLED.search(value):
        return NOT_YET
    return GARBAGE


def _sessions(value: str, year: int) -> set[Dated]:
    """The different times that one cell holds: 5月12日-16日；9月8日-12日."""
    found, month = set(), ""
    for piece in SEVERAL.split(plain_lines(CIRCLED.sub("；", value))):
        inner = LOOSE_BRACKET.fullmatch(piece)
        text = inner[1] if inner else piece
        if HOW_LONG.fullmatch(text):
            continue
        own = MONTH_OF.search(text)
        text = text if own or not DIGIT.match(text) else month + text
        month = own[0] if own else month
        try:
            found.add(Words(year).read(bare(take_beside(plain(text))[0])))
        except (Unreadable, Impossible, WrongYear):
            continue
    return found


def plain_lines(value: str) -> str:
    """As `plain`, but a line break still parts what stands on its two sides."""
    return "\n".join(plain(line) for line in value.splitlines())


def _checked(found: Schedule, before: list[Text], year: int, usual_days: int) -> Schedule:
    opens, latest, ends = found.opens_earliest, found.opens_latest, found.ends
    if opens is None or latest is None:
        return found
    last = ends or latest
    if last < opens:
        raise _error(BACKWARDS, found.text)
    if last.year != year and (last.year, last.month) != (year + 1, JANUARY):
        raise _error(WRONG_YEAR, found.text, year=year)
    if latest.year != year:
        raise _error(WRONG_YEAR, found.text, year=year)
    longest = max(LONGEST_DAYS, usual_days)
    if ends is not None and (ends - opens).days + 1 > longest:
        raise _error(TOO_LONG, found.text, days=(ends - opens).days + 1, longest=longest)
    return Schedule(opens, latest, ends, found.text, (*before, *found.remarks))


def _error(text: Text, value: object, **values: int) -> ScheduleError:
    return ScheduleError(text.format(value=short(value), **values))


EXAMPLES = "5月12日-16日、9月中旬、第三季度"
EMPTY = Text(
    f"没有填写时间，已按时间待定登记，确定后请补填，例如{EXAMPLES}",
    f"No time is given, so it is left open; once it is settled write it like {EXAMPLES}",
)
NOT_YET = Text(
    "时间“{value}”尚未确定，已按时间待定登记，确定后请确认办班时间或重新导入",
    "The time “{value}” is not settled and is left open; confirm the dates later or import again",
)
OFF = Text(
    "“{value}”似乎表示取消或延期，仍已列入并按时间待定登记，请核对：不再举办的请删除本行或办理取消，"
    "延期的请填写新的时间，例如" + EXAMPLES,
    "“{value}” seems to say that it is called off or put off; it was still taken, its time left open; "
    "delete the row or cancel the project, or write the new time like " + EXAMPLES,
)
GARBAGE = Text(
    "无法识别时间“{value}”，已按时间待定登记，请改写为" + EXAMPLES + "等形式后重新导入",
    "“{value}” cannot be read as a time, which is left open; write it like "
    + EXAMPLES
    + " and import again",
)
SESSIONS = Text(
    "“{value}”写了不止一个时间，已按时间待定登记；如分两期举办，请分两行填写，"
    "在项目名称后分别注明“（第一期）”“（第二期）”后重新导入",
    "“{value}” names more than one time, which is left open; if there are two sessions, give each a "
    "row and add “（第一期）” and “（第二期）” to the names, then import again",
)
VAGUE = Text(
    "“{value}”没有写明日期，暂按{first}至{last}之间开班登记，确定后请确认办班时间",
    "“{value}” names no day; the opening is put between {first} and {last} until it is confirmed",
)
AS_DAY = Text(
    "“{value}”是数字，已按Excel日期读作{day}，请核对",
    "“{value}” is a number; it was read as the Excel day {day}, check it",
)
NO_TEXT = Text(
    "“{value}”是数字而不是日期，请把单元格改为文本或日期格式，填写如" + EXAMPLES,
    "“{value}” is a number, not a date; format the cell as text or date and write " + EXAMPLES,
)
DROPPED = Text(
    "“{value}”是数字而不是日期，无法判断是几日（9.10会被Excel存成9.1），"
    "请把单元格改为文本或日期格式，填写如" + EXAMPLES,
    "“{value}” is a number, not a date, and its day is not sure (Excel keeps 9.10 as 9.1); format "
    "the cell as text or date and write " + EXAMPLES,
)
IMPOSSIBLE = Text(
    "“{value}”中有日历上不存在的日期，请核对月和日",
    "“{value}” holds a date that no calendar has; check month and day",
)
WRONG_YEAR = Text(
    "“{value}”不在{year}年内，本计划为{year}年度，请核对年份",
    "“{value}” is not in {year}, the plan's year; check the year",
)
BACKWARDS = Text(
    "“{value}”的结束早于开始，请核对起止日期",
    "“{value}” ends before it starts; check both dates",
)
TOO_LONG = Text(
    "“{value}”长达{days}天，一期不超过{longest}天，请核对起止日期",
    "“{value}” lasts {days} days, and a class at most {longest}; check both dates",
)
