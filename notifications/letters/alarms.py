"""From the row of an alarm to the letter: which mail to whom did not arrive, and why.

`mail.about` holds JSON: `what` (a key of ALARMS), `person`, `address`, `subject`, `reason`, `said`
(the server's words), `forward`, `count`, of an answer `files` and `place`, and `projects` ([{id, name}], those of the reader that are
concerned); of a substitute `substitute`, `from_on` and `until_on`; of what another did to the
reader's account `by`. Each may be missing but `what`
and `address`. Where there is one project only, it is the row's.
"""

from __future__ import annotations

import json
from datetime import date
from typing import Any

from sqlalchemy import Connection, select

from config.rulebook import Rulebook
from notifications.letters.alarm_letter import Alarm
from notifications.letters.links import Links
from notifications.letters.printing import quotable
from states.contact import NO_CONTACT
from states.facts import Facts
from states.refusal import Reason
from states.terms import Role, Text, day_label
from workflow.people import shown_as
from workflow.tables import PROJECT

SAID_LIMIT = 3_000  # of a server's or a person's words, which may be a whole page


def alarm_of(
    connection: Connection, book: Rulebook, mail: Any, *, language: str, today: date, links: Links
) -> Alarm:
    """The alarm of a mail row. Raises KeyError where `about` lacks what it must have."""
    about = json.loads(mail.about)
    facts = facts_of(connection, mail.project_id)
    policy = book.policy(facts.policy) if facts else None
    desk = policy.desk(policy.categories[facts.category]) if policy and facts else NO_CONTACT
    return Alarm(
        to_name=mail.to_name,
        to_email=mail.to_email,
        role=Role(mail.to_role),
        today=today,
        what=_what(about),
        person=about.get("person", ""),
        address=about["address"],
        project=facts.name if facts else _named(about.get("projects", []), language),
        number=facts.number if facts else None,
        host=facts.host if facts else "",
        subject=about.get("subject", ""),
        said=about.get("said", "")[:SAID_LIMIT],
        reason=Reason(about.get("reason", Reason.UNKNOWN)),
        forward=about.get("forward", ""),
        count=about.get("count", 0),
        files=tuple(about.get("files", ())),
        place=about.get("place", ""),
        substitute=about.get("substitute", ""),
        days=_days(about),
        by=shown_as(about.get("by", "")),
        language=language,
        ask=policy.office.in_(language) if policy else "",
        reach=desk.line.in_(language),
        link=_link(mail, about, links),
    )


def _link(mail: Any, about: dict[str, Any], links: Links) -> str:
    """To the one project, else to the mail that it is about."""
    role, number = Role(mail.to_role), about.get("mail_id")
    if mail.project_id:
        return links.project(role, mail.project_id)
    return links.mail(role, number) if number else links.home(role)


def _what(about: dict[str, Any]) -> str:
    """Which alarm it is: a report that proves nothing carries nobody's words."""
    what: str = about["what"]
    return "unproven" if what == "bounced" and not about.get("said") else what


def _days(about: dict[str, Any]) -> Text:
    """The days of a substitution, from which to which."""
    if "from_on" not in about:
        return Text("", "")
    first, last = (day_label(date.fromisoformat(about[name])) for name in ("from_on", "until_on"))
    return Text(f"{first.zh}至{last.zh}", f"{first.en} to {last.en}")


def _named(projects: list[dict[str, Any]], language: str) -> str:
    """The names of several projects, each in quotes; of many the first few."""
    shown = [f"“{quotable(one['name'], language)}”" for one in projects[:MOST_NAMED]]
    more = len(projects) - len(shown)
    end = MORE.format(n=more).in_(language) if more else ""
    return Text("、", ", ").in_(language).join(shown) + end


MOST_NAMED = 10
MORE = Text("等，另有{n}项", " and {n} more")


def facts_of(connection: Connection, project_id: int | None) -> Facts | None:
    query = select(PROJECT.c.facts).where(PROJECT.c.id == project_id)
    stored = connection.execute(query).scalar_one_or_none() if project_id else None
    return Facts.read(json.loads(stored)) if stored else None
