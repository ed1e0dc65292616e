"""YAML that knows where each value stands, so that a mistake can be shown as ``file:line:column``.

What a person writes by hand needs little of YAML: mappings, lists and plain values. Tags, aliases and keys
that are not text are refused. A text is measured before it is parsed and while it is parsed, so that a hostile
file costs no more than a small one: libyaml hands over one event at a time, and reading stops at the first one
too deep or too many.

Plain values follow the core schema of YAML 1.2 (https://yaml.org/spec/1.2.2/#103-core-schema): ``no`` and
``12:30`` stay text. Dates stay text as well; the models that read them know what they want.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import yaml

#: Largest file that is parsed, bytes. Ten thousand rules with their cases fit.
MAX_BYTES = 8_000_000
#: Deepest nesting of lists and mappings. A rule needs about eight levels.
MAX_DEPTH = 24
#: Most values in one file.
MAX_VALUES = 600_000

_LOADER: type[Any] = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
_INT = re.compile(r"[-+]?[0-9]+")
_FLOAT = re.compile(r"[-+]?(\.[0-9]+|[0-9]+(\.[0-9]*)?)([eE][-+]?[0-9]+)?")
_WORDS: dict[str, object] = {
    word: value
    for words, value in (
        (("", "~", "null", "Null", "NULL"), None),
        (("true", "True", "TRUE"), True),
        (("false", "False", "FALSE"), False),
    )
    for word in words
}
_LONGEST_NUMBER = 40

Loc = Sequence[str | int]


@dataclass(frozen=True, slots=True, kw_only=True, order=True)
class Problem:
    """One mistake in a file, and what mends it."""

    file: str  #: as the person named it
    line: int  #: from 1; 0 where the whole file is meant
    column: int  #: from 1; 0 where the whole file is meant
    message: str  #: what is wrong
    mend: str = ""  #: what to do about it
    code: str = "bad-yaml"  #: of the kind of mistake, for machines

    def __str__(self) -> str:
        place = ":".join(str(part) for part in (self.file, self.line, self.column) if part)
        return f"{place}: {self.message} {self.mend}".removeprefix(": ").rstrip()


class BadYaml(ValueError):
    """A text could not be read; `problems` says each reason."""

    def __init__(self, problems: Iterable[Problem]) -> None:
        self.problems = tuple(sorted(set(problems)))
        super().__init__("\n".join(map(str, self.problems)))


@dataclass(slots=True)
class _Node:
    """Where one value stands, and its parts."""

    line: int
    column: int
    key: tuple[int, int] | None = None  # place of the key that names it
    parts: dict[str | int, _Node] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class Located:
    """Plain data with the place of each value."""

    name: str  #: file name for messages
    data: Any  #: dicts with text keys, lists, text, numbers, booleans and None
    _root: _Node = field(repr=False)

    def where(self, loc: Loc, *, key: bool = False) -> tuple[int, int]:
        """Line and column, from 1, of the value at a path of keys and indexes; with ``key`` of its key.

        A step that the text does not have is skipped, so that the locations of pydantic, which also name the
        members of unions and fields that are missing, lead to the nearest value that is there.
        """
        node = self._root
        for step in loc:
            node = node.parts.get(step, node)
        return node.key if key and node.key else (node.line, node.column)

    def problem(
        self, loc: Loc, message: str, mend: str = "", *, key: bool = False, code: str = "bad-value"
    ) -> Problem:
        """A problem at a path."""
        at = self.where(loc, key=key)
        return Problem(file=self.name, line=at[0], column=at[1], message=message, mend=mend, code=code)


def read_file(path: Path, *, name: str | None = None) -> Located:
    """Read a UTF-8 file. Raises `BadYaml` where it is missing, too large, not UTF-8 or not our YAML."""
    name = name or str(path)
    try:
        with path.open("rb") as stream:
            content = stream.read(MAX_BYTES + 1)
    except OSError as error:
        raise BadYaml([_whole(name, f"cannot be read: {error.strerror}.")]) from error
    if len(content) > MAX_BYTES:
        raise BadYaml([_too_large(name)])
    try:
        return read(content.decode("utf-8-sig"), name=name)
    except UnicodeDecodeError as error:
        before = content[: error.start]
        line, column = before.count(b"\n") + 1, error.start - before.rfind(b"\n")
        mend = "Save the file with the encoding UTF-8."
        problem = Problem(file=name, line=line, column=column, message="is not UTF-8 text.", mend=mend)
        raise BadYaml([problem]) from error


def read(text: str, *, name: str) -> Located:
    """Read YAML. ``name`` stands in messages.

    Raises `BadYaml` with each problem up to the first that makes going on pointless.
    """
    if len(text) > MAX_BYTES:
        raise BadYaml([_too_large(name)])
    builder = _Builder(name)
    try:
        for event in yaml.parse(text, Loader=_LOADER):
            builder.take(event)
    except _Stop:
        pass
    except (yaml.YAMLError, UnicodeEncodeError) as error:
        builder.problems.append(_syntax(error, text, name))
    if builder.problems:
        raise BadYaml(builder.problems)
    return Located(name=name, data=builder.data, _root=builder.root)


class _Stop(Exception):  # ends parsing after a problem that makes the rest worthless
    pass


class _Builder:
    """Turns parser events into data and places, without recursion."""

    def __init__(self, name: str) -> None:
        self.name = name
        self.data: Any = None
        self.root = _Node(1, 1)
        self.problems: list[Problem] = []
        self._open: list[tuple[Any, _Node]] = []
        self._keys: list[tuple[str, tuple[int, int]] | None] = []
        self._values = 0
        self._documents = 0

    def take(self, event: Any) -> None:
        """Use one event of the parser."""
        self._refuse_extras(event)
        if isinstance(event, yaml.ScalarEvent):
            self._scalar(event)
        elif isinstance(event, yaml.CollectionStartEvent):
            self._begin(event, {} if isinstance(event, yaml.MappingStartEvent) else [])
        elif isinstance(event, yaml.CollectionEndEvent):
            self._open.pop()
            self._keys.pop()

    def _refuse_extras(self, event: Any) -> None:
        if isinstance(event, yaml.AliasEvent):
            self._stop(event, "aliases (*name) are not read.", "Write the value out again.")
        tag = str(getattr(event, "tag", None) or "")[:40]
        if tag and not isinstance(event, yaml.AliasEvent):
            self._stop(event, f"the tag {tag!r} is not read.", "Remove it; plain values are enough.")
        if isinstance(event, yaml.DocumentStartEvent):
            self._documents += 1
            if self._documents > 1:
                self._stop(event, "a second document begins here.", "Put it into a file of its own.")

    def _scalar(self, event: Any) -> None:
        if self._wants_key():
            self._keys[-1] = (self._unique(event), _place(event))
        else:
            self._add(event, _plain(event.value) if event.implicit[0] else event.value)

    def _begin(self, event: Any, container: Any) -> None:
        if self._wants_key():
            self._stop(event, "a key must be plain text.", "Put quotes around it.")
        if len(self._open) >= MAX_DEPTH:
            self._stop(event, f"lists and mappings are nested more than {MAX_DEPTH} deep.", "Flatten them.")
        node = self._add(event, container)
        self._open.append((container, node))
        self._keys.append(None)

    def _wants_key(self) -> bool:
        return bool(self._open) and isinstance(self._open[-1][0], dict) and self._keys[-1] is None

    def _unique(self, event: Any) -> str:
        key = str(event.value)
        container, node = self._open[-1]
        if key in container:
            first = node.parts[key].key or (0, 0)
            message = f"the key {key!r} stands here twice, first in line {first[0]}."
            self._note(event, message, "Keep one of them.")
        return key

    def _add(self, event: Any, value: Any) -> _Node:
        self._values += 1
        if self._values > MAX_VALUES:
            self._stop(event, f"the file has more than {MAX_VALUES} values.", "Split it into several files.")
        node = _Node(*_place(event))
        if not self._open:
            self.data, self.root = value, node
            return node
        container, parent = self._open[-1]
        if isinstance(container, list):
            parent.parts[len(container)] = node
            container.append(value)
        else:
            key, node.key = self._keys[-1] or ("", None)
            self._keys[-1] = None
            parent.parts[key] = node
            container[key] = value
        return node

    def _note(self, event: Any, message: str, mend: str) -> None:
        line, column = _place(event)
        self.problems.append(Problem(file=self.name, line=line, column=column, message=message, mend=mend))

    def _stop(self, event: Any, message: str, mend: str) -> None:
        self._note(event, message, mend)
        raise _Stop


def _place(event: Any) -> tuple[int, int]:
    return event.start_mark.line + 1, event.start_mark.column + 1


def _plain(text: str) -> object:
    if text in _WORDS:
        return _WORDS[text]
    if len(text) <= _LONGEST_NUMBER:
        if _INT.fullmatch(text):
            return int(text)
        if _FLOAT.fullmatch(text):
            return float(text)
    return text


def _whole(name: str, message: str, mend: str = "") -> Problem:
    return Problem(file=name, line=0, column=0, message=message, mend=mend)


def _too_large(name: str) -> Problem:
    return _whole(name, f"is larger than {MAX_BYTES // 1_000_000} MB.", "Split it into several files.")


_MENDS = (
    ("tab character|cannot start any token", "Indent with spaces; quote text that has special signs."),
    ("mapping values are not allowed", 'Put quotes around text that has ": " in it.'),
    ("unexpected end of stream", "Close the quote or bracket that was opened before."),
    ("block end|expected ',' or", "Indent as the line above; close brackets and quotes."),
)


def _syntax(error: Exception, text: str, name: str) -> Problem:
    mark = getattr(error, "problem_mark", None) or getattr(error, "context_mark", None)
    if mark is None:  # the reader stumbles over a character before there are any marks
        line, column = _forbidden(text)
        mend = "Remove it."
        return Problem(file=name, line=line, column=column, message="has a control character.", mend=mend)
    message = str(getattr(error, "problem", None) or error)
    fitting = (mend for words, mend in _MENDS if re.search(words, message))
    mend = next(fitting, "Check quotes and indentation.")
    return Problem(
        file=name, line=mark.line + 1, column=mark.column + 1, message=f"is not YAML: {message}.", mend=mend
    )


#: What YAML calls printable (https://yaml.org/spec/1.2.2/#51-character-set), negated.
_NOT_PRINTABLE = re.compile("[^\t\n\r\x20-\x7e\x85\xa0-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


def _forbidden(text: str) -> tuple[int, int]:
    found = _NOT_PRINTABLE.search(text)
    start = found.start() if found else 0
    return text.count("\n", 0, start) + 1, start - text.rfind("\n", 0, start)
