"""An event with all that its mail may draw on, and what a mail comes to tell of it."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date

from notifications.letters.printing import long_text
from states.facts import Facts, Json
from states.labels import is_national_money
from states.policy import Category, Policy
from states.terms import Act, Action, Role, State, Text

Said = str | Text
Line = tuple[Text, Said]


@dataclass(frozen=True, slots=True)
class Story:
    """One event with all that its mail may draw on. `facts`: now; `after`: right after it."""

    deed: Action | Act
    notice: str
    source: State
    on: date  # the date that counts
    on_behalf: bool
    given: Json
    changes: Json
    facts: Facts
    before: Facts
    after: Facts
    policy: Policy
    category: Category
    role: Role
    # What the host knows of a plan whose dates a newer file has moved, where that is told.
    heard: Facts | None = None

    @property
    def on_label(self) -> Text:
        return long_text(self.on)

    @property
    def money(self) -> Said:
        """补助, 资助, or nothing where the category has no money."""
        if is_national_money(self.category):
            return Text("资助", "funding")
        return SUBSIDY if self.category.ends_in is State.SUBSIDISED else ""

    def text(self, name: str) -> str:
        """What was filled in, as text; empty where it was not."""
        return str(self.given.get(name) or "")

    def day(self, name: str) -> date:
        return date.fromisoformat(self.given[name])


@dataclass(frozen=True, slots=True)
class Told:
    """Tag, lines and clause of a result mail, and more that its wording may say."""

    tag: Text
    lines: tuple[Line, ...] = ()
    clause: str = ""
    values: dict[str, Said] = field(default_factory=dict)


SUBSIDY = Text("补助", "subsidy")
