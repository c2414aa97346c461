"""`make bench` fails where a goal is missed, unless bench/accepted.json says why it may be."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from bench.measure import Figure, publish

FAST = Figure("fast", 2.0, "mails/s", 1.0, 2.0, ">= 1.5 x bare", met=True)
SLOW = Figure("slow", 1.0, "mails/s", 1.0, 1.0, ">= 1.5 x bare", met=False)


@pytest.mark.parametrize(
    ("figures", "accepted", "whole", "said"),
    [
        ([FAST], {}, True, ""),
        ([FAST, SLOW], {}, True, "slow: missed"),
        ([FAST, SLOW], {"slow": "one writer"}, True, ""),
        ([SLOW], {"slow": ""}, True, "slow: accepted without a reason"),
        ([FAST], {"fast": "one writer"}, False, "fast: met again, take it out"),
        ([FAST], {"gone": "one writer"}, True, "gone: accepted, but there is no such figure"),
        ([FAST], {"elsewhere": "one writer"}, False, ""),  # not all was measured
    ],
)
def test_a_missed_goal_stands_with_its_reason_and_no_other(
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
    figures: list[Figure],
    accepted: dict[str, str],
    *,
    whole: bool,
    said: str,
) -> None:
    (tmp_path / "accepted.json").write_text(json.dumps(accepted))
    assert publish(figures, tmp_path, whole=whole) is (said == "")
    printed = capsys.readouterr().out
    assert said in printed
    assert ("accepted: one writer" in printed) == (SLOW in figures and bool(accepted.get("slow")))
    assert [row["name"] for row in json.loads((tmp_path / "results.json").read_text())] == [
        figure.name for figure in figures
    ]


def test_what_is_accepted_has_reasons() -> None:
    accepted = json.loads((Path(__file__).parents[1] / "bench" / "accepted.json").read_text())
    assert all(isinstance(why, str) and why.strip() for why in accepted.values())
