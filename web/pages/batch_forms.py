"""What the page of a batch sends back, and what it offers to choose from."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from starlette.datastructures import FormData, UploadFile

from config.rulebook import Rulebook
from states.actions import ACTIONS
from states.choices import Choice, Chooser, Record
from states.facts import Json
from states.terms import Action, Text
from web.kept_files import file_name
from web.numbers import number_of
from workflow.batches.edits import Edit, form_fields
from workflow.batches.prepared import Line, Prepared, form_of
from workflow.batches.results import News
from workflow.papers import store_bytes


def title_of(deed: Action) -> Text:
    batch = ACTIONS[deed].batch
    return batch.title if batch else deed.label


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
    sort = form_of(batch)
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
) -> dict[int, dict[str, list[Choice]]]:
    """By project (0: for all) the fields that are chosen from a list: value and label."""
    listed = {field.name: field.options for field in ACTIONS[batch.deed].form if field.options}
    shared = [name for name in form_of(batch).shared if name in listed]
    found: dict[int, dict[str, list[Choice]]] = {0: {name: [] for name in shared}}
    for line in lines:
        facts = line.facts
        if isinstance(book.category(facts.policy, facts.category), Text):
            found[line.project_id] = {}
            continue
        who = Chooser(facts, book.policy(facts.policy), book.calendar)
        own = {name: options.offered(who) for name, options in listed.items()}
        found[line.project_id] = own
        for name in shared:
            found[0][name] = list(dict([*found[0][name], *own[name]]).items())
    return found


def said_for_all(
    book: Rulebook, batch: Prepared, lines: Sequence[Line]
) -> list[tuple[Text, Text | str]]:
    """Label and value of what was filled in once for all lines."""
    found: list[tuple[Text, Text | str]] = []
    known = [
        Record(book.policy(line.facts.policy), line.facts.category, {})
        for line in lines[:1]
        if not isinstance(book.category(line.facts.policy, line.facts.category), Text)
    ]
    for field in form_fields(batch.deed, form_of(batch).shared):
        if value := batch.fields.get(field.name, ""):
            labels = dict(field.options.known(known[0])) if field.options and known else {}
            found.append((field.label, labels.get(value, value)))
    return found
