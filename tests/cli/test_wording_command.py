"""`yanxiu wording`: list, show, save, preview, test-send, reset, history."""

from __future__ import annotations

from pathlib import Path

import pytest
from command import Command

from notifications.mailbox import Mailbox, read_mail, read_mailbox
from workflow.storage import sqlite_module

SUBJECT = "【福建提醒】“{{ name }}”{{ left }}"


@pytest.fixture
def staffed(office: Command) -> Command:
    more = ("--role", "province", "--name", "戊", "--email", "editor@example.cn")
    office.ok("user", "add", "editor", *more)
    return office


def test_every_notice_is_listed_with_whose_wording_holds(office: Command) -> None:
    rows = {row["notice"]: row for row in office.json("wording", "list")}
    assert rows["filing"] == {
        "notice": "filing",
        "label": "开班前报送提醒",
        "follows": "reminder",
        "own": {},
    }
    office.ok("wording", "save", "filing", "--subject", SUBJECT)
    assert office.json("wording", "list")[3]["own"] == {"zh": 1}
    assert "中文第1版" in office.ok("wording", "list").out


def test_names_are_shown_with_their_meaning(office: Command) -> None:
    shown = office.json("wording", "show", "filing")
    assert shown["version"] == 0
    assert shown["subject"].startswith("【{{ tag }}】")
    assert {"name": "left", "meaning": "“还有7天”“今天截止”“已逾期3天”"} in shown["names"]
    english = office.json("wording", "show", "filing", "--lang", "en")
    assert english["subject"].startswith("[{{ tag }}]")


def test_a_wording_is_saved_used_and_taken_back(staffed: Command) -> None:
    saved = staffed.json("wording", "save", "filing", "--subject", SUBJECT, "--as", "editor")
    assert saved == {"notice": "filing", "version": 1}
    lead = staffed.json("wording", "save", "filing", "--lead", "请{{ deed }}。", "--as", "editor")
    assert lead["version"] == 2
    shown = staffed.json("wording", "preview", "filing", "--project", 2)
    assert shown["subject"] == "【福建提醒】“新能源电池安全关键技术高级研修班”还有7天"
    assert "您好！请报送实施方案。" in shown["text"]
    rows = staffed.json("wording", "history", "filing")
    assert [(row["version"], row["saved_by"]) for row in rows] == [(1, "editor"), (2, "editor")]
    assert staffed.json("wording", "reset", "filing")["version"] == 3
    shown = staffed.json("wording", "preview", "filing", "--project", 2)
    assert shown["subject"].startswith("【开班前报送提醒】")
    assert "共3版。" in staffed.ok("wording", "history", "filing").out


def test_a_nearer_wording_does_not_hide_the_one_that_is_previewed(office: Command) -> None:
    office.ok("wording", "save", "filing", "--subject", SUBJECT)
    office.ok("wording", "save", "reminder", "--subject", "通用“{{ name }}”")
    shown = office.json("wording", "preview", "reminder", "--project", 2)["subject"]
    assert shown == "通用“新能源电池安全关键技术高级研修班”"
    shown = office.json("wording", "preview", "filing", "--project", 2)["subject"]
    assert shown.startswith("【福建提醒】")


def test_a_wording_comes_from_a_file(office: Command, tmp_path: Path) -> None:
    file = tmp_path / "own.toml"
    file.write_text(f"[plan]\nsubject = '{SUBJECT.replace('left', 'on')}'\nlead = '好'\n", "utf-8")
    assert office.json("wording", "save", "plan", "--file", file)["version"] == 1
    assert "您好！好" in office.json("wording", "preview", "plan", "--project", 2)["text"]
    file.write_text("subject = 3", "utf-8")
    assert office("wording", "save", "plan", "--file", file).code == 1
    file.write_text("subject = ", "utf-8")
    assert office("wording", "save", "plan", "--file", file).code == 1
    assert office("wording", "save", "plan", "--file", tmp_path / "none.toml").code == 1


def test_what_is_wrong_is_said_in_one_sentence_and_nothing_is_saved(office: Command) -> None:
    for subject, said in (
        ("{{ naem }}", "名称“naem”不存在。可用：name 项目名称"),
        ("{{ ''.__class__ }}", "不能使用 a.b"),
        ("{{ name", "写法有误"),
    ):
        refused = office("wording", "save", "filing", "--subject", subject)
        assert refused.code == 1
        assert said in refused.sentence
    assert office.json("wording", "history", "filing") == []
    for words in (
        ("save", "filing"),
        ("show", "nonsense"),
        ("show", "filing", "--lang", "fr"),
        ("preview", "filing", "--project", 2, "--role", "auditor"),
        ("preview", "filing", "--project", 2, "--role", "nobody"),
        ("preview", "filing"),
    ):
        wrong = office("wording", *words)
        assert (wrong.code, bool(wrong.sentence)) == (2, True), words
    assert office("wording", "preview", "filing", "--project", 999).code == 1
    no_filing = office("wording", "preview", "filing", "--project", 84)  # an ordinary project
    assert (no_filing.code, "没有“开班前报送提醒”所说的期限" in no_filing.sentence) == (1, True)


@pytest.mark.sqlite_file
def test_a_wording_is_checked_before_others_have_to_wait(office: Command) -> None:
    writing = sqlite_module().connect(office.data / "yanxiu.db", isolation_level=None)
    writing.execute("BEGIN IMMEDIATE")
    try:
        refused = office.fails(1, "wording", "save", "filing", "--subject", "{{ self }}")
    finally:
        writing.close()
    assert "主题中不能使用 self" in refused.sentence


def test_only_the_province_and_admins_save(office: Command) -> None:
    refused = office("wording", "save", "plan", "--lead", "好", "--as", "coordinator")
    assert (refused.code, refused.sentence) == (1, "只有省厅和系统管理员可以修改措辞。")
    assert office("wording", "reset", "plan", "--as", "nobody").code == 1


def test_a_preview_leaves_its_html_in_a_file(office: Command, tmp_path: Path) -> None:
    file = tmp_path / "preview.html"
    shown = office.ok("wording", "preview", "overdue", "--project", 2, "--html", file)
    assert "主题：【催报】“新能源电池安全关键技术高级研修班”实施方案报送已逾期3天" in shown.out
    assert file.read_text("utf-8").startswith("<!DOCTYPE html>")
    assert file.stat().st_mode & 0o777 == 0o600
    assert office("wording", "preview", "plan", "--project", 2, "--html", tmp_path).code == 1
    (link := tmp_path / "link").symlink_to(file)
    refused = office.fails(1, "wording", "preview", "plan", "--project", 2, "--html", link)
    assert "这是一个链接" in refused.sentence


def test_a_notice_is_previewed_for_those_it_is_sent_to(office: Command) -> None:
    words = ("wording", "preview", "plan", "--project", 2, "--role")
    assert office.json(*words, "host")["subject"]
    assert "不发给" in office.fails(1, *words, "province", "--json").sentence


def test_a_test_mail_goes_to_oneself(staffed: Command, mailbox: Mailbox) -> None:
    staffed.settings["SMTP_PORT"] = str(mailbox.port)
    staffed.ok("wording", "save", "plan", "--lead", "试：{{ name }}")
    for to in ("editor", "other@example.cn"):
        queued = staffed.json("wording", "test-send", "plan", "--project", 2, "--to", to)
        assert queued["notice"] == "plan"
    assert staffed("wording", "test-send", "plan", "--project", 2, "--to", "nobody").code == 1
    assert staffed("wording", "test-send", "plan", "--project", 2, "--to", "auditor").code == 1
    staffed.ok("worker", "--once")
    folder = Path(staffed.data) / "mailbox"
    mails = [mail for mail in read_mailbox(folder) if mail.subject.startswith("【测试】")]
    assert [mail.to for mail in mails] == ["editor@example.cn", "other@example.cn"]
    assert "您好！试：新能源电池安全关键技术高级研修班" in read_mail(folder, mails[0].key)
