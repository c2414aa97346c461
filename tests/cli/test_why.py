"""`yanxiu why`: each action open or not, the reasons with their clauses, and the way to a later one."""

from __future__ import annotations

from typing import Any

from command import Command

from states.terms import Act, Action

REASON = {
    "rule",
    "key",
    "clause",
    "severity",
    "fact",
    "message",
    "who",
    "earliest",
    "consequence",
    "remedy",
    "step",
}


def why(office: Command, *words: object) -> dict[str, Any]:
    return {one["action"]: one for one in office.json("why", 2, *words)}


def test_every_action_is_told_open_or_with_reasons(office: Command) -> None:
    found = why(office)
    assert list(found) == [deed.value for deed in (*Action, *Act)]
    for one in found.values():
        assert all(set(reason) == REASON for reason in one["reasons"])
        blocked = [r for r in one["reasons"] if r["severity"] == "block"]
        assert one["open"] == (not blocked)
    assert (found["file"]["open"], found["file"]["who"]) == (True, ["host"])
    [paper] = found["file"]["asks"]
    assert (paper["fact"], paper["clause"]) == ("implementation_plan", "R25-06a")


def test_a_later_step_names_the_way_there(office: Command) -> None:
    [one] = office.json("why", 2, "subsidise")
    assert one["open"] is False
    assert [leg["step"] for leg in one["way"]] == ["file", "hold", "report", "subsidise"]
    missing = [(r["step"], r["fact"], r["clause"]) for r in one["reasons"] if "papers" in r["rule"]]
    assert missing == [
        ("file", "implementation_plan", "R25-06a"),
        ("report", "reimbursement_papers", "R25-15b"),
    ]
    shown = office.ok("why", 2, "subsidise").out
    assert "项目现为“已列入年度计划”，不能登记资助审定结果" in shown
    assert "第3步 报送经费报销材料（承办单位）" in shown
    assert "R25-15b" in shown


def test_as_it_stands_for_one_person(office: Command) -> None:
    found = why(office, "--as", "auditor")
    assert {one["open"] for one in found.values()} == {False}
    assert found["file"]["stand"] == "others"
    assert why(office, "--as", "coordinator")["file"]["on_behalf"] is True


def test_the_reasons_are_those_that_refuse(office: Command) -> None:
    [one] = office.json("why", 2, "reject", "--as", "coordinator")
    refused = office.fails(1, "do", 2, "reject", "--as", "coordinator", "--json").json
    keys = ("rule", "clause", "severity", "fact", "message", "who", "earliest", "consequence")
    said = [{key: reason[key] for key in keys} for reason in one["reasons"]]
    assert said[:1] == [{key: f[key] for key in keys} for f in refused["findings"]]


def test_who_is_unknown_and_what_does_not_exist_is_said(office: Command) -> None:
    assert "nobody" in office.fails(1, "why", 2, "--as", "nobody").sentence
    assert "4711" in office.fails(1, "why", 4711).sentence
    assert "dance" in office.fails(2, "why", 2, "dance").sentence
