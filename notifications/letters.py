"""What a mail says: reminders and results as values, rendered into subject, text and HTML.

Text and HTML are filled from the same view, so they cannot disagree. Nothing here reads a
clock, and no field exists for trainees, accounts, ID numbers or attachments.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from functools import cache
from typing import NamedTuple

from jinja2 import Environment, PackageLoader, StrictUndefined, select_autoescape

from states.terms import PROVISIONAL, WEEKDAYS, Action, Force, Kind, Role

SUBJECT_LIMIT = 120  # characters; only the project's name is cut as long as that suffices
# Line breaks, control and direction characters, lone surrogates: none belongs in a name.
UNPRINTABLE = re.compile(
    "[\\s\x00-\x1f\x7f-\x9f\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufeff\ud800-\udfff]+"
)
Pairs = tuple[tuple[str, str], ...]  # label, value


@dataclass(frozen=True)
class Item:
    """One reminder: one row of a letter. For `recording`, `due_on` is the planned last day."""

    project_id: int
    number: int | None
    name: str
    host: str
    category: str
    kind: Kind
    step: str  # the rung: D-7, D-0, D+3
    due_on: date
    advised_on: date
    provisional: bool
    advisory: bool
    place: str
    opens: str  # the planned time as text
    papers: tuple[str, ...]
    clause: str  # the citation, ready to print
    rule: str
    mend_items: str  # what was sent back; empty for all other kinds
    consequence: str  # empty where the notice names none
    addressee: str  # where the papers go


@dataclass(frozen=True)
class Letter:
    """Everything due of which one person is told on one day."""

    to_name: str
    to_email: str
    role: Role
    today: date
    items: tuple[Item, ...]
    ask: str  # the office to ask
    link: str  # where to go; empty if there is no public address


@dataclass(frozen=True)
class Notice:
    """The result of one step of one project. `tag` stands in the subject's 【】."""

    to_name: str
    to_email: str
    role: Role
    today: date
    project_id: int
    number: int | None
    name: str
    host: str
    action: Action
    tag: str
    lines: Pairs
    clause: str
    ask: str
    link: str


@dataclass(frozen=True)
class Rendered:
    """A mail's content; the subject is always one line."""

    subject: str
    text: str
    html: str


class Words(NamedTuple):
    tag: str  # in the subject's 【】
    deed: str  # what is asked
    matter: str  # the same as a noun


WORDS: dict[Kind, Words] = {
    Kind.APPLICATION: Words("申报提醒", "报送申报材料", "申报材料报送"),
    Kind.FILING: Words("开班前报送提醒", "报送实施方案", "实施方案报送"),
    Kind.COMPLETION: Words("办班时限提醒", "完成办班", "办班"),
    Kind.REIMBURSEMENT: Words("材料报送提醒", "报送办班材料", "办班材料报送"),
    Kind.MENDING: Words("退回补正提醒", "报送补正材料", "补正材料报送"),
    Kind.RECORDING: Words("办班登记提醒", "登记办班情况", "办班登记"),
}
RESULTS: dict[Action, str] = {
    Action.PLAN: "已列入年度计划",
    Action.SEND_BACK: "已退回，请补正后重新报送",
    Action.REJECT: "审核结果通知",
    Action.SUBSIDISE: "经费审定结果通知",
    Action.WITHDRAW: "撤回事项已办理",
    Action.REINSTATE: "已恢复办理",
}
CLOSINGS = {
    "reminder": "仅作提醒，不替代正式通知。如已办理，请忽略本邮件。",
    "notice": "仅作告知，具体以正式文件为准。如有疑问，请与咨询单位联系。",
}
PAPERLESS = frozenset({Kind.COMPLETION, Kind.RECORDING})  # nothing is handed in


def render_reminder(letter: Letter) -> Rendered:
    """The reminder mail. Raises ValueError for a letter without items."""
    if not letter.items:
        raise ValueError("a letter needs at least one item")
    views = sorted((_View(item, letter) for item in letter.items), key=_View.order)
    overdue = any(view.overdue for view in views)
    subject = views[0].subject if len(views) == 1 else _summary_subject(views, letter.role)
    lead = views[0].lead if len(views) == 1 else _summary_lead(views, letter.role)
    title = "逾期催报" if overdue else _tag(views)
    return _render("reminder", subject, letter, title, overdue=overdue, lead=lead, views=views)


def render_notice(notice: Notice) -> Rendered:
    """The mail about the result of a step."""
    name, host, tag = quotable(notice.name), one_line(notice.host), one_line(notice.tag)
    result = RESULTS[notice.action]
    to_host = notice.role is Role.HOST
    subject = _subject(f"【{tag}】" + ("" if to_host else f"{host}承办的"), name, result)
    lead = f"{'贵单位' if to_host else host}承办的“{name}”{result}。"
    if notice.action is Action.REJECT:
        lead = f"{'贵单位' if to_host else host}承办的“{name}”审核结果为：{tag}。"
    number = str(notice.number) if notice.number is not None else ""
    facts = [("项目名称", one_line(notice.name)), ("计划编号", number), ("承办单位", host)]
    facts += [(one_line(label), one_line(value)) for label, value in notice.lines]
    facts.append(("办理依据", one_line(notice.clause)))
    shown = [(label, value) for label, value in facts if value]
    return _render("notice", subject, notice, tag, overdue=False, lead=lead, facts=shown)


def one_line(text: str) -> str:
    """The text on one line, without anything that does not print."""
    return UNPRINTABLE.sub(" ", text).strip()


def quotable(name: str) -> str:
    """A name to stand between “ ”: quotes around all of it are dropped, inner ones made single."""
    name = one_line(name)
    if name.startswith("“") and name.find("”") == len(name) - 1:
        name = name[1:-1]
    return name.replace("“", "‘").replace("”", "’")


class _View:
    """One item as the templates print it."""

    def __init__(self, item: Item, letter: Letter) -> None:
        self.item = item
        self.words = WORDS[item.kind]
        self.to_host = letter.role is Role.HOST
        self.ask = one_line(letter.ask)
        self.title, self.name = one_line(item.name), quotable(item.name)
        self.host = one_line(item.host)
        self.target = item.advised_on if item.advised_on >= letter.today else item.due_on
        self.days = (self.target - letter.today).days
        self.urge = "" if self.to_host else "督促承办单位"  # whom the reader is to move
        self.of = "申报的" if item.kind is Kind.APPLICATION else "承办的"
        self.recording = item.kind is Kind.RECORDING
        self.overdue = self.days < 0 and not item.advisory and not self.recording
        self.due_today = item.due_on == letter.today and not item.advisory
        self.left = self._left()
        self.papers = () if self.recording else tuple(map(one_line, item.papers))

    def order(self) -> tuple[date, int, str]:
        return self.target, self.item.project_id, self.item.kind

    def _left(self) -> str:
        if self.recording:
            return "待登记"
        if self.days > 0:
            return f"还有{self.days}天"
        if self.days == 0:
            return "今天截止" if self.due_today else "今天为建议报送日"
        return f"建议日期已过{-self.days}天" if self.item.advisory else f"已逾期{-self.days}天"

    @property
    def status(self) -> str:
        """The days left, naming the day that they lead to where it is not the due day."""
        early = self.days > 0 and self.target != self.item.due_on
        unrecorded = self.overdue and self.item.kind is Kind.COMPLETION  # it may have been held
        left = f"{self.left}（系统中尚未登记办班）" if unrecorded else self.left
        return f"距建议报送日{left}" if early else left

    @property
    def subject(self) -> str:
        ending = "" if self.to_host else "，请予督促"
        if self.recording:
            tail = f"计划办班时间已过，请{'' if self.to_host else '督促'}登记办班情况"
        elif self.days < 0:
            tail = f"{self.words.matter}{self.left}{ending}"
        else:
            by = _short(self.target)
            tail = f"{self._please}于{by}前{self.words.deed}（{self.left}）{ending}"
        head = f"【{'催报' if self.overdue else self.words.tag}】"
        return _subject(head + ("" if self.to_host else f"{self.host}{self.of}"), self.name, tail)

    @property
    def _please(self) -> str:
        if self.item.advisory:
            return "建议"
        return "请" if self.to_host else "应"

    @property
    def lead(self) -> str:
        """What is due, in full sentences."""
        who = f"{'贵单位' if self.to_host else self.host}{self.of}“{self.name}”"
        if self.recording:
            said = f"{who}计划办班时间已过，系统中尚未登记办班情况。"
            said += f"请{self.urge}登记实际办班日期和学员人数；"
            return f"{said}如办班时间有调整，请{self.urge}报送变更情况说明。"
        if self.days >= 0:
            asked = f"{self._please}于{_long(self.target)}前{self.words.deed}，{self.left}。"
            return f"{who}，{asked}" + ("" if self.to_host else f"请{self.urge}按时办理。")
        if self.item.advisory:
            said = f"{who}，{self.words.matter}的建议日期为{_long(self.item.due_on)}，已过"
            return f"{said}{-self.days}天。通知对此未作要求，请结合实际安排。"
        said = f"{who}，{self.words.matter}的截止日为{_long(self.item.due_on)}，{self.left}，"
        return f"{said}系统中尚未登记办理情况。{self._remedy()}"

    def _remedy(self) -> str:
        if self.item.kind is Kind.COMPLETION:
            return f"如已办班，请{self.urge}尽快登记；如未办班，请{self.urge}书面说明情况。"
        contact = f"；如有特殊情况，请与{self.ask}联系" if self.ask else ""
        return f"请{self.urge}尽快{self.words.deed}{contact}。"

    @property
    def facts(self) -> Pairs:
        """Label and value, without the empty ones."""
        item = self.item
        number = str(item.number) if item.number is not None else ""
        rows = [
            ("项目名称", self.title),
            ("计划编号", number),
            ("项目类别", one_line(item.category)),
            ("承办单位", self.host),
            ("计划办班时间", one_line(item.opens) or "待定"),
            ("办班地点", one_line(item.place) or "待定"),
            *self.dates,
        ]
        if item.kind not in PAPERLESS:
            rows.append(("材料报送至", one_line(item.addressee)))
        return tuple((label, value) for label, value in rows if value)

    @property
    def brief(self) -> str:
        """The project's facts on one line, for letters with several items."""
        skipped = {"项目名称", *(label for label, _ in self.dates)}
        return "；".join(f"{label}：{value}" for label, value in self.facts if label not in skipped)

    @property
    def dates(self) -> Pairs:
        """The days, each in words and as ISO, and what is uncertain about them."""
        item = self.item
        if self.recording:
            label = "按计划时段推算的最迟结束日（暂定）" if item.provisional else "计划结束日"
            return (label, _both(item.due_on)), ("需登记内容", "实际办班日期和学员人数")
        limit = "办班最后一天不晚于当天" if item.kind is Kind.COMPLETION else "当天报送仍算按时"
        plain = item.advisory or self.days < 0
        due = _both(item.due_on) if plain else f"{_both(item.due_on)}（{limit}）"
        rows = [("建议日期" if item.advisory else "截止日", due), ("时限情况", self.status)]
        if item.kind is not Kind.COMPLETION:
            rows.insert(0, ("建议报送日", _both(item.advised_on)))
        if item.provisional:
            rows.append(("日期状态", PROVISIONAL.zh))
        if item.advisory:
            rows.append(("要求性质", Force.ADVISORY.label.zh))
        return tuple(rows)

    @property
    def notes(self) -> Pairs:
        """Why, and what follows from it."""
        item = self.item
        clause, rule = one_line(item.clause), one_line(item.rule)
        rows = [
            ("补正内容", one_line(item.mend_items)),
            ("办理依据", f"{clause}：{rule}" if clause and rule else clause or rule),
        ]
        if not self.recording:
            consequence = one_line(item.consequence)
            rows.append(("逾期影响", f"{consequence.rstrip('。')}。" if consequence else ""))
        if item.due_on != item.advised_on and self.days >= 0 and not self.recording:
            rows.append(("日期说明", self._why_two_days()))
        if item.provisional and not self.recording:
            text = "本期限按尚未确认的办班时间或放假安排推算，确认后将重新计算。"
            rows.append(("暂定说明", text))
        return tuple((label, value) for label, value in rows if value)

    def _why_two_days(self) -> str:
        advised, due = _short(self.item.advised_on), _short(self.item.due_on)
        if self.target == self.item.advised_on:
            return f"因期限遇节假日或周末，建议提前至{advised}报送；截止日为{due}。"
        return f"因期限遇节假日或周末，建议报送日为{advised}，现已过；截止日为{due}，请尽快报送。"


WHOSE = {
    Role.HOST: "您有",
    Role.COORDINATOR: "您负责联系的项目有",
    Role.PROVINCE: "全省项目有",
}


def _summary_subject(views: Sequence[_View], role: Role) -> str:
    late = sum(view.overdue for view in views)
    coming = [view.target for view in views if view.days >= 0 and not view.recording]
    subject = f"【{'催报' if late else _tag(views)}】"
    subject += WHOSE[role]
    subject += f"{len(views)}项事项待办"
    if late:
        subject += f"，其中{late}项已逾期"
    elif coming:
        subject += f"，最早{_short(min(coming))}前"
    return subject if role is Role.HOST else f"{subject}，请予督促"


def _summary_lead(views: Sequence[_View], role: Role) -> str:
    late = sum(view.overdue for view in views)
    among = f"，其中{late}项已逾期" if late else ""
    if role is Role.HOST:
        return f"贵单位有{len(views)}项事项待办{among}，请及时办理。"
    return f"{WHOSE[role]}{len(views)}项事项待办{among}，请督促有关承办单位办理或登记。"


def _tag(views: Sequence[_View]) -> str:
    tags = {view.words.tag for view in views}
    return tags.pop() if len(tags) == 1 else "待办事项提醒"


def _subject(head: str, name: str, tail: str) -> str:
    room = max(SUBJECT_LIMIT - len(head) - len(tail) - 2, 1)
    return _cut(f"{head}“{_cut(name, room)}”{tail}", SUBJECT_LIMIT)


def _cut(text: str, limit: int) -> str:
    return text if len(text) <= limit else f"{text[: limit - 1]}…"


def _short(day: date) -> str:
    return f"{day.month}月{day.day}日（周{WEEKDAYS.zh[day.weekday()]}）"


def _long(day: date) -> str:
    return f"{day.year}年{_short(day)}"


def _both(day: date) -> str:
    return f"{_long(day)} {day.isoformat()}"


def _render(
    template: str, subject: str, mail: Letter | Notice, title: str, **values: object
) -> Rendered:
    values |= {
        "subject": subject,
        "title": title,
        "to_name": one_line(mail.to_name),
        "to_host": mail.role is Role.HOST,
        "ask": one_line(mail.ask),
        "link": one_line(mail.link),
        "closing": f"本邮件由系统于{_long(mail.today)}自动发送，{CLOSINGS[template]}",
    }
    text, html = (environment().get_template(f"{template}.{end}.j2") for end in ("txt", "html"))
    return Rendered(subject, text.render(values), html.render(values))


@cache
def environment() -> Environment:
    """The one jinja2 environment: an unknown name is an error, HTML alone is escaped."""
    return Environment(
        loader=PackageLoader("notifications"),
        autoescape=select_autoescape(("html.j2",), default=False),
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        auto_reload=False,
        keep_trailing_newline=True,
    )
