"""What the page of a batch sends back, and what it offers to choose from."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from starlette.datastructures import FormData, UploadFile

from config.rulebook import Rulebook
from states.facts import Json
from states.terms import Action, Text
from web.kept_files import file_name
from web.numbers import number_of
from workflow.batches.edits import Edit, form_fields
from workflow.batches.prepared import SORTS, Line, Prepared
from workflow.batches.results import News
from workflow.papers import store_bytes

TITLES = {
    Action.REVIEW: Text("审核推荐批次", "Recommendations"),
    Action.PLAN: Text("年度计划批次", "Plan list"),
    Action.REJECT: Text("不予通过批次", "Refusals"),
    Action.SUBSIDISE: Text("补助审定批次", "Subsidies"),
}


def title_of(deed: Action) -> Text:
    return TITLES[deed]


def people(batch: Prepared, heard: Mapping[int, Sequence[News]] | None = None) -> list[str]:
    """The logins of everybody whom the page of a batch names."""
    said = [one.person for news in (heard or {}).values() for one in news]
    return [batch.made_by, batch.proposed_by, batch.ended_by, *said]


def numbers(form: FormData, name: str) -> list[int]:
    """The ticked numbers, those that can be any."""
    given = (number_of(str(value)) for value in form.getlist(name))
    return [number for number in given if number is not None]


@dataclass(frozen=True, slots=True)
class Letter:
    """Where papers are kept."""

    folder: Path

    def keep(self, upload: UploadFile) -> Json:
        """Store what was sent under its own name. PaperRefused: empty or too large."""
        return store_bytes(self.folder, file_name(upload.filename or ""), upload.file.read())


def edit_of(form: FormData, batch: Prepared, lines: Sequence[Line], letter: Letter) -> Edit:
    """All that was typed, and what the button that was pressed asks for."""
    sort = SORTS[batch.deed]
    then, _, which = str(form.get("then", "")).partition(":")
    pressed = int(which) if which.isdecimal() and len(which) < 20 else 0
    upload = form.get("letter")
    kept: Json | None = None
    if isinstance(upload, UploadFile) and upload.filename:
        kept = letter.keep(upload)
    elif form.get("no_letter"):
        kept = {}
    start = str(form.get("from", "")).strip()
    return Edit(
        title=str(form.get("title", "")),
        fields={name: str(form.get(name, "")) for name in sort.shared},
        lines={
            line.project_id: {
                name: str(form.get(f"{name}.{line.project_id}", "")) for name in sort.own
            }
            for line in lines
        },
        places=_places(form, lines, then, pressed),
        removed=frozenset({*numbers(form, "remove"), *([pressed] if then == "remove" else [])}),
        looked_at=_looked_at(then, pressed, lines),
        number=then == "number",
        number_from=int(start) if re.fullmatch(r"\d{1,5}", start) else None,
        letter=kept,
    )


def _places(form: FormData, lines: Sequence[Line], then: str, pressed: int) -> dict[int, int]:
    """Twice each place, so that a line that moves finds room between two others."""
    found = {}
    for line in lines:
        typed = str(form.get(f"place.{line.project_id}", "")).strip()
        place = int(typed) if re.fullmatch(r"\d{1,4}", typed) else line.place
        found[line.project_id] = 2 * place + (place > line.place) - (place < line.place)
    if pressed in found:
        found[pressed] += {"up": -3, "down": 3}.get(then, 0)
    return found


def _looked_at(then: str, pressed: int, lines: Sequence[Line]) -> frozenset[int]:
    if then != "seen":
        return frozenset()
    return frozenset({pressed} if pressed else {line.project_id for line in lines})


def line_choices(
    book: Rulebook, batch: Prepared, lines: Iterable[Line]
) -> dict[int, dict[str, Any]]:
    """By project (0: for all) the fields that are chosen from a list: value and label."""
    found: dict[int, dict[str, Any]] = {0: {}}
    for line in lines:
        if isinstance(book.category(line.facts.policy, line.facts.category), Text):
            found[line.project_id] = {}
            continue
        policy = book.policy(line.facts.policy)
        if batch.deed is Action.PLAN:
            categories = [(c.key, c.label) for c in policy.categories.values()]
            found[line.project_id] = {"category": categories}
        elif batch.deed is Action.REJECT:
            codes = [
                (reason.key, reason.label)
                for reason in policy.reasons.values()
                if line.facts.state in reason.states
                and (not reason.categories or line.facts.category in reason.categories)
            ]
            found[line.project_id] = {"code": codes}
            known = dict(found[0].get("code", []))
            found[0]["code"] = list({**known, **dict(codes)}.items())
    if batch.deed is Action.REJECT:
        found[0].setdefault("code", [])
    return found


def said_for_all(
    book: Rulebook, batch: Prepared, lines: Sequence[Line]
) -> list[tuple[Text, Text | str]]:
    """Label and value of what was filled in once for all lines."""
    found: list[tuple[Text, Text | str]] = []
    policies = [
        book.policy(line.facts.policy)
        for line in lines[:1]
        if not isinstance(book.category(line.facts.policy, line.facts.category), Text)
    ]
    for field in form_fields(batch.deed, SORTS[batch.deed].shared):
        value = batch.fields.get(field.name, "")
        reasons = [policy.reasons[value].label for policy in policies if value in policy.reasons]
        if value:
            found.append((field.label, reasons[0] if field.name == "code" and reasons else value))
    return found
