"""Filling a batch in: what holds for all, what holds for each, the ranking, the stamped letter."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Annotated

from fastapi import APIRouter, Request, Response
from pydantic import BaseModel, ConfigDict, Field
from sqlalchemy import Connection

from states.facts import Json
from states.form_reading import MAX_LINE, Problem
from states.terms import Text
from web.api.actions import Given, as_typed
from web.api.batch_shapes import Batch, batch_out
from web.api.batches import Doer, Projects
from web.api.describing import IdempotencyKey, Number, both, problems
from web.api.once import once
from web.api.papers import Attached, attach
from web.api.problems import Unfit, spoken
from web.numbers import Id
from web.site import Site, site_of
from workflow.batches.edits import Edit, save
from workflow.batches.prepared import MOST_LINES, Line, Prepared, find, form_of, lines_of

routes = APIRouter(tags=[both("批量办理", "batches")])


class LineIn(BaseModel):
    model_config = ConfigDict(extra="forbid")
    project_id: Number
    fields: Given = Field(max_length=60)


class Filling(BaseModel):
    """What changes; what is not named stays. A field that is null or empty is taken out."""

    model_config = ConfigDict(extra="forbid")
    title: str | None = Field(default=None, max_length=MAX_LINE)
    fields: Given = Field(
        default_factory=dict, max_length=60, description=both("整批填写", "said for all lines")
    )
    lines: Annotated[list[LineIn], Field(max_length=MOST_LINES)] = Field(
        default_factory=list, description=both("逐项填写", "said for each")
    )
    order: Projects = Field(
        default_factory=list,
        description=both("排序；未列的排在其后", "the ranking; those not named come after"),
    )
    remove: Projects = Field(default_factory=list, description=both("移出", "taken out"))
    looked_at: Projects = Field(
        default_factory=list,
        description=both("放入后的变化已知悉", "what happened since they were put in is known"),
    )
    number_from: int | None = Field(
        default=None,
        ge=0,
        le=99_999,
        description=both(
            "按顺序编计划序号，从这个数起，跳过已使用的；0 为接续现有序号",
            "numbers a plan in its order, from here, passing over what is taken; 0: after the "
            "highest",
        ),
    )
    letter: Attached | None = Field(
        default=None,
        description=both(
            "盖章推荐函，须先上传；null 为去掉", "the stamped letter, uploaded before; null: none"
        ),
    )


@routes.post(
    "/batches/{batch_id}",
    summary=both("填写和调整批次", "Fill a batch in"),
    description=both(
        "所填内容无论对错都保存，有误之处见 problems；准备中的批次才能改动。",
        "What is given is kept, right or wrong, and `problems` say what is wrong with it; only while "
        "it is prepared.",
    ),
    response_model=Batch,
    responses=problems(400, 404, 409),
)
def fill_batch(
    request: Request,
    visitor: Doer,
    batch_id: Id,
    filling: Filling,
    key: IdempotencyKey = None,  # noqa: ARG001 - read by `once`
) -> Response:
    site, language = site_of(request), spoken(request)

    def work(connection: Connection) -> Batch:
        batch = find(connection, visitor.actor, batch_id, lock=True)
        lines, _ = lines_of(connection, batch.id, visitor.actor)
        save(connection, visitor.actor, batch.id, _edit(site, filling, batch, lines))
        return batch_out(connection, site, visitor, batch_id, language)

    return once(request, visitor, filling.model_dump_json(), work)


def _edit(site: Site, filling: Filling, batch: Prepared, lines: Sequence[Line]) -> Edit:
    """What changes, over what is kept. Unfit for what such a batch does not have."""
    if unknown := list(_unknown(filling, batch, {line.project_id for line in lines})):
        raise Unfit(unknown)
    each = {one.project_id: as_typed(one.fields) for one in filling.lines}
    places = {number: place for place, number in enumerate(filling.order)}
    last = len(places)
    return Edit(
        title=batch.title if filling.title is None else filling.title,
        fields={**batch.fields, **as_typed(filling.fields)},
        lines={line.project_id: {**line.fields, **each.get(line.project_id, {})} for line in lines},
        places={line.project_id: places.get(line.project_id, last + line.place) for line in lines},
        removed=frozenset(filling.remove),
        looked_at=frozenset(filling.looked_at),
        number=filling.number_from is not None,
        number_from=filling.number_from or None,
        letter=_letter(site, filling),
    )


def _letter(site: Site, filling: Filling) -> Json | None:
    if "letter" not in filling.model_fields_set:
        return None
    return attach(site, {"letter": filling.letter})["letter"] if filling.letter else {}


def _unknown(filling: Filling, batch: Prepared, inside: set[int]) -> Iterable[Problem]:
    """Fields and projects that the batch has not; nothing that is given is passed over."""
    sort = form_of(batch)
    yield from _unknown_fields("fields", filling.fields, sort.shared)
    for one in filling.lines:
        where = f"lines.{one.project_id}"
        yield from _unknown_fields(where, one.fields, sort.own)
        if one.project_id not in inside:
            yield Problem(where, NOT_INSIDE)
    for name, numbers in (("order", filling.order), ("looked_at", filling.looked_at)):
        yield from (Problem(f"{name}.{n}", NOT_INSIDE) for n in numbers if n not in inside)
    if filling.letter and not sort.letter:
        yield Problem("letter", NO_LETTER)
    if filling.number_from is not None and "number" not in sort.own:
        yield Problem("number_from", NO_FIELD)


def _unknown_fields(
    where: str, given: Mapping[str, object], known: Sequence[str]
) -> Iterable[Problem]:
    return (Problem(f"{where}.{name}", NO_FIELD) for name in given if name not in known)


NO_FIELD = Text("这类批次没有这一项。", "Such a batch has no such field.")
NO_LETTER = Text(
    "只有审核推荐批次附盖章推荐函。", "Only a batch of recommendations has a stamped letter."
)
NOT_INSIDE = Text("批次中没有这个项目。", "The batch has no such project.")
