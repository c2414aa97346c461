"""The language of the help, and the options that every command has."""

from __future__ import annotations

import os
from typing import Annotated

import typer

ENGLISH = os.environ.get("YANXIU_LANGUAGE") == "en"


def both(zh: str, en: str) -> str:
    """The help in the language that is set."""
    return en if ENGLISH else zh


Json = Annotated[bool, typer.Option("--json", help=both("以 JSON 输出", "Print JSON"))]
