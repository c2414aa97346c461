"""Finds the heading row and says which column holds what: one table of synonyms."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum

from workflow.identity import squeeze, tidy

HEADING_WITHIN = 30  # the heading row must be among these first rows
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


# The first synonym is the usual one; where a file has several of a field, the earlier one wins.
# Written without brackets, blanks and in lower case, as headings are compared.
SYNONYMS: dict[Field, tuple[str, ...]] = {
    Field.NUMBER: ("序号", "计划序号", "编号", "项目编号", "计划编号", "no.", "no"),
    Field.NAME: (
        *("项目名称", "研修班名称", "研修项目名称", "高级研修项目名称", "高级研修班名称"),
        *("班次名称", "班名", "培训班名称", "研修项目", "选题名称", "研修选题", "项目", "名称"),
    ),
    Field.CATEGORY: ("项目类别", "研修项目类别", "类别", "项目类型", "类型", "项目级别", "级别"),
    Field.FUNDING: ("资助方式", "经费来源", "经费渠道", "经费方式", "资助类型", "经费类型"),
    Field.HOST: ("承办单位", "承办单位名称", "举办单位", "办班单位", "实施单位", "申报单位"),
    Field.DEPARTMENT: (
        *("主管部门", "主管单位", "行业主管部门", "主管推荐单位", "主管/推荐单位"),
        *("推荐单位", "推荐部门", "主管或推荐单位"),
    ),
    Field.SCHEDULE: (
        *("举办时间", "办班时间", "研修时间", "拟办班时间", "计划办班时间", "拟举办时间"),
        *("计划举办时间", "培训时间", "举办日期", "办班日期", "研修日期", "时间"),
    ),
    Field.STARTS: ("开始日期", "开班日期", "开始时间", "开班时间", "起始日期", "起始时间"),
    Field.ENDS: ("结束日期", "结束时间", "结业日期", "结业时间", "截止日期"),
    Field.PLACE: ("举办地点", "办班地点", "研修地点", "拟办班地点", "培训地点", "地点"),
    Field.TRAINEES: (
        *("计划人数", "拟招人数", "招生人数", "招收人数", "研修人数", "培训人数"),
        *("学员人数", "计划招收人数", "人数"),
    ),
    Field.CONTACT: ("联系人", "联系人姓名", "项目联系人", "单位联系人", "姓名"),
    Field.PHONE: ("联系电话", "联系人电话", "联系方式", "电话", "手机", "手机号", "手机号码"),
    Field.EMAIL: (
        *("联系邮箱", "联系人邮箱", "电子邮箱", "电子邮件", "邮箱", "邮箱地址", "电子信箱"),
        *("e-mail", "email", "mail"),
    ),
    Field.OFFICE_EMAIL: ("单位邮箱", "办公邮箱", "单位电子邮箱", "处室邮箱", "抄送邮箱"),
    Field.STATE: ("状态", "当前状态", "项目状态", "办理状态"),
    Field.ACTUAL: ("实际日期", "实际办班日期", "实际办班时间", "实际举办时间", "实际时间"),
    Field.DOCUMENT: ("文号", "发文字号", "文件号", "批复文号"),
    Field.AMOUNT: ("金额", "补助金额", "资助金额", "核定金额", "拨付金额", "经费金额"),
}
RANKED = {word: (name, rank) for name, words in SYNONYMS.items() for rank, word in enumerate(words)}
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


def known_fields(cells: Mapping[int, object]) -> set[Field]:
    """The fields whose headings stand in this row."""
    words = (plain(value) for value in cells.values() if isinstance(value, str))
    return {RANKED[word][0] for word in words if word in RANKED}


def read_columns(row: int, cells: Mapping[int, object]) -> Columns:
    """Assign each field the column with its best synonym; the leftmost among equals."""
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
    if Field.SCHEDULE in places:  # one column with the whole time is enough
        places = {f: c for f, c in places.items() if f not in (Field.STARTS, Field.ENDS)}
    taken = {*places.values(), *unknown}
    passed = tuple(column for column in titles if column not in taken)
    twice = tuple(f for f in best if f in MUST_BE_CLEAR and ranks.count((f, best[f][0])) > 1)
    return Columns(row, places, titles, tuple(unknown), passed, twice)
