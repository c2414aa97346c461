"""Pages from templates: one environment, both languages, dates and money as officials write them."""

from __future__ import annotations

import json
import re
from base64 import urlsafe_b64decode, urlsafe_b64encode
from collections.abc import Callable, Iterable
from datetime import date, datetime
from functools import cache
from hashlib import sha256
from pathlib import Path
from typing import Any
from urllib.parse import quote

from fastapi import Request
from fastapi.responses import HTMLResponse, RedirectResponse, Response
from jinja2 import Environment, PackageLoader, StrictUndefined, pass_context
from jinja2.runtime import Context
from markupsafe import Markup

from config.zone import local
from states.actions import ROWS
from states.arrival import received
from states.labels import basis_label
from states.places import place, where
from states.policy import Policy
from states.terms import Act, Action, Text
from web.navigation import menu
from web.site import site_of
from workflow.accounts.sessions import Visitor
from workflow.people import let_in_label, nameless_label

STATIC = Path(__file__).parent / "static"
DEED_NAMES = tuple(deed.value for deed in (*Action, *Act))
LANGUAGE, SAID = "yanxiu_language", "yanxiu_said"  # cookies


def page(request: Request, template: str, status: int = 200, **values: Any) -> HTMLResponse:
    """A page, or a part of one, in the reader's language. Templates see `values`, the visitor,
    today, and what the last act had to say."""
    site = site_of(request)
    visitor: Visitor | None = getattr(request.state, "visitor", None)
    said = _said(request)
    known: dict[str, Any] = {
        "visitor": visitor,
        "csrf": visitor.csrf if visitor else "",
        "language": language_of(request),
        "today": site.today(),
        "moved": site.settings.today is not None,
        "hosts_online": site.settings.hosts_online,
        "said": said,
        "menu": menu(visitor.roles) if visitor else (),
        "path": request.url.path,
        "full_path": full_path(request),
    }
    if "asked" not in values:
        known["asked"] = site.whom_to_ask()
    text = environment(known["language"]).get_template(template).render(known | values)
    answer = HTMLResponse(text, status)
    if said:
        answer.delete_cookie(SAID)
    return answer


def go(request: Request, where: str, said: Text | None = None, *, kind: str = "good") -> Response:
    """Send the browser on after a form, with a sentence for the next page (kinds: good, bad)."""
    if request.headers.get("HX-Request"):
        spelt = quote(where, safe=AS_IT_IS)  # a header holds no Chinese
        answer: Response = Response(status_code=204, headers={"HX-Redirect": spelt})
    else:
        answer = RedirectResponse(where, 303)
    if said is not None:
        value = json.dumps([kind, said.zh, said.en], ensure_ascii=False)
        packed = urlsafe_b64encode(value.encode()).decode()
        answer.set_cookie(SAID, packed, max_age=60, httponly=True, samesite="lax")
    return answer


AS_IT_IS = ":/%#?=@[]!$&'()*+,"  # of an address, as RedirectResponse has it


def _said(request: Request) -> tuple[str, Text] | None:
    packed = request.cookies.get(SAID, "")
    try:
        read = json.loads(urlsafe_b64decode(packed)) if packed else []
    except (ValueError, RecursionError):  # not ours
        return None
    if not isinstance(read, list) or len(read) != 3 or not all(map(_is_said, read)):
        return None
    kind, zh, en = read
    return (kind, Text(zh, en)) if zh else None


def _is_said(part: object) -> bool:
    """Whether this is text that a page can carry: JSON also spells halves of characters."""
    return isinstance(part, str) and not any("\ud800" <= one <= "\udfff" for one in part)


def language_of(request: Request) -> str:
    """As switched in this browser, else as the person's mails are, else Chinese."""
    chosen = request.cookies.get(LANGUAGE)
    if chosen in ("zh", "en"):
        return chosen
    visitor: Visitor | None = getattr(request.state, "visitor", None)
    return visitor.language if visitor else site_of(request).settings.language


def full_path(request: Request) -> str:
    if request.method != "GET":  # nothing to come back to
        return "/"
    query = request.url.query
    return f"{request.url.path}?{query}" if query else request.url.path


@cache
def environment(language: str) -> Environment:
    """Compiled once a language; an unknown name in a template is an error, not a gap on the page."""
    made = Environment(
        loader=InOneLanguage(language),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        auto_reload=False,
    )
    made.globals |= {"_": _both, "asset": asset, "icon": icon}
    made.globals |= {"let_in_label": let_in_label, "nameless_label": nameless_label}
    made.filters |= {
        "say": _say,
        "day": _day,
        "long_day": _long_day,
        "moment": _moment,
        "yuan": _yuan,
        "placed": place,
        "cited": _cited,
        "places": _places,
        "basis": _basis,
        "received": received,
        "left": _left,
        "plain": _plain,
        "size": _size,
    }
    return made


class InOneLanguage(PackageLoader):
    """Templates in which what is the same for every reader of a language stands already: both
    languages side by side are a third of a page's work otherwise."""

    def __init__(self, language: str) -> None:
        super().__init__("web")
        self.language = language

    def get_source(
        self, environment: Environment, template: str
    ) -> tuple[str, str, Callable[[], bool] | None]:
        source, *rest = super().get_source(environment, template)
        source = BOTH.sub(lambda found: found["en" if self.language == "en" else "zh"], source)
        source = ICON.sub(lambda found: str(icon(found["name"])), source)
        return source, *rest  # type: ignore[return-value]


_TEXT = r""" "[^"\\]*" | '[^'\\]*' """
BOTH = re.compile(rf"(?<!\w) _\( \s* (?P<zh>{_TEXT}) , \s* (?P<en>{_TEXT}) \s* \)", re.VERBOSE)
ICON = re.compile(r"""\{\{ \s icon\( "(?P<name>[a-z]+)" \) \s \}\}""", re.VERBOSE)


@pass_context
def _both(context: Context, zh: str, en: str) -> str:
    """In a template both languages stand side by side: `_("项目", "Projects")`."""
    return en if context["language"] == "en" else zh


@pass_context
def _say(context: Context, text: Text | str | None) -> str:
    if text is None:
        return ""
    return text.in_(context["language"]) if isinstance(text, Text) else text


def _cited(key: str, policy: Policy) -> Text:
    """A clause as officials cite it; its key, which is ours, stands in the details only."""
    clause = policy.clauses.get(key)
    return where(clause, policy) if clause else Text(key, key)


def _places(keys: Iterable[str], policy: Policy) -> list[str]:
    """The first key of each place that is cited: two rules may stand in one paragraph."""
    first: dict[str, str] = {}
    for key in keys:
        first.setdefault(_cited(key, policy).zh, key)
    return list(first.values())


def _basis(one: Any, policy: Policy, inside: bool) -> Text | None:
    """What is said of a paper, milestone or clause that no document of the year stands behind."""
    clause = policy.clauses.get(getattr(one, "clause", "") or getattr(one, "id", ""))
    return basis_label(one.basis, clause, official=inside)


@pass_context
def _plain(context: Context, text: Text | None) -> str:
    """A sentence of the engine without the names that only the command line needs."""
    return NAMES.sub("", _say(context, text))


# （opens、ends）, （--on）, (summary_report); in English also a lone word that a form is asked by.
_NAME = r"(?:--)?[a-z]+(?:_[a-z]+)+(?:\.[a-z_]+)?|--[a-z]+"
_WORDS = "|".join(sorted({field.name for row in ROWS for field in row.form} | {*DEED_NAMES}))
NAMES = re.compile(rf"（(?:(?:{_NAME}|{_WORDS})、?)+）| \((?:(?:{_NAME}|{_WORDS})(?:, )?)+\)")


def _size(count: int) -> str:
    """A file's size: 12 KB, 3.4 MB."""
    return (
        f"{count / 1024 / 1024:.1f} MB" if count >= 1024 * 1024 else f"{max(1, count // 1024)} KB"
    )


def as_day(value: date | str | None) -> date | None:
    if isinstance(value, str):
        return date.fromisoformat(value) if value else None
    return value


def _day(value: date | str | None) -> str:
    """2025-11-30, or a dash."""
    found = as_day(value)
    return found.isoformat() if found else "—"


@pass_context
def _long_day(context: Context, value: date | str | None) -> str:
    """2025年11月30日, or the same in English."""
    found = as_day(value)
    if found is None:
        return "—"
    if context["language"] == "en":
        return found.strftime("%-d %B %Y")
    return f"{found.year}年{found.month}月{found.day}日"


def _moment(value: datetime | str | None) -> str:
    """2025-11-30 08:30 in Chinese time."""
    if not value:
        return "—"
    found = datetime.fromisoformat(value) if isinstance(value, str) else value
    return local(found)


@pass_context
def _left(context: Context, value: date | str | None) -> str:
    """How far a day is from today: 还有7天, 今天, 已过3天."""
    found = as_day(value)
    if found is None:
        return ""
    days = (found - context["today"]).days
    told = AHEAD if days > 0 else TODAY if days == 0 else PASSED
    return told.format(n=abs(days)).in_(context["language"])


AHEAD, TODAY = Text("还有{n}天", "{n} day(s) left"), Text("今天", "today")
PASSED = Text("已过{n}天", "{n} day(s) ago")


def _yuan(fen: int | None) -> str:
    """48,000.00 of 4800000 fen."""
    return "—" if fen is None else f"{fen / 100:,.2f}"


@cache
def asset(name: str) -> str:
    """The address of a static file; it changes with the content, so that it may be kept."""
    digest = sha256((STATIC / name).read_bytes()).hexdigest()[:12]
    return f"/static/{name}?v={digest}"


@cache
def icon(name: str) -> Markup:
    """An icon from the sprite, invisible to screen readers: a label always stands beside it."""
    return Markup(  # noqa: S704 - our own file
        f'<svg class="icon" aria-hidden="true" focusable="false">'
        f'<use href="{asset("icons.svg")}#{name}"></use></svg>'
    )
