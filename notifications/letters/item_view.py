"""One item of a reminder as the templates print it: its days, its facts, what it rests on."""

from __future__ import annotations

from datetime import date
from typing import Any, NamedTuple

from notifications.letters.phrases import phrases
from notifications.letters.printing import capital, days, long, one_line, plain, quotable, short
from notifications.letters.values import Item, Letter
from notifications.letters.words import Words, words_of
from states.lateness import is_handed_in
from states.terms import ASKED_BY_SYSTEM, PROVISIONAL, Force, Kind, Role, Text


class Row(NamedTuple):
    """A label and its value; `mark`: "strong", "status", or empty."""

    label: str
    value: str
    mark: str = ""


Rows = tuple[Row, ...]


class View:
    """What a letter says of one item."""

    def __init__(self, item: Item, letter: Letter) -> None:
        self.item, self.language = item, letter.language
        self.has_page = bool(item.link or letter.link)
        self.say = phrases(letter.language)
        self.words = _words(item)
        self.tag, self.deed = self._in(self.words.tag), self._in(self.words.deed)
        self.role = item.role or letter.role
        self.to_host = self.role is Role.HOST
        if self.own and self.role is Role.PROVINCE:  # it waits, or decides
            self.deed = self._in(TO_TAKE if item.after_window else TO_AWAIT)
        self.title = plain(item.name, self.language)
        self.name = quotable(item.name, self.language)
        self.host = plain(item.host, self.language)
        self.recording, self.opening = item.kind is Kind.RECORDING, item.kind is Kind.OPENING
        self.waits = item.earliest_on is not None  # for the dates of a window
        self.gentle = item.kind in ASKED_BY_SYSTEM
        self.vague = self.recording or (self.gentle and self.waits)  # whose day is no last day
        advised = item.advised_on >= letter.today and not self.opening
        self.target = item.advised_on if advised else item.due_on
        self.days = (self.target - letter.today).days
        self.open_ended = item.earliest_on == item.due_on
        blamed = not (item.advisory or self.gentle or item.late_plan or self.open_ended)
        self.overdue = self.days < 0 and blamed
        self.due_today = item.due_on == letter.today and not item.advisory and not self.gentle
        self.left = self._in(self._left())
        self.link = one_line(item.link)
        self.papers = () if self.gentle else tuple(one_line(paper) for paper in item.papers)

    def _in(self, text: Text) -> str:
        return text.in_(self.language)

    @property
    def own(self) -> bool:
        """Whether a watcher is to act himself: there is nobody to urge."""
        return not self.to_host and self.item.kind is Kind.APPLICATION and self.item.submitted

    def order(self) -> tuple[date, int, str]:
        return self.target, self.item.project_id, self.item.kind

    def _left(self) -> Text:
        if self.recording:
            return Text("待登记", "to be recorded")
        if self.opening:
            return self._until_opening()
        if self.days > 0:
            return Text("还有{n}", "{n} left").format(n=days(self.days))
        if self.item.late_plan:
            return PLAN_WAS_LATE
        if self.open_ended:
            return DATES_OPEN
        if self.days == 0:
            return DUE_TODAY if self.due_today else ADVISED_TODAY
        late = ADVICE_PASSED if self.item.advisory else OVERDUE
        return late.format(n=days(-self.days))

    def _until_opening(self) -> Text:
        if self.waits:
            return DATES_OPEN
        if self.days > 0:
            return Text("还有{n}", "in {n}").format(n=days(self.days))
        return (
            Text("今天开班", "opens today") if self.days == 0 else Text("待登记", "to be recorded")
        )

    @property
    def status(self) -> str:
        """The days left, naming the day that they lead to where it is not the due day."""
        if self.opening and self.days > 0 and not self.waits:
            return self._in(PLANNED_OPENING).format(left=self.left)
        if self.overdue and self.item.kind is Kind.COMPLETION:  # it may have been held
            return self.left + self._in(UNRECORDED)
        early = self.days > 0 and self.target != self.item.due_on
        return self._in(TO_ADVISED).format(left=self.left) if early else self.left

    @property
    def notice(self) -> str:
        """The wording that fits the item today."""
        kind = self.item.kind
        if self.gentle:
            return kind.value
        if self.item.late_plan:
            return LATE_PLAN
        if self.open_ended:
            return OPEN_WINDOW
        if self.days < 0:
            if self.item.advisory:
                return "past_advice"
            if kind is Kind.APPLICATION and self.item.submitted:
                return "overdue.application"
            return "overdue.completion" if kind is Kind.COMPLETION else "overdue"
        if kind is Kind.APPLICATION and self.item.submitted:
            return "application.submitted"
        if kind is Kind.REIMBURSEMENT and self.item.national:
            return "reimbursement.national"
        return kind.value

    @property
    def values(self) -> dict[str, Any]:
        """What the wording may say (notices.NAMES)."""
        item, language = self.item, self.language
        whose, who = called(self.host, language, self.to_host, item.kind is Kind.APPLICATION)
        urge = "" if self.to_host else self._in(URGE)
        return {
            "name": self.name,
            "host": self.host,
            "whose": whose,
            "who": who,
            "deed": self.deed,
            "matter": self._in(self.words.matter),
            "please": self._in(ADVISED if item.advisory else PLEASE if self.to_host else SHOULD),
            "urge": urge,
            "urge_short": urge and self._in(URGE_SHORT),
            "by": short(self.target, language),
            "by_long": long(self.target, language),
            "due": short(item.due_on, language),
            "due_long": long(item.due_on, language),
            "left": self.left,
            "late_days": max(-self.days, 0),
            "advisory": item.advisory or self.gentle,
            "department": plain(item.department, language) or self._in(THE_DEPARTMENT),
            "after_window": item.after_window,
            "addressee": plain(item.addressee, language),
            "opens": plain(item.opens, language),
            "window": self.opening and item.provisional,
            "record": self._in(RECORD if self.has_page or not self.to_host else REPORT),
            "passed": self.days < 0,
        }

    @property
    def facts(self) -> Rows:
        """Label and value, without the empty ones."""
        rows = [*self._project, *self.dates]
        rows += self._destination
        return tuple(row for row in rows if row.value)

    @property
    def _destination(self) -> Rows:
        """Where the papers go: to whom, originals, copies."""
        item, say = self.item, self.say
        if not is_handed_in(item.kind):
            return ()
        rows = (say.addressee, item.addressee), (say.originals, item.originals)
        told = (*rows, (say.copies, item.copies))
        return tuple(Row(label, plain(value, self.language)) for label, value in told if value)

    @property
    def _project(self) -> Rows:
        item, say = self.item, self.say
        return (
            Row(say.name, self.title, "strong"),
            Row(say.number, str(item.number) if item.number is not None else ""),
            Row(say.category, one_line(item.category)),
            Row(say.host, self.host),
            Row(say.opens, plain(item.opens, self.language) or say.open_still),
            Row(say.place, plain(item.place, self.language) or say.open_still),
        )

    @property
    def brief(self) -> str:
        """The project's facts on one line, for letters with several items."""
        shown = [row for row in self._project[1:] if row.value]
        shown += self._destination
        semicolon: str = self.say.semicolon
        return semicolon.join(f"{row.label}{self.say.colon}{row.value}" for row in shown)

    @property
    def dates(self) -> Rows:
        """The days in words, and what is uncertain about them."""
        item, say = self.item, self.say
        due = long(item.due_on, self.language)
        by_system = Row(say.nature, say.by_system)  # also where the office words the lead itself
        if self.recording:
            label = say.planned_last_open if item.provisional else say.planned_last
            return Row(label, due), Row(say.to_record, say.to_record_what), by_system
        if self.opening:
            label = say.planned_first_open if item.provisional else say.planned_first
            if item.earliest_on is not None:  # which day it will be is what is asked
                return Row(say.to_confirm, say.to_confirm_what), by_system
            return Row(label, due, "strong"), Row(say.to_confirm, say.to_confirm_what), by_system
        if not item.advisory and self.days >= 0:
            limit = LAST_DAY if item.kind is Kind.COMPLETION else STILL_COUNTS
            due = f"{due}{self._in(limit)}"
        rows = [
            Row(say.advised_day if item.advisory else say.due_on, due, "strong"),
            Row(say.status, self.status, "status"),
        ]
        moved = item.advised_on != item.due_on and not item.late_plan
        if moved and item.kind is not Kind.COMPLETION:
            rows.insert(0, Row(say.advised_on, long(item.advised_on, self.language)))
        if item.provisional:
            rows.append(Row(say.provisional, self._in(PROVISIONAL)))
        if item.advisory:
            rows.append(Row(say.force, self._in(Force.ADVISORY.label)))
        return tuple(rows)

    @property
    def notes(self) -> Rows:
        """Why, and what follows from it."""
        item, say = self.item, self.say
        clause, rule = one_line(item.clause), one_line(item.rule)
        said = f"{clause}{say.colon}{rule}" if clause and rule else clause or rule
        rows = [
            Row(say.mend_items, plain(item.mend_items, self.language)),
            Row(say.beside, say.semicolon.join(one_line(one) for one in item.beside)),
            Row(say.ground, said),
        ]
        if not self.gentle:
            ending = capital(one_line(item.consequence).rstrip("。."))
            stop = self._in(Text("。", "."))
            if item.late_plan:
                ending = ""
            rows.append(Row(say.consequence, f"{ending}{stop}" if ending else ""))
            if item.due_on != item.advised_on and self.days >= 0:
                rows.append(Row(say.two_days, self._why_two_days()))
            if item.provisional:
                rows.append(Row(say.why_provisional, self._why_provisional()))
        return tuple(row for row in rows if row.value)

    def _why_provisional(self) -> str:
        if self.item.earliest_on is None:
            return str(self.say.provisional_note)
        said = BY_EARLIEST if self.open_ended else BY_LATEST
        return self._in(said).format(earliest=short(self.item.earliest_on, self.language))

    def _why_two_days(self) -> str:
        early = self.target == self.item.advised_on
        said = self._in(DAY_OFF if early else DAY_OFF_PASSED)
        if self.item.advisory:
            said = said.replace("截止日", "建议日期")
        advised = short(self.item.advised_on, self.language)
        return said.format(advised=advised, due=short(self.item.due_on, self.language))


def _words(item: Item) -> Words:
    shown = (one_line(paper) for paper in item.papers)
    named = tuple(Text(paper, paper) for paper in shown)  # in the reader's language already
    known = {"national": item.national, "submitted": item.submitted, "flagged": item.flagged}
    return words_of(item.kind, named, **known)


def called(host: str, language: str, to_host: bool, applied: bool) -> tuple[str, str]:
    """How a project is introduced: in a subject, before its name; in the text, before its name."""
    if language == "en":
        return ("", "Your project") if to_host else (f"{host}: ", f"{host}, project")
    of = "申报的" if applied else "承办的"
    return "" if to_host else f"{host}{of}", f"{'贵单位' if to_host else host}{of}"


TO_TAKE = Text("决定是否受理", "decide whether to take it")
TO_AWAIT = Text("待主管（推荐）单位审核汇总报送", "waiting for the department's review")
THE_DEPARTMENT = Text("主管（推荐）单位", "the department")
PLEASE, SHOULD = Text("请", "please"), Text("应", "should")
ADVISED = Text("建议", "advised to")
URGE, URGE_SHORT = Text("督促承办单位", "have the host unit "), Text("督促", "have the host unit ")
DUE_TODAY = Text("今天截止", "due today")
PLANNED_OPENING = Text("距计划开班日{left}", "planned opening {left}")
ADVISED_TODAY = Text("今天为建议报送日", "advised for today")
OVERDUE = Text("已逾期{n}", "{n} overdue")
ADVICE_PASSED = Text("建议日期已过{n}", "advised day passed {n} ago")
LATE_PLAN, OPEN_WINDOW = "filing.late_plan", "filing.open_window"
DATES_OPEN = Text("办班时间待确认", "dates to be confirmed")
PLAN_WAS_LATE = Text(
    "计划下达晚于备案期限，请尽快报送", "the plan came after the filing date; to be filed soon"
)
BY_LATEST = Text(
    "办班时间尚未确定：按最早开班日推算，本期限为{earliest}，已过；上列日期按最迟开班日推算。"
    "请尽快确认办班时间，确认后将重新计算。",
    "The dates of the class are open: by its earliest opening this was due by {earliest}, which "
    "has passed; the day above goes by the latest one. Please confirm the dates soon; it will be "
    "computed anew.",
)
BY_EARLIEST = Text(
    "办班时间尚未确定：上列日期按最早开班日推算，已过。请尽快确认办班时间，确认后将重新计算。",
    "The dates of the class are open: the day above goes by its earliest opening and has passed. "
    "Please confirm the dates soon; it will be computed anew.",
)
RECORD, REPORT = Text("登记", "record"), Text("报告", "report")
UNRECORDED = Text("（系统中尚未登记办班）", " (the class is not on record yet)")
TO_ADVISED = Text("距建议报送日{left}", "{left} until the advised day")
LAST_DAY = Text("（办班最后一天不晚于当天）", "; the class's last day is no later than that")
STILL_COUNTS = Text("（当天报送仍算按时）", "; that day still counts as in time")
DAY_OFF = Text(
    "因期限遇节假日或周末，建议提前至{advised}报送；截止日为{due}。",
    "The due day is a day off: hand it in by {advised} if you can; it is due by {due}.",
)
DAY_OFF_PASSED = Text(
    "因期限遇节假日或周末，建议报送日为{advised}，现已过；截止日为{due}，请尽快报送。",
    "The due day is a day off; the advised day, {advised}, has passed. It is due by {due}: "
    "please hand it in soon.",
)
