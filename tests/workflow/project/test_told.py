"""What somebody chose is said again in words, never by its key."""

from __future__ import annotations

import pytest

from config.rulebook import rulebook
from states.actions import ROWS, ActionRow
from states.actions.fields import Field
from states.choices import Chooser, Record
from states.facts import Facts
from states.terms import Act, Role, State, Text
from workflow.project.told import told

POLICY = rulebook().policy("fujian-2025")
LISTED = [(row, field) for row in ROWS for field in row.form if field.options]


@pytest.mark.parametrize(
    ("row", "field"), LISTED, ids=[f"{row.action}.{field.name}" for row, field in LISTED]
)
@pytest.mark.parametrize("state", State)
@pytest.mark.parametrize("category", sorted(POLICY.categories))
def test_whatever_may_be_chosen_is_known_when_it_is_said_again(
    row: ActionRow, field: Field, state: State, category: str
) -> None:
    flags = {"filed_in_time": {"zh": "报送晚于期限。", "en": "Filed late.", "deed": "file"}}
    stored = {"state": state.value, "policy": POLICY.id, "year": 2025, "category": category}
    facts = Facts.read(
        {**stored, "name": "班", "host": "校", "opens_earliest": "2025-05-12", "flags": flags}
    )
    assert field.options is not None
    offered = field.options.offered(Chooser(facts, POLICY, rulebook().calendar, tuple(Role)))
    record = Record(POLICY, category, {"filed_in_time": Text("报送晚于期限。", "Filed late.")})
    assert {key for key, _ in offered} <= {key for key, _ in field.options.known(record)}


def test_another_category_is_said_by_its_name() -> None:
    given = {"category": "engineering", "reason": "转专项"}
    said = dict(told(Act.RECLASSIFY, given, POLICY, "ordinary"))
    [category] = [value for label, value in said.items() if label.zh == "调整后的项目类别"]
    assert category == POLICY.categories["engineering"].label
