"""Everything that the law needs to judge a case: policies, work calendar, ladders."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

from config.calendar_files import ladders, work_calendar
from config.errors import ConfigError
from config.policy_files import forget_policies, load_policy
from states.calendar import WorkCalendar
from states.ladder import Ladder, Stepper
from states.policy import Category, Policy
from states.terms import Force, Kind, Text


@dataclass(frozen=True)
class Rulebook:
    """Built once per process by `rulebook`."""

    calendar: WorkCalendar
    ladders: dict[Kind, Ladder]
    stepper: Stepper
    own_policies: Path | None  # the office's own policy files, besides those shipped

    def ladder(self, kind: Kind, force: Force) -> Ladder | None:
        """The ladder of a deadline. What a notice does not ask for is told of twice at most, and
        never urged afterwards."""
        if force is Force.ADVISORY and kind is not Kind.RECORDING:
            return self._gentle.get(kind)
        return self.ladders.get(kind)

    @cached_property
    def _gentle(self) -> dict[Kind, Ladder]:
        return {kind: ladder.advice() for kind, ladder in self.ladders.items()}

    def policy(self, name: str) -> Policy:
        return load_policy(name, self.own_policies)

    def category(self, policy: str, key: str) -> Category | Text:
        """What a project is judged by, or why its policy cannot be read: what only looks shows the
        rest of it all the same."""
        try:
            return self.policy(policy).categories[key]
        except ConfigError as error:
            return error.text


def reread(data_dir: Path | None = None) -> Rulebook:
    """As `rulebook`, but every file is read again: one of them has been changed."""
    work_calendar.cache_clear()
    ladders.cache_clear()
    forget_policies()
    return rulebook(data_dir)


def rulebook(data_dir: Path | None = None) -> Rulebook:
    """The shipped rules, with the office's own files in `data_dir`/policies and /calendars."""
    own_policies = data_dir / "policies" if data_dir else None
    own_calendars = data_dir / "calendars" if data_dir else None
    calendar = work_calendar(own_calendars)
    own_ladders = data_dir / "ladders.toml" if data_dir else None
    chosen = own_ladders if own_ladders and own_ladders.exists() else None
    return Rulebook(calendar, ladders(chosen), Stepper(calendar), own_policies)
