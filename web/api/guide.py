"""The page of documentation, put together from the OpenAPI description: nothing from elsewhere."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from states.terms import Text

Schema = dict[str, Any]
METHODS = ("get", "post", "delete")
SAMPLES: Schema = {"integer": 1, "number": 1.5, "boolean": False, "string": "…", "null": None}
FORMATS = {"date": "2025-03-31", "date-time": "2025-03-31T01:00:00Z", "binary": "@材料.pdf"}
DEEPEST = 4
CALENDAR = 'year = 2026\nsource = "…"\n\nmake_up_days = []\n\nholidays = []\n'
EXAMPLES: dict[str, Schema] = {
    "NewBatch": {"deed": "review", "title": "2025年推荐项目", "projects": [12, 7]},
    "Filling": {
        "fields": {"opinion": "同意推荐"},
        "lines": [{"project_id": 7, "fields": {"opinion": "同意推荐，建议优先"}}],
        "order": [7, 12],
        "letter": {"sha256": "…", "name": "推荐函.pdf"},
    },
    "Note": {"note": "已电话告知张老师"},
    "Draft": {"text": CALENDAR},
    "Applied": {"text": CALENDAR, "seen": "9f86d0…"},
    "PolicyFile": {"file": "fujian-2026.toml", "text": 'id = "fujian-2026"\n…'},
    "Texts": {"subject": "【{{ tag }}】{{ name }}", "lead": "请{{ deed }}。"},
    "Tried": {"subject": "【{{ tag }}】{{ name }}", "lead": "", "project": 12, "role": "host"},
    "Trial": {"project": 12, "role": "host"},
    "Doing": {
        "fields": {"opens": "2025-05-12", "ends": "2025-05-15", "reason": "…"},
        "papers": {"change_notice": {"sha256": "…", "name": "变更情况说明.pdf"}},
        "on": "2025-04-01",
        "seen": 5,
    },
}


@dataclass(frozen=True, slots=True)
class Parameter:
    name: str
    place: str  # path, query, header
    required: bool
    kind: str
    told: Text


@dataclass(frozen=True, slots=True)
class Endpoint:
    """One method of one path, as people read it."""

    name: str
    method: str
    path: str
    summary: Text
    told: Text
    parameters: tuple[Parameter, ...]
    curl: str
    answer: str
    statuses: tuple[tuple[str, Text], ...]


@dataclass(frozen=True, slots=True)
class Chapter:
    """The endpoints of one resource."""

    name: Text
    endpoints: tuple[Endpoint, ...]


def halves(text: str) -> Text:
    """A description that stands in both languages."""
    zh, mark, en = text.partition(" | ")
    return Text(zh, en if mark else zh)


def chapters(schema: Schema) -> list[Chapter]:
    """The description by resource, in its own order."""
    found: dict[str, list[Endpoint]] = {}
    for path, methods in schema["paths"].items():
        for method in METHODS:
            if method in methods:
                tag = methods[method]["tags"][0]
                found.setdefault(tag, []).append(_endpoint(schema, path, method, methods[method]))
    return [Chapter(halves(tag), tuple(listed)) for tag, listed in found.items()]


def _endpoint(schema: Schema, path: str, method: str, said: Schema) -> Endpoint:
    answers = said["responses"]
    good = next(code for code in answers if code.startswith("2"))
    return Endpoint(
        name=said["operationId"],
        method=method.upper(),
        path=path,
        summary=halves(said["summary"]),
        told=halves(said.get("description", "")),
        parameters=tuple(_parameters(schema, said)),
        curl=_curl(schema, path, method, said),
        answer=_answer(schema, answers[good]),
        statuses=tuple(
            (code, halves(one["description"])) for code, one in answers.items() if code != good
        ),
    )


def _parameters(schema: Schema, said: Schema) -> Iterator[Parameter]:
    for one in said.get("parameters", ()):
        kind = _kind(schema, one["schema"])
        told = halves(one.get("description") or one["schema"].get("description", ""))
        yield Parameter(one["name"], one["in"], one.get("required", False), kind, told)


def _kind(schema: Schema, shape: Schema) -> str:
    shape = _resolved(schema, shape)
    if "anyOf" in shape:
        kinds = [_kind(schema, one) for one in shape["anyOf"]]
        return " | ".join(kind for kind in kinds if kind != "null")
    if "enum" in shape:
        return " | ".join(str(value) for value in shape["enum"])
    if shape.get("type") == "array":  # named again for each
        return f"[{_kind(schema, shape['items'])}]"
    return str(shape.get("format") or shape.get("type", ""))


def _resolved(schema: Schema, shape: Schema) -> Schema:
    if "$ref" not in shape:
        return shape
    found: Schema = schema["components"]["schemas"][shape["$ref"].rsplit("/", 1)[-1]]
    return found


def _curl(schema: Schema, path: str, method: str, said: Schema) -> str:
    lines = [f'curl -H "Authorization: Bearer $TOKEN" "$BASE{path}"']
    body = said.get("requestBody", {}).get("content", {})
    if method != "get" and not (method == "post" and body):  # with a body curl posts by itself
        lines.append(f"-X {method.upper()}")
    if any(one["name"] == "Idempotency-Key" for one in said.get("parameters", ())):
        lines.append('-H "Idempotency-Key: $(uuidgen)"')
    if "application/json" in body:
        sample = _sample(schema, body["application/json"]["schema"])
        written = json.dumps(sample, ensure_ascii=False)
        lines += ['-H "Content-Type: application/json"', f"-d '{written}'"]
    elif "multipart/form-data" in body:
        lines.append("-F file=@材料.pdf")
    return " \\\n  ".join(lines)


def _answer(schema: Schema, said: Schema) -> str:
    shape = said.get("content", {}).get("application/json", {}).get("schema")
    sample = _sample(schema, shape) if shape else None
    return json.dumps(sample, ensure_ascii=False, indent=2) if sample else ""


def _sample(schema: Schema, shape: Schema, depth: int = 0) -> Any:
    """A value of that shape."""
    name = shape.get("$ref", "").rsplit("/", 1)[-1]
    if name in EXAMPLES:
        return EXAMPLES[name]
    shape = _resolved(schema, shape)
    if "anyOf" in shape:
        return _sample(schema, shape["anyOf"][0], depth)
    if "enum" in shape:
        return shape["enum"][0]
    if shape.get("type") == "array":
        return [_sample(schema, shape["items"], depth + 1)] if depth < DEEPEST else []
    if shape.get("type") == "object":
        inner = shape.get("properties", {})
        return {key: _sample(schema, one, depth + 1) for key, one in inner.items()}
    return FORMATS.get(shape.get("format", ""), SAMPLES.get(shape.get("type", ""), "…"))
