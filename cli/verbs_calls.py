"""`yanxiu calls`: whom to call today, or all that is late, as text for a group chat."""

from __future__ import annotations

from cli.office import Office
from notifications.chat_text import calls_text, late_text
from workflow.people import OPERATOR
from workflow.workplace import calls as workplace
from workflow.workplace.watching import scope_of


def calls(late: bool, as_json: bool) -> None:
    """Print the text; with JSON as `{text}`, and the units of the call list."""
    office = Office(as_json)
    today, language = office.clock.today(), office.settings.language
    scope = scope_of(OPERATOR)
    assert scope is not None  # who stands for the province watches everything
    with office.db.read() as connection:
        if late:
            text, found = (
                late_text(connection, office.book, scope, today=today, language=language),
                [],
            )
        else:
            found = workplace.calls(connection, office.book, scope, today=today)
            text = calls_text(connection, office.book, found, today=today, language=language)
    if as_json:
        units = [
            {"unit": one.unit, "projects": [m.project_id for m in one.matters]} for one in found
        ]
        office.printer.data({"text": text, "units": units})
        return
    office.printer.text(text.rstrip("\n"))
