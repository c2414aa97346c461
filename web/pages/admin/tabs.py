"""The tabs of administration, who sees which, and who may change something."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated, Any

from fastapi import Depends, Request
from fastapi.responses import HTMLResponse
from starlette.datastructures import FormData, UploadFile

from states.terms import OFFICE, OFFICIALS, Role, Text
from web.kept_files import file_name
from web.navigation import CARERS, OFFICE_WATCHERS
from web.rendering import page
from web.visiting import allowed, posted_by
from workflow.accounts.sessions import Visitor

LARGEST = 1_000_000  # bytes of a file of rules

Reads = Annotated[Visitor, Depends(allowed(*OFFICIALS))]
Watches = Annotated[Visitor, Depends(allowed(*OFFICE_WATCHERS))]
Works = Annotated[Visitor, Depends(allowed(*CARERS))]
Rules = Annotated[Visitor, Depends(allowed(*OFFICE))]
WorkForm = Annotated[FormData, Depends(posted_by(allowed(*CARERS)))]
RuleForm = Annotated[FormData, Depends(posted_by(allowed(*OFFICE)))]


@dataclass(frozen=True, slots=True)
class Tab:
    path: str
    label: Text
    roles: frozenset[Role]


TABS = (
    Tab("/admin/people", Text("人员账号", "People"), OFFICIALS),
    Tab("/admin/units", Text("单位", "Units"), OFFICIALS),
    Tab("/admin/calendar", Text("放假安排", "Holidays"), OFFICIALS),
    Tab("/admin/policies", Text("政策", "Policies"), OFFICIALS),
    Tab("/admin/ladders", Text("提醒安排", "Reminders"), OFFICIALS),
    Tab("/admin/wordings", Text("邮件措辞", "Wordings"), OFFICE_WATCHERS),
    Tab("/admin/health", Text("运行情况", "Health"), OFFICE_WATCHERS),
    Tab("/admin/audit", Text("操作记录", "Audit"), OFFICE_WATCHERS),
)


def room(
    request: Request, visitor: Visitor, template: str, status: int = 200, **values: Any
) -> HTMLResponse:
    """A page of administration with the tabs that this visitor may open."""
    tabs = [tab for tab in TABS if visitor.has(*tab.roles)]
    may = visitor.has(*OFFICE)
    return page(request, f"admin/{template}", status, tabs=tabs, may=may, **values)


def uploaded(form: FormData) -> tuple[str, bytes] | None:
    """Name and content of the file of a form, up to one byte more than it may have; None: no file."""
    given = form.get("file")
    if not isinstance(given, UploadFile) or not given.filename:
        return None
    return file_name(given.filename), given.file.read(LARGEST + 1)
