"""Wrong usage: exit 2 and a sentence in the language that is set."""

from __future__ import annotations

import pytest
from command import Command

WRONG = [
    (("nosuch",), "没有命令 'nosuch'"),
    (("show",), "缺少 ID"),
    (("show", "abc"), "ID 的内容不合要求"),
    (("show", 10**12), "ID 的内容不合要求"),
    (("show", 0), "ID 的内容不合要求"),
    (("show", "-1"), "没有选项 -1"),
    (("init", "a", "b"), "多写了 a b"),
    (("deadlines",), "缺少 --policy"),
    (("deadlines", "--policy"), "选项 --policy 后面要写内容"),
    (("projects", "--stat", "planned"), "是不是 --state"),
    (("mailbox", "serve", "--port", 0), "--port 的内容不合要求"),
    (("user", "add"), "缺少 LOGIN"),
    (("import",), "缺少 FILE.xlsx"),
]


@pytest.mark.parametrize(("words", "said"), WRONG, ids=[" ".join(map(str, w)) for w, _ in WRONG])
def test_one_sentence_and_exit_2(run: Command, words: tuple[object, ...], said: str) -> None:
    result = run(*words)
    assert result.code == 2
    assert said in result.sentence
    assert result.sentence.startswith("用法有误：")
    assert result.sentence.endswith(" --help。")
    assert result.out == ""


def test_json_and_english(run: Command) -> None:
    result = run("show", "abc", "--json", LANGUAGE="en")
    assert result.code == 2
    assert result.sentence.startswith("Wrong usage: ")
    assert result.json == {"error": result.sentence}


def test_no_words_at_all_show_the_help(run: Command) -> None:
    assert run().out.startswith("Usage: yanxiu ")
    assert "yanxiu init" in run().out
    assert "list" in run("policy").out
    assert run("policy").code == 2


def test_help_and_version(run: Command) -> None:
    assert "导入年度计划" in run.ok("--help").out
    assert "Import the annual plan" in run.ok("--help", LANGUAGE="en").out
    assert run.ok("--version").out.startswith("yanxiu ")
