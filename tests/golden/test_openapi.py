"""The description of the API, from which programs are built."""

from __future__ import annotations

import pytest
from golden import Golden, as_json

from web.api.rooms import schema


def test_openapi(golden: Golden) -> None:
    golden("openapi.json", as_json(schema(), sort_keys=True))


def test_a_difference_is_shown_with_the_way_to_accept_it() -> None:
    with pytest.raises(pytest.fail.Exception) as told:
        Golden(accepts=False)("openapi.json", "{}")
    said = str(told.value)
    assert "--- tests/golden/openapi.json" in said and "+{}" in said
    assert "pytest tests/golden --golden" in said
