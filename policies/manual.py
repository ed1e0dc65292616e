"""Writes the manual: a page for each check from its docstring, and a page for each pack from its rules.

``python -m policies.manual docs`` writes them; a test proves that what is written is current.
"""

from __future__ import annotations

import inspect
import sys
import textwrap
import types
import typing
from pathlib import Path

from pydantic import BaseModel

from policies import conditions
from policies.checks.base import Check
from policies.conditions import Condition
from policies.loader import load
from policies.rulebook import LoadedRule, Pack
from policies.shipped import shipped_packs

_TOGETHER = ("any", "all", "not_", "sentence", "parent", "thread")


def pages() -> dict[str, str]:
    """Every generated page by its path inside the docs folder."""
    kinds = {name: _model(name) for name in Condition.model_fields if name not in _TOGETHER}
    found = {f"checks/{name}.md": check_page(name, model) for name, model in kinds.items()}
    found["checks/together.md"] = _together()
    found["checks/README.md"] = _index(kinds)
    for pack in load(shipped_packs()).packs:
        found[f"rules/packs/{pack.name}.md"] = pack_page(pack)
    return found


def check_page(name: str, model: type[Check]) -> str:
    """The page of one kind of check: its module's docstring, then its options."""
    module = inspect.getmodule(model)
    return f"# `{name}`\n\n{((module and module.__doc__) or '').strip()}\n\n{_options(model)}"


def pack_page(pack: Pack) -> str:
    """The page of a pack: what it is for, what it follows, its rules with examples."""
    follows = "\n".join(f"- [{source.title}]({source.url})" for source in pack.info.follows)
    rules = "\n".join(_rule(rule) for rule in pack.rules)
    about = textwrap.fill(" ".join(pack.info.about.split()), 118)
    return f"# {pack.info.title}: `{pack.name}`\n\n{about}\n\nIt follows:\n\n{follows}\n\n## Rules\n\n{rules}"


def _rule(loaded: LoadedRule) -> str:
    rule = loaded.rule
    cases = rule.cases
    lines = [
        f"### `{rule.id}`\n",
        f"{rule.title}. Topic `{rule.topic}`, severity `{rule.severity}`."
        + (f" Extends `{rule.extends}`." if rule.extends else "")
        + "\n",
        f"{rule.why}" + (f" Better: {rule.suggest}" if rule.suggest else "") + "\n",
        *(f"- flagged: {_quoted(case.text)}" for case in cases.flag[:2]),
        *(f"- fine: {_quoted(case.text)}" for case in cases.ok[:2]),
        *(f"- known false alarm: {words}" for words in rule.false_alarms),
    ]
    return "\n".join(lines) + "\n"


def _quoted(text: str) -> str:
    return "`" + " ".join(text.replace("`", "'").split()) + "`"


def _model(name: str) -> type[Check]:
    """The options class of a kind of check."""
    annotation = Condition.model_fields[name].annotation
    members = typing.get_args(annotation) if isinstance(annotation, types.UnionType) else (annotation,)
    return next(m for m in members if isinstance(m, type) and issubclass(m, Check))


def _options(model: type[BaseModel]) -> str:
    if not model.model_fields:
        return "It has no options.\n"
    rows = "\n".join(
        f"| `{field.alias or name}` | {field.description or ''} | {_default(field.get_default())} |"
        if not field.is_required()
        else f"| `{field.alias or name}` | {field.description or ''} | required |"
        for name, field in model.model_fields.items()
    )
    return f"| option | meaning | default |\n|---|---|---|\n{rows}\n"


def _default(value: object) -> str:
    if value in (None, (), ""):
        return "none"
    text = ", ".join(map(str, value)) if isinstance(value, tuple) else str(value)
    return "see the source" if len(text) > 60 else f"`{text}`"


def _together() -> str:
    doc = (conditions.__doc__ or "").strip()
    parts = (conditions.SameSentence, conditions.Followed)
    sections = "\n".join(f"## {inspect.getdoc(part)}\n\n{_options(part)}" for part in parts)
    return f"# Checks put together\n\n{doc}\n\n{sections}"


def _index(kinds: dict[str, type[Check]]) -> str:
    rows = "\n".join(
        f"- [`{name}`]({name}.md): {inspect.getdoc(model)}" for name, model in sorted(kinds.items())
    )
    return f"# Checks\n\nWhat a rule may look for. [Several can be put together](together.md).\n\n{rows}\n"


def main(folder: Path) -> None:
    """Write the pages."""
    for name, text in pages().items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")


if __name__ == "__main__":
    main(Path(sys.argv[1] if len(sys.argv) > 1 else "docs"))
