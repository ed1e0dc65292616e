"""Patterns that people write, made safe: RE2, linear in time, with Unicode letters and word edges.

RE2's own ``\\w`` and ``\\b`` know ASCII only (https://github.com/google/re2/wiki/Syntax). ``\\w`` and ``\\W`` are
written out as Unicode classes. A ``\\b`` at an edge of the pattern is also checked after the match, so that it holds
in every script; elsewhere it keeps RE2's meaning.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Any

import re2

from policies.matching.fold import fold_word
from policies.matching.words import is_whole

#: Longest pattern, characters.
MAX_LENGTH = 2_000
#: Largest compiled pattern, in RE2's instructions: counted repetitions of Unicode classes grow fast.
MAX_PROGRAM = 100_000
_WORD_CLASS = r"\p{L}\p{N}\p{M}_"
_SHORTHANDS = {r"\w": f"[{_WORD_CLASS}]", r"\W": f"[^{_WORD_CLASS}]"}
_TOKEN = re.compile(r"\\.|\[\^?\]?(?:\\.|\[:[a-z]+:\]|[^\]\\])*\]|.", re.DOTALL)


class BadPattern(ValueError):
    """RE2 does not take the pattern."""

    def __init__(self, message: str, mend: str, offset: int) -> None:
        super().__init__(message)
        self.mend = mend
        self.offset = offset  #: place in the pattern, characters from its start


@dataclass(frozen=True, slots=True, kw_only=True)
class Regex:
    """One safe pattern."""

    source: str  #: as RE2 gets it
    exact: bool  #: read in the original text with its capitals, rather than in the folded view
    edge_start: bool
    edge_end: bool
    compiled: Any

    def spans(self, text: str) -> list[tuple[int, int]]:
        """Where it matches, from left to right, without overlap and without empty matches."""
        found = (match.span() for match in self.compiled.finditer(text))
        return [(start, end) for start, end in found if start < end and self._at_edges(text, start, end)]

    def _at_edges(self, text: str, start: int, end: int) -> bool:
        before = not self.edge_start or is_whole(text, start, end, open_end=True)
        return before and (not self.edge_end or is_whole(text, end - 1, end) or _ends(text, end))


def _ends(text: str, end: int) -> bool:
    return end >= len(text) or not (text[end].isalnum() and text[end - 1].isalnum())


def options(*, exact: bool) -> Any:
    """What RE2 is told, for single patterns and for sets."""
    chosen = re2.Options()
    chosen.case_sensitive = exact
    chosen.log_errors = False
    chosen.max_mem = 256 << 20
    return chosen


def compile_pattern(pattern: str, *, exact: bool = False) -> Regex:
    """Make a pattern safe. Raises `BadPattern` with its place and a rewrite."""
    if len(pattern) > MAX_LENGTH:
        raise BadPattern(f"the pattern is longer than {MAX_LENGTH} characters.", "Split it.", 0)
    refuse_unsupported(pattern)
    body, edge_start, edge_end = _cut_edges(pattern)
    source = _translate(body, exact=exact)
    try:
        compiled = re2.compile(source, options(exact=exact))
    except re2.error as error:
        raise _explained(pattern, error) from error
    if compiled.programsize > MAX_PROGRAM:
        raise BadPattern("the pattern grows too large.", "Use * or + in place of counted repetitions.", 0)
    if compiled.search("") is not None:
        raise BadPattern("the pattern matches nothing at all.", "Make one part of it required.", 0)
    return Regex(source=source, exact=exact, edge_start=edge_start, edge_end=edge_end, compiled=compiled)


_REFUSED = (
    (r"\(\?=", "a look-ahead (?=…)", "Write what follows as part of the pattern."),
    (r"\(\?!", "a look-ahead (?!…)", "Put what must not follow into `unless`, as a pattern of its own."),
    (r"\(\?<=", "a look-behind (?<=…)", "Write what comes before as part of the pattern."),
    (
        r"\(\?<!",
        "a look-behind (?<!…)",
        "Put what must not come before into `unless`, as a pattern of its own.",
    ),
    (r"\(\?>", "an atomic group (?>…)", "Write (?:…); it is as quick here."),
    (r"\(\?P=|\\[1-9]|\\k<", "a back-reference", "Write the repeated text out."),
    (r"\(\?\(", "a conditional group", "Write two patterns."),
    (r"[*+?}]\+", "a possessive quantifier", "Leave out the second sign; it is as quick here."),
)


def refuse_unsupported(pattern: str) -> None:
    """Raise `BadPattern` for what backtracking engines have and RE2 has not."""
    masked = "".join(_masked(token[0]) for token in _TOKEN.finditer(pattern))
    for sign, name, mend in _REFUSED:
        if found := re.search(sign, masked):
            raise BadPattern(f"{name} cannot be matched in linear time.", mend, found.start())


def _masked(token: str) -> str:
    if token[0] == "[" and len(token) > 1:
        return "x" * len(token)
    return token if token[0] != "\\" or token[1] in "123456789k" else "xx"


def _cut_edges(pattern: str) -> tuple[str, bool, bool]:
    """Take ``\\b`` off the edges, unless alternatives at the top share them unevenly."""
    tokens = [token[0] for token in _TOKEN.finditer(pattern)]
    keep = pattern.isascii()  # RE2 finds the edges of ASCII words itself; what joins them is checked after
    start = bool(tokens) and tokens[0] == "\\b"
    end = len(tokens) > 1 and tokens[-1] == "\\b"
    if _has_top_alternative(tokens):
        return pattern, False, False
    return pattern if keep else "".join(tokens[start : len(tokens) - end]), start, end


def _has_top_alternative(tokens: list[str]) -> bool:
    depth = 0
    for part in tokens:
        depth += (part == "(") - (part == ")")
        if part == "|" and depth == 0:
            return True
    return False


def _translate(pattern: str, *, exact: bool) -> str:
    return "".join(_translated(token[0], exact=exact) for token in _TOKEN.finditer(pattern))


def _translated(part: str, *, exact: bool) -> str:
    if part in _SHORTHANDS:
        return _SHORTHANDS[part]
    if part[0] == "[" and len(part) > 1:
        return part.replace(r"\w", _WORD_CLASS)
    if exact or part.isascii():
        return part
    return re.escape(fold_word(part)) or ""


_REASONS = (
    ("missing )", "a bracket ( is not closed.", "Add the missing )."),
    ("unexpected )", "a bracket ) was never opened.", "Remove it, or write \\) for the sign itself."),
    ("missing ]", "a bracket [ is not closed.", "Add the missing ]."),
    ("invalid repetition size", "a repetition counts too far.", "At most 1000 is allowed; use * or +."),
    (
        "no argument for repetition",
        "there is nothing before *, + or ? to repeat.",
        "Write \\* for the sign itself.",
    ),
    ("bad repetition operator", "two repetition signs follow each other.", "Keep one."),
    ("invalid character class range", "a class or range is unknown.", "Write ranges upwards, such as a-z."),
    ("invalid escape", "an escape is unknown.", "Write \\\\ for a backslash."),
    ("trailing \\", "it ends in a single backslash.", "Write \\\\ for a backslash."),
    ("pattern too large", "it is too large.", "Use * or + in place of counted repetitions."),
)


def _explained(pattern: str, error: Exception) -> BadPattern:
    detail = error.args[0].decode("utf-8", "replace") if error.args else ""
    culprit = detail.rsplit(": ", 1)[-1]
    offset = max(pattern.find(culprit), 0) if culprit else 0
    for sign, message, mend in _REASONS:
        if detail.startswith(sign):
            return BadPattern(message, mend, offset)
    return BadPattern(f"RE2 refuses it: {detail}.", "See https://github.com/google/re2/wiki/Syntax.", offset)
