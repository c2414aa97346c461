"""`yanxiu projects` and `show`."""

from __future__ import annotations

from command import Command


def test_the_whole_list_in_plan_order(office: Command) -> None:
    found = office.json("projects")
    assert [one["number"] for one in found] == list(range(1, 86))
    assert {"id", "number", "name", "category", "state", "host", "opens", "ends"} <= set(found[1])
    assert found[1]["name"] == "新能源电池安全关键技术高级研修班"
    assert (found[1]["opens"], found[1]["ends"]) == ("2025-03-31", "2025-04-04")
    assert {one["state"] for one in found} == {"planned"}
    shown = office.ok("projects").out
    assert "共85个项目。" in shown
    assert "5月中旬（暂定）" in shown
    english = office.ok("projects", LANGUAGE="en").out
    assert "(provisional)" in english
    assert "In the annual plan" in english


def test_filters(office: Command) -> None:
    assert len(office.json("projects", "--state", "planned")) == 85
    assert office.json("projects", "--state", "held") == []
    assert office.json("projects", "--overdue") == []
    late = office.json("projects", "--overdue", "--as-of", "2025-03-01")
    assert [one["id"] for one in late] == [2]
    assert office.json("projects", "--overdue", "--as-of", "2025-02-28") == []
    assert len(office.json("projects", "--overdue", "--as-of", "2025-12-01")) == 85


def test_wrong_filters(office: Command) -> None:
    result = office("projects", "--state", "done", "--json")
    assert result.code == 2
    assert "planned（已列入年度计划）" in result.sentence
    assert office("projects", "--as-of", "now").code == 2


def test_show(office: Command) -> None:
    found = office.json("show", 6)
    assert [one["deed"] for one in found["history"]] == ["import"]
    filing = next(one for one in found["deadlines"] if one["kind"] == "filing")
    assert (filing["due_on"], filing["advised_on"]) == ("2025-10-03", "2025-09-30")
    assert filing["trace"]
    assert found["mail"] == []
    shown = office.ok("show", 6).out
    assert "绿色建筑与减排降碳关键技术高级研修班  [已列入年度计划]" in shown
    assert "2025-10-03   2025-09-30" in shown
    assert "本机操作员" in shown
    assert "local operator" in office.ok("show", 6, LANGUAGE="en").out


def test_an_unknown_project(office: Command) -> None:
    result = office("show", 86, "--json")
    assert result.code == 1
    assert "86" in result.sentence
    assert result.json == {"error": result.sentence}


def test_projects_of_a_policy_that_cannot_be_read_are_listed_as_stored(office: Command) -> None:
    """The whole list was one refusal."""
    (office.data / "policies").mkdir(exist_ok=True)
    (office.data / "policies" / "fujian-2025.toml").write_text("x = 1\n")
    found = office.json("projects", "--state", "planned")
    assert len(found) == 85 and found[1]["opens"] == "2025-03-31"
    assert all("fujian-2025.toml" in one["unreadable"] for one in found)
    shown = office.ok("projects").out
    assert "共85个项目。" in shown and shown.count("fujian-2025.toml") == 1
    broken = next(one for one in office.json("policy", "list") if one["id"] == "fujian-2025")
    assert "fujian-2025.toml" in broken["problem"]
    assert "福建" in office.ok("policy", "list").out


def test_doctor_names_a_policy_in_use_that_cannot_be_read(office: Command) -> None:
    (office.data / "policies").mkdir(exist_ok=True)
    (office.data / "policies" / "fujian-2025.toml").write_text("x = 1\n")
    result = office("doctor", "--json")
    assert result.code == 1
    said = {one["check"]: (one["ok"], one["message"]) for one in result.json["checks"]}
    well, message = said["项目所依据的政策"]
    assert not well and "fujian-2025.toml" in message and "暂停" in message
