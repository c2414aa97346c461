"""From a mail row to the letter: gathers what it is about, as it stands now."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from typing import Any

from sqlalchemy import Connection, bindparam, insert, or_, select

from config.rulebook import Rulebook
from notifications import office_wording
from notifications.alarms import alarm
from notifications.digest_letter import is_empty, render_alarm, render_digest
from notifications.envelope import Attachment, compose
from notifications.items import letter_of
from notifications.letters import Rendered
from notifications.notice_letter import render_notice
from notifications.printing import long
from notifications.reminder_letter import render_reminder
from notifications.results import notice_of
from notifications.wording import Wordings
from states.facts import Facts
from workflow.engine import TABLE as PROJECT
from workflow.people import PERSON, officer
from workflow.statements import Statement
from workflow.tables import MailAttempt, Purpose, Reminder, ReminderStatus

REMINDER = Reminder.__table__  # type: ignore[attr-defined]
