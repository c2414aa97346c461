"""What pages are made of: vendored files as they came, names that exist, both languages, no script
or style in the markup, valid HTML on every page."""

from __future__ import annotations

import re
from collections.abc import Iterator
from hashlib import sha256
from pathlib import Path

import html5lib
import pytest
from fastapi.routing import APIRoute
from jinja2 import Environment, nodes
from visits import House

from states.terms import Role
from web import app as web_app
from web.rendering import STATIC

REPOSITORY = Path(__file__).parents[2]
TEMPLATES = REPOSITORY / "web" / "templates"
NAMES = sorted(path.relative_to(TEMPLATES).as_posix() for path in TEMPLATES.rglob("*.html"))
VENDORED = (STATIC / "vendor", REPOSITORY / "tests" / "e2e" / "vendor")
LINE = re.compile(r"^\| ([\w.-]+) \|.*\| ([0-9a-f]{64}) \|$", re.MULTILINE)
SYMBOLS = set(re.findall(r'<symbol id="([\w-]+)"', (STATIC / "icons.svg").read_text("utf-8")))
CHINESE = re.compile(r"[\u4e00-\u9fff]")
WIDE = re.compile(r"[\u3001-\u303f\uff01-\uff60]")  # its punctuation
COUNTING = {
    "共",
    "第",
    "号",
    "年度",
    "项",
    "个",
    "封",
    "月",
}  # words around a number that English leaves out
OWN_NAME = "中文"  # a language is called by its own name

# -- Files ----------------------------------------------------------------------------------------


@pytest.mark.parametrize("folder", VENDORED, ids=lambda path: path.parent.name)
def test_vendored_files_are_those_that_were_written_down(folder: Path) -> None:
    written = dict(LINE.findall((folder / "VENDORED.md").read_text(encoding="utf-8")))
    found = {
        path.name: sha256(path.read_bytes()).hexdigest()
        for path in folder.iterdir()
        if path.name != "VENDORED.md"
    }
    assert found == written
    assert found


def test_nothing_is_loaded_from_elsewhere() -> None:
    loading = re.compile(r"""(?:src|href|url|@import)\s*[=(]?\s*["']?(?:https?:)?//""")
    ours = [*TEMPLATES.rglob("*.html"), *STATIC.glob("*.*")]
    found = [path.name for path in ours if loading.search(path.read_text(encoding="utf-8"))]
    assert found == []


# -- Templates ------------------------------------------------------------------------------------


def parsed(name: str) -> nodes.Template:
    """As it was written, both languages side by side."""
    return Environment(autoescape=True).parse((TEMPLATES / name).read_text(encoding="utf-8"))


def calls(name: str, function: str) -> Iterator[nodes.Call]:
    for call in parsed(name).find_all(nodes.Call):
        if isinstance(call.node, nodes.Name) and call.node.name == function:
            yield call


def constants(argument: nodes.Node) -> list[object]:
    """The constants that an argument may be; none if it is only known later."""
    if isinstance(argument, nodes.Const):
        return [argument.value]
    if isinstance(argument, nodes.CondExpr):
        return [*constants(argument.expr1), *(constants(argument.expr2) if argument.expr2 else [])]
    return []


def test_the_checks_see_calls() -> None:
    assert [len(call.args) for call in calls("sign_in.html", "_")][:2] == [2, 2]
    assert constants(next(calls("base.html", "asset")).args[0]) == ["favicon.svg"]
    assert {"logo", "alert", "done"} <= SYMBOLS


@pytest.mark.parametrize("name", NAMES)
def test_every_asset_and_icon_exists(name: str) -> None:
    assets = [value for call in calls(name, "asset") for value in constants(call.args[0])]
    assert [value for value in assets if not (STATIC / str(value)).is_file()] == []
    icons = [value for call in calls(name, "icon") for value in constants(call.args[0])]
    assert [value for value in icons if value not in SYMBOLS] == []


@pytest.mark.parametrize("name", NAMES)
def test_every_sentence_is_there_in_both_languages(name: str) -> None:
    for call in calls(name, "_"):
        assert len(call.args) == 2, (name, call.lineno)
        chinese, english = (constants(argument) for argument in call.args)
        assert all(str(value).strip() for value in chinese), (name, call.lineno)
        assert all(str(value).strip() for value in english) or set(chinese) <= COUNTING, (
            name,
            call.lineno,
        )
        assert not any(CHINESE.search(str(value)) for value in english), (name, call.lineno)


def plain(name: str) -> list[str]:
    """What a template writes whatever the language; what a form sends is not read by people."""
    written = [
        re.sub(r'\bvalue="[^"]*"', "", piece.data)
        for output in parsed(name).find_all(nodes.Output)
        for piece in output.nodes
        if isinstance(piece, nodes.TemplateData)
    ]
    return [piece.replace(OWN_NAME, "").strip() for piece in written]


@pytest.mark.parametrize("name", NAMES)
def test_no_chinese_stands_outside_of_the_two_languages(name: str) -> None:
    assert [piece for piece in plain(name) if CHINESE.search(piece)] == []


@pytest.mark.parametrize("name", NAMES)
def test_no_chinese_punctuation_stands_in_english_pages(name: str) -> None:
    """Brackets, colons and full stops belong into `_()`, or are left to the layout."""
    assert [piece for piece in plain(name) if WIDE.search(piece)] == []


@pytest.mark.parametrize("name", NAMES)
def test_no_style_attribute_and_no_script_in_the_markup(name: str) -> None:
    text = (TEMPLATES / name).read_text(encoding="utf-8")
    text = re.sub(r"\{%.*?%\}|\{\{.*?\}\}", "", text, flags=re.DOTALL)  # what a browser gets
    assert not re.search(r"\sstyle\s*=", text)
    assert not re.search(r"<style\b", text)
    assert not re.search(r"\son[a-z]+\s*=", text)
    assert not re.search(r"javascript:", text, re.IGNORECASE)
    for opening, inside in re.findall(r"(<script\b[^>]*>)(.*?)</script>", text, re.DOTALL):
        assert "src=" in opening and not inside.strip(), name


# -- Pages ----------------------------------------------------------------------------------------

SCOPES = {Role.HOST: "福建理工大学", Role.COORDINATOR: "省教育厅"}


def plain_paths() -> list[str]:
    """Every page that a person can ask for without naming anything in the path."""
    routes = [route for room in web_app.PAGES for route in room.routes.routes]
    return sorted(
        {
            route.path
            for route in routes
            if isinstance(route, APIRoute) and "GET" in route.methods and "{" not in route.path
        }
    )


def test_there_are_pages_to_look_at() -> None:
    assert "/sign-in" in plain_paths()


def faults(text: str) -> list[str]:
    """What a strict reader of HTML complains about, and ids that are given twice."""
    parser = html5lib.HTMLParser(namespaceHTMLElements=False)
    document = parser.parse(text)
    wrong = [f"{place}: {code} {values}" for place, code, values in parser.errors]
    ids = [found.get("id") for found in document.iter() if found.get("id")]
    return wrong + [f"id {one} twice" for one in sorted({i for i in ids if ids.count(i) > 1})]


def test_faults_are_seen() -> None:
    page = "<!doctype html><html lang=zh><title>x</title><p id=a><div id=a></div></p></html>"
    assert len(faults(page)) == 2


@pytest.mark.parametrize("language", ["zh", "en"])
@pytest.mark.parametrize("role", [None, *Role], ids=str)
def test_every_page_is_valid(house: House, role: Role | None, language: str) -> None:
    person = None
    for state in ("drafted", "planned"):
        house.desk.admit(state=state, name=f"{state} 高级研修班")
    if role is not None:
        person = house.person("somebody", (role, SCOPES.get(role, "")))
    visit = house.visit(person)
    visit.client.cookies.set("yanxiu_language", language)
    looked_at = 0
    for path in plain_paths():
        answer = visit.get(path)
        assert answer.status_code < 500, (path, answer.text)
        if "text/html" in answer.headers.get("content-type", "") and answer.text:
            looked_at += 1
            assert (path, faults(answer.text)) == (path, [])
    assert looked_at
