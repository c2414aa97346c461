"""Finds the heading row and says which column holds what: one table of synonyms."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum

from workflow.identity import squeeze, tidy

HEADING_WITHIN = 30  # the heading row must be among these first rows
LONGEST_HEADING = 20
PARTS_OF_HEADINGS = frozenset({"起", "止", "始", "终", "自", "至", "开始", "结束", "月", "日"})
BRACKETED = re.compile(r"\([^()]*\)|\[[^\[\]]*\]|【[^【】]*】")
MARKS = "*★:※"


class Field(StrEnum):
    """What a column can hold."""

    NUMBER = "number"
    NAME = "name"
    CATEGORY = "category"
    FUNDING = "funding"
    HOST = "host"
    DEPARTMENT = "department"
    SCHEDULE = "schedule"
    STARTS = "starts"
    ENDS = "ends"
    PLACE = "place"
    TRAINEES = "trainees"
    CONTACT = "contact"
    PHONE = "phone"
    EMAIL = "email"
    OFFICE_EMAIL = "office_email"
    STATE = "state"
    ACTUAL = "actual"
    DOCUMENT = "document"
    AMOUNT = "amount"
    YEAR = "year"
    DAYS = "days"  # how long the class is, to compare
    SESSIONS = "sessions"


# The first synonym is the usual one; where a file has several of a field, the earlier one wins.
# Without brackets and in lower case, as headings are compared; English ones are those of our list.
SYNONYMS: dict[Field, tuple[str, ...]] = {
    Field.NUMBER: ("序号", "计划序号", "编号", "项目编号", "计划编号", "no.", "no", "number"),
    Field.NAME: (
        *("项目名称", "研修班名称", "研修项目名称", "高级研修项目名称", "高级研修班名称"),
        *(
            "班次名称",
            "班名",
            "培训班名称",
            "研修项目",
            "选题名称",
            "研修选题",
            "班次",
            "项目",
            "名称",
        ),
        *("课题名称", "课题", "选题", "题目", "班次名", "name"),
    ),
    Field.CATEGORY: (
        "项目类别",
        "研修项目类别",
        "类别",
        "项目类型",
        "类型",
        "项目级别",
        "级别",
        "category",
    ),
    Field.FUNDING: ("资助方式", "经费来源", "经费渠道", "经费方式", "资助类型", "经费类型"),
    Field.HOST: (
        *("承办单位", "承办单位名称", "举办单位", "办班单位", "实施单位", "申报单位"),
        *("主办/承办单位", "主办承办单位", "主办及承办单位", "承办机构", "host unit"),
    ),
    Field.DEPARTMENT: (
        *("主管部门", "主管单位", "行业主管部门", "主管推荐单位", "主管/推荐单位"),
        *("推荐单位", "推荐部门", "主管或推荐单位", "department"),
    ),
    Field.SCHEDULE: (
        *("举办时间", "办班时间", "研修时间", "拟办班时间", "计划办班时间", "拟举办时间"),
        *("计划举办时间", "培训时间", "举办日期", "办班日期", "研修日期", "时间"),
        *(
            "办班起止时间",
            "起止时间",
            "起止日期",
            "办班起止日期",
            "举办起止时间",
            "schedule",
            "planned time",
        ),
    ),
    Field.STARTS: (
        "开始日期",
        "开班日期",
        "开始时间",
        "开班时间",
        "起始日期",
        "起始时间",
        "first day",
    ),
    Field.ENDS: (
        "结束日期",
        "结束时间",
        "结业日期",
        "结业时间",
        "结班时间",
        "结班日期",
        "截止日期",
        "last day",
    ),
    Field.PLACE: ("举办地点", "办班地点", "研修地点", "拟办班地点", "培训地点", "地点", "place"),
    Field.TRAINEES: (
        *("计划人数", "拟招人数", "招生人数", "招收人数", "研修人数", "培训人数"),
        *("学员人数", "计划招收人数", "人数", "规模", "培训规模", "办班规模", "planned trainees"),
    ),
    Field.CONTACT: ("联系人", "联系人姓名", "项目联系人", "单位联系人", "姓名", "contact"),
    Field.PHONE: (
        "联系电话",
        "联系人电话",
        "联系方式",
        "电话",
        "手机",
        "手机号",
        "手机号码",
        "联系人手机",
        "telephone",
    ),
    Field.EMAIL: (
        *("联系邮箱", "联系人邮箱", "电子邮箱", "电子邮件", "邮箱", "邮箱地址", "电子信箱"),
        *("电子邮件地址", "电子邮箱地址", "联系人电子邮箱", "e-mail", "email", "mail", "address"),
    ),
    Field.OFFICE_EMAIL: (
        *("单位邮箱", "办公邮箱", "单位电子邮箱", "处室邮箱", "抄送邮箱", "office's address"),
    ),
    Field.STATE: ("状态", "当前状态", "项目状态", "办理状态", "state"),
    Field.ACTUAL: (
        "实际日期",
        "实际办班日期",
        "实际办班时间",
        "实际举办时间",
        "实际时间",
        "actual dates",
    ),
    Field.DOCUMENT: ("文号", "发文字号", "文件号", "批复文号", "document number"),
    Field.AMOUNT: ("金额", "补助金额", "资助金额", "核定金额", "拨付金额", "经费金额", "subsidy"),
    Field.YEAR: ("年度", "计划年度", "year"),
    Field.DAYS: ("天数", "办班天数", "研修天数", "培训天数", "会期"),
    Field.SESSIONS: ("期数", "办班期数", "举办期数", "班次数", "班数"),
}
# Headings that no list has, by the words that they are made of; the first that fits. Named in a
# remark where they are used.
ALIKE: tuple[tuple[Field, re.Pattern[str]], ...] = tuple(
    (name, re.compile(pattern))
    for name, pattern in (
        (Field.ACTUAL, "实际.*(时间|日期|起止)"),
        (Field.OFFICE_EMAIL, "(单位|办公|处室|抄送|部门).*(邮箱|邮件|信箱)"),
        (Field.EMAIL, "邮箱|e-?mail|电子邮件|信箱|邮件地址"),
        (Field.PHONE, "电话|手机|联系方式|座机"),
        (Field.CONTACT, "联系人|联络人|经办人"),
        (
            Field.TRAINEES,
            "(培训|研修|办班|招生|学员|计划|拟|预计).*(人数|规模|人次)|^人数|学员数?$",
        ),
        (Field.SCHEDULE, "(时间|日期).*地点"),  # both in one column
        (Field.PLACE, "地点|办班地|举办地|(举办|办班|研修|培训|拟).*(地址|城市|场所)"),
        (Field.ENDS, "(结束|结业|结班|闭班|终止).*(时间|日期|日)|(时间|日期)(止|终|结束|至)$"),
        (Field.STARTS, "(开始|开班|开课|起始).*(时间|日期|日)|(时间|日期)(起|始|开始|自)$"),
        (
            Field.SCHEDULE,
            "(举办|办班|开班|研修|培训|实施|起止|计划|拟|预计|开办|班期).*(时间|日期|起止|时段|月份)|^时间安排$",
        ),
        (Field.NAME, "(项目|班次|高研班|课题|选题|专题|课程|研修|培训).*(名称|题目|主题|班名)"),
        (Field.DEPARTMENT, "(主管|推荐|归口|指导).*(部门|单位|机构)"),
        (Field.HOST, "(承办|承担|举办|主办|办班|实施|申报|申请|组织|牵头).*(单位|机构|部门|方)"),
        (Field.CATEGORY, "类别|类型|级别|等级|层次|层级|分类|属性"),
        (Field.FUNDING, "(资助|经费|资金).*(方式|来源|渠道|类型|性质)"),
        (Field.NUMBER, "^(序|编)号|序号$"),
    )
)
# What looks like one of these columns and is another thing.
OTHERWISE = re.compile(
    "报名|报送|填报|填表|审核|批准|工作人员|专家|教师|师资|授课|线上|通讯|通信|开户|账|发票|预算|备注|说明"
    "|上年|去年|往年|上次|最近|截止|逾期|推荐时间|申报(时间|日期)|实际人数|负责人|法定|职称|职务|对象|内容"
)
RANKED = {
    word.replace(" ", ""): (name, rank)
    for name, words in SYNONYMS.items()
    for rank, word in enumerate(words)
}
OBLIGATORY = (Field.NAME, Field.HOST, Field.SCHEDULE)
MUST_BE_CLEAR = frozenset({*OBLIGATORY, Field.CATEGORY})


@dataclass(frozen=True, slots=True)
class Columns:
    """Where each field stands. Titles are as the file writes them, on one line."""

    row: int  # Excel's number of the heading row
    places: Mapping[Field, int]
    titles: Mapping[int, str]
    unknown: tuple[int, ...] = ()
    passed_over: tuple[int, ...] = ()  # mean the same as a column that was taken
    alike: tuple[Field, ...] = ()  # taken by the words of their heading, which no list has
    twice: tuple[Field, ...] = field(default=())  # the very same obligatory heading stands twice

    def title(self, name: Field) -> str | None:
        """The heading of the field's column; None where the file has none."""
        place = self.places.get(name)
        return None if place is None else self.titles[place]


def plain(title: object) -> str:
    """A heading for comparing: no blanks, line breaks, bracketed hints or marks."""
    text = squeeze(str(title)).casefold()
    return BRACKETED.sub("", text).strip(MARKS)


def is_heading(cells: Mapping[int, object]) -> bool:
    """Whether the row names at least a column of project names and one of hosts."""
    return {Field.NAME, Field.HOST} <= known_fields(cells)


def is_like_heading(cells: Mapping[int, object]) -> bool:
    """As `is_heading`, by likeness too; only for where a heading must be, for names are alike."""
    found = {_field(value) for value in cells.values() if isinstance(value, str)}
    return {Field.NAME, Field.HOST} <= found


def known_fields(cells: Mapping[int, object]) -> set[Field]:
    """The fields whose headings stand in this row."""
    words = (plain(value) for value in cells.values() if isinstance(value, str))
    return {RANKED[word][0] for word in words if word in RANKED}


def _field(title: object) -> Field | None:
    word = plain(title)
    return RANKED[word][0] if word in RANKED else alike(title)


def alike(title: object) -> Field | None:
    """What a heading seems to mean that no list has."""
    word = plain(title)
    if len(word) > LONGEST_HEADING or OTHERWISE.search(word):
        return None
    return next((name for name, pattern in ALIKE if pattern.search(word)), None)


def is_below_heading(cells: Mapping[int, object]) -> bool:
    """Whether the row continues the heading above it: 姓名, 电话, 邮箱 under a merged 联系人."""
    words = [plain(value) for value in cells.values() if isinstance(value, str)]
    if len(words) < len(cells) or not words:
        return False
    return all(word in RANKED or word in PARTS_OF_HEADINGS for word in words)


def join_headings(upper: Mapping[int, object], lower: Mapping[int, object]) -> dict[int, object]:
    """Two rows of headings as one: the lower says what, under what the upper says of it."""
    joined = dict(upper)
    above = ""
    for column in range(1, max((*upper, *lower)) + 1):
        above = str(upper.get(column, above))
        if column in lower:
            own = str(lower[column])
            same = plain(own) in RANKED or own == upper.get(column)
            joined[column] = own if same else f"{above}{own}"
    return joined


def read_columns(row: int, cells: Mapping[int, object]) -> Columns:
    """Assign each field the column with its best synonym; the leftmost among equals.

    What no list has is assigned by likeness, if its field has no column yet.
    """
    titles = {column: tidy(str(cells[column])) for column in sorted(cells)}
    best: dict[Field, tuple[int, int]] = {}
    ranks: list[tuple[Field, int]] = []
    unknown = []
    for column, title in titles.items():
        if plain(title) not in RANKED:
            unknown.append(column)
            continue
        name, rank = RANKED[plain(title)]
        ranks.append((name, rank))
        best[name] = min(best.get(name, (rank, column)), (rank, column))
    places = {name: column for name, (_, column) in best.items()}
    by_likeness = _by_likeness(titles, unknown, places)
    places |= by_likeness
    unknown = [column for column in unknown if column not in by_likeness.values()]
    taken = {*places.values(), *unknown}
    passed = tuple(column for column in titles if column not in taken)
    twice = tuple(f for f in best if f in MUST_BE_CLEAR and ranks.count((f, best[f][0])) > 1)
    return Columns(row, places, titles, tuple(unknown), passed, tuple(by_likeness), twice)


def _by_likeness(
    titles: Mapping[int, str], unknown: list[int], places: Mapping[Field, int]
) -> dict[Field, int]:
    found: dict[Field, int] = {}
    whole = Field.SCHEDULE in places
    for column in unknown:
        name = alike(titles[column])
        if name is None or name in places or (whole and name in (Field.STARTS, Field.ENDS)):
            continue
        found.setdefault(name, column)
    return found
