"""Every form that asks for something has a proper example, or a page would call its action closed."""

from __future__ import annotations

import pytest

from states.actions import ROWS, ActionRow
from states.actions.row import nothing

ASKING = [row for row in ROWS if any(field.required for field in row.form)]


@pytest.mark.parametrize("row", ASKING, ids=lambda row: row.action.value)
def test_a_form_that_asks_has_an_example(row: ActionRow) -> None:
    assert row.example is not nothing
