"""Every form that asks for something has a proper filling, or a page would call its deed closed."""

from __future__ import annotations

import pytest

from states.filling import FILLED
from states.forms import FORMS
from states.terms import Act, Action

ASKING = [deed for deed, form in FORMS.items() if any(field.required for field in form)]


@pytest.mark.parametrize("deed", ASKING, ids=str)
def test_a_form_that_asks_is_filled(deed: Action | Act) -> None:
    assert deed in FILLED
