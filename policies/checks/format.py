"""How a text is set: length, capitals, emoji, punctuation, ease of reading.

```yaml
check:
  format: {capitals_above: 0.5, exclamations_above: 2}
```

Any one of the named limits is enough. A share of capitals is counted over letters and only from ten letters on.
`grade_above` is the Flesch-Kincaid grade level (Kincaid et al. 1975), the years of school that an English text
asks of its reader; it is counted from thirty words on. Links and names of accounts count for nothing but length.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Self

import emoji
from pydantic import Field, model_validator

from policies.checks.base import Outcome, PostCheck, found, missed
from policies.model.finding import Span
from policies.view import View

_LETTERS_NEEDED = 10
_WORDS_NEEDED = 30
_VOWELS = re.compile(r"[aeiouy]+")
_WORD = re.compile(r"[^\W\d_]+(?:['’][^\W\d_]+)*")
Reason = tuple[str, float, list[Span]]


class Format(PostCheck):
    """Limits on how a text is set; passing any one of them counts."""

    longer_than: int | None = Field(None, ge=0)
    """Characters."""
    shorter_than: int | None = Field(None, ge=0)
    """Characters, without links and names."""
    capitals_above: float | None = Field(None, ge=0, le=1)
    """Share of letters that are capitals."""
    shouted_words_above: int | None = Field(None, ge=0)
    """Words of four letters or more in capitals only."""
    emoji_above: int | None = Field(None, ge=0)
    """Emoji."""
    exclamations_above: int | None = Field(None, ge=0)
    """Exclamation marks."""
    question_marks_above: int | None = Field(None, ge=0)
    """Question marks."""
    repeated_marks: bool = False
    """Runs such as !! or ?!?."""
    hashtags_above: int | None = Field(None, ge=0)
    """Hashtags."""
    grade_above: float | None = Field(None, ge=0)
    """Years of school that the text asks for."""

    @model_validator(mode="after")
    def _some(self) -> Self:
        given = (getattr(self, name) for name in type(self).model_fields)
        if all(value is None or value is False for value in given):
            raise ValueError("name at least one limit, for instance exclamations_above: 2")
        return self

    def look(self, view: View) -> Outcome:
        text = view.without_opaque
        reasons = [*self._lengths(view.text, text), *self._marks(text), *self._letters(text)]
        if not reasons:
            return missed("within the limits")
        spans = [span for _, _, places in reasons for span in places]
        return found("; ".join(reason for reason, _, _ in reasons), spans, score=reasons[0][1])

    def _lengths(self, whole: str, text: str) -> Iterator[Reason]:
        longer, shorter, grade = self.longer_than, self.shorter_than, self.grade_above
        if longer is not None and len(whole) > longer:
            yield f"{len(whole)} characters, more than {longer}", len(whole), []
        length = len(" ".join(text.split()))
        if shorter is not None and length < shorter:
            yield f"{length} characters, fewer than {shorter}", length, []
        if grade is not None and (level := reading_grade(text)) is not None and level > grade:
            yield f"reading grade {level:.0f}, above {grade:.0f}", level, []

    def _marks(self, text: str) -> Iterator[Reason]:
        yield from _above(text, r"!", self.exclamations_above, "exclamation marks")
        yield from _above(text, r"\?", self.question_marks_above, "question marks")
        yield from _above(text, r"(?<!\w)#\w+", self.hashtags_above, "hashtags")
        if self.repeated_marks:
            yield from _above(text, r"[!?]{2,}", 0, "runs of marks")
        if self.emoji_above is not None and not text.isascii():
            spans = [Span(start=e["match_start"], end=e["match_end"]) for e in emoji.emoji_list(text)]
            if len(spans) > self.emoji_above:
                yield f"{len(spans)} emoji, more than {self.emoji_above}", len(spans), spans

    def _letters(self, text: str) -> Iterator[Reason]:
        letters = [c for c in text if c.isalpha() and c.lower() != c.upper()]
        share = sum(c.isupper() for c in letters) / max(len(letters), 1)
        limit = self.capitals_above
        if limit is not None and len(letters) >= _LETTERS_NEEDED and share > limit:
            yield f"{share:.0%} capitals, more than {limit:.0%}", share, []
        words = [m for m in _WORD.finditer(text) if len(m[0]) >= 4 and m[0].isupper()]
        if self.shouted_words_above is not None and len(words) > self.shouted_words_above:
            spans = [Span(start=m.start(), end=m.end()) for m in words]
            yield f"{len(words)} words in capitals", len(words), spans


def _above(text: str, sign: str, limit: int | None, name: str) -> Iterator[Reason]:
    if limit is None:
        return
    spans = [Span(start=m.start(), end=m.end()) for m in re.finditer(sign, text)]
    if len(spans) > limit:
        yield f"{len(spans)} {name}, more than {limit}", len(spans), spans


def reading_grade(text: str) -> float | None:
    """Flesch-Kincaid grade level; None for fewer than thirty words."""
    words = [word.lower() for word in _WORD.findall(text)]
    if len(words) < _WORDS_NEEDED:
        return None
    sentences = max(1, len(re.findall(r"[.!?]+(?:\s|$)", text)))
    syllables = sum(max(1, len(_VOWELS.findall(word.removesuffix("e")))) for word in words)
    return 0.39 * len(words) / sentences + 11.8 * syllables / len(words) - 15.59
