"""One deed on several projects, done one by one: a run that outlives its page and its process.

What is asked is kept before the first project is done, and each result with its project in one
transaction. So nothing is done twice, whoever loads a page again, and of a run that was broken off
it is known which projects are done; it can be gone on with.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy import Connection, select, update

from config.rulebook import Rulebook
from states.arrival import Received
from states.facts import Json
from states.form_reading import read_form
from states.terms import Labelled, Text, deed_of
from workflow.answers import KEPT, Answer, UnderWay, keep, said_before
from workflow.database import Database
from workflow.deeds import Deed, LostRace, NoSuchProject, Refused
from workflow.engine import perform_in, situation
from workflow.lists.arrivals import ARRIVING, Arrival, own_words
from workflow.office_tables import ANSWER
from workflow.people import Actor

MARK = "steps"  # stands where an answer to a program has a fingerprint
ACCEPTED, ENDED = 202, 200
PATIENCE = timedelta(minutes=3)  # without a result; then the process that did it is gone


class How(Labelled):
    """What came of the deed for one project."""

    WAITING = "waiting", "尚未办理", "Not yet done"
    DONE = "done", "已办理", "Done"
    REFUSED = "refused", "未办理", "Not done"
    CHANGED = "changed", "情况已变，未办理", "Changed meanwhile, not done"


Said = tuple[tuple[Text, str], ...]  # sentence, clause


@dataclass(frozen=True, slots=True)
class Result:
    """One project of a run. `seen`: the version that the person saw. `said`: the reasons where it
    was not done, else what was flagged."""

    project_id: int
    seen: int
    how: How = How.WAITING
    said: Said = ()


@dataclass(frozen=True, slots=True)
class Wanted:
    """The deed as it was filled in: texts as typed, and the date that counts."""

    deed: str
    raw: Mapping[str, str]
    on: date
    back: str  # the search of the list that it began from
    arrival: Arrival | None = None  # what came for the hosts, where it is entered for them


@dataclass(frozen=True, slots=True)
class Run:
    """A run as it stands; `at`: its last result, or its beginning."""

    wanted: Wanted
    results: list[Result]
    at: datetime

    @property
    def left(self) -> list[Result]:
        return [one for one in self.results if one.how is How.WAITING]

    def is_broken(self, at: datetime) -> bool:
        """Whether it has stood still for so long that nobody works on it any more."""
        return bool(self.left) and at - self.at >= PATIENCE


def begin(
    connection: Connection,
    person: int,
    ticket: str,
    wanted: Wanted,
    seen: Mapping[int, int],
    *,
    at: datetime,
) -> bool:
    """Keep what is to be done under a ticket; False if it was begun before. `seen`: id -> version."""
    try:
        if said_before(connection, person, _key(ticket), MARK, at=at):
            return False
    except UnderWay:  # by the same form, sent twice
        return False
    run = Run(wanted, [Result(number, version) for number, version in seen.items()], at)
    keep(connection, person, _key(ticket), MARK, _packed(run), at=at)
    return True


def find(
    connection: Connection, person: int, ticket: str, *, at: datetime, lock: bool = False
) -> Run | None:
    """A person's own run; None if there is none, or no longer. `lock`: until the transaction ends."""
    query = select(ANSWER.c.body, ANSWER.c.at).where(*_own(person, ticket))
    query = query.where(ANSWER.c.at > at - KEPT)
    row = connection.execute(query.with_for_update() if lock else query).first()
    return None if row is None else _read(row.body, row.at)


def take_up(connection: Connection, person: int, ticket: str, *, at: datetime) -> bool:
    """Claim a run that was broken off, so that only one goes on with it; whether it was."""
    run = find(connection, person, ticket, at=at, lock=True)
    if run is None or not run.is_broken(at):
        return False
    connection.execute(update(ANSWER).where(*_own(person, ticket)).values(at=at))
    return True


def do_next(
    db: Database,
    book: Rulebook,
    person: int,
    ticket: str,
    actor: Actor,
    *,
    today: date,
    at: datetime,
) -> bool:
    """Do the deed on the next project that waits, and keep the result; whether there was one."""
    try:
        with db.write(alone=False) as connection:
            run = find(connection, person, ticket, at=at, lock=True)
            if run is None or not run.left:
                return False
            line = run.left[0]
            deed = _deed(connection, book, run.wanted, actor, line)
            done = perform_in(connection, book, line.project_id, deed, today=today, at=at)
            _keep(connection, person, ticket, run, line, How.DONE, _said(done.findings), at)
            return True
    except Refused as refused:
        how, said = How.REFUSED, _said(refused.findings)
    except (LostRace, NoSuchProject) as lost:
        how, said = How.CHANGED, ((lost.text, ""),)
    with db.write(alone=False) as connection:
        run = find(connection, person, ticket, at=at, lock=True)
        if run and line in run.left:
            _keep(connection, person, ticket, run, line, how, said, at)
    return True


def _deed(
    connection: Connection, book: Rulebook, wanted: Wanted, actor: Actor, line: Result
) -> Deed:
    what = deed_of(wanted.deed)
    raw = {**wanted.raw, **own_words(what, wanted.raw, line.project_id)}
    given, _ = read_form(what, raw)  # read before it was begun
    papers: dict[str, Json] = {}
    if wanted.arrival is not None:
        facts, _, _, policy = situation(connection, book, line.project_id)
        papers = wanted.arrival.attached(what, policy.categories[facts.category])
    entered = what in ARRIVING
    return Deed(what, actor, given, papers, wanted.on, on_behalf=entered, seen=line.seen)


def _said(findings: Sequence[Any]) -> Said:
    return tuple((finding.message, "、".join(finding.clauses)) for finding in findings)


def _keep(
    connection: Connection,
    person: int,
    ticket: str,
    run: Run,
    line: Result,
    how: How,
    said: Said,
    at: datetime,
) -> None:
    result = Result(line.project_id, line.seen, how, said)
    results = [result if one == line else one for one in run.results]
    said_now = asdict(_packed(Run(run.wanted, results, at)))
    connection.execute(update(ANSWER).where(*_own(person, ticket)).values(**said_now, at=at))


def _own(person: int, ticket: str) -> tuple[Any, ...]:
    return (
        ANSWER.c.person_id == person,
        ANSWER.c.key == _key(ticket),
        ANSWER.c.request == MARK,
    )


def _key(ticket: str) -> str:
    return f"{MARK}:{ticket}"


def _packed(run: Run) -> Answer:
    wanted = run.wanted
    came = wanted.arrival
    body = {
        "wanted": [wanted.deed, dict(wanted.raw), wanted.on.isoformat(), wanted.back],
        "arrival": [came.how.value, list(came.papers)] if came else None,
        "results": [
            [one.project_id, one.seen, one.how.value, [[t.zh, t.en, c] for t, c in one.said]]
            for one in run.results
        ],
    }
    return Answer(ACCEPTED if run.left else ENDED, json.dumps(body, ensure_ascii=False))


def _read(body: str, at: datetime) -> Run:
    read = json.loads(body)
    deed, raw, on, back = read["wanted"]
    results = [
        Result(number, seen, How(how), tuple((Text(zh, en), clause) for zh, en, clause in said))
        for number, seen, how, said in read["results"]
    ]
    came = read.get("arrival")
    arrival = Arrival(Received(came[0]), tuple(came[1])) if came else None
    return Run(Wanted(deed, raw, date.fromisoformat(on), back, arrival), results, at)
