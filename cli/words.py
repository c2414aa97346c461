"""The language of the help, and the options that every command has."""

from __future__ import annotations

import os
from typing import Annotated

import typer

ENGLISH = os.environ.get("YANXIU_LANGUAGE") == "en"


def both(zh: str, en: str) -> str:
    """The help in the language that is set."""
    return en if ENGLISH else zh


# Of a row; as workflow/tables.py has it, which is slow to load for a line of help.
LARGEST_ID = 2**31 - 1

Json = Annotated[bool, typer.Option("--json", help=both("以 JSON 输出", "Print JSON"))]
