"""`yanxiu user prefer | language | substitute | hand-over` and `yanxiu extend`."""

from __future__ import annotations

import pytest
from command import Command


@pytest.fixture
def run(office: Command) -> Command:
    for login in ("wang", "li"):
        person = ("--name", login, "--role", "coordinator", "--scope", "省林业局")
        office.ok("user", "add", login, *person, "--email", f"{login}@example.cn")
    return office


def test_a_choice_holds_and_what_is_required_is_refused(run: Command) -> None:
    choose = ("user", "prefer", "wang", "--sort")
    assert {row["mode"] for row in run.json("user", "prefer", "wang")} == {"at_once"}
    run.ok(*choose, "results", "--mode", "off")
    chosen = {row["sort"]: row["mode"] for row in run.json("user", "prefer", "wang")}
    assert chosen["results"] == "off"
    assert run.fails(1, *choose, "chasing", "--mode", "off").sentence == (
        "“所联系项目的期限和催报”不能设为“不接收”：通知要求办理的事项和必须知晓的结果不能关闭。"
        "可选：at_once（即时发送）、digest（并入定期汇总）。"
    )


@pytest.mark.parametrize(
    "words",
    [
        ("prefer", "wang", "--sort", "nonsense", "--mode", "off"),
        ("prefer", "wang", "--sort", "results", "--mode", "never"),
        ("prefer", "wang", "--sort", "results"),
        ("language", "wang", "fr"),
        ("substitute", "wang"),
        ("substitute", "wang", "--by", "li", "--until", "2025-02-30"),
    ],
)
def test_wrong_words_are_wrong_usage(run: Command, words: tuple[str, ...]) -> None:
    assert run.fails(2, "user", *words).sentence


@pytest.mark.parametrize(
    "words",
    [
        ("prefer", "nobody"),
        ("language", "nobody", "en"),
        ("substitute", "nobody", "--by", "li", "--until", "2025-08-20"),
        ("substitute", "wang", "--by", "wang", "--until", "2099-08-20"),
        ("substitute", "wang", "--by", "li", "--from", "2025-08-20", "--until", "2025-08-10"),
        ("hand-over", "wang", "nobody"),
        ("hand-over", "wang", "wang"),
    ],
)
def test_what_cannot_be_had_is_refused(run: Command, words: tuple[str, ...]) -> None:
    assert run.fails(1, "user", *words).sentence


def test_substitute_language_and_end(run: Command) -> None:
    dates = ("--from", "2025-08-10", "--until", "2025-08-20")
    assert run.ok("user", "substitute", "wang", "--by", "li", *dates).out == (
        "2025-08-10至2025-08-20，wang 的邮件由 li 代收。\n"
    )
    assert "（1项）" in run.ok("user", "substitute", "wang", "--end").out
    run.ok("user", "language", "wang", "en")
    people = {one["login"]: one["language"] for one in run.json("user", "list")}
    assert (people["wang"], people["li"]) == ("en", "zh")


def test_everything_of_a_person_goes_over(run: Command) -> None:
    old, new = "unit02@example.cn", "unit03@example.cn"
    assert run.json("user", "hand-over", old, new) == {
        "projects": 1,
        "roles": [{"role": "host", "scope": run.json("show", "2")["host"]}],
    }
    assert run.json("show", "2")["contact_email"] == new
    assert run.json("user", "hand-over", "wang", "li")["roles"] == [
        {"role": "coordinator", "scope": "省林业局"}
    ]
    assert run.ok("verify").code == 0


def test_extend(run: Command) -> None:
    words = ("extend", "6", "--kind", "filing", "--reason", "场地调整", "--until")
    done = run.json(*words, "2025-10-10")
    assert (done["done"], done["state"]) == (True, "planned")
    due = [d["due_on"] for d in run.json("show", "6")["deadlines"] if d["standing"] == "open"]
    assert "2025-10-10" in due
    assert "须晚于现截止日" in run.fails(1, *words, "2025-10-10").said
    assert run.fails(2, *words, "2025-10-32").sentence
    wrong = ("extend", "6", "--kind", "x", "--reason", "y", "--until", "2025-12-01")
    assert "没有可延长的期限“x”" in run.fails(1, *wrong).said
