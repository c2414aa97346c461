"""Whoever only looks needs nobody's leave: no page and no address of the API writes to be shown."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import pytest
from databases import held
from every_get import Office
from stories import Desk
from visits import House

import workflow.database
from config.rulebook import Rulebook
from workflow.accounts.sessions import NOTED
from workflow.database import Database


def test_nothing_that_can_be_got_waits_for_somebody_who_writes(
    db: Database, book: Rulebook, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Whatever waits for the other program is 503 after a moment; drafts of mails and the preview
    of a batch were."""
    monkeypatch.setattr(workflow.database, "BUSY_SECONDS", 0.3)
    impatient = Database(db.url.render_as_string(hide_password=False))
    office = Office(House(Desk(impatient, book), tmp_path))
    office.house.at += NOTED + timedelta(minutes=1)  # a visit would be noted again
    with held(db):
        answers = office.answers()
    impatient.close()
    assert {where: found for where, found in answers.items() if found >= 500} == {}
    assert [answers["host", link] for link in office.links] == [200, 200]
    assert sum(found == 200 for found in answers.values()) > 200
