"""Pictures: a description for those who do not see them, and the words inside them.

```yaml
check:
  media: {alt_missing: true}
```

`alt_missing` counts pictures without alt text, `alt_shorter_than` descriptions that say too little (*image*, *photo
1*).

`words` looks at the words that stand inside pictures, with any other check:

```yaml
check:
  media:
    words: ["best in town", "risk free"]    # short for {terms: [...]}
```

```yaml
check:
  media:
    words:
      any:
        - pattern: '\\d+ ?% off'
        - pii: {kinds: [phone]}
```

The finding says which picture it is, and what stands there. Pictures are read on your own machine, without any service:
install the reader with `pip install 'social-oversight[ocr]'`. Where it is not installed, or a picture cannot be had,
is no PNG, JPEG, WebP or GIF, is larger than 10 MB or 16 million pixels, the rule is skipped for it, and the digest says
so. The reader knows Latin and Chinese letters, and misses much of handwriting; of a moving picture, the first image
is read. Pictures are fetched under the same precautions as [links](link.md). `oversight lint` and `oversight policy
explain` fetch none unless you add `--fetch`.

A case says with `pictures` what stands in the pictures of its post: `{text: New!, pictures: ["Best in town"]}`.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Generic, Self, TypeVar

from pydantic import Field, field_validator, model_validator

from policies.checks.base import Check, EveryPost, Matcher, Outcome, found, listed, missed, skip
from policies.facts import Wanted
from policies.matching.index import IndexBuilder
from policies.model.post import Media, Post
from policies.needs import Need
from policies.view import View

#: What may be looked for inside pictures: the table of kinds puts in its conditions.
Words = TypeVar("Words", bound=Check)
_PICTURES = frozenset(("image", "gif", "photo"))
_QUOTED = 200  #: characters of a picture's words that a finding shows


class MediaCheck(Check, Generic[Words]):
    """Alt texts, and words inside pictures."""

    alt_missing: bool = False
    """Pictures without alt text count."""
    alt_shorter_than: int | None = Field(None, ge=1)
    """Alt texts with fewer characters count."""
    words: Words | None = None
    """What counts in the words inside a picture: any check, or a list of terms."""

    @field_validator("words", mode="before")
    @classmethod
    def _short(cls, value: Any) -> Any:
        return {"terms": listed(value)} if isinstance(value, str | list | tuple) else value

    @model_validator(mode="after")
    def _some(self) -> Self:
        if not (self.alt_missing or self.alt_shorter_than or self.words):
            raise ValueError("name alt_missing, alt_shorter_than or words")
        return self

    @property
    def needs(self) -> frozenset[Need]:
        """The words in the pictures, for one of the options."""
        return frozenset({Need.PICTURES} if self.words else ())

    @property
    def parts(self) -> tuple[Check, ...]:
        """What counts in the words."""
        return (self.words,) if self.words else ()

    def wanted(self, post: Post) -> Wanted:
        """The pictures to read."""
        seen = (item.url for item in pictures(post) if item.url) if self.words else ()
        return Wanted(pictures=tuple(dict.fromkeys(seen)))

    def matcher(self, index: IndexBuilder) -> Matcher:
        """The matcher; what counts inside pictures goes into the index like everything else."""
        words = self.words.matcher(index) if self.words else None
        return PictureMatcher(self.alt_missing, self.alt_shorter_than or 0, words)


def pictures(post: Post) -> list[Media]:
    """What a post shows that holds still."""
    return [item for item in post.media if item.kind in _PICTURES]


@dataclass(frozen=True, slots=True)
class PictureMatcher(EveryPost):
    """Looks at the pictures of a post."""

    alt_missing: bool  #: whether pictures without alt text count
    shortest_alt: int  #: alt texts with fewer characters count
    words: Matcher | None  #: what counts in the words inside a picture

    def look(self, view: View) -> Outcome:
        shown = pictures(view.post)
        if not shown:
            return missed("there is no picture")
        alts = [(item.alt_text or "").strip() for item in shown]
        if self.alt_missing and not all(alts):
            return found(f"{alts.count('')} of {len(alts)} pictures without alt text")
        if any(alt and len(alt) < self.shortest_alt for alt in alts):
            return found("an alt text that says too little")
        return _read(self.words, view, shown) if self.words else missed("described")


def _read(words: Matcher, view: View, shown: list[Media]) -> Outcome:
    """Judge the words of each picture; what is found in one does not wait for the others."""
    outcomes = [
        _inside(words, view, item, "the picture" if len(shown) == 1 else f"picture {number} of {len(shown)}")
        for number, item in enumerate(shown, 1)
    ]
    detail = "; ".join(outcome.detail for outcome in outcomes if outcome.matched)
    if detail:
        return found(detail)
    skipped = [outcome.detail for outcome in outcomes if outcome.skipped]
    return (
        skip("; ".join(dict.fromkeys(skipped))) if skipped else missed("the words in the pictures are fine")
    )


def _inside(words: Matcher, view: View, item: Media, name: str) -> Outcome:
    state = view.context.pictures.get(item.url or "")
    if state is None:
        return skip("nobody has read the words in the pictures")
    if state.words is None:
        return skip(f"{name} was not read: {state.reason}")
    inside = view.inside(state.words)
    outcome = words.look(inside)
    if not outcome.matched:
        return skip(f"{name}: {outcome.detail}") if outcome.skipped else outcome
    quoted = " … ".join(state.words[span.start : span.end] for span in outcome.spans)
    quoted = " ".join(quoted.split())[:_QUOTED]
    return found(f"{name} says “{quoted}”" if quoted else f"{name}: {outcome.detail}", score=outcome.score)
