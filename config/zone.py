"""The time of the office: every date and every clock that people see is Chinese."""

from __future__ import annotations

from datetime import datetime
from zoneinfo import ZoneInfo

SHANGHAI = ZoneInfo("Asia/Shanghai")


def local(at: datetime) -> str:
    """An aware time as the office's clock shows it."""
    return at.astimezone(SHANGHAI).strftime("%Y-%m-%d %H:%M")
