"""What a row of a plan says of a project, as facts; and what a state from paper must bring along."""

from __future__ import annotations

from datetime import date

from states.facts import Json, as_json
from states.lifecycle import FINAL
from states.policy import Policy
from states.terms import BEFORE_PLAN, Entry, State, Text, day_label
from states.undoing import LED_TO
from workflow.imports.outcome import Imported
from workflow.imports.rows import PlanRow, Remark

# The columns of a plan that may differ in a later file. Dates go together.
SCHEDULE = ("schedule_text", "opens_earliest", "opens_latest", "planned_ends")
CONTACT = ("contact_name", "contact_phone", "contact_email", "office_email")
NAMES = ("name", "host")
SOFT = (*NAMES, "number", "department", *CONTACT, "document_number")
FIXED_ONCE_HELD = ("category", "place", "planned_trainees", *SCHEDULE)


def plan_facts(row: PlanRow) -> Json:
    """What the file says, as facts; what it leaves out is not there."""
    names = (*SOFT, *FIXED_ONCE_HELD)
    pairs = ((name, as_json(getattr(row, name))) for name in names)
    return {name: value for name, value in pairs if value is not None}


def as_stored(row: PlanRow, policy: Policy, entry: Entry, today: date) -> Json:
    """The facts of a project that the books do not know."""
    state = row.state or State.PLANNED
    day = today.isoformat()
    stored: Json = {
        "state": state.value,
        "policy": policy.id,
        "year": policy.year,
        "known_on": day,
        **plan_facts(row),
    }
    if state not in BEFORE_PLAN:
        stored["planned_on"] = day
    if entry is Entry.IMPORT:  # books that are opened in mid-season tell hosts nothing new
        stored["untold"] = True
    if state in AFTER_CLASS and row.actual_opens:
        ends = row.actual_ends or row.actual_opens
        stored |= {
            "actual_opens": row.actual_opens.isoformat(),
            "actual_ends": ends.isoformat(),
            "held_on": ends.isoformat(),
        }
    if stamp := DONE_BY.get(state):  # the file does not say when: known as of today
        stored[stamp] = day
    if state is State.SUBSIDISED and row.amount is not None:
        stored["amount"] = row.amount
    if state in FINAL:
        stored["ended_on"] = day
    return stored


DONE_BY = {State.FILED: "filed_on", State.REPORTED: "reported_on"}
AFTER_CLASS = frozenset(LED_TO)  # the class has been held


def books_complete(row: PlanRow, result: Imported, today: date) -> bool:
    """A state from paper should come with what belongs to it; False if it cannot be admitted."""
    if row.state in AFTER_CLASS:
        ended = row.actual_ends or row.actual_opens
        if ended is None:
            said = NO_ACTUAL_DATES.format(state=row.state.label)
            result.rejected.append(Remark(row.row, None, said))
            return False
        if ended > today:
            result.rejected.append(Remark(row.row, None, NOT_ENDED.format(ends=day_label(ended))))
            return False
    if row.state is State.SUBSIDISED and row.amount is None:
        result.warnings.append(Remark(row.row, None, NO_AMOUNT))
    return True


NO_ACTUAL_DATES = Text(
    "状态为“{state}”，须在“实际日期”列填写实际办班日期",
    "State “{state}” needs the actual dates in the column 实际日期",
)
NOT_ENDED = Text(
    "实际办班到{ends}才结束，结束后方可按已办班导入，请核对日期",
    "The class ends on {ends}, still to come; import it as held afterwards, or check the date",
)
NO_AMOUNT = Text(
    "补助已审定，但没有填写金额，请补充", "The subsidy is decided but no amount is given"
)
