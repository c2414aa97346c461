"""Searches of projects under a name: one's own, and those that colleagues share.

A view is the search alone; whoever opens it sees his own scope.
"""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import Connection, delete, func, insert, or_, select

from states.terms import Text
from workflow.identity import tidy
from workflow.office_tables import VIEW
from workflow.tables import PERSON

LONGEST_NAME, MOST_OWN, MOST_SHOWN = 40, 50, 100


class ViewProblem(Exception):
    """The view cannot be saved; `text` says why."""

    def __init__(self, text: Text) -> None:
        self.text = text
        super().__init__(text.en)


@dataclass(frozen=True, slots=True)
class View:
    """A saved search. `by`: whose it is, empty for one's own."""

    id: int
    name: str
    search: str
    shared: bool
    by: str


def views(connection: Connection, person: int, *, with_shared: bool) -> list[View]:
    """A person's own views, then what others share."""
    own = VIEW.c.person_id == person
    query = (
        select(VIEW, PERSON.c.name.label("owner"))
        .join_from(VIEW, PERSON, VIEW.c.person_id == PERSON.c.id)
        .where(or_(own, VIEW.c.shared) if with_shared else own)
        .order_by(own.desc(), VIEW.c.name, VIEW.c.id)
        .limit(MOST_SHOWN)
    )
    return [
        View(row.id, row.name, row.search, row.shared, "" if row.person_id == person else row.owner)
        for row in connection.execute(query)
    ]


def save_view(connection: Connection, person: int, name: str, search: str, *, shared: bool) -> View:
    """Keep a search under a name; the same name again replaces it. Raises ViewProblem."""
    name = tidy(name)
    if not 0 < len(name) <= LONGEST_NAME:
        raise ViewProblem(NAME.format(most=LONGEST_NAME))
    same = (VIEW.c.person_id == person, VIEW.c.name == name)
    connection.execute(delete(VIEW).where(*same))
    own = select(func.count()).select_from(VIEW).where(VIEW.c.person_id == person)
    if connection.execute(own).scalar_one() >= MOST_OWN:
        raise ViewProblem(TOO_MANY.format(most=MOST_OWN))
    values = {"person_id": person, "name": name, "search": search, "shared": shared}
    number = connection.execute(insert(VIEW).values(values).returning(VIEW.c.id)).scalar_one()
    return View(number, name, search, shared, "")


def drop_view(connection: Connection, person: int, view: int) -> bool:
    """Delete one's own view; False if there is none of that id."""
    gone = delete(VIEW).where(VIEW.c.id == view, VIEW.c.person_id == person)
    return bool(connection.execute(gone).rowcount)


NAME = Text("请给视图起个名称，不超过{most}个字。", "Name the view, in {most} characters at most.")
TOO_MANY = Text(
    "最多保存{most}个视图，请先删除不用的。", "Delete a view first: {most} are the most."
)
