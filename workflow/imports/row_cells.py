"""Reads the cells of a row: what a project needs is a fault where it fails, all else a remark."""

from __future__ import annotations

import re
from typing import Any

from states.policy import Category
from states.terms import Text
from workflow.identity import squeeze
from workflow.imports import cells
from workflow.imports.addresses import OTHERS, read_addresses
from workflow.imports.categories import match_category, read_funding
from workflow.imports.head_counts import ABOUT, read_head_count
from workflow.imports.headings import Field
from workflow.imports.row_dates import place_beside_time, read_actual, read_schedule
from workflow.imports.rows import PlanRow, Reading
from workflow.imports.words import CellError, short

NAME_AND_PHONE = re.compile("([一-龥·]{2,10})[ ,，、:：/]*([0-9][0-9 ()（）—-]{6,})")


def read_row(reading: Reading) -> PlanRow | None:
    """The project in this row, or None with at least one fault noted in `reading`."""
    name, host = reading.required(Field.NAME), reading.required(Field.HOST)
    category = reading.category = _category(reading)
    days = category.usual_days if category else 1
    planned, actual = read_schedule(reading, days), read_actual(reading, days)
    rest = _plain_cells(reading)
    if reading.faults or category is None or planned is None:
        return None
    return PlanRow(
        row=reading.row.number,
        name=name,
        category=category.key,
        host=host,
        schedule_text=planned.text,
        opens_earliest=planned.opens_earliest,
        opens_latest=planned.opens_latest,
        planned_ends=planned.ends,
        actual_opens=actual.opens_earliest if actual else None,
        actual_ends=actual.ends if actual else None,
        **rest,
    )


def _plain_cells(reading: Reading) -> dict[str, Any]:
    """The values that need no other cell, by their name in `PlanRow`."""
    reading.number = reading.may_take(Field.NUMBER, cells.read_place_in_list)
    in_ten_thousands = "万元" in squeeze(reading.columns.title(Field.AMOUNT) or "")
    return {
        "number": reading.number,
        "department": reading.text(Field.DEPARTMENT),
        "place": reading.text(Field.PLACE) or place_beside_time(reading),
        "planned_trainees": _head_count(reading),
        **_contact(reading),
        "contact_email": _address(reading, Field.EMAIL),
        "office_email": _address(reading, Field.OFFICE_EMAIL),
        "state": reading.may_take(Field.STATE, cells.read_state),
        "document_number": reading.text(Field.DOCUMENT),
        "amount": reading.may_take(Field.AMOUNT, lambda v: cells.read_amount(v, in_ten_thousands)),
    }


def _head_count(reading: Reading) -> int | None:
    value = reading.value(Field.TRAINEES)
    if cells.is_not_yet(value):
        reading.warn(Field.TRAINEES, NOT_YET.format(value=short(value)))
        return None
    count, exact = reading.may_take(Field.TRAINEES, read_head_count) or (None, True)
    if not exact:
        reading.warn(Field.TRAINEES, ABOUT.format(value=short(value), count=count or 0))
    return count


def _contact(reading: Reading) -> dict[str, str | None]:
    """Name and telephone; of a column with both (联系人及电话) each to its own."""
    name, phone = reading.text(Field.CONTACT), reading.text(Field.PHONE)
    together = "联系人" in squeeze(reading.columns.title(Field.PHONE) or "")
    if name is None and phone and together and (both := NAME_AND_PHONE.fullmatch(phone)):
        name, phone = both[1], both[2].strip()
    return {"contact_name": name, "contact_phone": phone}


def _address(reading: Reading, name: Field) -> str | None:
    """One address; the others of the cell are named."""
    value = reading.value(name)
    if value is None or cells.is_not_yet(value):
        if name is Field.EMAIL and name in reading.columns.places:
            reading.warn(name, NO_EMAIL)
        return None
    found = reading.may_take(name, read_addresses)
    if found is None:
        return None
    if found.rest:
        others = "、".join(short(one) for one in found.rest)
        reading.warn(name, OTHERS.format(taken=found.address, others=others))
    return found.address


def _category(reading: Reading) -> Category | None:
    """The category by its own cell, or else by the section above."""
    where = Field.CATEGORY if Field.CATEGORY in reading.columns.places else None
    own = reading.value(Field.CATEGORY) is not None
    written = reading.take(Field.CATEGORY, cells.read_text) if own else reading.section
    if not written:
        if not own:
            reading.fault(where, NO_CATEGORY)
        return None
    paid = _funding(reading)
    try:
        category, contradicted = match_category(written, paid, reading.policy)
    except CellError as error:
        reading.fault(where, error.text)
        return None
    if contradicted:
        reading.warn(Field.FUNDING if paid else where, contradicted)
    return category


def _funding(reading: Reading) -> str | None:
    paid = reading.may_take(Field.FUNDING, cells.read_text)
    if paid and read_funding(paid) is None:
        reading.warn(Field.FUNDING, UNCLEAR_FUNDING.format(value=short(paid)))
    return paid


NO_CATEGORY = Text(
    "没有项目类别，请填写，或在本行之上写明类别标题",
    "No category is given; fill it in, or put a section title with it above the row",
)
UNCLEAR_FUNDING = Text(
    "资助方式“{value}”无法识别为财政资助或自筹，未采用，请核对",
    "“{value}” says neither funded nor self-funded and was not used; check it",
)
NO_EMAIL = Text(
    "没有联系邮箱，无法向本项目发送邮件提醒，请补充",
    "No e-mail address: no reminder can be mailed to this project; add one",
)
NOT_YET = Text(
    "“{value}”，暂未登记，确定后请补充", "“{value}”: nothing was taken; add it once it is known"
)
