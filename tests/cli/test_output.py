"""Nothing that somebody typed, or that a server said, acts on the terminal of who reads it."""

from __future__ import annotations

import json
import unicodedata
from typing import Any

import pytest
from command import Command
from hypothesis import given
from hypothesis import strategies as st

from cli.output import visible
from states.terms import Text

# Clears the screen, renames the window, the same by C1, turns the line round, hides, deletes.
EVIL = "甲\x1b[2J\x1b]0;x\x07\x9b2J\u202e\u2066\u200b\u061c\x7f\r乙"
SAFE = "甲[2J]0;x2J乙"


def planted(office: Command, sql: str, **values: str) -> None:
    """Past every check, as an older version or another program may have written it."""
    assert office.behind_our_back(sql, **values)


def seen(*texts: str) -> None:
    for text in texts:
        rest = text.replace("\n", "")
        assert {c for c in rest if unicodedata.category(c) in ("Cc", "Cf", "Zl", "Zp")} == set()


@pytest.mark.parametrize(
    ("words", "sql"),
    [
        (("user", "list"), "UPDATE person SET name = :evil WHERE login = 'auditor'"),
        (("show", 2), "UPDATE project SET facts = replace(facts, name, :quoted), name = :evil"),
        (("projects",), "UPDATE project SET name = :evil WHERE id = 2"),
        (("mail", "show", 1), "UPDATE mail_attempt SET reply = :evil"),
        (("mail", "show", 1), "UPDATE mail SET subject = :evil"),
    ],
)
def test_a_row_of_the_database_is_only_text(office: Command, words: Any, sql: str) -> None:
    if "mail" in words:
        office("worker", "--once", SMTP_PORT=1, TODAY="2025-02-21")  # nobody is there to take it
    planted(office, sql, evil=EVIL, quoted=json.dumps(EVIL)[1:-1])
    said = office.ok(*words)
    assert SAFE in said.out.replace("\n", "")
    seen(said.out, said.err)


def test_json_stays_what_it_was_and_is_as_harmless(office: Command) -> None:
    planted(office, "UPDATE person SET name = :evil WHERE login = 'auditor'", evil=EVIL)
    said = office.ok("user", "list", "--json")
    assert [one["name"] for one in said.json if one["login"] == "auditor"] == [EVIL]
    seen(said.out)


@pytest.mark.parametrize("words", [("show", EVIL), ("policy", "show", EVIL), (EVIL,)])
def test_a_message_quotes_without_repeating_it(office: Command, words: Any) -> None:
    for more in ((), ("--json",)):
        said = office.fails(2, *words, *more)
        seen(said.out, said.err)


@given(st.text())
def test_only_what_nobody_sees_is_dropped(text: str) -> None:
    left = visible(text)
    seen(left)
    gone = {c for c in text if c not in left}
    assert {unicodedata.category(c) for c in gone} <= {"Cc", "Cf", "Cs", "Zl", "Zp"}
    assert visible(left) == left
    assert json.loads(json.dumps(left)) == left


def test_what_a_person_writes_stays() -> None:
    for text in ("张三　李四\n第二行", "café 𠮷 😀", Text("“甲”", "a").zh):
        assert visible(text) == text


@pytest.mark.parametrize("option", ["--name", "--scope", "--phone"])
@pytest.mark.parametrize("evil", ["甲\x1b[2J", "甲\x9b2J", "甲\u061c乙", "甲\U000e0041"])
def test_control_characters_are_refused_on_entry(office: Command, option: str, evil: str) -> None:
    values = {"--name": "张三", "--scope": "甲单位", "--phone": "0591-1"} | {option: evil}
    more = [word for pair in values.items() for word in pair]
    refused = office.fails(2, "user", "add", "new", "--role", "host", *more)
    assert "含有控制字符" in refused.sentence
    assert "new" not in [row["login"] for row in office.json("user", "list")]


def test_so_are_they_in_notes_and_reasons(office: Command) -> None:
    refused = office.fails(2, "mail", "hold", 1, "--note", "甲\x1b[2J")
    assert "控制字符" in refused.sentence
    office.ok(
        "user",
        "add",
        "new",
        "--role",
        "host",
        "--name",
        "张三",
        "--scope",
        "甲单位",
        "--email",
        "new@example.cn",
    )
    refused = office.fails(
        1, "user", "hand-over", "unit02@example.cn", "new", "--reason", "甲\x1b[2J"
    )
    assert "控制字符" in refused.sentence
    assert office.json("show", 2)["contact_email"] == "unit02@example.cn"
