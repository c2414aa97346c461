"""The one error that a faulty configuration file raises."""

from __future__ import annotations

from pydantic import ValidationError

from states.terms import Text


class ConfigError(Exception):
    """A configuration file is refused: which file, which key, why."""

    def __init__(self, file: str, key: str, reason: str) -> None:
        self.file, self.key, self.reason = file, key, reason
        super().__init__(self.text.en)

    @property
    def text(self) -> Text:
        key = f" [{self.key}]" if self.key else ""
        return Text(
            f"配置文件 {self.file}{key} 有误：{self.reason}",
            f"Configuration file {self.file}{key}: {self.reason}",
        )


def first_reason(error: ValidationError) -> tuple[str, str]:
    """Key and reason of the first thing that pydantic found wrong."""
    first = error.errors(include_url=False)[0]
    return ".".join(str(part) for part in first["loc"]), first["msg"]
