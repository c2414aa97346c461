"""The reminder mail: one item with all its facts, or several as a table."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cached_property
from typing import Any

from notifications.letters.item_view import View
from notifications.letters.phrases import phrases
from notifications.letters.printing import plain, short
from notifications.letters.rendering import render
from notifications.letters.values import Letter, Rendered
from notifications.letters.wording import SHIPPED, Wordings
from states.terms import Role

SEVERAL = "several"  # somebody who is host here and watches there


def render_reminder(letter: Letter, wordings: Wordings = SHIPPED) -> Rendered:
    """The reminder mail. Raises ValueError for a letter without items."""
    worded = Worded(letter)
    subject, lead = wordings.fill(worded.notice, letter.language, worded.values)
    views, title = worded.views, worded.title
    return render(
        "reminder", letter, subject, lead, title=title, overdue=worded.late > 0, views=views
    )


class Worded:
    """Which notice a letter is, and what its wording may say."""

    def __init__(self, letter: Letter) -> None:
        if not letter.items:
            raise ValueError("a letter needs at least one item")
        self.letter = letter
        self.views: Sequence[View] = sorted(
            (View(item, letter) for item in letter.items), key=View.order
        )
        self.late = sum(view.overdue for view in self.views)

    @property
    def notice(self) -> str:
        return self.views[0].notice if len(self.views) == 1 else "summary"

    @property
    def title(self) -> str:
        """What stands over the letter."""
        return phrases(self.letter.language).overdue_title if self.late else self.tag

    @cached_property
    def tag(self) -> str:
        tags = {view.tag for view in self.views}
        return tags.pop() if len(tags) == 1 else phrases(self.letter.language).summary_title

    @property
    def values(self) -> dict[str, Any]:
        letter = self.letter
        roles = {view.role for view in self.views}
        role = roles.pop().value if len(roles) == 1 else SEVERAL
        common = {
            "role": role,
            "watching": role not in (Role.HOST, SEVERAL),
            "today": short(letter.today, letter.language),
            "tag": self.tag,
            "ask": plain(letter.ask, letter.language),
        }
        if len(self.views) == 1:
            return common | self.views[0].values
        coming = [view.target for view in self.views if view.days >= 0 and not view.vague]
        earliest = short(min(coming), letter.language) if coming else ""
        own = sum(view.own for view in self.views)
        watching = common["watching"] and own < len(self.views)
        counts = {"count": len(self.views), "late": self.late, "own": own}
        return common | counts | {"earliest": earliest, "watching": watching}
