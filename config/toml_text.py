"""TOML as people write it. Python's reader takes minutes over one key of thousands of parts."""

from __future__ import annotations

import tomllib
from typing import Any

from config.errors import ConfigError
from states.terms import Text

LARGEST = 200_000  # bytes or characters of a file; the longest that is shipped has 30,000
LONGEST_LINE = 1000  # characters; the longest that is shipped has 461


def read_text(file: str, text: str, **options: Any) -> dict[str, Any]:
    """What a TOML text says. ConfigError for a line longer than any that a person writes; for the
    rest what tomllib.loads raises, which takes the same `options`."""
    for number, line in enumerate(text.splitlines(), 1):
        if len(line) > LONGEST_LINE:
            raise ConfigError(file, "", TOO_LONG.format(line=number, most=LONGEST_LINE))
    return tomllib.loads(text, **options)


TOO_LONG = Text(
    "第{line}行超过{most}个字符，请分行书写。",
    "Line {line} has more than {most} characters; break it.",
)
