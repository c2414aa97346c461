"""Golden files: what programs and readers get, word for word, so that every change shows in a diff.

`golden(name, text)` holds a text against the file of that name in this folder. A change that is
meant is accepted by `pytest tests/golden --golden`, which writes the files anew: read their diff.
"""

from __future__ import annotations

import pytest
from golden import Golden


@pytest.fixture
def golden(request: pytest.FixtureRequest) -> Golden:
    return Golden(accepts=request.config.getoption("--golden"))
