"""Changes that are made once, however often a program asks under the same Idempotency-Key."""

from __future__ import annotations

from collections.abc import Callable
from hashlib import sha256

from fastapi import Request
from fastapi.responses import Response
from pydantic import BaseModel
from sqlalchemy import Connection

from web.api.problems import spoken
from web.site import site_of
from workflow.accounts.sessions import Visitor
from workflow.answers import Answer, keep, said_before

KEY = "Idempotency-Key"


def once(
    request: Request,
    visitor: Visitor,
    asked: str,
    work: Callable[[Connection], BaseModel],
    *,
    status: int = 200,
    alone: bool = True,
) -> Response:
    """Do `work` in one transaction with the record of its answer, or answer as before.

    `asked`: what was asked for, as a text that is the same for the same request. `alone`: as for
    Database.write.
    """
    site = site_of(request)
    key, at = request.headers.get(KEY), site.now()
    mark = sha256(f"{request.method} {request.url.path}\n{asked}".encode()).hexdigest()
    with site.db.write(alone=alone) as connection:
        if key and (said := said_before(connection, visitor.person_id, key, mark, at=at)):
            return _response(request, said, {"Idempotency-Replayed": "true"})
        answer = Answer(status, work(connection).model_dump_json())
        if key:
            keep(connection, visitor.person_id, key, mark, answer, at=at)
    return _response(request, answer, {})


def _response(request: Request, answer: Answer, headers: dict[str, str]) -> Response:
    language = {"Content-Language": "en" if spoken(request) == "en" else "zh-CN"}
    return Response(answer.body, answer.status, language | headers, media_type="application/json")
