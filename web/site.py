"""What every page needs: database, rules, clock, settings."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import date, datetime
from functools import cached_property
from typing import cast

from fastapi import Request
from sqlalchemy import Connection

from config.errors import ConfigError
from config.rulebook import Rulebook, reread
from config.settings import Settings
from notifications.calendars.feeds import Key
from states.policy import Policy
from workflow import kept
from workflow.database import Database
from workflow.office.contacts import newest_policy
from workflow.refresh import KEY as RULES


@dataclass
class Site:
    """One per process. `today` gives the Chinese calendar day, `now` the aware time; both may be
    moved for a demonstration."""

    db: Database
    book: Rulebook
    key: Key
    today: Callable[[], date]
    now: Callable[[], datetime]
    settings: Settings = field(default_factory=Settings)
    _rules: str | None = field(default=None, init=False)

    def whom_to_ask(self) -> Policy | None:
        """The policy whose office stands at the foot of a page."""
        with self.db.read() as connection:
            return newest_policy(connection, self.book)

    def follow(self, connection: Connection) -> None:
        """Read the rules again where another process has put other ones in force; asked along with
        who visits."""
        standing = kept.get(connection, RULES)
        if standing == self._rules:
            return
        known, self._rules = self._rules, standing
        if known is not None:
            with suppress(ConfigError):  # a file for all: what was read before stands
                self.reload()

    def reload(self) -> None:
        """Read the rules again, after the office has changed one of its files."""
        self.book = reread(self.settings.data_dir)

    @cached_property
    def is_secure(self) -> bool:
        """Whether browsers come over HTTPS, so that cookies need not travel otherwise."""
        return self.settings.base_url.startswith("https://")


def site_of(request: Request) -> Site:
    return cast(Site, request.app.state.site)
