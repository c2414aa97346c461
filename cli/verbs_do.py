"""`yanxiu do`: one deed through the engine."""

from __future__ import annotations

from collections.abc import Collection
from contextlib import suppress
from dataclasses import replace
from typing import Any

from cli import reading
from cli.office import Office, Stop
from cli.output import REFUSED, USAGE
from states.actions import ACTIONS
from states.arrival import Received, received_as
from states.decide import who_may
from states.findings import Finding
from states.form_reading import read_form
from states.labels import state_label
from states.outlook import ending
from states.remedy import remedy_of
from states.terms import Act, Action, Role, Severity, State, Text, day_label, deed_of
from workflow.deeds import Deed, Outcome, Refused
from workflow.engine import perform, situation
from workflow.papers import store
from workflow.people import AT_THE_SERVER, OPERATOR, find_actor


def do(
    project_id: int,
    action: str,
    user: str,
    values: list[str],
    attach: list[str],
    came: list[str],
    on: str,
    on_behalf: bool,
    seen: int,
    as_json: bool,
) -> None:
    """Perform, or list what can be done where no action is named."""
    office = Office(as_json)
    if not action:
        _list_deeds(office, project_id)
        return
    what = named(action)
    if not user:
        raise Stop(WHO, USAGE)
    given = _filled_in(project_id, what, reading.pairs(values, "--set"))
    with office.db.read() as connection:
        situation(connection, office.book, project_id)  # says so if there is no such project
        actor = find_actor(connection, user)
    if actor is None:
        raise Stop(UNKNOWN_PERSON.format(login=user[:80]), REFUSED)
    today = office.clock.today()
    folder = office.settings.papers_folder
    files = {key: reading.regular_file(p) for key, p in reading.pairs(attach, "--attach").items()}
    ways = reading.pairs(came, "--received").items()
    papers: dict[str, Any] = {k: received_as(reading.one_of(Received, v, CAME)) for k, v in ways}
    papers |= {key: store(folder, path) for key, path in files.items()}
    deed = Deed(
        what=what,
        by=replace(actor, let_in_by=AT_THE_SERVER),
        given=given,
        papers=papers,
        on=reading.day(on, "--on") if on else today,
        on_behalf=on_behalf,
        seen=seen or None,
    )
    _perform(office, project_id, deed)


def extend(
    project_id: int, kind: str, until: str, reason: str, document: str, as_json: bool
) -> None:
    """Move a deadline to a later day, as the local operator for the province."""
    office = Office(as_json)
    raw = {"kind": kind, "due_on": until, "reason": reason, "document_number": document}
    given = _filled_in(project_id, Act.EXTEND, raw)
    _perform(office, project_id, Deed(Act.EXTEND, OPERATOR, given, {}, office.clock.today()))


def _filled_in(project_id: int, what: Action | Act, raw: dict[str, str]) -> dict[str, Any]:
    given, problems = read_form(what, raw)
    if problems:
        said = Text(
            "".join(p.message.zh for p in problems), " ".join(p.message.en for p in problems)
        )
        fields = [{"field": p.field, "message": p.message} for p in problems]
        raise Stop(said, USAGE, {"id": project_id, "action": what, "done": False, "fields": fields})
    return given


def _perform(office: Office, project_id: int, deed: Deed) -> None:
    today, at = office.clock.today(), office.clock.now()
    try:
        outcome = perform(office.db, office.book, project_id, deed, today=today, at=at)
    except Refused as refused:
        _refused(office, project_id, deed, refused)
    else:
        _done(office, deed, outcome)
        if outcome.on != deed.on:
            office.printer.message(ARRIVED.format(on=day_label(outcome.on)))


def named(action: str) -> Action | Act:
    """The step or act of that name; Stop(2) with the known ones otherwise."""
    with suppress(ValueError):
        return deed_of(action)
    zh = "、".join(f"{m.value}（{m.label.zh}）" for m in (*Action, *Act))
    en = ", ".join(m.value for m in (*Action, *Act))
    raise Stop(NO_ACTION.format(given=action[:80], known=Text(zh, en)), USAGE)


def _refused(office: Office, project_id: int, deed: Deed, refused: Refused) -> None:
    with office.db.read() as connection:
        facts, *_ = situation(connection, office.book, project_id)
    readers = {*deed.by.roles_over(facts), *((Role.HOST,) if deed.on_behalf else ())}
    what, found = deed.what, [finding_data(f) for f in refused.findings]
    said = [cited(f, readers) for f in refused.findings]
    zh = "\n".join([f"暂不能{what.label.zh}：", *(f"  {one.zh}" for one in said)])
    en = "\n".join([f"{what.label.en}: not yet.", *(f"  {one.en}" for one in said)])
    data = {"id": project_id, "action": what, "done": False, "findings": found}
    raise Stop(Text(zh, en), REFUSED, data) from None


def _done(office: Office, deed: Deed, outcome: Outcome) -> None:
    with office.db.read() as connection:
        facts, _, _, policy = situation(connection, office.book, outcome.project_id)
    label = state_label(facts, policy.categories[facts.category])
    host = Role.HOST in deed.by.roles_over(facts)
    if office.printer.as_json:
        office.printer.data(
            {
                "id": outcome.project_id,
                "action": deed.what,
                "done": not outcome.pending,
                "pending": outcome.pending,
                "state": outcome.state,
                "state_label": label,
                "version": outcome.version,
                "on": outcome.on,
                "ended": outcome.ended,
                "findings": [finding_data(f, host=host) for f in outcome.findings],
            }
        )
        return
    said = PROPOSED if outcome.pending else DONE
    office.printer.line(said.format(deed=deed.what.label, state=label))
    if outcome.ended is not None:
        office.printer.line(ENDED.format(deed=outcome.ended.label))
    for found in outcome.findings:
        office.printer.line(Text("  提示：", "  Flag: "))
        office.printer.line(Text(f"    {cited(found).zh}", f"    {cited(found).en}"))
        if (then := remedy_of(found, host=host)).zh:
            office.printer.line(Text(f"    {then.zh}", f"    {then.en}"))


ENDED = Text(
    "  待复核的拟办“{deed}”随之终止。",
    "  “{deed}”, which waited for a second person, has ended with it.",
)
NOBODY = Text("", "")


def cited(found: Finding, readers: Collection[Role] = ()) -> Text:
    """A finding as a sentence, with its clause and who can settle it. `readers`: the roles of who
    reads it, who is not sent to himself."""
    clause = f"（{'、'.join(found.clauses)}）" if found.clauses else ""
    zh = "、".join(role.label.zh for role in found.others(readers))
    en = ", ".join(role.label.en for role in found.others(readers))
    who = (
        Text(f"由{zh}办理。", f" For: {en}.") if zh and found.severity is Severity.BLOCK else NOBODY
    )
    return Text(
        f"{found.message.zh}{clause}{who.zh}", f"{found.message.en} {clause}{who.en}".strip()
    )


def finding_data(found: Finding, *, host: bool = False) -> dict[str, Any]:
    """A finding as every command gives it with --json. `host`: whether its reader is the host, as for
    what can still be done about a flag."""
    return {
        "rule": found.rule,
        "key": found.key,
        "clause": found.clause,
        "severity": found.severity,
        "fact": found.fact,
        "message": found.message,
        "who": found.who,
        "earliest": found.earliest,
        "consequence": found.consequence,
        "remedy": remedy_of(found, host=host),
    }


def _list_deeds(office: Office, project_id: int) -> None:
    """What the tables allow in the project's state, who may do it, what to fill in."""
    with office.db.read() as connection:
        facts, stored, version, policy = situation(connection, office.book, project_id)
    rows = []
    for what in (*Action, *Act):
        if roles := who_may(what, State(stored["state"])):
            fields = ACTIONS[what].form
            asked = [f"{f.name}{'' if f.required else '?'}={f.label.zh}" for f in fields]
            category = policy.categories[facts.category]
            papers = category.papers.get(what, ()) if isinstance(what, Action) else ()
            asked += [f"--attach {p.key}={p.label.zh}" for p in papers]
            ends = ending(what, facts, category, official=True)
            asked += [office.printer.say(ends)] if ends else []
            rows.append((what, what.label, roles, asked))
    if office.printer.as_json:
        office.printer.data(
            {"id": project_id, "version": version, "state": stored["state"]}
            | {"actions": [{"action": a, "by": by, "asks": asks} for a, _, by, asks in rows]}
        )
        return
    office.printer.line(
        Text("现为“{s}”，可以办理：", "Now “{s}”; possible:").format(
            s=state_label(facts, policy.categories[facts.category])
        )
    )
    heads = (
        Text("办理", "Action"),
        Text("", ""),
        Text("谁", "Who"),
        Text("填写（?为选填）", "Asks"),
    )
    say = office.printer.say
    office.printer.table(
        heads,
        [
            (a, label, "、".join(say(r.label) for r in by), "\n".join(asks))
            for a, label, by, asks in rows
        ],
    )


ARRIVED = Text(
    "承办单位自行办理的，以系统收到之日{on}计；--on 只用于代录（--on-behalf）的收到日期。",
    "A host's own step counts on the day it arrives, {on}; --on is the day of receipt of what is "
    "entered with --on-behalf.",
)
CAME = Text("收到方式", "way of receipt")
WHO = Text("请用 --as 写明办理人（登录名或邮箱）。", "Say who acts: --as LOGIN.")
UNKNOWN_PERSON = Text(
    "没有可用的办理人“{login}”，请用 yanxiu user list 查看，或用 yanxiu user add 登记。",
    "There is no active person “{login}”; see `yanxiu user list`, or add one.",
)
NO_ACTION = Text("没有办理事项“{given}”。可用：{known}。", "No action “{given}”. Known: {known}.")
PROPOSED = Text(
    "已拟办“{deed}”，待另一人复核；项目仍为“{state}”。",
    "“{deed}” is proposed and waits for a second person; the project stays “{state}”.",
)
DONE = Text("已办理“{deed}”，项目现为“{state}”。", "“{deed}” done; the project is now “{state}”.")
