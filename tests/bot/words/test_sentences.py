"""Sentences for a brand's people stand in the catalogues and nowhere else.

What counts as one, in the rooms that speak to the owner and the agency:

- in Python, a string in which two words follow each other, the pieces of f-strings included. Not: documentation,
  patterns, what is logged, and what an exception says to whoever runs the service;
- in a template, any word between the tags or in an attribute that is read out, and any string in an expression that
  holds a blank or begins with a capital letter.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from jinja2 import Environment, nodes

ROOT = Path(__file__).parents[3]
ROOMS = ("bot/web", "bot/letters", "bot/jobs", "bot/words", "bot/connectors", "policies/threads", "storage")
#: what in these rooms speaks to no owner and no agency, but to machines or to whoever runs the service
TO_OTHERS = {
    "loopback": "servers that play a platform",
    "fake": "servers that play a platform",
    "schema": "names of tables and columns",
    "migrations": "names of tables and columns",
    "exports.py": "names of columns",
    "sqlite.py": "SQL, and the lines of `oversight doctor`",
    "site.py": "which keys to get where, for `oversight init`",
    "errors.py": "what went wrong in the store, for `oversight doctor`",
    "lock.py": "who holds the store, for whoever starts a second service",
}
CODES = {
    "public, max-age=31536000, immutable",  # of HTTP
    "text/plain; version=0.0.4",
    "noindex, nofollow, noarchive",
    "gzip, deflate",
    "post deleted",  # actions in the audit log
    "post edited",
    "link revoked",
    "limits changed",
    "person taken off",
    "message resent",
    "example dropped",
    "upper left",  # of a chart
    " of the rule ",  # part of an exception's text
    "stopped while it was leaving",  # what stands where a mail server's answer stands
}
_TWO_WORDS = re.compile(r"[^\W\d_]{2,}[,;:.]? [^\W\d_]{2,}")
_TAG = re.compile(r"<[^>]*>")
_TO_THE_LOG = {"debug", "info", "warning", "error", "exception", "log"}
_READ_OUT = re.compile(r'\s(?:aria-label|alt|title|placeholder|summary)="([^"]*)"')


def python_files() -> list[Path]:
    files = [path for room in ROOMS for path in sorted((ROOT / room).rglob("*.py"))]
    return [path for path in files if not TO_OTHERS.keys() & set(path.parts) or path.match("bot/web/site.py")]


def sentences(source: str) -> list[str]:
    """The sentences in a Python file."""
    return [
        node.value
        for node in _loud(ast.parse(source))
        if isinstance(node, ast.Constant)
        and isinstance(node.value, str)
        and _TWO_WORDS.search(_TAG.sub("", node.value))
        and node.value not in CODES
    ]


def _loud(node: ast.AST) -> Iterator[ast.AST]:
    """What is reached without passing documentation, an exception, a pattern or a log line."""
    for child in ast.iter_child_nodes(node):
        if not _is_quiet(child):
            yield child
            yield from _loud(child)


def _is_quiet(node: ast.AST) -> bool:
    if (
        isinstance(node, ast.FunctionDef) and node.name == "check_access"
    ):  # a connector's line in `oversight doctor`
        return True
    if isinstance(node, ast.Expr):
        return isinstance(node.value, ast.Constant)
    if isinstance(node, ast.Call):
        name = getattr(node.func, "id", getattr(node.func, "attr", ""))
        whose = getattr(getattr(node.func, "value", None), "id", "")
        return (
            name in {"compile", "__init__"}
            or name.endswith("Error")
            or (name in _TO_THE_LOG and whose in {"log", "_log"})
        )
    return isinstance(node, ast.Raise) and isinstance(node.exc, ast.Call) and _is_operators(node.exc)


def _is_operators(call: ast.Call) -> bool:
    """Errors of platforms are told to the owner, by their codes; all others to whoever runs the service."""
    return getattr(call.func, "id", "") not in {"AccountUnreachable", "TokenDead", "RateLimited"}


def words_of_template(source: str) -> set[str]:
    """The words in a template that no catalogue gave."""
    tree = Environment().parse(source)
    strings = {str(one.value) for one in tree.find_all(nodes.Const) if isinstance(one.value, str)}
    found = {text for text in strings if re.search(r"[^\W\d_]{2,} |^[A-Z][a-z]", text) and "<" not in text}
    plain = re.sub(r"\{%.*?%\}|\{\{.*?\}\}|\{#.*?#\}", "", source, flags=re.DOTALL)
    plain = re.sub(r"<!--.*?-->|&\w+;", "", plain, flags=re.DOTALL)
    said = [*_READ_OUT.findall(plain), _TAG.sub(" ", plain)]
    return found | {word for text in said for word in re.findall(r"[^\W\d_]{2,}", text)}


@pytest.mark.parametrize("path", python_files(), ids=lambda path: str(path.relative_to(ROOT)))
def test_no_sentence_stands_in_code(path: Path) -> None:
    assert sentences(path.read_text("utf-8")) == []


TEMPLATES = [*(ROOT / "bot").rglob("*.html"), *(ROOT / "bot/letters").rglob("*.txt")]


@pytest.mark.parametrize("path", TEMPLATES, ids=lambda path: str(path.relative_to(ROOT)))
def test_no_sentence_stands_in_a_template(path: Path) -> None:
    assert words_of_template(path.read_text("utf-8")) == set()


@pytest.mark.parametrize(
    "source",
    [
        'title = "Needs you now"',
        "line = f'{n} posts went out'",
        'raise AccountUnreachable("X is in trouble.")',
        'def f():\n    return dict(label="See the case")',
        'x = "a" if y else "Nothing to do."',
    ],
)
def test_a_sentence_in_code_is_found(source: str) -> None:
    assert sentences(source)


@pytest.mark.parametrize(
    "source",
    [
        "<p>Decide</p>",
        '<nav aria-label="Pages"></nav>',
        '{{ "Decide" if owner else _("x") }}',
        '{% if a %}{{ "all clean" }}{% endif %}',
    ],
)
def test_a_sentence_in_a_template_is_found(source: str) -> None:
    assert words_of_template(source)


def test_what_is_said_to_others_is_left_alone() -> None:
    source = '"""What it is."""\nlog.info("not pulled at all")\nraise ConfigError("There is no brand.")'
    assert sentences(source) == []
    assert words_of_template('<a class="x y" href="{{ u }}">{{ _("case.all") }}</a>{# a note #}') == set()
