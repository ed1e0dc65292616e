"""Pictures: a description for those who do not see them, and the words inside them.

```yaml
check:
  media: {alt_missing: true}
```

`alt_missing` counts pictures without alt text, `alt_shorter_than` descriptions that say too little (*image*, *photo
1*). `words` looks for terms in the words that stand inside pictures; where nobody has read the pictures (the extra
for reading them is not installed), that part is skipped and says so.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Self

from pydantic import Field, model_validator

from policies.checks.base import Check, Matcher, Outcome, Triggers, found, missed, skip
from policies.checks.terms import Phrase
from policies.matching.fold import fold
from policies.matching.index import Index, IndexBuilder
from policies.view import View

_PICTURES = frozenset(("image", "gif", "photo"))


class MediaCheck(Check):
    """Alt texts, and words inside pictures."""

    alt_missing: bool = False
    """Pictures without alt text count."""
    alt_shorter_than: int | None = Field(None, ge=1)
    """Alt texts with fewer characters count."""
    words: tuple[Phrase, ...] = ()
    """Words inside pictures that count."""

    @model_validator(mode="after")
    def _some(self) -> Self:
        if not (self.alt_missing or self.alt_shorter_than or self.words):
            raise ValueError("name alt_missing, alt_shorter_than or words")
        return self

    def plan(self, index: IndexBuilder) -> Matcher:
        """Pictures have an index of their own."""
        _ = index
        own = IndexBuilder()
        for word in self.words:
            own.word(word)
        return _Matcher(self, own.build())


@dataclass(frozen=True, slots=True)
class _Matcher:
    options: MediaCheck
    index: Index

    @property
    def triggers(self) -> Triggers:
        return None

    def look(self, view: View) -> Outcome:
        pictures = [item for item in view.post.media if item.kind in _PICTURES]
        if not pictures:
            return missed("there is no picture")
        alts = [(item.alt_text or "").strip() for item in pictures]
        if self.options.alt_missing and not all(alts):
            return found(f"{alts.count('')} of {len(alts)} pictures without alt text")
        if any(alt and len(alt) < (self.options.alt_shorter_than or 0) for alt in alts):
            return found("an alt text that says too little")
        return (
            self._words(view, [item.url or "" for item in pictures])
            if self.options.words
            else missed("described")
        )

    def _words(self, view: View, addresses: list[str]) -> Outcome:
        texts = [view.context.image_words[a] for a in addresses if a in view.context.image_words]
        if not texts:
            return skip("nobody has read the words in the pictures")
        hit = any(self.index.scan(fold(text)).words for text in texts)
        return found("words inside a picture") if hit else missed("the words in the pictures are fine")
