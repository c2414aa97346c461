"""How the mails are worded: read, tried with a real project, saved in versions, put back."""

from __future__ import annotations

from typing import Annotated, Any

from fastapi import APIRouter, Query, Request
from fastapi.responses import HTMLResponse, Response
from sqlalchemy import Connection, select
from starlette.exceptions import HTTPException

from notifications.letters import office_wording
from notifications.letters.imagined_letter import NoPreview
from notifications.letters.links import links_of
from notifications.letters.notices import NAMES, NOTICES
from notifications.letters.preview import preview
from notifications.letters.results import Reader
from notifications.letters.samples import READERS
from notifications.letters.values import Rendered
from notifications.letters.wording import LANGUAGES, resolved
from notifications.letters.wording_check import BadWording, check
from notifications.letters.wording_desk import (
    LONGEST,
    Texts,
    keep,
    own_versions,
    put_back,
    queue_test,
    tried,
)
from states.terms import Role, Text
from web.guarding import SHOWN_MAIL
from web.numbers import number_of
from web.pages.admin.tabs import RuleForm, Rules, Watches, room
from web.rendering import go
from web.site import Site, site_of
from web.visiting import values
from workflow.accounts.sessions import Visitor
from workflow.deeds import NoSuchProject
from workflow.lists.filters import with_words
from workflow.tables import PROJECT

routes = APIRouter(include_in_schema=False)
OFFERED = 50
Given = dict[str, str]
Language = Annotated[str, Query(alias="in", pattern="^(zh|en)$")]


@routes.get("/admin/wordings")
def wordings(request: Request, visitor: Watches) -> Response:
    with site_of(request).db.read() as connection:
        own = own_versions(connection)
    return room(request, visitor, "wordings.html", notices=NOTICES.values(), own=own)


@routes.get("/admin/wordings/{notice}")
def wording(request: Request, visitor: Watches, notice: str, lang: Language = "zh") -> Response:
    return _page(request, visitor, notice, lang, {})


def _page(
    request: Request,
    visitor: Visitor,
    notice: str,
    lang: str,
    typed: dict[str, str],
    **more: Any,
) -> Response:
    """The wording in force, or what was typed; `shown`: the mail with a real project."""
    kind = _kind(notice)
    with site_of(request).db.read() as connection:
        saved = office_wording.current(connection).office
        history = office_wording.history(connection, notice, lang)
        projects = _projects(connection)
    held = resolved(saved, notice, lang)
    first = _named(*projects[0]) if projects else ""
    given = {"subject": held.subject, "lead": held.lead, "project": first, "role": "host"} | typed
    known: dict[str, Any] = {
        "kind": kind,
        "lang": lang,
        "held": held,
        "given": given,
        "languages": LANGUAGES,
        "projects": [_named(*one) for one in projects],
    }
    known |= {"names": NAMES[kind.family], "history": history[::-1], "readers": READERS}
    status = 422 if more.get("problem") else 200
    return room(
        request,
        visitor,
        "wording.html",
        status,
        **known,
        **({"problem": None, "shown": None} | more),
    )


def _projects(connection: Connection, word: str = "") -> list[tuple[int, str]]:
    """Number and name of the newest projects, of those that a search for the word finds."""
    query = select(PROJECT.c.id, PROJECT.c.name).where(with_words(word).test(PROJECT.c))
    rows = connection.execute(query.order_by(PROJECT.c.id.desc()).limit(OFFERED))
    return [(row.id, row.name) for row in rows]


def _named(number: int, name: str) -> str:
    return f"{number} {name}"


def _chosen(connection: Connection, given: Given) -> int:
    """The project that was chosen from the list, typed as a number, or named in part."""
    text = given.get("project", "").strip()
    number = number_of(text.split(" ")[0])
    if number is None and text:
        number = next((one for one, _ in _projects(connection, text[:LONGEST])), None)
    if number is None:
        raise NoSuchProject(0)
    return number


def _kind(notice: str) -> Any:
    if notice not in NOTICES:
        raise HTTPException(404)
    return NOTICES[notice]


@routes.post("/admin/wordings/{notice}")
def do(request: Request, visitor: Rules, form: RuleForm, notice: str) -> Response:
    """What the button says: preview, save, reset or test."""
    given, kind = values(form), _kind(notice)
    lang = given.get("lang", "zh")
    if lang not in LANGUAGES or given.get("do") not in DEEDS:
        raise HTTPException(400)
    texts = given.get("subject", "").strip()[:LONGEST], given.get("lead", "").strip()[:LONGEST]
    site = site_of(request)
    try:
        if given["do"] != "reset":
            check(kind.key, lang, *texts)
        done = DEEDS[given["do"]](site, visitor, notice, lang, texts, given)
    except (BadWording, NoPreview) as error:
        return _page(request, visitor, notice, lang, given, problem=error.text)
    except NoSuchProject:
        return _page(request, visitor, notice, lang, given, problem=NO_PROJECT)
    if isinstance(done, Rendered):
        return _page(request, visitor, notice, lang, given, shown=done)
    return go(request, f"/admin/wordings/{notice}?in={lang}", done)


def _preview(
    site: Site, _: Visitor, notice: str, lang: str, texts: Texts, given: Given
) -> Rendered:
    reader = _reader(site, lang, given)
    with site.db.read() as connection:
        return tried(connection, site.book, notice, _chosen(connection, given), reader, texts)


def _reader(site: Site, lang: str, given: Given, to: tuple[str, str] = ("", "")) -> Reader:
    """For whom the mail is; as for a host where that is not said."""
    role = next((role for role in READERS if role.value == given.get("role")), Role.HOST)
    return Reader(*to, role, lang, site.today(), links_of(site.settings))


def _save(site: Site, visitor: Visitor, notice: str, lang: str, texts: Texts, _: Given) -> Text:
    with site.db.write() as connection:
        version = keep(connection, notice, lang, texts, by=visitor.login, at=site.now())
    return SAVED.format(n=version)


def _reset(site: Site, visitor: Visitor, notice: str, lang: str, _: Texts, __: Given) -> Text:
    with site.db.write() as connection:
        version = put_back(connection, notice, lang, by=visitor.login, at=site.now())
    return RESET.format(n=version)


def _test(site: Site, visitor: Visitor, notice: str, lang: str, _: Texts, given: Given) -> Text:
    """The saved wording, to oneself and nobody else."""
    reader = _reader(site, lang, given, (visitor.name, visitor.email))
    more: Any = {"language": lang, "by": visitor.login, "at": site.now()}
    with site.db.write() as connection:
        project = _chosen(connection, given)
        queue_test(connection, site.book, notice, project, reader, **more)
    return TESTED.format(email=visitor.email)


@routes.get("/admin/wordings/{notice}/styled")
def styled(
    request: Request,
    _: Watches,
    notice: str,
    lang: Language = "zh",
    project: Annotated[str, Query(max_length=200)] = "",
    role: str = "host",
) -> Response:
    """The mail with the saved wording as a mail program shows it."""
    _kind(notice)
    site, given = site_of(request), {"project": project, "role": role}
    reader = _reader(site, lang, given)
    with site.db.read() as connection:
        wordings, number = office_wording.current(connection), _chosen(connection, given)
        try:
            shown = preview(connection, site.book, notice, number, reader, wordings)
        except NoPreview:
            raise HTTPException(404) from None
    return HTMLResponse(shown.html, headers={"Content-Security-Policy": SHOWN_MAIL})


DEEDS: dict[str, Any] = {"preview": _preview, "save": _save, "reset": _reset, "test": _test}
NO_PROJECT = Text("没有这个编号的项目，请换一个预览。", "There is no such project; choose another.")
SAVED = Text(
    "已保存为第{n}版，此后写的邮件使用。", "Saved as version {n}; mails use it from now on."
)
RESET = Text("已恢复为随系统提供的措辞（第{n}版）。", "Back to what is shipped (version {n}).")
TESTED = Text("测试邮件已排队，将发往 {email}。", "A test mail to {email} is queued.")
