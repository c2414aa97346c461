"""The one error that a faulty configuration file raises."""

from __future__ import annotations

from pydantic import ValidationError
from pydantic_core import ErrorDetails, PydanticCustomError

from states.terms import Text

LONGEST_KEY = 120


class ConfigError(Exception):
    """A configuration file is refused: which file, which key, why."""

    def __init__(self, file: str, key: str, reason: str | Text) -> None:
        self.file, self.key, self.reason = file, key[:LONGEST_KEY], reason
        super().__init__(self.text.en)

    @property
    def text(self) -> Text:
        key = f" [{self.key}]" if self.key else ""
        why = self.reason if isinstance(self.reason, Text) else Text(self.reason, self.reason)
        return Text(
            f"配置文件 {self.file}{key} 有误：{why.zh}",
            f"Configuration file {self.file}{key}: {why.en}",
        )


def refusal(reason: Text) -> PydanticCustomError:
    """What a validator raises to refuse a value with a sentence in both languages."""
    return PydanticCustomError("refused", "{en}", {"zh": reason.zh, "en": reason.en})


def first_reason(error: ValidationError) -> tuple[str, Text]:
    """Key and reason of the first thing that pydantic found wrong."""
    first = error.errors(include_url=False, include_input=False)[0]
    return ".".join(str(part) for part in first["loc"]), _reason(first)


def _reason(detail: ErrorDetails) -> Text:
    context, said = detail.get("ctx", {}), detail["msg"]
    if detail["type"] == "refused":
        return Text(context["zh"], context["en"])
    if detail["type"] in ("enum", "literal_error"):
        known = str(context["expected"])
        return Text(f"只能填写：{known.replace(' or ', '、').replace(', ', '、')}。", said)
    if detail["type"] == "missing" and detail["loc"][-1] == "clause":
        return NO_CLAUSE
    return PLAIN.get(detail["type"], Text(f"内容不合要求（{said}）。", said))


NO_CLAUSE = Text(
    "没有注明依据条款（clause）。", "No clause is named; a value never travels without its clause."
)
PLAIN = {
    "missing": Text("缺少这一项。", "This key is missing."),
    "extra_forbidden": Text(
        "没有这一项，请检查拼写。", "There is no such key; check its spelling."
    ),
    "int_type": Text("应为整数。", "A whole number is expected."),
    "string_type": Text("应为带引号的文字。", "A quoted text is expected."),
    "bool_type": Text("应为 true 或 false。", "true or false is expected."),
    "date_type": Text(
        "应为日期，如 2025-11-30，不加引号。", "A date is expected: 2025-11-30, no quotes."
    ),
    "list_type": Text("应为列表，用方括号。", "A list in square brackets is expected."),
    "dict_type": Text("应为一组键值。", "A table is expected."),
    "model_type": Text("应为一组键值。", "A table is expected."),
    "string_pattern_mismatch": Text(
        "名称的写法不符合规定。", "The name is not written as it must be."
    ),
    "string_too_short": Text("不能为空。", "It must not be empty."),
    "too_short": Text("不能为空。", "It must not be empty."),
}
