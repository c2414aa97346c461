"""Reads and checks people: one by one, or from a workbook."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from unicodedata import category

from states.form_reading import UNSEEN
from states.terms import Role, Text
from workflow.accounts.enrolment import Entry
from workflow.identity import tidy
from workflow.imports import cells
from workflow.imports.headings import plain
from workflow.imports.rows import Remark
from workflow.imports.sheet_cells import NO_MARK
from workflow.imports.words import CellError, ReadingError, short
from workflow.imports.workbook import read_sheet

SYNONYMS: dict[str, tuple[str, ...]] = {
    "name": ("姓名", "联系人", "名称"),
    "login": ("登录名", "账号", "用户名", "login"),
    "role": ("角色", "身份", "role"),
    "scope": ("单位", "所属单位", "工作单位", "主管部门", "承办单位", "scope"),
    "email": ("邮箱", "电子邮箱", "联系邮箱", "e-mail", "email"),
    "phone": ("电话", "联系电话", "手机"),
}
LOGIN = re.compile(r"[\w.@+-]{1,100}")
SCOPED = frozenset({Role.HOST, Role.COORDINATOR})
ROLE_WORDS = {
    **{role.label.zh: role for role in Role},
    **{role.value: role for role in Role},
    "主管单位联系人": Role.COORDINATOR,
    "推荐单位联系人": Role.COORDINATOR,
    "省厅经办": Role.PROVINCE,
    "省厅复核": Role.PROVINCE,
    "管理员": Role.ADMIN,
    "审计": Role.AUDITOR,
}


@dataclass
class PeopleFile:
    """What was read: people with their rows; a row named in `rejected` is not among `entries`."""

    entries: list[tuple[int, Entry]] = field(default_factory=list)
    rejected: list[Remark] = field(default_factory=list)


def check_person(login: str, name: str, role: str, scope: str, email: str, phone: str) -> Entry:
    """A person as given, checked. Raises CellError with one sentence."""
    address = cells.read_email(email) if email.strip() else ""
    login, name, phone = login.strip() or address, _line(name), _line(phone)[:50]
    if not LOGIN.fullmatch(login):
        raise CellError(BAD_LOGIN.format(given=short(login)))
    if not name or len(name) > LONGEST:
        raise CellError(BAD_NAME)
    found = ROLE_WORDS.get(tidy(role))
    if found is None:
        known = Text("、".join(r.label.zh for r in Role), ", ".join(r.value for r in Role))
        raise CellError(BAD_ROLE.format(given=short(role), known=known))
    return Entry(login, name, found, check_scope(found, scope), address, phone)


def check_contact(name: str, email: str, phone: str) -> dict[str, str]:
    """What may change of somebody who is known, checked as `check_person` does."""
    # A person is checked with a login and a role; neither is touched.
    entry = check_person("x", name, Role.ADMIN.value, "", email, phone)
    return {"name": entry.name, "email": entry.email, "phone": entry.phone}


def _line(text: str) -> str:
    """Tidied; CellError for what would act on a screen. Gaps and Word's invisible marks go."""
    found = tidy(text)
    typed = "".join(text.split())
    if any(category(one) == "Cc" for one in typed) or any(category(one) in UNSEEN for one in found):
        raise CellError(UNSEEN_IN.format(given=short(found)))
    return found


def check_scope(role: Role, scope: str) -> str:
    """The unit that a role needs, or none. Raises CellError."""
    unit = _line(scope)
    if role in SCOPED and not unit:
        raise CellError(NO_SCOPE.format(role=role.label))
    if len(unit) > LONGEST:
        raise CellError(BAD_NAME)
    return unit if role in SCOPED else ""


def read_people(path: Path) -> PeopleFile:
    """The people of a workbook with the columns 姓名, 角色, 单位, 邮箱 and, if wanted, 登录名, 电话.

    Raises WorkbookError or CellError if the file cannot be read at all.
    """
    sheet, found = read_sheet(path), PeopleFile()
    heading: dict[str, int] = {}
    titles: Mapping[int, Any] = {}
    seen: set[tuple[str, Role, str]] = set()
    for row in sheet.rows:
        if not heading:
            heading, titles = _columns(row.cells), row.cells
            continue
        if row.hidden or row.marks.get(heading["name"], NO_MARK).struck:
            found.rejected.append(Remark(row.number, None, OUT_OF_SIGHT))
            continue
        try:
            entry = _entry(row.cells, heading)
        except CellError as error:
            column = str(titles[heading["name"]]) if error.text is BAD_NAME else None
            found.rejected.append(Remark(row.number, column, error.text))
            continue
        if (entry.login, entry.role, entry.scope) not in seen:
            seen.add((entry.login, entry.role, entry.scope))
            found.entries.append((row.number, entry))
    if not heading:
        raise ReadingError(NO_HEADING.format(file=path.name))
    return found


def _columns(row: Mapping[int, Any]) -> dict[str, int]:
    """Field to column, if this row is the heading; empty otherwise."""
    found: dict[str, int] = {}
    for column, value in row.items():
        for name, words in SYNONYMS.items():
            if plain(value) in words:
                found.setdefault(name, column)
    return found if {"name", "role", "email"} <= set(found) else {}


def _entry(row: Mapping[int, Any], heading: Mapping[str, int]) -> Entry:
    given = {
        name: "" if (value := row.get(column)) is None else cells.read_text(value)
        for name, column in heading.items()
    }
    return check_person(**{name: given.get(name, "") for name in SYNONYMS})


LONGEST = 200
BAD_LOGIN = Text(
    "登录名“{given}”只能用字母、数字、汉字和 . @ + - _，不超过100字；没有邮箱时必须填写登录名",
    "The login “{given}” may have letters, digits and . @ + - _ only; without an e-mail it is needed",
)
BAD_NAME = Text("姓名和单位不能为空，也不能超过200字", "Name and unit: 1 to 200 characters")
UNSEEN_IN = Text("“{given}”含有控制字符，请去掉", "“{given}” has control characters; take them out")
BAD_ROLE = Text("没有角色“{given}”，可用：{known}", "There is no role “{given}”; known: {known}")
NO_SCOPE = Text("{role}须填写所属单位", "{role} needs a unit")
OUT_OF_SIGHT = Text(
    "本行在Excel中被隐藏、筛选掉或划去，不据此登记人员；需要的，请取消隐藏或删除线后重新导入",
    "This row is hidden, filtered away or struck through, and nobody is registered by it; show it "
    "and import again if the person is meant",
)
NO_HEADING = Text(
    "{file} 中没有找到表头，须有“姓名”“角色”“邮箱”三列",
    "{file} has no heading row with 姓名, 角色 and 邮箱",
)
