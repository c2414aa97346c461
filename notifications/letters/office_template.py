"""Where the office's wordings run: jinja2's sandbox, without what could hold a mail up.

A wording is a sentence with names and conditions. Loops, calls, attributes, arithmetic and deep
nesting are refused before anything is compiled: the compiler itself would work out 'a' * 10**9,
and takes seconds over a few hundred `not`.
"""

from __future__ import annotations

from collections.abc import Iterator
from functools import cache, lru_cache

from jinja2 import Environment, StrictUndefined, Template, nodes
from jinja2.exceptions import SecurityError
from jinja2.sandbox import ImmutableSandboxedEnvironment

# What a template may do to a value; all else of jinja2's filters and tests is taken away.
FILTERS = frozenset({"upper", "lower", "trim", "length", "capitalize", "title"})
LONGEST, DEEPEST = 4000, 20  # characters; nodes within nodes
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


class TooMuch(SecurityError):
    """A template is longer, or nested deeper, than any sentence."""


def parsed(text: str) -> nodes.Template:
    """A template as a tree. Raises TooMuch, and jinja2.TemplateSyntaxError for what is none."""
    try:
        tree = sandbox().parse(text) if len(text) <= LONGEST else None
    except RecursionError:
        tree = None
    if tree is None or not _shallow(tree):
        raise TooMuch("too long or nested too deep")
    return tree


def _shallow(tree: nodes.Node) -> bool:
    level: list[nodes.Node] = [tree]
    for _ in range(DEEPEST):
        level = [child for node in level for child in node.iter_child_nodes()]
    return not level


@lru_cache(maxsize=512)
def compiled(text: str) -> Template:
    """A template, compiled once. Raises jinja2.TemplateError for what is none, or not allowed."""
    tree = parsed(text)
    for found in forbidden(tree):
        raise SecurityError(f"{found} is not allowed")
    try:
        return sandbox().from_string(tree)
    except (SyntaxError, RecursionError) as error:  # of the Python that jinja2 makes of it
        raise TooMuch(type(error).__name__) from None


def forbidden(tree: nodes.Node) -> Iterator[str]:
    """What a template may not use, as it is written."""
    for node in tree.find_all(nodes.Node):
        if not isinstance(node, ALLOWED):
            yield SPOKEN.get(type(node).__name__, type(node).__name__)
        elif isinstance(node, nodes.Filter) and (node.name not in FILTERS or node.args):
            yield f"|{node.name}"
        elif isinstance(node, nodes.Name) and node.name == "self":  # the template, not a name
            yield "self"
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
