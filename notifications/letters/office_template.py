"""Where the office's wordings run: jinja2's sandbox, without what could hold a mail up.

A wording is a sentence with names and conditions. Loops, calls, attributes and arithmetic are
refused before anything is compiled (the compiler itself would work out 'a' * 10**9).
"""

from __future__ import annotations

from collections.abc import Iterator
from functools import cache, lru_cache

from jinja2 import Environment, StrictUndefined, Template, nodes
from jinja2.exceptions import SecurityError
from jinja2.sandbox import ImmutableSandboxedEnvironment

# What a template may do to a value; all else of jinja2's filters and tests is taken away.
FILTERS = frozenset({"upper", "lower", "trim", "length", "capitalize", "title"})
TESTS = frozenset({"defined", "undefined"})
ALLOWED = (
    *(nodes.Template, nodes.Output, nodes.TemplateData, nodes.If, nodes.CondExpr, nodes.Name),
    *(nodes.Const, nodes.Compare, nodes.Operand, nodes.And, nodes.Or, nodes.Not, nodes.Concat),
    *(nodes.Filter, nodes.Test, nodes.Tuple, nodes.List),
)


@cache
def sandbox() -> Environment:
    """No globals, few filters, no attribute that is not harmless; an unknown name is an error."""
    made = ImmutableSandboxedEnvironment(undefined=StrictUndefined, autoescape=False)
    made.globals.clear()
    made.filters = {name: made.filters[name] for name in sorted(FILTERS)}
    made.tests = {name: made.tests[name] for name in sorted(TESTS)}
    return made


@lru_cache(maxsize=512)
def compiled(text: str) -> Template:
    """A template, compiled once. Raises jinja2.TemplateError for what is none, or not allowed."""
    tree = sandbox().parse(text)
    for found in forbidden(tree):
        raise SecurityError(f"{found} is not allowed")
    return sandbox().from_string(text)


def forbidden(tree: nodes.Node) -> Iterator[str]:
    """What a template may not use, as it is written."""
    for node in tree.find_all(nodes.Node):
        if not isinstance(node, ALLOWED):
            yield SPOKEN.get(type(node).__name__, type(node).__name__)
        elif isinstance(node, nodes.Filter) and (node.name not in FILTERS or node.args):
            yield f"|{node.name}"
        elif isinstance(node, nodes.Test) and node.name not in TESTS:
            yield f"is {node.name}"


SPOKEN = {
    "For": "{% for %}",
    "Getattr": "a.b",
    "Getitem": "a[b]",
    "Call": "f()",
    "Mul": "*",
    "Pow": "**",
    "Add": "+",
    "Mod": "%",
    "Assign": "{% set %}",
    "Macro": "{% macro %}",
    "Include": "{% include %}",
    "Import": "{% import %}",
    "Extends": "{% extends %}",
}
