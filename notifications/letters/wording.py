"""The wording of subject and first paragraph: what is shipped, and what the office put in its place.

Shipped wording is code and must not fail. An office wording that fails when a mail is written is
passed over, the shipped one takes its place, and the failure is kept for all to see.
"""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cache, lru_cache
from importlib.resources import files
from typing import Any

from jinja2 import Environment, StrictUndefined, Template

from notifications.letters.notices import chain
from notifications.letters.office_template import compiled
from notifications.letters.printing import cut, one_line

# Characters; only the project's name is cut as long as that suffices. English takes more of them.
SUBJECT_LIMITS = {"zh": 120, "en": 180}
LEAD_LIMIT = 2000
LANGUAGES = ("zh", "en")


@dataclass(frozen=True, slots=True)
class Wording:
    """Subject and lead as jinja2 templates; an empty one: what is shipped. Version 0 is shipped."""

    subject: str
    lead: str
    version: int = 0


@dataclass(frozen=True, slots=True)
class Failure:
    """An office wording that could not be used."""

    notice: str
    language: str
    version: int
    said: str


@dataclass
class Wordings:
    """The wordings in force: the office's over those shipped."""

    office: Mapping[tuple[str, str], Wording] = field(default_factory=dict)
    failures: list[Failure] = field(default_factory=list)

    def fill(self, notice: str, language: str, values: Mapping[str, Any]) -> tuple[str, str]:
        """Subject (one line, within SUBJECT_LIMITS) and lead of a notice."""
        return self._subject(notice, language, values), self._lead(notice, language, values)

    def _subject(self, notice: str, language: str, values: Mapping[str, Any]) -> str:
        subject = one_line(self._filled("subject", notice, language, values))
        limit = SUBJECT_LIMITS[language]
        over = len(subject) - limit
        if over > 0 and (name := values.get("name")):
            shorter = {**values, "name": cut(name, max(len(name) - over, 1))}
            subject = one_line(self._filled("subject", notice, language, shorter))
        return cut(subject, limit)

    def _lead(self, notice: str, language: str, values: Mapping[str, Any]) -> str:
        return cut(one_line(self._filled("lead", notice, language, values)), LEAD_LIMIT)

    def _filled(self, part: str, notice: str, language: str, values: Mapping[str, Any]) -> str:
        for key in chain(notice):
            office = self.office.get((key, language))
            if office and (text := getattr(office, part)):
                try:
                    if (said := compiled(text).render(values)).strip():
                        return said
                    raise ValueError("empty")
                except Exception as error:  # whatever it is, the mail must go out
                    self._failed(Failure(key, language, office.version, described(error)))
            own = shipped(language).get(key)
            if own:
                return _shipped_template(getattr(own, part)).render(values)
        raise LookupError(f"no wording for {notice}")

    def _failed(self, failure: Failure) -> None:
        if failure not in self.failures:
            self.failures.append(failure)


def resolved(office: Mapping[tuple[str, str], Wording], notice: str, language: str) -> Wording:
    """Subject and lead that hold for a notice: its own or those it follows, the office's first."""

    def held(part: str) -> tuple[str, int]:
        for key in chain(notice):
            for wording in (office.get((key, language)), shipped(language).get(key)):
                if wording and getattr(wording, part):
                    return getattr(wording, part), wording.version
        raise LookupError(f"no wording for {notice}")

    (subject, first), (lead, second) = held("subject"), held("lead")
    return Wording(subject, lead, max(first, second))


def described(error: Exception) -> str:
    return f"{type(error).__name__}: {error}"[:200]


@cache
def shipped(language: str) -> Mapping[str, Wording]:
    """The wording that comes with the program, by notice."""
    name = f"wording.{language}.toml"
    text = files("notifications.templates").joinpath(name).read_text(encoding="utf-8")
    return {
        key: Wording(said["subject"], said["lead"]) for key, said in tomllib.loads(text).items()
    }


SHIPPED = Wordings()


@cache
def _shipped_environment() -> Environment:
    return Environment(undefined=StrictUndefined, autoescape=False)  # noqa: S701 - plain text


@lru_cache(maxsize=512)
def _shipped_template(text: str) -> Template:
    return _shipped_environment().from_string(text)
