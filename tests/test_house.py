"""The house stands as drawn: imports, the one writer, the clock, the files at the top."""

from __future__ import annotations

import ast
import importlib
import json
import re
import subprocess
import sys
from collections.abc import Iterator
from hashlib import sha256
from pathlib import Path
from types import ModuleType

import pytest
from openpyxl import load_workbook

from states.diagram import mermaid
from workflow.statements import Statement
from workflow.tables import Event, Project

ROOT = Path(__file__).parents[1]
PACKAGES = ("states", "config", "workflow", "notifications", "web", "cli")
# The last one derives a column anew when the rules change; facts and history it leaves alone.
COPIES = {"workflow.backup.copying"}  # whole databases, every table alike
WRITERS = {"workflow.engine", "workflow.admission", "workflow.refresh"}
KEPT = {"project", "event"}  # the tables that only the writers write
AT_THE_TOP = {
    *("pyproject.toml", "README.md", "README.zh-CN.md", "Makefile", "requirements.lock"),
    *("alembic.ini", "LICENSE", "CHANGELOG.md", "SECURITY.md", "Dockerfile", "compose.yaml"),
    *(".ci", ".gitignore", ".editorconfig", ".env.example"),
    *("workflow", "states", "notifications", "config", "tests", "web", "cli", "bench", "docs"),
}


def modules() -> Iterator[tuple[str, Path]]:
    for package in PACKAGES:
        for path in sorted((ROOT / package).rglob("*.py")):
            if "versions" not in path.parts and path.name != "env.py":  # migrations make tables
                yield ".".join(path.relative_to(ROOT).with_suffix("").parts), path


MODULES = dict(modules())


def files() -> list[Path]:
    """What is, or would be, in the repository."""
    if not (ROOT / ".git").exists():
        pytest.skip("not a git clone")
    listed = subprocess.run(
        ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"],
        cwd=ROOT,
        capture_output=True,
        check=True,
    )
    found = [Path(name) for name in listed.stdout.decode().split("\0") if name]
    return [path for path in found if (ROOT / path).is_file()]


# -- Imports --------------------------------------------------------------------------------------


def test_imports_flow_down_only() -> None:
    tool = Path(sys.executable).with_name("lint-imports")
    done = subprocess.run([tool, "--no-cache"], cwd=ROOT, capture_output=True, text=True)
    assert done.returncode == 0, done.stdout
    assert "0 broken" in done.stdout


# -- One writer -----------------------------------------------------------------------------------


WRITING = {"insert", "update", "delete"}


def table_of(node: ast.Call, module: ModuleType) -> str:
    """The table of insert(TABLE) or TABLE.insert(), looked up as the module itself sees it."""
    if isinstance(node.func, ast.Name) and node.func.id in WRITING:
        found = eval(ast.unparse(node.args[0]), vars(module))
        return str(getattr(found, "__tablename__", None) or found.name)
    if isinstance(node.func, ast.Attribute) and node.func.attr in WRITING:
        root = node.func.value
        found = eval(ast.unparse(root), vars(module)) if ast.unparse(root).isupper() else None
        return str(getattr(found, "name", ""))
    return ""


def written(name: str) -> set[str]:
    """The tables to which this module's code inserts, updates or deletes."""
    module = importlib.import_module(name)
    tree = ast.parse(MODULES[name].read_text(encoding="utf-8"))
    found = {table_of(node, module) for node in ast.walk(tree) if isinstance(node, ast.Call)}
    for value in vars(module).values():  # compiled statements, also those of another module
        table = getattr(value.clause, "table", None) if isinstance(value, Statement) else None
        if table is not None:
            found.add(table.name)
    return found


def test_the_check_sees_the_writers() -> None:
    assert {Project.__tablename__, Event.__tablename__} == KEPT
    assert set.union(*(written(name) & KEPT for name in WRITERS)) == KEPT


@pytest.mark.parametrize(
    "name", sorted(set(MODULES) - WRITERS - COPIES - {"cli.entry", "cli.main"})
)
def test_only_the_writers_write_projects_and_events(name: str) -> None:
    assert written(name) & KEPT == set()
    source = MODULES[name].read_text(encoding="utf-8")
    assert not re.search(
        r"(insert\s+into|update|delete\s+from)\s+(project|event)\b(?!s)",
        code(source),
        re.IGNORECASE,
    )


def code(source: str) -> str:
    """The strings of a module that are not docstrings: where raw SQL would stand."""
    tree = ast.parse(source)
    documented = (ast.Module, ast.ClassDef, ast.FunctionDef, ast.AsyncFunctionDef)
    docs = {ast.get_docstring(n, clean=False) for n in ast.walk(tree) if isinstance(n, documented)}
    strings = (n.value for n in ast.walk(tree) if isinstance(n, ast.Constant))
    return "\n".join(s for s in strings if isinstance(s, str) and s not in docs)


# -- The clock ------------------------------------------------------------------------------------

CLOCKS = {"now", "utcnow", "today", "time", "time_ns", "localtime", "gmtime"}
OWNERS = {"datetime", "date", "time"}
MAY_READ_IT = {
    "cli.clock": {"starting", "now"},
    "notifications.worker": {"scheduler"},  # when the first tick comes; never what is due
}


def readings(path: Path) -> set[str]:
    """The functions that read a clock."""
    found = set()

    def look(node: ast.AST, within: str) -> None:
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            within = node.name
        if isinstance(node, ast.Attribute) and node.attr in CLOCKS:
            if isinstance(node.value, ast.Name) and node.value.id in OWNERS:
                found.add(within)
        for child in ast.iter_child_nodes(node):
            look(child, within)

    look(ast.parse(path.read_text(encoding="utf-8")), "module level")
    return found


@pytest.mark.parametrize("name", sorted(MODULES))
def test_time_is_an_argument(name: str) -> None:
    assert readings(MODULES[name]) == MAY_READ_IT.get(name, set())


def test_the_time_zone_has_one_home() -> None:
    naming = [
        name
        for name, path in MODULES.items()
        if re.search(r"\bZoneInfo\(", path.read_text(encoding="utf-8"))
    ]
    assert naming == ["config.zone"]


# -- What is drawn, pinned and listed -------------------------------------------------------------


def test_the_diagram_in_the_readme_is_the_table() -> None:
    text = (ROOT / "README.md").read_text(encoding="utf-8")
    assert re.findall(r"```mermaid\n(.*?)```", text, re.DOTALL) == [mermaid()]


def test_the_lock_pins_hashes_and_names_no_place() -> None:
    text = (ROOT / "requirements.lock").read_text(encoding="utf-8")
    assert "://" not in text
    assert not re.search(
        r"^\s*(-i|--\w*index\w*|--find-links|--trusted-host)\b", text, re.MULTILINE
    )
    entries = text.replace("\\\n", " ").splitlines()
    pinned = [line for line in entries if line.strip() and not line.startswith("#")]
    assert len(pinned) > 20
    assert [line for line in pinned if "==" not in line or "--hash=sha256:" not in line] == []


ALIEN = [
    *(re.compile(rf"(?<![\w./$}}-])/{folder}/") for folder in ("work", "root", "home", "Users")),
    re.compile("index" + r"[-_]url\s*=?\s*https?:", re.IGNORECASE),
    re.compile("files" + r"\.pythonhosted|pypi" + r"\.org|artifact" + "ory", re.IGNORECASE),
]


def test_no_file_knows_a_machine_or_a_registry() -> None:
    found = []
    for path in files():
        try:
            text = (ROOT / path).read_text(encoding="utf-8")
        except UnicodeDecodeError:
            continue  # workbooks
        found += [f"{path}: {match[0]}" for alien in ALIEN for match in alien.finditer(text)]
    assert found == []


def test_no_merge_is_left_half_done() -> None:
    """Neither side of a conflict stands in a file with the marks that git puts around it."""
    marks = re.compile(rb"^(?:<{7}|>{7}) ", re.MULTILINE)
    assert [path.name for path in files() if marks.search((ROOT / path).read_bytes())] == []


def test_the_top_holds_only_what_it_must() -> None:
    assert {path.parts[0] for path in files()} - AT_THE_TOP == set()


def test_decisions_are_numbered_without_gaps() -> None:
    found = sorted(path.name for path in (ROOT / "docs" / "decisions").glob("0*.md"))
    assert [name[:4] for name in found] == [f"{n:04d}" for n in range(1, len(found) + 1)]
    others = {path.name for path in (ROOT / "docs" / "decisions").iterdir()} - set(found)
    assert others == {"README.md"}
    for name in found:
        assert (ROOT / "docs" / "decisions" / name).read_text(encoding="utf-8").startswith("# ")


CITED = re.compile(
    r"(?<![\w/.-])(?:states|config|workflow|notifications|web|cli|tests|bench|docs)/[\w/-]+"
    r"\.(?:py|md|toml|html|css|js|j2)\b"
)


def test_every_file_that_is_cited_exists() -> None:
    """What a comment or a guide sends its reader to is there."""
    readable = [path for path in files() if path.suffix in (".py", ".md", ".toml", ".html", ".css")]
    cited = {
        f"{path}: {name}"
        for path in readable
        for name in CITED.findall((ROOT / path).read_text(encoding="utf-8"))
        if not (ROOT / name).is_file() and "YEAR" not in name
    }
    assert cited == set()


def test_every_decision_that_the_code_cites_exists() -> None:
    known = {path.name[:4] for path in (ROOT / "docs" / "decisions").glob("0*.md")}
    for path in MODULES.values():
        cited = re.findall(r"docs/decisions/(\d{4})", path.read_text(encoding="utf-8"))
        assert set(cited) <= known, path


def test_the_sample_year_is_the_one_that_everybody_talks_about() -> None:
    sheet = load_workbook(ROOT / "config" / "samples" / "plan-2025.xlsx").active
    assert sheet is not None
    title, heads, *rows = (list(row) for row in sheet.iter_rows(values_only=True))
    assert title[0] == "专业技术人才知识更新工程2025年高级研修项目计划表（示例数据）"
    assert heads[:3] == ["序号", "项目名称", "项目类别"]
    assert [row[0] for row in rows] == list(range(1, 86))
    assert rows[0][1] == "集成电路封装测试成果转化高级研修班"
    assert (rows[1][6], rows[5][6]) == ("2025年3月31日-4月4日", "2025年11月3日-6日")
    assert rows[84][1] == "冷链物流与供应链标准化与实践高级研修班"
    kinds = [f"{row[2]}/{row[3]}" for row in rows]
    assert {kind: kinds.count(kind) for kind in kinds} == {
        "国家级高级研修项目/财政资助": 3,
        "国家级高级研修项目/自筹": 1,
        "省级高级研修示范项目/财政资助": 5,
        "工程领域专项/财政资助": 5,
        "省级高级研修普通项目/自筹": 71,
    }
    written = json.dumps([title, heads, *rows], ensure_ascii=False)
    assert sha256(written.encode()).hexdigest() == SAMPLE_DIGEST


SAMPLE_DIGEST = "b67290cd9f856812d6469ba0718b7268b06c9d3cc01234517c578e7726d739a8"
