"""`yanxiu do`: refused with findings, done with flags, by two people, for somebody else."""

from __future__ import annotations

from typing import Any

import pytest
from command import Command, Result

from states.remedy import remedy

HOST = "unit02@example.cn"
HELD = (
    *("--set", "opens=2025-03-31", "--set", "ends=2025-04-04", "--set", "trainees=55"),
    *("--set", "online_trainees=0", "--set", "staff=5"),
)


@pytest.fixture
def paper(office: Command) -> str:
    """A file to attach, as k=FILE after the key."""
    (office.cwd / "方案.docx").write_text("示例", encoding="utf-8")
    return "方案.docx"


def do(office: Command, *words: object, as_: str = HOST, **settings: object) -> Result:
    return office("do", 2, *words, "--as", as_, "--json", **settings)


def done(result: Result) -> Any:
    assert result.code == 0, result
    return result.json


def test_what_can_be_done(office: Command) -> None:
    found = office.json("do", 2)
    assert (found["id"], found["version"], found["state"]) == (2, 1, "planned")
    asks = {one["action"]: one["asks"] for one in found["actions"]}
    assert asks["file"] == ["lecturers?=授课专家", "--attach implementation_plan=实施方案"]
    assert "trainees=研修学员总数（含线上）" in asks["hold"]
    shown = office.ok("do", 2).out
    assert "现为“已列入年度计划”，可以办理：" in shown
    assert "--attach implementation_plan=实施方案" in shown


def test_a_missing_paper_is_refused_with_its_clause(office: Command) -> None:
    result = do(office, "file")
    assert result.code == 1
    assert result.json["done"] is False
    [finding] = result.json["findings"]
    assert (finding["severity"], finding["fact"]) == ("block", "implementation_plan")
    assert (finding["clause"], finding["who"]) == ("R25-06a", ["host"])
    assert "缺：实施方案" in result.said
    assert "R25-06a" in result.said
    assert office.json("show", 2)["version"] == 1


def test_a_paper_is_filed(office: Command, paper: str) -> None:
    found = done(do(office, "file", "--attach", f"implementation_plan={paper}"))
    assert (found["done"], found["pending"]) == (True, False)
    assert (found["state"], found["version"], found["findings"]) == ("filed", 2, [])
    assert office.json("projects", "--state", "filed")[0]["id"] == 2
    assert len(list((office.data / "papers").rglob("*"))) >= 1
    assert office.json("verify")["ok"] is True


def test_a_late_paper_is_taken_with_a_flag(office: Command, paper: str) -> None:
    attach = ("--attach", f"implementation_plan={paper}")
    result = office("do", 2, "file", "--as", HOST, *attach, TODAY="2025-03-04")
    assert result.code == 0
    assert "已办理“报送实施方案”，项目现为“已报送实施方案”。" in result.out
    assert "R25-06a" in result.out
    assert result.out.rstrip().endswith("可补交书面情况说明，供省厅核定时参考。")
    assert office.json("show", 2)["findings"][0]["clause"] == "R25-06a"


def test_what_can_still_be_done_about_a_flag_is_told_as_on_the_page(
    office: Command, paper: str
) -> None:
    """Page and API said it, the command line did not; a reader who is no host is told what ends it."""
    attach = ("--attach", f"implementation_plan={paper}")
    late = ("do", 2, "file", *attach, "--on", "2025-03-04", "--on-behalf", "--as")
    clerk = office.json("do", 2, "file", "--as", HOST, *attach, TODAY="2025-03-04")
    [flag] = clerk["findings"]
    assert flag["remedy"] == remedy(flag["key"], host=True).zh != ""
    official = remedy(flag["key"], host=False).zh
    office.ok(
        "do",
        2,
        "send_back",
        "--as",
        "province1",
        "--set",
        "items=缺公章",
        "--set",
        "mend_by=2025-03-20",
        TODAY="2025-03-04",
    )
    [flag] = office.json(*late, "province1", TODAY="2025-03-05")["findings"][:1]
    assert flag["remedy"] == official


@pytest.mark.parametrize(
    ("values", "field"),
    [
        (("opens=31 March",), "opens"),
        (("opens=2025-03-31", "colour=red"), "colour"),
        (("opens=2025-03-31", "trainees=many"), "trainees"),
        (("opens=2025-03-31", "trainees=-1"), "trainees"),
    ],
)
def test_a_wrong_value_names_its_field(
    office: Command, values: tuple[str, ...], field: str
) -> None:
    result = do(office, "hold", *(word for value in values for word in ("--set", value)))
    assert result.code == 2
    assert field in [one["field"] for one in result.json["fields"]]
    assert field in result.said


@pytest.mark.parametrize(
    ("words", "code", "named"),
    [
        (("hold", "--set", "opens"), 2, "--set"),
        (("hold", "--set", "opens=2025-03-31", "--set", "opens=2025-04-01"), 2, "--set"),
        (("dance",), 2, "dance"),
        (("file", "--on", "yesterday"), 2, "yesterday"),
        (("file", "--attach", "implementation_plan=nothing.docx"), 1, "nothing.docx"),
    ],
)
def test_wrong_words(office: Command, words: tuple[str, ...], code: int, named: str) -> None:
    result = do(office, *words)
    assert result.code == code
    assert named in result.sentence
    assert result.json == {"error": result.sentence}


def test_who_acts_must_be_known(office: Command) -> None:
    assert "--as" in office("do", 2, "file").sentence
    assert office("do", 2, "file").code == 2
    unknown = do(office, "file", as_="nobody")
    assert unknown.code == 1
    assert "nobody" in unknown.sentence
    missing = office("do", 999, "file", "--as", HOST, "--json")
    assert missing.code == 1
    assert "999" in missing.sentence


@pytest.mark.parametrize("login", ["auditor", "unit03@example.cn"])
def test_others_may_not(office: Command, paper: str, login: str) -> None:
    result = do(office, "file", "--attach", f"implementation_plan={paper}", as_=login)
    assert result.code == 1
    assert result.json["findings"][0]["severity"] == "block"
    assert office.json("show", 2)["version"] == 1


def test_a_lost_race_says_so(office: Command, paper: str) -> None:
    attach = ("--attach", f"implementation_plan={paper}")
    done(do(office, "file", *attach, "--seen", 1))
    late = do(office, "confirm_dates", *HELD[:4], "--seen", 1)
    assert late.code == 3
    assert late.json == {"error": late.sentence}
    assert office.json("show", 2)["version"] == 2


def test_a_coordinator_enters_paper_for_the_host(office: Command, paper: str) -> None:
    words = ("file", "--attach", f"implementation_plan={paper}", "--on", "2025-02-27")
    assert do(office, *words, as_="coordinator", TODAY="2025-03-05").code == 1
    found = done(do(office, *words, "--on-behalf", as_="coordinator", TODAY="2025-03-05"))
    assert found["findings"] == []  # the day it was received counts: in time
    event = office.json("show", 2)["history"][-1]
    assert (event["person"], event["on_behalf"]) == ("coordinator", True)
    assert event["on_date"] == "2025-02-27"


def test_paper_without_a_scan_is_entered_as_that(office: Command) -> None:
    words = ("file", "--received", "implementation_plan=original", "--on", "2025-02-27")
    assert do(office, *words).code == 1  # a host hands in the file
    pigeon = ("file", "--received", "implementation_plan=pigeon", "--on-behalf")
    wrong = do(office, *pigeon, as_="coordinator")
    assert wrong.code == 2 and "纸质原件已收，未存电子件" in wrong.sentence
    found = done(do(office, *words, "--on-behalf", as_="coordinator", TODAY="2025-03-05"))
    assert found["state"] == "filed"
    office.ok("show", 2)
    assert office("verify").code == 0


def test_money_takes_two_people(office: Command, paper: str) -> None:
    office.settings["TODAY"] = "2025-06-10"
    on = ("--on", "2025-02-25")
    done(do(office, "file", "--attach", f"implementation_plan={paper}", *on))
    done(do(office, "hold", *HELD, "--on", "2025-04-07"))
    report = ("report", "--attach", f"reimbursement_papers={paper}", "--on", "2025-04-25")
    done(do(office, *report))
    amount = ("subsidise", "--set", "amount=105000")
    proposed = done(do(office, *amount, as_="province1"))
    assert (proposed["pending"], proposed["state"]) == (True, "reported")
    assert do(office, *amount, as_="province1").code == 1
    assert do(office, "subsidise", "--set", "amount=100000", as_="province2").code == 1
    said = office.ok("do", 2, *amount, "--as", "province2").out
    assert "已办理“审定补助”" in said
    assert office.json("show", 2)["state"] == "subsidised"
    assert office.json("verify")["ok"] is True


def test_a_refusal_in_english(office: Command) -> None:
    result = do(office, "file", LANGUAGE="en")
    assert result.code == 1
    assert "not yet" in result.said
    assert result.said.isascii() or "implementation plan" in result.said.lower()


def test_nobody_is_told_that_it_is_for_himself(office: Command) -> None:
    """Who enters a host's paper is the one to mend it; another is told whose turn it is."""
    for words, as_ in ((("--on-behalf",), "coordinator"), ((), HOST)):
        own = do(office, "file", *words, as_=as_)
        assert "缺：实施方案" in own.said and "由承办单位" not in own.said
    assert "报送实施方案应由承办单位办理" in do(office, "file", as_="coordinator").said


def test_what_a_step_ends_is_said_before_it_and_after_it(office: Command, paper: str) -> None:
    done(do(office, "withdraw", "--set", "reason=台风"))
    ends = "待复核的拟办“取消办班”随之终止"
    assert ends in office.ok("do", 2).out and ends in office.ok("why", 2, "file").out
    assert ends not in office.ok("why", 2, "note").out
    [file] = office.json("why", 2, "file")
    assert file["ends"] == "withdraw"
    words = ("do", 2, "file", "--attach", f"implementation_plan={paper}", "--as", HOST)
    assert "待复核的拟办" in office.ok(*words).out
    assert office.json("show", 2)["state"] == "filed"
