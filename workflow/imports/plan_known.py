"""Which projects of the books the rows of a plan are: by name and host, now or as they were ever
called. Which they only look like is asked, never decided."""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from sqlalchemy import Connection, or_, select

from states.facts import Json, merge
from states.policy import Policy
from states.terms import BEFORE_PLAN, State, Text
from workflow.identity import identity
from workflow.imports.likeness import core, hosts_nearly, names_nearly
from workflow.imports.plan_file import Named
from workflow.imports.rows import Remark
from workflow.tables import EVENT, PROJECT


@dataclass(frozen=True, slots=True)
class Known:
    """A project that the books know. `names` and `hosts`: all under which it ever stood, here or
    in a file."""

    id: int
    state: State
    stored: Json
    said: Json  # what earlier files said
    names: frozenset[str]
    hosts: frozenset[str]

    @property
    def number(self) -> int | None:
        return self.stored.get("number")

    @property
    def in_plan(self) -> bool:
        return self.state not in (*BEFORE_PLAN, State.REJECTED, State.WITHDRAWN)

    @property
    def label(self) -> Text:
        """How a remark names it."""
        said = LABEL if self.number is None else NUMBERED
        values = {"id": self.id, "number": self.number}
        return said.format(name=self.stored["name"], host=self.stored["host"], **values)


@dataclass(frozen=True, slots=True)
class Choices:
    """What somebody says of rows (Excel's numbers) that look like projects of the books."""

    same: Mapping[int, int] = field(default_factory=dict)  # row -> the project that it is
    new: frozenset[int] = frozenset()  # rows that are other projects


NO_CHOICES = Choices()


def known_projects(connection: Connection, policy: Policy) -> list[Known]:
    """The projects of the policy's year, by id."""
    said: dict[int, Json] = defaultdict(dict)
    called: dict[str, dict[int, set[str]]] = {key: defaultdict(set) for key in ("name", "host")}
    renamed = (EVENT.c.changes.contains(f'"{key}":') for key in called)
    query = (
        select(EVENT.c.project_id, EVENT.c.machine, EVENT.c.changes)
        .join_from(EVENT, PROJECT, EVENT.c.project_id == PROJECT.c.id)
        .where(PROJECT.c.year == policy.year, or_(EVENT.c.machine, *renamed))
        .order_by(EVENT.c.project_id, EVENT.c.seq)
    )
    for project_id, machine, text in connection.execute(query):
        changes = json.loads(text)
        if machine:
            said[project_id] = merge(said[project_id], changes)
        for key, by_project in called.items():
            if key in changes:
                by_project[project_id].add(changes[key])
    columns = (PROJECT.c.id, PROJECT.c.state, PROJECT.c.facts)
    its = PROJECT.c.year == policy.year
    return [
        Known(
            row.id,
            State(row.state),
            json.loads(row.facts),
            said[row.id],
            frozenset(called["name"][row.id]),
            frozenset(called["host"][row.id]),
        )
        for row in connection.execute(select(*columns).where(its).order_by(PROJECT.c.id))
    ]


class Pairing:
    """The rows of a file and the projects that they are: `found`, by row. Rows that have to be
    asked about, or were answered wrongly, are in `rejected`."""

    def __init__(
        self, known: Sequence[Known], named: Sequence[Named], choices: Choices = NO_CHOICES
    ) -> None:
        self.found: dict[int, Known] = {}
        self.rejected: list[Remark] = []
        self._known = {one.id: one for one in known}
        self._rows: dict[int, int] = {}  # project -> its row
        self._asked: set[int] = set()  # projects that rows look like
        self._choices = choices
        now, ever = _identities(known)
        self._choose(named, now)
        for names in (now, ever):
            self._recognise(named, names)
        self._ask(named, ever)

    def vanished(self) -> Iterator[Known]:
        """Projects in the plan that no row of the file is, or looks like."""
        return (one for one in self.without_row() if one.in_plan and one.id not in self._asked)

    def without_row(self) -> Iterator[Known]:
        """Projects that no row of the file is."""
        return (one for one in self._known.values() if one.id not in self._rows)

    def _choose(self, named: Sequence[Named], now: Mapping[str, list[Known]]) -> None:
        """Take what somebody says; what cannot be so is said."""
        rows = {one.row: one for one in named}
        for row in sorted({*self._choices.same, *self._choices.new} - rows.keys()):
            self._reject(row, NO_SUCH_ROW)
        for row in sorted(self._choices.same.keys() & rows.keys()):
            there = self._known.get(self._choices.same[row])
            fitting = now.get(identity(rows[row].name, rows[row].host), [])
            if there is None:
                self._reject(row, NO_SUCH_PROJECT.format(id=self._choices.same[row]))
            elif there.id in self._rows:
                first = self._rows[there.id]
                self._reject(row, TAKEN.format(first=first, project=there.label))
            elif fitting and there not in fitting:
                self._reject(row, OTHER.format(project=fitting[0].label))
            else:
                self._take(row, there)

    def _recognise(self, named: Sequence[Named], names: Mapping[str, list[Known]]) -> None:
        """Rows whose name and host are one project's alone, which is no other row's."""
        for one in named:
            if one.row in self.found or one.row in self._choices.same:
                continue
            fitting = names.get(identity(one.name, one.host), [])
            if len(fitting) == 1 and fitting[0].id not in self._rows:
                self._take(one.row, fitting[0])
                if one.row in self._choices.new:
                    self._reject(one.row, NOT_NEW.format(project=fitting[0].label))

    def _ask(self, named: Sequence[Named], ever: Mapping[str, list[Known]]) -> None:
        """Of rows that are no project, those that look like one."""
        answered = {*self._choices.same, *self._choices.new}
        left = [one for one in named if one.row not in self.found and one.row not in answered]
        free = _Likeness(one for one in self._known.values() if one.id not in self._rows)
        for one in left:
            like = ever.get(identity(one.name, one.host)) or free.of(one)
            self._asked |= {there.id for there in like}
            if like:
                named_all = Text(
                    "、".join(there.label.zh for there in like[:SHOWN]),
                    ", ".join(there.label.en for there in like[:SHOWN]),
                )
                values = {"project": named_all, "row": one.row, "id": like[0].id}
                self._reject(one.row, LOOKS_LIKE.format(**values))

    def _take(self, row: int, project: Known) -> None:
        self.found[row] = project
        self._rows[project.id] = row

    def _reject(self, row: int, message: Text) -> None:
        self.rejected.append(Remark(row, None, message))


def _identities(
    known: Iterable[Known],
) -> tuple[dict[str, list[Known]], dict[str, list[Known]]]:
    """The projects by name and host as they are now, and as they ever were."""
    now: dict[str, list[Known]] = defaultdict(list)
    ever: dict[str, list[Known]] = defaultdict(list)
    for one in known:
        now[identity(one.stored["name"], one.stored["host"])].append(one)
        for key in {identity(name, host) for name in one.names for host in one.hosts}:
            ever[key].append(one)
    return now, ever


class _Likeness:
    """Projects by what a corrected row leaves as it was: the number, or one of both names."""

    def __init__(self, projects: Iterable[Known]) -> None:
        self._by_number: dict[int, list[Known]] = defaultdict(list)
        self._by_name: dict[str, dict[int, Known]] = defaultdict(dict)
        self._by_host: dict[str, dict[int, Known]] = defaultdict(dict)
        for one in projects:
            if one.number is not None:
                self._by_number[one.number].append(one)
            for name in one.names:
                self._by_name[core(name)][one.id] = one
            for host in one.hosts:
                self._by_host[core(host)][one.id] = one

    def of(self, row: Named) -> list[Known]:
        """The same number with nearly the name or the host; else nearly both."""
        numbered = self._by_number.get(row.number, []) if row.number is not None else []
        like = [one for one in numbered if _named_so(row, one) or _hosted_so(row, one)]
        if like:
            return like
        by_name = self._by_name.get(core(row.name), {})
        by_host = self._by_host.get(core(row.host), {})
        found = {n: one for n, one in by_name.items() if _hosted_so(row, one)}
        found |= {n: one for n, one in by_host.items() if _named_so(row, one)}
        return list(found.values())


def _named_so(row: Named, project: Known) -> bool:
    return any(names_nearly(row.name, name) for name in project.names)


def _hosted_so(row: Named, project: Known) -> bool:
    return any(hosts_nearly(row.host, host) for host in project.hosts)


SHOWN = 3  # projects that one remark names
LABEL = Text("项目{id}“{name}”（{host}）", "project {id} “{name}” ({host})")
NUMBERED = Text(
    "项目{id}（序号{number}）“{name}”（{host}）", "project {id} (no. {number}) “{name}” ({host})"
)
LOOKS_LIKE = Text(
    "本行与{project}相近，可能是同一项目改了名称或单位写法，请核对：是同一项目的，导入时加 --same {row}={id}；"
    "是另一项目的，加 --new {row}",
    "This row looks like {project}, renamed or its host written otherwise; if it is, import with "
    "--same {row}={id}; if it is another project, with --new {row}",
)
NO_SUCH_ROW = Text(
    "所指的这一行不是项目，请核对行号（Excel的行号）",
    "The row that was named holds no project; check its number in Excel",
)
NO_SUCH_PROJECT = Text(
    "本年度没有编号为{id}的项目，请用 yanxiu projects 查看编号",
    "There is no project {id} in this year; see `yanxiu projects`",
)
TAKEN = Text(
    "{project}已由第{first}行对应，一个项目只能对应一行",
    "Row {first} already is {project}; a project is one row's only",
)
NOT_NEW = Text(
    "本行的项目名称和承办单位就是{project}，不能作为另一项目导入",
    "By name and host this row is {project}; it cannot come in as another",
)
OTHER = Text(
    "本行的项目名称和承办单位就是{project}，不能指为其他项目，请核对行号和编号",
    "By name and host this row is {project} and no other; check row and id",
)
