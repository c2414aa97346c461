"""A deed, what comes of it, and how it can fail."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from states.facts import Json
from states.findings import Finding
from states.terms import Act, Action, State, Text
from workflow.people import Actor


class Refused(Exception):
    """The deed is not possible; `findings` say why, with clauses. Nothing was written."""

    def __init__(self, findings: Sequence[Finding]) -> None:
        self.findings = list(findings)
        super().__init__("; ".join(found.message.en for found in findings))


class LostRace(Exception):
    """Somebody else changed the project in between. Nothing was written."""

    def __init__(self, project_id: int) -> None:
        self.text = Text(
            f"项目{project_id}刚被他人办理，请查看最新情况后再办。",
            f"Project {project_id} was just changed by somebody else; look again, then act.",
        )
        super().__init__(self.text.en)


class NoSuchProject(Exception):
    """There is no project of that number."""

    def __init__(self, project_id: int) -> None:
        self.text = Text(
            f"没有编号（id）为{project_id}的项目，请用 yanxiu projects 查看。",
            f"There is no project {project_id}; see `yanxiu projects`.",
        )
        super().__init__(self.text.en)


@dataclass(frozen=True, slots=True)
class Deed:
    """What somebody wants to do with a project. Values as read by states.forms.read_form."""

    what: Action | Act
    by: Actor
    given: Mapping[str, Any]
    papers: Mapping[str, Json]  # key -> {sha256, name, size}, stored, or how it came
    on: date  # the date that counts, unless it is a host's own step (states/decide.py)
    on_behalf: bool = False  # entered from paper for the host
    machine: bool = False
    seen: int | None = None  # the version that the person was looking at


@dataclass(frozen=True, slots=True)
class Outcome:
    """What came of a deed. `pending`: it waits for a second person; `ended`: what was proposed and
    ends undecided by it, as far as who did it is told of that."""

    project_id: int
    version: int
    state: State
    pending: bool
    findings: tuple[Finding, ...]
    on: date  # the date that counts
    ended: Action | Act | None = None
