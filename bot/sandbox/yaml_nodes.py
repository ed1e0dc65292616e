"""YAML read as plain text values that remember their file and line."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import NoReturn

import yaml
from yaml import MappingNode, MarkedYAMLError, Node, ScalarNode, SequenceNode

from bot.connectors.loopback.story import StoryError


@dataclass(frozen=True, kw_only=True, slots=True)
class Place:
    """A YAML node and the file it stands in. file: name for messages. node: as PyYAML composed it."""

    file: str
    node: Node

    def fail(self, message: str) -> NoReturn:
        """Raise StoryError with this place's file and line."""
        raise StoryError(f"{self.file}:{self.node.start_mark.line + 1}: {message}")

    def text(self) -> str:
        """The scalar here, as written."""
        if not isinstance(self.node, ScalarNode):
            self.fail("expected a single value here")
        return str(self.node.value)

    def items(self) -> Iterator[Place]:
        """The members of the list here."""
        if not isinstance(self.node, SequenceNode):
            self.fail("expected a list here")
        for node in self.node.value:
            yield Place(file=self.file, node=node)

    def fields(self, allowed: str) -> dict[str, Place]:
        """The mapping here by key. Raises StoryError for keys that are not among `allowed` (words) or repeated."""
        if not isinstance(self.node, MappingNode):
            self.fail("expected keys and values here")
        found: dict[str, Place] = {}
        for key, value in self.node.value:
            name = Place(file=self.file, node=key).text()
            if name not in allowed.split():
                Place(file=self.file, node=key).fail(f"unknown key {name!r}; known here: {allowed}")
            if name in found:
                Place(file=self.file, node=key).fail(f"key {name!r} stands here twice")
            found[name] = Place(file=self.file, node=value)
        return found

    def need(self, fields: dict[str, Place], key: str) -> Place:
        """One of this mapping's fields. Raises StoryError if it is missing."""
        if key not in fields:
            self.fail(f"{key!r} is missing")
        return fields[key]


def compose(file: str, text: str) -> Place:
    """Parse one YAML document. Raises StoryError with file and line if it is not YAML or empty."""
    try:
        node = yaml.compose(text, Loader=yaml.SafeLoader)
    except MarkedYAMLError as error:
        line = error.problem_mark.line + 1 if error.problem_mark else 1
        raise StoryError(f"{file}:{line}: {error.problem}") from error
    if node is None:
        raise StoryError(f"{file}:1: the file is empty")
    return Place(file=file, node=node)
