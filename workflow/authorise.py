"""Who may: the roles in which a person may act, and what only the database can see of that: the
scope, entering on a host's behalf, the second of two people."""

from __future__ import annotations

from sqlalchemy import Connection, select

from states.actions import ACTIONS
from states.decide import roles_now, second_by
from states.facts import Facts, as_json
from states.findings import Case, Finding, block
from states.policy import Policy
from states.terms import STAFF, Action, Entry, Role, Text
from workflow.deeds import Deed
from workflow.people import Actor, decider_at, is_one_person
from workflow.tables import EVENT


def roles_for(deed: Deed, facts: Facts, policy: Policy) -> list[Role]:
    """The roles in which the deed may be done: those of the table's that the person has."""
    if deed.on_behalf:
        return [Role.HOST]
    roles = deed.by.roles_over(facts)
    wanted = roles_now(deed.what, facts)
    named = ACTIONS[deed.what].by(policy.categories[facts.category], deed.given)
    return [role for role in named or wanted if role in roles] or [*roles[:1]] or [Role.AUDITOR]


def needs_second(deed: Deed, facts: Facts) -> bool:
    second = second_by(deed.what, facts.state)
    return bool(second) and not facts.awaits(deed.what)


def same_hand(connection: Connection, project_id: int, by: Actor) -> bool:
    """Whether this person, or somebody of the same mailbox, entered or submitted the project."""
    entered = (*(one.value for one in Entry), Action.SUBMIT.value)
    query = select(EVENT.c.person).where(EVENT.c.project_id == project_id)
    query = query.where(EVENT.c.deed.in_(entered), EVENT.c.person != "").distinct()
    people = connection.execute(query).scalars().all()
    return any(is_one_person(connection, by.login, one) for one in people)


def not_entitled(connection: Connection, case: Case, deed: Deed, facts: Facts) -> list[Finding]:
    """Scope, entering on behalf, and the second person: what only the engine can see."""
    roles = deed.by.roles_over(facts)
    if not roles:
        return [block("in_scope", "", "person", OUT_OF_SCOPE, who=())]
    if deed.on_behalf and STAFF.isdisjoint(roles):
        return [block("on_behalf", "", "person", NOT_ON_BEHALF)]
    if not facts.awaits(deed.what):
        return []
    if is_one_person(connection, facts.pending["by"], deed.by.login):
        return [block("second_person", "", "person", SAME_PERSON)]
    proposed = facts.pending["given"]
    given = {name: as_json(value) for name, value in case.given.items()}
    differing = sorted(n for n in given | proposed if given.get(n) != proposed.get(n))
    if differing and case.role in second_by(deed.what, facts.state):
        said = OTHER_VALUES.format(names="、".join(differing))
        return [block("second_person", "", differing[0], said)]
    return []


def not_their_mailbox(connection: Connection, deed: Deed, facts: Facts) -> list[Finding]:
    """A contact at the mailbox of somebody who decides on money would be two people in one hand."""
    email = deed.given.get("contact_email")
    if not email:
        return []
    name = deed.given.get("contact_name", facts.contact_name)
    whose = decider_at(connection, email, name)
    said = DECIDERS_MAILBOX.format(email=email, name=whose)
    return [block("own_mailbox", "", "contact_email", said)] if whose else []


DECIDERS_MAILBOX = Text(
    "{email} 是省厅人员{name}的邮箱，不能作为承办单位联系人的邮箱，请填写联系人本人或单位的邮箱。",
    "{email} is the mailbox of {name}, who decides on money; name an address of the contact or the "
    "unit.",
)
OUT_OF_SCOPE = Text("该项目不在您的办理范围内。", "This project is outside your scope.")
NOT_ON_BEHALF = Text(
    "只有主管（推荐）单位联系人或省厅可以代录。",
    "Only a coordinator or the province may enter papers on a host's behalf.",
)
SAME_PERSON = Text(
    "该事项由您拟办，须由另一人复核；如需修改，请先撤销（cancel）。",
    "You proposed this; a second person must complete it. To change it, cancel first.",
)
OTHER_VALUES = Text(
    "与拟办内容不一致（{names}），请核对后再复核。",
    "This differs from the proposal ({names}); check and try again.",
)
