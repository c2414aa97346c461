"""From a mail row to its bytes: what it says as things stand now, to whom it goes, what goes along."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from typing import Any

from sqlalchemy import Connection, bindparam, select

from config.rulebook import Rulebook
from notifications.calendars.enclosures import enclosures
from notifications.digest import gather
from notifications.letters.alarm_letter import render_alarm
from notifications.letters.alarms import alarm_of, facts_of
from notifications.letters.digest_letter import render_digest
from notifications.letters.envelope import ADDRESS, Attachment, compose
from notifications.letters.items import fall_silent, letter_of
from notifications.letters.links import Links
from notifications.letters.notice_letter import render_notice
from notifications.letters.office_wording import Shelf
from notifications.letters.preview import preview
from notifications.letters.printing import plain
from notifications.letters.reminder_letter import render_reminder
from notifications.letters.results import Reader, notice_of
from notifications.letters.sign_in_letter import SignInLetter, link_of, render_sign_in
from notifications.letters.trial import for_trial
from notifications.letters.values import Rendered
from notifications.letters.wording import Failure, Wordings
from states.facts import Facts
from states.terms import Role, Text
from workflow.mail.answers import ANSWER
from workflow.mail.attempts import record
from workflow.mail_tables import Purpose
from workflow.people import officers
from workflow.statements import Statement
from workflow.tables import PERSON


@dataclass(frozen=True, slots=True)
class Written:
    """A mail as it goes out. `went_to`: the envelope's address where it is not the row's own."""

    subject: str
    content: bytes
    went_to: str


@dataclass(slots=True)
class Draft:
    """A mail as it would be written now; None if nothing in it is still to be said. Beside it what
    was found out: reminders whose deadline no longer stands, office wordings that cannot be used."""

    written: Written | None = None
    settled: dict[int, str] = field(default_factory=dict)
    failures: Sequence[Failure] = ()


@dataclass(frozen=True, slots=True)
class Content:
    """What a mail says, and the facts of the project that an answer would be about."""

    rendered: Rendered
    facts: Facts | None


@dataclass(frozen=True)
class Writer:
    """What every mail needs besides its row."""

    book: Rulebook
    sender: str  # "Name <address>"
    base_url: str
    reply_to: str = ""  # for all mails; empty: the officer in charge
    trial_to: str = ""  # trial mode: every mail goes here instead
    hosts_online: bool = True  # whether hosts reach the pages
    enclose: bool = False  # calendar entries and timetables
    approval: frozenset[str] = frozenset()  # notices that wait for a person
    shelf: Shelf = field(default_factory=Shelf, compare=False)

    def write(
        self, connection: Connection, mail: Any, *, today: date, at: datetime
    ) -> Written | None:
        """Subject and bytes of a mail row; None if nothing in it is still to be said.

        Reminders whose deadline no longer stands are recorded as silent, with the reason; an
        office wording that cannot be used is recorded as an attempt, and the shipped one used.
        """
        made = self.draft(connection, mail, today=today, at=at)
        for reminder, standing in made.settled.items():
            fall_silent(connection, reminder, standing)
        if made.failures:
            _report(connection, mail.id, made.failures, at)
        return made.written

    def draft(self, connection: Connection, mail: Any, *, today: date, at: datetime) -> Draft:
        """What `write` would write now; nothing is recorded."""
        made = Draft()
        wordings = self.shelf.wordings(connection)
        language = language_of(connection, mail.to_email)
        if mail.purpose == Purpose.SIGN_IN:
            said = _sign_in(mail, language, today, at)
        else:
            said = self._said(connection, mail, wordings, made.settled, language, today)
        if said is None:
            return made
        made.failures = wordings.failures
        rendered, to = said.rendered, (plain(mail.to_name, language), mail.to_email)
        if self.trial_to:
            rendered, to = for_trial(rendered, to, language), ("", self.trial_to)
        content = compose(
            rendered,
            sender=self.sender,
            to_name=to[0],
            to_email=to[1],
            message_id=message_id(mail.token, self.sender),
            sent_at=at,
            reply_to=self._answers_to(connection, mail, said.facts),
            attachments=self._enclosed(connection, mail, language, today, at),
        )
        made.written = Written(rendered.subject, content, self.trial_to)
        return made

    def _said(
        self,
        connection: Connection,
        mail: Any,
        wordings: Wordings,
        settled: dict[int, str],
        language: str,
        today: date,
    ) -> Content | None:
        links = Links(self.base_url, self.hosts_online)
        told: dict[str, Any] = {"language": language, "today": today, "links": links}
        if mail.purpose == Purpose.RESULT:
            role = Role(mail.to_role)
            reader = Reader(mail.to_name, mail.to_email, role, language, today, links)
            notice, facts = notice_of(connection, self.book, mail, reader)
            return Content(render_notice(notice, wordings), facts)
        if mail.purpose == Purpose.DIGEST:
            return self._digest(connection, mail, wordings, **told)
        if mail.purpose == Purpose.ALARM:
            alarm = alarm_of(connection, self.book, mail, **told)
            return Content(render_alarm(alarm, wordings), facts_of(connection, mail.project_id))
        if mail.purpose == Purpose.TEST:
            return self._test(connection, mail, wordings, **told)
        found = letter_of(connection, self.book, mail, settled, **told)
        return found and Content(render_reminder(found[0], wordings), found[1])

    def _digest(
        self,
        connection: Connection,
        mail: Any,
        wordings: Wordings,
        *,
        language: str,
        today: date,
        links: Links,
    ) -> Content | None:
        digest = gather(connection, self.book, mail, today)
        if digest is None:
            return None
        told = replace(digest, language=language, links=links)
        return Content(render_digest(told, wordings), None)

    def _test(
        self,
        connection: Connection,
        mail: Any,
        wordings: Wordings,
        *,
        language: str,
        today: date,
        links: Links,
    ) -> Content:
        """A wording with a real project, sent by somebody to himself."""
        about = json.loads(mail.about)
        reader = Reader(
            mail.to_name,
            mail.to_email,
            Role(about["role"]),
            about.get("language") or language,
            today,
            links,
        )
        project = about["project"]
        shown = preview(connection, self.book, mail.notice, project, reader, wordings)
        mark = TEST.in_(reader.language)
        return Content(replace(shown, subject=mark + shown.subject), None)

    def _answers_to(self, connection: Connection, mail: Any, facts: Facts | None) -> str:
        """Who wrote what is passed on, else the address of the installation, else the officer in
        charge, but not the reader; else our own, whose answers are passed on."""
        if mail.notice == ANSWER:
            return str(json.loads(mail.about)["address"])
        if self.reply_to:
            return self.reply_to
        reader = mail.to_email.lower()
        for name, email in officers(connection, facts):
            if email.lower() != reader and ADDRESS.fullmatch(email):
                return f"{plain(name).replace('<', ' ').replace('>', ' ')} <{email}>"
        return self.sender

    def _enclosed(
        self, connection: Connection, mail: Any, language: str, today: date, at: datetime
    ) -> Sequence[Attachment]:
        if not self.enclose:
            return ()
        told: dict[str, Any] = {"language": language, "today": today, "at": at}
        office = self.reply_to or self.sender
        return enclosures(connection, self.book, mail, organizer=office, **told)


def _sign_in(mail: Any, language: str, today: date, at: datetime) -> Content | None:
    about = json.loads(mail.about)
    link = link_of(mail, about, at)
    by = about.get("by", "")
    letter = SignInLetter(plain(mail.to_name, language), today, link, language, by=by)
    return Content(render_sign_in(letter), None) if link else None


TEST = Text("【测试】", "[Test] ")
_LANGUAGE = Statement(
    select(PERSON.c.language)
    .where(PERSON.c.email.in_([bindparam("email"), bindparam("lower")]), PERSON.c.active)
    .order_by(PERSON.c.id)
    .limit(1)
)


def language_of(connection: Connection, email: str) -> str:
    """The language of the person of that address; Chinese where nobody is known."""
    rows = _LANGUAGE.run(connection, {"email": email, "lower": email.lower()})
    return str(rows[0][0]) if rows else "zh"


def message_id(token: str, sender: str) -> str:
    """The Message-ID of a mail: the same for every repeat from the same sender's domain."""
    domain = sender.rpartition("@")[2].rstrip("> ") or "localhost"
    return f"<{token}@{domain}>"


def _report(
    connection: Connection, mail_id: int, failures: Sequence[Failure], at: datetime
) -> None:
    """Leave a line in the mail's log for each office wording that was passed over."""
    for failure in failures:
        said = f"{failure.notice} ({failure.language}) v{failure.version}: {failure.said}"
        record(connection, mail_id, "wording", said, at=at)
