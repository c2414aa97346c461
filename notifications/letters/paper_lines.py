"""The papers of a receipt: what came in, what is still missing, what was promised until when."""

from __future__ import annotations

from datetime import date

from notifications.letters.grounds import listed
from notifications.letters.story import Line, Story
from states.policy import PaperRule
from states.terms import Action, Text, day_label

RECEIVED = Text("已收材料", "Received")
MISSING = Text("尚缺材料", "Still missing")
PROMISED = Text("约定补交", "To follow")


def paper_lines(story: Story) -> tuple[Line, ...]:
    """Three lines, each left out where it is empty."""
    asked = _asked(story)
    held, promised = story.after.papers, story.after.promised
    lacking = [paper for paper in asked if paper.key not in held]
    return (
        (RECEIVED, listed(came_in(story))),
        (MISSING, listed([paper for paper in lacking if paper.key not in promised])),
        (PROMISED, _until([paper for paper in lacking if paper.key in promised], promised)),
    )


def came_in(story: Story) -> list[PaperRule]:
    """The papers that the deed brought, in the order of the policy."""
    brought = story.changes.get("papers", {})
    return [paper for paper in _known(story) if paper.key in brought]


# What papers that come later belong to, once it is on record.
DONE_BY = {
    Action.SUBMIT: "submitted_on",
    Action.FILE: "filed_on",
    Action.REPORT: "reported_on",
}


def _known(story: Story) -> list[PaperRule]:
    """The papers that the step asks for; of what is handed in later those of every step."""
    if isinstance(story.deed, Action):
        return list(story.category.papers.get(story.deed, ()))
    every = {paper.key: paper for papers in story.category.papers.values() for paper in papers}
    return list(every.values())


def _asked(story: Story) -> list[PaperRule]:
    """The papers that should be there by now."""
    if isinstance(story.deed, Action):
        return _known(story)
    done = [step for step, stamp in DONE_BY.items() if getattr(story.after, stamp)]
    due = {paper.key for step in done for paper in story.category.papers.get(step, ())}
    return [paper for paper in _known(story) if paper.key in due]


def _until(papers: list[PaperRule], promised: dict[str, str]) -> Text:
    by = {paper.key: day_label(date.fromisoformat(promised[paper.key])) for paper in papers}
    return Text(
        "；".join(f"{paper.label.zh}，{by[paper.key].zh}前" for paper in papers),
        "; ".join(f"{paper.label.en} by {by[paper.key].en}" for paper in papers),
    )
