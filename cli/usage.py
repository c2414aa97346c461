"""Says in one sentence what is wrong with the words typed after `yanxiu`."""

from __future__ import annotations

from typing import Any

from states.terms import Text


def sentence(wrong: Any) -> Text:
    """`wrong` is the toolkit's UsageError; its own English text stands where we know no better."""
    path = wrong.ctx.command_path if wrong.ctx else "yanxiu"
    english = wrong.format_message().rstrip(".")
    return Text(
        f"用法有误：{_chinese(wrong) or english}。请看 {path} --help。",
        f"Wrong usage: {english}. See {path} --help.",
    )


def _chinese(wrong: Any) -> str:
    kind = type(wrong).__name__
    param = getattr(wrong, "param", None)
    name = _name(param) if param is not None else ""
    if kind == "MissingParameter":
        return f"缺少 {name}"
    if kind == "NoSuchOption":
        return f"没有选项 {wrong.option_name}{_near(wrong.possibilities)}"
    if kind == "BadOptionUsage":
        asks = "requires an argument" in wrong.message
        return f"选项 {wrong.option_name} {'后面要写内容' if asks else '的用法不对'}"
    if kind == "BadParameter" and name:
        return f"{name} 的内容不合要求（{wrong.message.rstrip('.')}）"
    if "unexpected extra argument" in wrong.message:
        return f"多写了 {wrong.message.rpartition('(')[2].rstrip(').')}"
    if wrong.message.startswith("No such command"):
        return f"没有命令 {wrong.message.removeprefix('No such command').strip(' .')}"
    return ""


def _name(param: Any) -> str:
    if param.param_type_name == "option":
        return str(param.opts[0])
    return str(param.metavar or param.name.upper())


def _near(possibilities: Any) -> str:
    return f"，是不是 {'、'.join(sorted(possibilities))}" if possibilities else ""
