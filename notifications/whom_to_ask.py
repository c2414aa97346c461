"""The office to ask about these projects: the foot of the lists that are printed or pasted."""

from __future__ import annotations

from collections.abc import Callable, Iterable

from sqlalchemy import Connection, select

from config.errors import ConfigError
from config.rulebook import Rulebook
from states.contact import Contact
from states.policy import Policy
from states.terms import Text
from workflow.office.contacts import newest_policy
from workflow.tables import PROJECT

PORTION = 500  # numbers in one question to the database


def whom_to_ask(
    connection: Connection,
    book: Rulebook,
    projects: Iterable[int],
    how: Callable[[Contact], Text],
    *,
    language: str,
) -> list[str]:
    """One line for each desk that these projects belong to, with their categories where there are
    several; without projects, the office of the newest year. `how`: what is said of a desk."""
    desks: dict[tuple[Text, Text], list[Text]] = {}
    for policy, key in _kinds(connection, book, projects):
        category = policy.categories[key]
        about = desks.setdefault((policy.office, how(policy.desk(category))), [])
        about.append(category.label)
    if not desks:
        newest = newest_policy(connection, book)
        if newest is None:
            return []
        desks[newest.office, how(newest.contact)] = []
    several = len(desks) > 1
    return [
        _line(office, told, about if several else [], language)
        for (office, told), about in desks.items()
    ]


def _kinds(
    connection: Connection, book: Rulebook, projects: Iterable[int]
) -> list[tuple[Policy, str]]:
    """Policies and categories of these projects; none of a policy that cannot be read."""
    numbers, found = sorted(set(projects)), set()
    for start in range(0, len(numbers), PORTION):
        some = PROJECT.c.id.in_(numbers[start : start + PORTION])
        query = select(PROJECT.c.policy, PROJECT.c.category).where(some).distinct()
        found |= {tuple(row) for row in connection.execute(query)}
    kinds = []
    for name, category in sorted(found):
        try:
            kinds.append((book.policy(name), category))
        except ConfigError:  # told where policies are looked after
            continue
    return kinds


def _line(office: Text, how: Text, about: list[Text], language: str) -> str:
    chinese = language == "zh"
    labels = list(dict.fromkeys(one.in_(language) for one in about))
    of = ("、" if chinese else ", ").join(labels)
    bracket = (f"（{of}）" if chinese else f" ({of})") if of else ""
    said = ("，" if chinese else ", ") + how.in_(language) if how.zh else ""
    return f"{ASK.in_(language)}{office.in_(language)}{bracket}{said}"


ASK = Text("咨询单位：", "Office to ask: ")
