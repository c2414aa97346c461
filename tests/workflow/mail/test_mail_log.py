"""The log finds every mail about a project, and every reason has its words."""

from __future__ import annotations

import ast
import json
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import insert, select
from stories import AT, START, Desk
from test_mail_desk import act, mark, person, queue

from states.terms import Role, Text
from workflow.mail.desk import hold
from workflow.mail.log import (
    REASONS,
    mail_log,
    one_mail,
    outcome_label,
    reason_label,
    silence,
    step_label,
)
from workflow.mail_tables import REMINDER
from workflow.tables import DEADLINE

ROOT = Path(__file__).parents[3]


def remind(desk: Desk, project_id: int, mail_id: int | None, reason: str = "") -> None:
    """A reminder of the project's first deadline, in a mail or silent."""
    with desk.db.write() as connection:
        deadline = connection.execute(
            select(DEADLINE).where(DEADLINE.c.project_id == project_id).order_by(DEADLINE.c.id)
        ).first()
        assert deadline is not None
        values = {"project_id": project_id, "deadline_id": deadline.id, "kind": deadline.kind}
        values |= {"round": 1, "due_on": deadline.due_on, "step": f"D-{mail_id or 0}"}
        values |= {"on_date": START, "role": "host", "recipient": "lin@example.cn"}
        values |= {"status": "suppressed" if reason else "queued", "reason": reason}
        values |= {"mail_id": mail_id, "recorded_at": AT}
        connection.execute(insert(REMINDER).values(values))


def found(desk: Desk, **which: Any) -> list[int]:
    with desk.db.read() as connection:
        return [row["id"] for row in mail_log(connection, **which)]


def test_a_projects_mails_are_those_about_it_alone_and_those_that_name_it(desk: Desk) -> None:
    person(desk, "chen", Role.COORDINATOR, "省教育厅")
    one, two = desk.admit(), desk.admit(name="另一班", contact_email="b@example.cn")
    own = queue(desk, "own", project_id=one)
    gathered = queue(desk, "gathered", purpose="reminder")
    remind(desk, one, gathered)
    queue(desk, "digest", purpose="digest", about=json.dumps({"projects": [one, 1000]}))
    queue(desk, "other", project_id=two, status="sent")
    queue(desk, "tenfold", purpose="digest", about=json.dumps({"projects": [one * 10]}))
    mark(desk, "lin@example.cn", own)
    alarm = max(found(desk))
    assert found(desk, project_id=one) == [own, gathered, alarm]  # a digest is about nobody's
    assert found(desk, project_id=two, status="sent") == [own + 3]
    assert found(desk, project_id=two, status="dead") == []


def test_one_mail_in_full(desk: Desk) -> None:
    one = desk.admit()
    number = queue(desk, purpose="reminder", content=b"bytes")
    remind(desk, one, number)
    act(desk, hold, number)
    mark(desk, "Lin@example.cn", number)
    with desk.db.read() as connection:
        mail = one_mail(connection, number)
        assert [one_mail(connection, other) for other in (0, -1, 99, 2**70)] == [None] * 4
    assert mail is not None
    assert bytes(mail["content"]) == b"bytes"
    assert [row["outcome"] for row in mail["attempts"]] == ["held"]
    assert [(r["project"], r["kind"]) for r in mail["reminders"]] == [
        ("智能制造高级研修班", "filing")
    ]
    assert [row["email"] for row in mail["marks"]] == ["lin@example.cn"]


def test_the_ledger_of_silence_has_reminders_and_mails(desk: Desk) -> None:
    one, two = desk.admit(), desk.admit(name="另一班")
    remind(desk, one, None, "met")
    remind(desk, two, None, "overtaken")
    nobody = queue(desk, "nobody", to=("林老师", ""), project_id=two)
    with desk.db.read() as connection:
        everything = silence(connection)
        of_one = silence(connection, project_id=one)
    assert [row["reason"] for row in everything["reminders"]] == ["met", "overtaken"]
    assert [row["id"] for row in everything["mails"]] == [nobody]
    assert [row["reason"] for row in of_one["reminders"]] == ["met"]
    assert of_one["mails"] == []


ELSEWHERE = {  # texts beside a reason that are none; reasons of deeds
    *("status", "sent", "host", "code", "reason", "reminders", "mails", "news", "new_reason"),
}


SILENT = {"silence", "why_silent"}


def reasons_in_code() -> set[str]:
    """What the code gives as a reason: returned by a function about silence, or assigned."""
    known = set()
    paths = [
        *ROOT.glob("workflow/**/*.py"),
        *ROOT.glob("notifications/**/*.py"),
        ROOT / "states/facts.py",
    ]
    for path in paths:
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.FunctionDef) and node.name.strip("_") in SILENT:
                known |= _texts(*(n for n in ast.walk(node) if isinstance(n, ast.Return)))
            elif isinstance(node, ast.Assign) and "reason" in {
                getattr(target, "id", "") for target in node.targets
            }:
                known |= _texts(node.value)
            elif isinstance(node, ast.Dict):
                for key, value in zip(node.keys, node.values, strict=True):
                    if isinstance(key, ast.Constant) and key.value == "reason":
                        known |= _texts(value)
            elif isinstance(node, ast.Call) and getattr(node.func, "id", "") == "Recipient":
                known |= _texts(*node.args[2:])
            elif isinstance(node, ast.keyword) and node.arg == "reason":
                known |= _texts(node.value)
    return known


def _texts(*nodes: ast.AST) -> set[str]:
    found = set()
    for node in nodes:
        for inner in ast.walk(node):
            if isinstance(inner, ast.Constant) and isinstance(inner.value, str):
                found.add(inner.value)
    return found


def test_every_reason_has_its_words() -> None:
    given = reasons_in_code()
    assert {"met", "overtaken", "no_address", "muted", "bounced", "outdated"} <= given
    codes = {text for text in given if text.isascii() and text.replace("_", "").isalpha()}
    assert codes - set(REASONS) - ELSEWHERE == set()
    assert all(text.zh and text.en for code, text in REASONS.items() if code)
    assert reason_label("unwritable: KeyError").zh == "邮件无法写成，请转告维护人员（KeyError）"
    assert reason_label("something else").zh == "something else"


@pytest.mark.parametrize(
    ("step", "zh", "en"),
    [
        ("D-7", "提前7天", "7 days before"),
        ("D-0", "当天", "on the day"),
        ("D+3", "逾期3天", "3 days late"),
        ("changed", "changed", "changed"),
    ],
)
def test_steps_in_words(step: str, zh: str, en: str) -> None:
    assert step_label(step) == Text(zh, en)


def test_what_people_did_in_words() -> None:
    assert outcome_label("by_hand").zh == "人工送达"
    assert outcome_label("dead").zh == "发送失败（待处理）"
    assert outcome_label("unheard of").zh == "unheard of"
