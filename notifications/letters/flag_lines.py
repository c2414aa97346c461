"""What the mail about a step says to its host of flags: which it raised, by which clause, what can
still be done about each, and which it settled. Not what officials decide or note on them."""

from __future__ import annotations

from collections.abc import Iterator

from notifications.letters.grounds import cite
from notifications.letters.story import Line, Story
from states.choices import SETTLED
from states.facts import Json
from states.remedy import is_for_host, remedy
from states.terms import Act, Role, Text


def flag_lines(story: Story) -> tuple[Line, ...]:
    if story.role is not Role.HOST or story.deed is Act.DISPOSE:
        return ()
    flags = {k: f for k, f in (story.changes.get("flags") or {}).items() if f and "zh" in f}
    raised = {k: f for k, f in flags.items() if "disposed" not in f and is_for_host(k)}
    lines = [*_raised(story, raised), *_settled(flags)]
    return tuple(lines)


def _raised(story: Story, flags: dict[str, Json]) -> Iterator[Line]:
    for number, (key, flag) in enumerate(flags.items(), start=1):
        n = number if len(flags) > 1 else ""
        keys = dict.fromkeys(one for one in (flag["clause"], flag.get("consequence")) if one)
        places = [p for one in keys if (p := cite(story.policy, one, story.on).place).zh]
        found = Text("、".join(p.zh for p in places), ", ".join(p.en for p in places))
        said = Text(flag["zh"], flag["en"])
        then = remedy(key, host=True, by=_by(story, key))
        parts = [said, *([BASIS.format(place=found)] if places else []), then]
        yield FLAG.format(n=n), Text(_joined_zh(parts), " ".join(p.en for p in parts if p.en))


def _by(story: Story, key: str) -> Role:
    """Who records the milestone that a flag misses."""
    name = key.partition(".")[2]
    return next((one.by for one in story.category.milestones if one.key == name), Role.HOST)


def _joined_zh(parts: list[Text]) -> str:
    return "".join(f"{part.zh.rstrip('。')}。" for part in parts if part.zh)


def _settled(flags: dict[str, Json]) -> Iterator[Line]:
    for flag in flags.values():
        disposed = flag.get("disposed", {})
        if disposed.get("outcome") == SETTLED:
            said = Text(flag["zh"].rstrip("。"), flag["en"].rstrip("."))
            fact = Text(disposed["zh"], disposed["en"])
            yield GONE, WITH.format(said=said, fact=fact)


FLAG = Text("提示{n}", "Flag {n}")
BASIS = Text("依据：{place}", "By {place}.")
GONE = Text("已消除的提示", "Flag settled")
WITH = Text("{said}；{fact}", "{said}; {fact}")
