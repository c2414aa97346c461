"""What the office does with a wording: try it with a real project, keep it, put it back, test it.

What is kept was checked before (wording_check.py), outside of the transaction that others wait for.
"""

from __future__ import annotations

import json
from datetime import datetime

from sqlalchemy import Connection

from config.rulebook import Rulebook
from notifications.letters import office_wording
from notifications.letters.preview import preview
from notifications.letters.results import Reader
from notifications.letters.values import Rendered
from notifications.letters.wording import Wording, Wordings
from notifications.letters.wording_check import BadWording
from states.terms import Text
from workflow.mail.outbox import INSERT, draft
from workflow.mail_tables import Purpose
from workflow.office.log import note

Texts = tuple[str, str]  # subject, lead
LONGEST = 4000  # characters of either, before it is checked


def own_versions(connection: Connection) -> dict[str, dict[str, int]]:
    """The notices that the office has worded: language -> version."""
    found: dict[str, dict[str, int]] = {}
    for (notice, language), wording in office_wording.current(connection).office.items():
        if wording.subject or wording.lead:
            found.setdefault(notice, {})[language] = wording.version
    return found


def tried(
    connection: Connection, book: Rulebook, notice: str, project: int, reader: Reader, texts: Texts
) -> Rendered:
    """The mail about a project as it would read with these texts. Raises NoPreview, NoSuchProject."""
    office = dict(office_wording.current(connection).office)
    office[notice, reader.language] = Wording(*texts)
    return preview(connection, book, notice, project, reader, Wordings(office))


def keep(
    connection: Connection, notice: str, language: str, texts: Texts, *, by: str, at: datetime
) -> int:
    """Save a version, which holds from now on; its number. Raises BadWording for empty texts."""
    if not any(texts):
        raise BadWording(EMPTY)
    return _saved(connection, notice, language, texts, "wording_saved", by, at)


def put_back(connection: Connection, notice: str, language: str, *, by: str, at: datetime) -> int:
    """Back to what is shipped, as a version of its own; its number."""
    return _saved(connection, notice, language, ("", ""), "wording_reset", by, at)


def _saved(
    connection: Connection,
    notice: str,
    language: str,
    texts: Texts,
    what: str,
    by: str,
    at: datetime,
) -> int:
    version = office_wording.save(connection, notice, language, texts, by=by, at=at)
    note(connection, by, what, about=notice, detail=f"{language} v{version}", at=at)
    return version


def queue_test(
    connection: Connection,
    book: Rulebook,
    notice: str,
    project: int,
    reader: Reader,
    *,
    language: str,
    by: str,
    at: datetime,
) -> None:
    """Queue the mail with the wording that holds to the reader, and to nobody else; marked as a
    test. `language`: empty for the reader's own. Raises BadWording, NoPreview, NoSuchProject."""
    if not reader.to_email:
        raise BadWording(NO_ADDRESS)
    preview(connection, book, notice, project, reader, office_wording.current(connection))
    about = {"project": project, "role": reader.role.value, "language": language}
    key = f"test:{notice}:{project}:{reader.to_email}:{at.isoformat()}"
    to, more = (reader.to_name, reader.to_email), {"notice": notice, "about": json.dumps(about)}
    row = draft(key, Purpose.TEST.value, to, reader.role, on=reader.today, at=at, **more)
    INSERT.run(connection, row)
    note(connection, by, "wording_tested", about=notice, detail=language, at=at)


EMPTY = Text("请填写主题或正文首段。", "Write a subject or a lead.")
NO_ADDRESS = Text("您没有登记邮箱，不能发测试邮件。", "You have no address to send a test to.")
