"""Examples from the owner's verdicts: texts that a rule must find, or must leave alone.

They stand in one file for each brand, which the program writes and nobody edits. A rule gets them as further cases
when it is tested; what judges posts does not change, and no version either.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from pathlib import Path
from typing import Any, Literal

import yaml
from pydantic import ValidationError

from policies.located_yaml import BadYaml, problems_from, read_file
from policies.model.post import Direction, Post
from policies.rulebook import LoadedRule, RuleBook
from policies.rules import LONGEST_CASE, PackPart, RuleCases, TestCase

HEADER = """\
# Examples from the owner's decisions. The program writes this file and overwrites what is changed here by hand.
# `oversight policy learned` lists them, `oversight policy learned --drop CASE` takes one away.
# It holds texts of posts: treat it like the store.
"""
_WORD = re.compile(r"[a-z][a-z_-]*")


class Lesson(PackPart):
    """One text with what the owner said of it."""

    rule: str
    """Whose example it is."""
    sort: Literal["flag", "ok"]
    """flag: the rule must find it. ok: it must leave it alone."""
    case: int
    """Number of the case that was decided."""
    decided_at: datetime
    """When, in UTC."""
    decided_by: str
    """Id of the person on the roster."""
    example: TestCase


class LearnedFile(PackPart):
    """The file of one brand."""

    learned: tuple[Lesson, ...] = ()


def fits(post: Post) -> bool:
    """Whether the text of a post is short enough for an example."""
    return len(post.text) <= LONGEST_CASE


def shown(post: Post, parent: Post | None) -> TestCase:
    """What the owner had before their eyes, as a case. The post `fits`."""
    alt = tuple(item.alt_text and _plain(item.alt_text) for item in post.media if item.kind == "image")
    asked = parent is not None and parent.direction is Direction.INBOUND
    fields: dict[str, Any] = {
        "text": _plain(post.text),
        "platform": post.key.platform,
        "kind": post.kind,
        "at": post.created_at,
    }
    fields |= {"reply_to": _plain(parent.text)} if asked and parent else {}
    return TestCase(**fields, **({"alt": alt} if alt else {}))


def _plain(text: str) -> str:
    """Text that UTF-8 can hold: halves of characters are joined, or become the sign for what cannot be read."""
    return text.encode("utf-16-le", "surrogatepass").decode("utf-16-le", "replace")


def read_lessons(path: Path) -> tuple[Lesson, ...]:
    """The examples of a file, none where there is no file. Raises `BadYaml` with the place of each mistake."""
    if not path.exists():
        return ()
    located = read_file(path)
    try:
        return LearnedFile.model_validate(located.data).learned
    except ValidationError as error:
        raise BadYaml(problems_from(error, located, LearnedFile)) from error


def written(lessons: Iterable[Lesson]) -> str:
    """The file of these examples. Each text stands in double quotes, on one line, and reads back equal."""
    data = {"learned": [lesson.model_dump(mode="json", exclude_unset=True) for lesson in lessons]}
    return HEADER + yaml.dump(data, Dumper=_Quoting, allow_unicode=True, sort_keys=False, width=float("inf"))


class _Quoting(yaml.SafeDumper):
    """Leaves nothing to the reader's guess: only plain lower-case words stand without quotes."""

    def ignore_aliases(self, data: Any) -> bool:  # noqa: ARG002 -- the library's signature
        """The same value twice is written twice."""
        return True


def _text(dumper: yaml.SafeDumper, text: str) -> yaml.Node:
    style = None if _WORD.fullmatch(text) else '"'
    return dumper.represent_scalar("tag:yaml.org,2002:str", text, style=style)


_Quoting.add_representer(str, _text)


def taught(rulebook: RuleBook, lessons: Sequence[Lesson]) -> RuleBook:
    """The same rules with these examples among their cases. Examples of rules that are gone are left out."""
    of: dict[str, list[Lesson]] = {}
    for lesson in lessons:
        of.setdefault(lesson.rule, []).append(lesson)
    packs = (replace(pack, rules=tuple(_taught(rule, of) for rule in pack.rules)) for pack in rulebook.packs)
    return replace(rulebook, packs=tuple(packs))


def _taught(loaded: LoadedRule, of: Mapping[str, Sequence[Lesson]]) -> LoadedRule:
    lessons = of.get(loaded.id)
    if not lessons:
        return loaded
    before = loaded.rule.cases
    cases = RuleCases(
        flag=(*before.flag, *(_case(lesson) for lesson in lessons if lesson.sort == "flag")),
        ok=(*before.ok, *(_case(lesson) for lesson in lessons if lesson.sort == "ok")),
        todo=before.todo,
    )
    return replace(loaded, rule=loaded.rule.model_copy(update={"cases": cases}))


def _case(lesson: Lesson) -> TestCase:
    why = f"Learned from case {lesson.case}, decided by {lesson.decided_by} on {lesson.decided_at:%Y-%m-%d}."
    return lesson.example.model_copy(update={"why": why})
