"""Charts as shapes: plain geometry, in the units of the drawing, for templates to draw as SVG.

Colours and patterns are classes of the style sheet; where something matters it also has a word, a
number or a pattern of its own.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from workflow.workplace.year_plan import Course, Span


@dataclass(frozen=True, slots=True)
class Rect:
    x: float
    y: float
    width: float
    height: float
    look: str  # class of the style sheet


@dataclass(frozen=True, slots=True)
class Label:
    x: float
    y: float
    text: str
    look: str = ""


@dataclass(frozen=True, slots=True)
class Line:
    x1: float
    y1: float
    x2: float
    y2: float
    look: str = ""


@dataclass(frozen=True, slots=True)
class Chart:
    """A drawing of `width` by `height`; what comes first lies below."""

    width: float
    height: float
    rects: tuple[Rect, ...]
    lines: tuple[Line, ...]
    labels: tuple[Label, ...]


@dataclass(frozen=True, slots=True)
class Row:
    """A bar from left to right in parts: (value, look); `said` stands at its end."""

    label: str
    parts: tuple[tuple[float, str], ...]
    said: str


WIDE, ROW, LEFT, END = 460.0, 30.0, 158.0, 86.0  # a bar chart: its names left, its figures right
NAME = 22  # Latin letters of a name that fit beside a bar; a Chinese character takes two


def bars(rows: Sequence[Row]) -> Chart:
    """Bars one under another, to one scale."""
    most = max((sum(value for value, _ in row.parts) for row in rows), default=0) or 1
    scale = (WIDE - LEFT - END) / most
    rects, labels = [], []
    for n, row in enumerate(rows):
        top, x = n * ROW + 5, LEFT
        for value, look in row.parts:
            width = value * scale
            if width > 0:
                rects.append(Rect(round(x, 1), top, max(round(width, 1), 2), ROW - 10, look))
            x += width
        labels.append(Label(LEFT - 10, top + 15, shortened(row.label, NAME), "name"))
        labels.append(Label(round(x, 1) + 8, top + 15, row.said, "figure"))
    height = len(rows) * ROW
    axis = (Line(LEFT, 0, LEFT, height, "axis"),)
    return Chart(WIDE, height, tuple(rects), axis, tuple(labels))


def shortened(name: str, most: int) -> str:
    """The name, cut where it would be wider than `most` Latin letters."""
    width = 0
    for n, character in enumerate(name):
        width += 2 if character > "\u2e80" else 1
        if width > most:
            return name[: n - 1] + "…"
    return name


@dataclass(frozen=True, slots=True)
class Column:
    """A column of parts, from below: (value, look)."""

    day: date
    parts: tuple[tuple[int, str], ...]

    @property
    def total(self) -> int:
        return sum(value for value, _ in self.parts)


TALL, FOOT, HEAD, SIDE, STEP = 200.0, 26.0, 18.0, 34.0, 19.0  # a chart of weeks


def columns(weeks: Sequence[Column], today: date) -> Chart:
    """A column for each week, with the months below and a line where today is.

    One that towers over all others is cut, so that they can be read; its figure still stands on
    top, and a gap shows the cut.
    """
    top = _top(sorted(week.total for week in weeks))
    scale = (TALL - HEAD) / top
    rects, labels, lines = [], [], []
    for share in (0, top // 2, top):
        y = round(TALL - share * scale, 1)
        lines.append(Line(SIDE, y, SIDE + STEP * len(weeks), y, "grid"))
        labels.append(Label(SIDE - 6, y + 4, str(share), "name"))
    for n, week in enumerate(weeks):
        x = SIDE + n * STEP
        stack, y = _stack(week, x, min(scale, (TALL - HEAD) / max(week.total, 1)))
        rects += stack
        if week.total:
            labels.append(Label(x + STEP / 2, round(y - 4, 1), str(week.total), "top"))
        if week.total > top:
            rects.append(Rect(x, HEAD + 14, STEP, 5, "cut"))
    marks = _months(weeks)
    labels += [Label(SIDE + n * STEP + 2, TALL + 18, text, "month") for n, text in marks]
    lines += [Line(SIDE + n * STEP, TALL, SIDE + n * STEP, TALL + 6, "axis") for n, _ in marks]
    if weeks and weeks[0].day <= today < weeks[-1].day + timedelta(days=7):
        x = SIDE + (today - weeks[0].day).days // 7 * STEP  # no figure is crossed between weeks
        lines.append(Line(x, 4, x, TALL, "today"))
    width = SIDE + STEP * len(weeks) + 10
    return Chart(width, TALL + FOOT, tuple(rects), tuple(lines), tuple(labels))


def _stack(week: Column, x: float, scale: float) -> tuple[list[Rect], float]:
    """The parts of a column from below, none too small to be seen, and how far up it reaches."""
    found, y = [], TALL
    for value, look in week.parts:
        if value:
            height = max(round(value * scale, 1), 2)
            y = round(y - height, 1)
            found.append(Rect(x + 3, y, STEP - 6, height, look))
    return found, y


def _top(totals: Sequence[int]) -> int:
    """The figure at the upper end of the axis."""
    most, second = ([0, 0, *totals][-1], [0, 0, *totals][-2])
    return _round_up(2 * second if second and most > 5 * second else most)


def _round_up(most: int) -> int:
    """The next even figure that reads well on an axis."""
    for step in (2, 4, 10, 20, 40, 100, 200, 400):
        if most <= step:
            return step
    return -(-most // 1000) * 1000


def _months(weeks: Sequence[Column]) -> list[tuple[int, str]]:
    """Where a month begins: number of the week and the month."""
    found: list[tuple[int, str]] = []
    for n, week in enumerate(weeks):
        sunday = week.day + timedelta(days=6)
        if n == 0 or sunday.month != (weeks[n - 1].day + timedelta(days=6)).month:
            found.append((n, str(sunday.month)))
    return found


# -- The year, project by project -------------------------------------------------------------

DAY, BAND = 2.0, 26.0  # width of a day, height of a row


@dataclass(frozen=True, slots=True)
class Axis:
    """The days that a Gantt chart shows."""

    first: date
    last: date

    @property
    def width(self) -> float:
        return ((self.last - self.first).days + 1) * DAY

    def x(self, day: date) -> float:
        """Where a day begins; what lies outside is drawn at the edge."""
        return min(max((day - self.first).days, 0) * DAY, self.width)

    @property
    def months(self) -> list[tuple[float, int]]:
        """Where each month begins, and which it is."""
        days = (self.last - self.first).days + 1
        every = (self.first + timedelta(days=n) for n in range(days))
        return [(self.x(day), day.month) for day in every if day.day == 1]


def year_axis(year: int) -> Axis:
    """The year and the month after it, in which the last reports are due."""
    return Axis(date(year, 1, 1), date(year + 1, 1, 31))


def head(axis: Axis) -> Chart:
    """The months above the rows."""
    labels = tuple(Label(x + 4, 15, str(month), "month") for x, month in axis.months)
    lines = tuple(Line(x, 0, x, 20, "grid") for x, _ in axis.months)
    return Chart(axis.width, 20, (), lines, labels)


def band(course: Course, axis: Axis, today: date) -> Chart:
    """One project's row: the window for filing, the class, the window for reporting, today."""
    rects = [
        *_window(course.filing, axis, "filing"),
        *_window(course.reporting, axis, "reporting"),
    ]
    if course.meeting:
        look = "maybe" if course.provisional else "held" if course.meeting.settled else "class"
        rects.append(_rect(course.meeting, axis, 4, BAND - 8, look))
    lines = [Line(x, 0, x, BAND, "grid") for x, _ in axis.months]
    for span, look in ((course.filing, "filing"), (course.reporting, "reporting")):
        if span and axis.first <= span.ends <= axis.last:
            x = axis.x(span.ends) + DAY
            lines.append(Line(x, 5, x, BAND - 5, f"end {look}"))
    if axis.first <= today <= axis.last:
        lines.append(Line(axis.x(today), 0, axis.x(today), BAND, "today"))
    return Chart(axis.width, BAND, tuple(rects), tuple(lines), ())


def _window(span: Span | None, axis: Axis, look: str) -> Iterable[Rect]:
    if span:
        yield _rect(span, axis, 10, BAND - 20, look + (" met" if span.settled else ""))


def _rect(span: Span, axis: Axis, top: float, height: float, look: str) -> Rect:
    x = axis.x(span.begins)
    width = axis.x(span.ends) + DAY - x
    return Rect(x, top, max(width, 3), height, look)
