"""`yanxiu why`: what can be done with a project, and what stands against the rest."""

from __future__ import annotations

from collections.abc import Iterable
from functools import partial
from typing import Any

from cli.office import Office, Stop
from cli.output import REFUSED
from cli.verbs_do import UNKNOWN_PERSON, cited, finding_data, named
from states.facts import Facts
from states.findings import Finding
from states.outlook import ended
from states.remedy import remedy_of
from states.terms import Role, Severity, Text
from workflow.engine import situation
from workflow.people import Actor, find_actor
from workflow.project.explain import Option, ending_of, options, worth_saying


def why(project_id: int, action: str, user: str, as_json: bool) -> None:
    """Explain every deed, or the one that is named. Without `user`: for whoever may do it."""
    office = Office(as_json)
    chosen = named(action) if action else None
    with office.db.read() as connection:
        facts, *_ = situation(connection, office.book, project_id)  # or says that there is none
        actor = find_actor(connection, user) if user else None
        if user and actor is None:
            raise Stop(UNKNOWN_PERSON.format(login=user[:80]), REFUSED)
        today = office.clock.today()
        found = options(connection, office.book, project_id, actor, today=today)
    shown = [one for one in found if chosen in (None, one.deed)]
    if as_json:
        office.printer.data([_data(one, readers(actor, facts, one)) for one in shown])
        return
    for one in shown:
        # Of everything at once only what the tables allow here; the rest has one and the same cause.
        if chosen or one.who:
            _print(office, one, readers(actor, facts, one))


def _data(one: Option, roles: set[Role]) -> dict[str, Any]:
    found = partial(finding_data, host=Role.HOST in roles)
    reasons = [found(f) | {"step": one.deed} for f in (*one.reasons, *one.besides)]
    reasons += [found(f) | {"step": leg.step} for leg in one.way for f in leg.lacks]
    return {
        "action": one.deed,
        "label": one.label,
        "open": one.open,
        "stand": one.stand,
        "who": one.who,
        "on_behalf": one.on_behalf,
        "ends": ended(one.deed, one.case.facts),
        "needs_second": one.proposes,
        "reasons": reasons,
        "asks": [found(f) for f in one.asks],
        "way": [{"step": leg.step, "who": leg.who} for leg in one.way],
    }


def readers(actor: Actor | None, facts: Facts, one: Option) -> set[Role]:
    """In which roles the person reads what stands against a deed; of whom nobody says: in none."""
    if actor is None:
        return set()
    return {*actor.roles_over(facts), *((Role.HOST,) if one.on_behalf else ())}


def _print(office: Office, one: Option, roles: set[Role]) -> None:
    who = Text("、".join(r.label.zh for r in one.who), ", ".join(r.label.en for r in one.who))
    mark = "＋" if one.open else "－"
    ends = BY.format(who=who) if one.who else NOTHING
    head = HEAD.format(mark=mark, deed=one.label, name=one.deed.value)
    office.printer.line(Text(head.zh + ends.zh, head.en + ends.en))
    said = ending_of(one, official=True)
    if said is not None and one.who:
        office.printer.line(Text(f"  {said.zh}", f"  {said.en}"))
    _list(office, (*one.reasons, *one.besides), "  ", roles)
    if one.asks:
        office.printer.line(ASKS)
        _list(office, one.asks, "    ", roles)
    for number, leg in enumerate(one.way, 1):
        by = Text("、".join(r.label.zh for r in leg.who), ", ".join(r.label.en for r in leg.who))
        office.printer.line(LEG.format(n=number, step=leg.label, who=by))
        _list(office, leg.lacks, "      ", roles)


def _list(office: Office, findings: Iterable[Finding], indent: str, roles: set[Role]) -> None:
    for found in worth_saying(findings):
        mark = FLAG if found.severity is Severity.FLAG else NOTHING
        said = cited(found, roles)
        then = remedy_of(found, host=Role.HOST in roles)
        office.printer.line(
            Text(
                f"{indent}{mark.zh}{said.zh}{then.zh}",
                f"{indent}{mark.en}{said.en} {then.en}".rstrip(),
            )
        )


HEAD = Text("{mark} {deed}（{name}）", "{mark} {deed} ({name})")
BY = Text("：由{who}办理", ": for {who}")
NOTHING = Text("", "")
FLAG = Text("提示：", "flag: ")
ASKS = Text("  办理时须填写、附上：", "  To be filled in and attached:")
LEG = Text("  第{n}步 {step}（{who}）", "  {n}. {step} ({who})")
