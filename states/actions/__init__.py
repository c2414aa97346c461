"""Every action as one row; a file for each group of them."""

from __future__ import annotations

from states.actions.application import APPLICATION
from states.actions.dates import DATES
from states.actions.endings import ENDINGS
from states.actions.holding import HOLDING
from states.actions.money import MONEY
from states.actions.oversight import OVERSIGHT
from states.actions.people import PEOPLE
from states.actions.plan import PLAN
from states.actions.row import ActionRow
from states.terms import Act, Action

ROWS = (*APPLICATION, *PLAN, *DATES, *HOLDING, *MONEY, *ENDINGS, *PEOPLE, *OVERSIGHT)
ACTIONS: dict[Action | Act, ActionRow] = {row.action: row for row in ROWS}
