"""Charts as shapes: plain geometry, in the units of the drawing, for templates to draw as SVG.

Colours and patterns are classes of the style sheet; where something matters it also has a word, a
number or a pattern of its own.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from workflow.year_plan import Course, Span


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


WIDE, ROW, LEFT, END = 680.0, 30.0, 176.0, 96.0  # a bar chart: its names left, its figures right
NAME = 13  # characters of a name that fit beside a bar


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
    return name if len(name) <= most else name[: most - 1] + "…"


@dataclass(frozen=True, slots=True)
class Column:
    """A column of parts, from below: (value, look)."""

    day: date
    parts: tuple[tuple[int, str], ...]


TALL, FOOT, HEAD, SIDE, STEP = 200.0, 26.0, 18.0, 34.0, 19.0  # a chart of weeks


def columns(weeks: Sequence[Column], today: date) -> Chart:
    """A column for each week, with the months below and a line where today is."""
    most = max((sum(value for value, _ in week.parts) for week in weeks), default=0)
    top = _round_up(most)
    scale = (TALL - HEAD) / top
    rects, labels, lines = [], [], []
    for share in (0, top // 2, top) if top > 1 else (0, top):
        y = round(TALL - share * scale, 1)
        lines.append(Line(SIDE, y, SIDE + STEP * len(weeks), y, "grid"))
        labels.append(Label(SIDE - 6, y + 4, str(share), "name"))
    for n, week in enumerate(weeks):
        x, y = SIDE + n * STEP, TALL
        for value, look in week.parts:
            height = max(round(value * scale, 1), 2) if value else 0
            if height:
                rects.append(Rect(x + 3, round(y - height, 1), STEP - 6, height, look))
            y -= height
        if total := sum(value for value, _ in week.parts):
            labels.append(Label(x + STEP / 2, round(y - 4, 1), str(total), "top"))
    marks = _months(weeks)
    labels += [Label(SIDE + n * STEP + 2, TALL + 18, text, "month") for n, text in marks]
    lines += [Line(SIDE + n * STEP, TALL, SIDE + n * STEP, TALL + 6, "axis") for n, _ in marks]
    width = SIDE + STEP * len(weeks) + 10
    if weeks and weeks[0].day <= today < weeks[-1].day + timedelta(days=7):
        x = round(SIDE + (today - weeks[0].day).days * STEP / 7, 1)
        lines.append(Line(x, 4, x, TALL, "today"))
    return Chart(width, TALL + FOOT, tuple(rects), tuple(lines), tuple(labels))


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
