"""Problems for programs (RFC 9457): one JSON object that says what, why and in which field."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Literal

from fastapi import Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse, Response
from pydantic import BaseModel, Field

from states.findings import Finding
from states.form_reading import Problem as FieldProblem
from states.remedy import remedy_of
from states.terms import Severity, Text
from web.rendering import language_of
from workflow.accounts.reset import REFUSALS
from workflow.answers import OtherRequest, UnderWay
from workflow.batches.publishing import BatchRefused
from workflow.deeds import Refused
from workflow.imports.words import CellError
from workflow.papers import PaperRefused
from workflow.project.explain import is_personal

TYPE = "application/problem+json"


class FindingOut(BaseModel):
    """What a rule has to say, with its clause."""

    rule: str
    clause: str = Field(description="empty: the system itself needs it")
    severity: Literal["block", "flag"]
    fact: str
    message: str
    who: list[str] = Field(description="roles that can act")
    earliest: str | None = Field(description="the first day on which it would not stand")
    consequence: str = Field(description="the clause that states what may follow; or empty")
    remedy: str = Field(description="what the host can still do about a flag; or empty")


class FieldOut(BaseModel):
    """What is wrong with one field."""

    field: str
    message: str


class LineOut(BaseModel):
    """What stands against one project of a batch."""

    project_id: int
    name: str
    findings: list[FindingOut]


class Problem(BaseModel):
    """RFC 9457. `findings` where rules refuse a deed, `fields` where values are wrong, `lines` where
    projects keep a batch from being published."""

    type: str
    title: str
    status: int
    detail: str
    findings: list[FindingOut] | None = None
    fields: list[FieldOut] | None = None
    lines: list[LineOut] | None = None


class Unfit(Exception):
    """Fields with values that will not do."""

    def __init__(self, problems: Sequence[FieldProblem]) -> None:
        self.problems = list(problems)
        super().__init__("; ".join(p.message.en for p in problems))


def spoken(request: Request) -> str:
    """The language of an answer: as the caller accepts, else the person's own, else the house's."""
    best, quality = "", 0.0
    for part in request.headers.get("Accept-Language", "")[:200].split(","):
        tag, _, weight = part.partition(";")
        language = tag.strip().lower()[:2]
        try:
            given = float(weight.partition("=")[2]) if weight else 1.0
        except ValueError:
            continue
        if language in ("zh", "en") and given > quality:
            best, quality = language, given
    return best or language_of(request)


def problem(
    request: Request, status: int, text: Text, kind: str = "", **members: Any
) -> JSONResponse:
    """An answer that says what is wrong. `kind`: a key of KINDS, else as the status has it."""
    language = spoken(request)
    named = kind or BY_STATUS.get(status, "invalid" if status < 500 else "broken")
    said = {
        "type": f"/api/docs#{named}",
        "title": KINDS[named].in_(language),
        "status": status,
        "detail": text.in_(language),
    }
    headers = {"Content-Language": "en" if language == "en" else "zh-CN", "Vary": "Accept-Language"}
    return JSONResponse(said | members, status, headers, media_type=TYPE)


def finding_out(found: Finding, language: str, *, host: bool = False) -> FindingOut:
    """`host`: whether the reader is the project's host (states/remedy.py)."""
    return FindingOut(
        rule=found.rule,
        clause=found.clause,
        severity="block" if found.severity is Severity.BLOCK else "flag",
        fact=found.fact,
        message=found.message.in_(language),
        who=[role.value for role in found.who],
        earliest=found.earliest.isoformat() if found.earliest else None,
        consequence=found.consequence,
        remedy=remedy_of(found, host=host).in_(language),
    )


def refused(request: Request, error: Exception) -> Response:
    """A deed that the engine refuses: 403 where another person could, else 422."""
    assert isinstance(error, Refused)
    language = spoken(request)
    found = [finding_out(f, language).model_dump() for f in error.findings]
    detail = Text(
        "".join(f.message.zh for f in error.findings),
        " ".join(f.message.en for f in error.findings),
    )
    personal = all(is_personal(f) for f in error.findings)
    status, kind = (403, "forbidden") if personal else (422, "refused")
    return problem(request, status, detail, kind, findings=found)


def batch_refused(request: Request, error: Exception) -> Response:
    """A batch that some of its lines keep from being published."""
    assert isinstance(error, BatchRefused)
    language = spoken(request)
    lines = [
        LineOut(
            project_id=one.line.project_id,
            name=one.line.facts.name,
            findings=[said_of_line(found, language) for found in one.problems],
        ).model_dump()
        for one in error.verdicts
    ]
    return problem(request, 422, error.text, "refused", lines=lines)


def said_of_line(found: Finding | Text, language: str) -> FindingOut:
    """What stands against a line of a batch, also where it is no rule's word."""
    if isinstance(found, Text):
        found = Finding("batch", "", Severity.BLOCK, "", found)
    return finding_out(found, language)


def unfit(request: Request, error: Exception) -> Response:
    """Fields that the form of a deed does not take."""
    assert isinstance(error, Unfit)
    language = spoken(request)
    fields = [{"field": p.field, "message": p.message.in_(language)} for p in error.problems]
    return problem(request, 422, FIELDS, "invalid", fields=fields)


def invalid(request: Request, error: RequestValidationError) -> Response:
    """Parameters and bodies that do not fit the description."""
    language = spoken(request)
    fields = []
    for one in error.errors():
        where = ".".join(str(part) for part in one["loc"] if part not in PLACES) or "body"
        said = SAID.get(one["type"], UNFIT)
        allowed = {k: v for k, v in one.get("ctx", {}).items() if isinstance(v, str | int)}
        values = {"expected": "", "ge": "", "le": "", "max_length": "", "min_length": ""} | allowed
        fields.append({"field": _plain(where), "message": said.format(**values).in_(language)})
    return problem(request, 422, FIELDS, "invalid", fields=fields)


def _plain(text: str) -> str:
    """What UTF-8 can carry, whatever was sent."""
    return text.encode("utf-8", "replace").decode()[:100]


def of_key(request: Request, error: Exception) -> Response:
    """A key that stands for another request, or for one that is under way."""
    if isinstance(error, UnderWay):
        answer = problem(request, 409, error.text, "under_way")
        answer.headers["Retry-After"] = "1"
        return answer
    return problem(request, 422, OtherRequest.text, "key_reused")


def of_paper(request: Request, error: Exception) -> Response:
    assert isinstance(error, PaperRefused)
    return problem(request, 422, error.text, "invalid")


def of_person(request: Request, error: Exception) -> Response:
    """Somebody who cannot be registered like this."""
    assert isinstance(error, CellError)
    return problem(request, 422, error.sentence, "invalid")


def of_account(request: Request, error: Exception) -> Response:
    """An account with which that cannot be done now."""
    assert isinstance(error, REFUSALS)
    return problem(request, 422, error.text, "refused")


PLACES = {"path", "query", "body", "header"}
KINDS = {
    "invalid": Text("内容有误", "Invalid"),
    "unauthenticated": Text("需要访问令牌", "Token needed"),
    "forbidden": Text("没有权限", "Not allowed"),
    "not_found": Text("没有找到", "Not found"),
    "method": Text("不能这样访问", "Method not allowed"),
    "lost_race": Text("情况已有变化", "Changed meanwhile"),
    "under_way": Text("正在办理", "Under way"),
    "key_reused": Text("幂等键已用过", "Key used for another request"),
    "refused": Text("暂不能办理", "Not possible yet"),
    "too_large": Text("内容过大", "Too large"),
    "broken": Text("系统出错", "Something broke"),
    "busy": Text("暂时不能服务", "Not available"),
}
BY_STATUS = {
    400: "invalid",
    401: "unauthenticated",
    403: "forbidden",
    404: "not_found",
    405: "method",
    409: "lost_race",
    413: "too_large",
    422: "invalid",
    500: "broken",
    503: "busy",
}
# Where what a page says would not help a program.
TEXTS = {
    400: Text("请求正文无法识别，请核对格式。", "The body cannot be read; check its format."),
    405: Text("这个地址不接受这种请求方法。", "This address does not take that method."),
}
NO_CURSOR = Text("请用上一页给出的 next_cursor。", "Give next_cursor of the page before.")
FIELDS = Text("有内容不符合要求，请按 fields 逐项改正。", "Some values will not do; see `fields`.")
UNFIT = Text("这一项的内容不符合要求。", "This value does not fit.")
SAID = {
    "missing": Text("缺少这一项。", "This is missing."),
    "extra_forbidden": Text("没有这一项。", "There is no such field."),
    "json_invalid": Text("不是有效的JSON。", "This is no valid JSON."),
    "int_parsing": Text("请填整数。", "Give a whole number."),
    "int_type": Text("请填整数。", "Give a whole number."),
    "date_from_datetime_parsing": Text("日期请写作 2025-03-31。", "Write a date as 2025-03-31."),
    "date_parsing": Text("日期请写作 2025-03-31。", "Write a date as 2025-03-31."),
    "enum": Text("可选：{expected}。", "Known: {expected}."),
    "literal_error": Text("可选：{expected}。", "Known: {expected}."),
    "greater_than_equal": Text("不能小于{ge}。", "At least {ge}."),
    "less_than_equal": Text("不能大于{le}。", "At most {le}."),
    "string_too_long": Text("最多{max_length}个字符。", "At most {max_length} characters."),
    "string_too_short": Text("至少{min_length}个字符。", "At least {min_length} characters."),
}
