"""What a batch looks like to a program, and how it is read from what is kept."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import date, datetime
from typing import Any, Literal

from pydantic import BaseModel, Field
from sqlalchemy import Connection

from states.form_reading import Problem as FieldProblem
from states.labels import state_label
from states.terms import Action, State, Text
from web.api.describing import both
from web.api.papers import Kept
from web.api.problems import FieldOut
from web.site import Site
from workflow.accounts.sessions import Visitor
from workflow.batches.edits import Problems, form_fields, problems_of
from workflow.batches.money import money
from workflow.batches.prepared import Line, Prepared, Stage, find, form_of, lines_of
from workflow.batches.results import News, Result, news, results
from workflow.funds import Share
from workflow.numbers import proposal


class BatchSummary(BaseModel):
    """A batch as the list shows it."""

    id: int
    deed: Action
    deed_label: str
    title: str
    stage: Literal["prepared", "proposed", "published", "dropped"]
    stage_label: str
    made_by: str = Field(description=both("登录名", "login"))
    made_at: datetime
    proposed_by: str = Field(description=both("拟办人，空为未拟办", "the first of two; or empty"))
    proposed_at: datetime | None
    ended_by: str = Field(description=both("公布或作废人", "who published or dropped it; or empty"))
    ended_at: datetime | None
    projects: int = Field(description=both("项目数", "how many lines"))


class BatchField(BaseModel):
    """One thing that may be filled in."""

    name: str
    kind: str = Field(description="text, line, date, count, yuan")
    label: str


class NewsOut(BaseModel):
    """What happened to a project since it was put in."""

    what: str
    person: str
    let_in_by: str = Field(
        description=both(
            "登录方式由他人设置的，为其登录名",
            "login of who made the way in by which it was done, if that was somebody else",
        )
    )
    at: datetime


class ResultOut(BaseModel):
    """What a published batch did with a line. Amount in fen."""

    state: State
    state_label: str
    on: date
    amount: int | None
    flags: int
    mails: int = Field(description=both("已发或将发", "sent, or about to be"))
    silent: int = Field(description=both("未发送（附原因）", "not sent, each with a reason"))


class BatchLine(BaseModel):
    """A project of a batch."""

    project_id: int
    place: int = Field(description=both("排序", "ranking"))
    name: str
    host: str
    department: str
    category: str
    state: State
    state_label: str
    changed: bool = Field(
        description=both(
            "放入后又有办理，公布前须列入 looked_at",
            "changed since it was put in: name it in looked_at",
        )
    )
    fields: dict[str, str] = Field(description=both("本项目所填", "said for this one"))
    problems: list[FieldOut]
    news: list[NewsOut]
    result: ResultOut | None


class FundOut(BaseModel):
    """What a batch takes from a fund. All in fen; null: not known."""

    policy: str
    fund: str
    label: str
    lines: int
    asked: int
    left: int | None
    left_after: int | None
    short: bool


class Batch(BatchSummary):
    """One batch in full."""

    can_change: bool
    fields: dict[str, str] = Field(description=both("整批所填", "said for all lines"))
    asks: list[BatchField] = Field(description=both("整批可填", "may be said for all"))
    asks_each: list[BatchField] = Field(description=both("逐项可填", "may be said for each"))
    letter: Kept | None = Field(description=both("盖章推荐函", "the stamped letter"))
    problems: list[FieldOut] = Field(
        description=both("整批填写有误之处", "what is wrong with what is said for all")
    )
    lines: list[BatchLine]
    next_number: int | None = Field(
        description=both(
            "列入计划批次：下一个未用的计划序号；分属几个编号序列的为 null",
            "of a plan: the next free number; null where its lines are numbered in several rows",
        )
    )
    hidden: int = Field(
        description=both("不在本人范围内的项目数", "lines outside the caller's scope")
    )
    funds: list[FundOut]


def summary_of(batch: Prepared, projects: int, language: str) -> dict[str, Any]:
    return {
        "id": batch.id,
        "deed": batch.deed,
        "deed_label": batch.deed.label.in_(language),
        "title": batch.title,
        "stage": batch.stage.key,
        "stage_label": batch.stage.label.in_(language),
        "made_by": batch.made_by,
        "made_at": batch.made_at,
        "proposed_by": batch.proposed_by,
        "proposed_at": batch.proposed_at or None,
        "ended_by": batch.ended_by,
        "ended_at": batch.ended_at,
        "projects": projects,
    }


def batch_out(
    connection: Connection, site: Site, visitor: Visitor, batch_id: int, language: str
) -> Batch:
    """The batch as it stands, with its lines. NoSuchBatch."""
    batch = find(connection, visitor.actor, batch_id)
    lines, hidden = lines_of(connection, batch.id, visitor.actor)
    wrong: Problems = problems_of(batch, lines) if batch.can_change else {}
    done = batch.stage is Stage.PUBLISHED
    came = results(connection, site.book, batch, lines) if done else {}
    heard = {} if done else news(connection, batch.id)
    sort, letter = form_of(batch), next(iter(batch.papers.values()), None)
    return Batch(
        **summary_of(batch, len(lines) + hidden, language),
        can_change=batch.can_change,
        fields=batch.fields,
        asks=_asked(batch.deed, sort.shared, language),
        asks_each=_asked(batch.deed, sort.own, language),
        letter=Kept(**letter) if letter else None,
        problems=_told(wrong.get(0, ()), language),
        lines=[
            _line(
                site,
                line,
                _told(wrong.get(line.project_id, ()), language),
                heard.get(line.project_id, ()),
                came.get(line.project_id),
                language,
            )
            for line in lines
        ],
        next_number=_next_number(connection, batch, lines),
        hidden=hidden,
        funds=[fund_out(share, language) for share in money(connection, site.book, batch, lines)],
    )


def _next_number(connection: Connection, batch: Prepared, lines: Sequence[Line]) -> int | None:
    if batch.deed is not Action.PLAN or not batch.can_change:
        return None
    return proposal(connection, [line.facts for line in lines])


def _asked(deed: Action, names: Sequence[str], language: str) -> list[BatchField]:
    found = form_fields(deed, names)
    return [BatchField(name=f.name, kind=f.kind, label=f.label.in_(language)) for f in found]


def _told(problems: Iterable[FieldProblem], language: str) -> list[FieldOut]:
    return [FieldOut(field=one.field, message=one.message.in_(language)) for one in problems]


def _news(one: News, language: str) -> NewsOut:
    who = {"person": one.person, "let_in_by": one.let_in_by}
    return NewsOut(what=one.what.in_(language), at=one.at, **who)


def _line(
    site: Site,
    line: Line,
    problems: list[FieldOut],
    heard: Iterable[News],
    result: Result | None,
    language: str,
) -> BatchLine:
    facts = line.facts
    category = site.book.category(facts.policy, facts.category)
    label = facts.state.label if isinstance(category, Text) else state_label(facts, category)
    return BatchLine(
        project_id=line.project_id,
        place=line.place,
        name=facts.name,
        host=facts.host,
        department=facts.department,
        category=facts.category,
        state=facts.state,
        state_label=label.in_(language),
        changed=line.changed and result is None,
        fields=line.fields,
        problems=problems,
        news=[_news(one, language) for one in heard],
        result=_result(result, language) if result else None,
    )


def _result(result: Result, language: str) -> ResultOut:
    names = ("on", "amount", "flags", "mails", "silent")
    known: Mapping[str, Any] = {name: getattr(result, name) for name in names}
    return ResultOut(state=State(result.target), state_label=result.state.in_(language), **known)


def fund_out(share: Share, language: str) -> FundOut:
    stand = share.stand
    return FundOut(
        policy=stand.policy,
        fund=stand.fund,
        label=stand.label.in_(language),
        lines=share.lines,
        asked=share.asked,
        left=stand.left,
        left_after=share.left_after,
        short=share.short,
    )
