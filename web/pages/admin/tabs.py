"""The tabs of administration, who sees which, and who may change something."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated, Any

from fastapi import Depends, Request
from fastapi.responses import HTMLResponse
from starlette.datastructures import FormData, UploadFile

from states.terms import Role, Text
from web.rendering import page
from web.visiting import allowed, posted_by
from workflow.accounts.sessions import Visitor

STAFF = (Role.COORDINATOR, Role.PROVINCE, Role.ADMIN)
OFFICE = (Role.PROVINCE, Role.ADMIN)
EVERYBODY, WATCHERS = (*STAFF, Role.AUDITOR), (*OFFICE, Role.AUDITOR)
LARGEST = 1_000_000  # bytes of a file of rules

Reads = Annotated[Visitor, Depends(allowed(*EVERYBODY))]
Watches = Annotated[Visitor, Depends(allowed(*WATCHERS))]
Works = Annotated[Visitor, Depends(allowed(*STAFF))]
Rules = Annotated[Visitor, Depends(allowed(*OFFICE))]
WorkForm = Annotated[FormData, Depends(posted_by(allowed(*STAFF)))]
RuleForm = Annotated[FormData, Depends(posted_by(allowed(*OFFICE)))]
CheckForm = Annotated[FormData, Depends(posted_by(allowed(*EVERYBODY)))]


@dataclass(frozen=True, slots=True)
class Tab:
    path: str
    label: Text
    roles: tuple[Role, ...]


TABS = (
    Tab("/admin/people", Text("人员账号", "People"), EVERYBODY),
    Tab("/admin/units", Text("单位", "Units"), EVERYBODY),
    Tab("/admin/calendar", Text("放假安排", "Holidays"), EVERYBODY),
    Tab("/admin/policies", Text("政策", "Policies"), EVERYBODY),
    Tab("/admin/ladders", Text("提醒安排", "Reminders"), EVERYBODY),
    Tab("/admin/wordings", Text("邮件措辞", "Wordings"), WATCHERS),
    Tab("/admin/health", Text("运行情况", "Health"), WATCHERS),
    Tab("/admin/audit", Text("操作记录", "Audit"), WATCHERS),
)


def room(
    request: Request, visitor: Visitor, template: str, status: int = 200, **values: Any
) -> HTMLResponse:
    """A page of administration with the tabs that this visitor may open."""
    tabs = [tab for tab in TABS if visitor.has(*tab.roles)]
    may = visitor.has(*OFFICE)
    return page(request, f"admin/{template}", status, tabs=tabs, may=may, **values)


def uploaded(form: FormData, name: str = "file") -> tuple[str, bytes] | None:
    """Name and content of a file of a form, up to one byte more than it may have; None: no file."""
    given = form.get(name)
    if not isinstance(given, UploadFile) or not given.filename:
        return None
    return given.filename[-200:], given.file.read(LARGEST + 1)
