"""Sentences that mean what your examples mean.

```yaml
check:
  similar:
    like:
      - Could you leave us a few words on Google?
      - A short review would mean the world to us.
      - Tell others how you liked it, the link is below.
    unlike:
      - Thank you for the review you left us.
      - You can read what guests say on our site.
      - Please tell us what went wrong, here or by mail.
```

Give eight examples or more that must be found, in words as different as you can think of, and at least as many of
what looks alike but is fine. Each sentence of a post is compared by meaning, with the help of the model's embeddings,
and a little by its words. What the examples teach is a Gaussian process (`policies/example_model.py`): a sentence
scores high where it is near the examples, low where it is near the counter-examples, and low where it is near
neither. A list of ordinary sentences stands beside the counter-examples. The threshold is the one that tells the
examples apart best when each is left out in turn. Set `threshold` yourself, between 0 and 1, to be stricter (higher)
or laxer. Where there is no embedding model, the check is skipped and says so.

Whole posts teach more than sentences, once there are many. Keep them in a text file beside the rules, one to a line,
`+` before what must be found and `-` before what is fine, and name it:

```yaml
check:
  similar:
    posts: reviews.examples
```

```
# reviews.examples
+ So glad the move went well! A line about it on our page would help the next family find us.
- Thank you for your kind review, the crew read it out at breakfast.
```

A post is then judged by the mean of itself as a whole and its clearest sentence.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property, lru_cache
from typing import Annotated, Self

import numpy as np
from pydantic import BaseModel, ConfigDict, Field, WithJsonSchema, model_validator

from policies.checks.base import Check, EveryPost, Matcher, Outcome, found, missed, skip
from policies.checks.ordinary import ORDINARY
from policies.checks.terms import Phrase
from policies.example_model import ExampleTexts, Probe, Scores, learn
from policies.matching.index import IndexBuilder
from policies.model.finding import Span
from policies.needs import Need
from policies.vectors import Vectors
from policies.view import View, plain_text

#: Longest post that is also judged as a whole where the examples are sentences, characters; and how much clearer it
#: must be, since it says more than one thing.
LONGEST_OF_SENTENCES = 200
WHOLE_MARGIN = 0.05
#: Texts whose scores a rule remembers.
MOST_REMEMBERED = 20_000
#: Fewest examples of each sort.
FEWEST = 3

Post = Annotated[str, Field(min_length=1, max_length=2_000)]


class PostsFile(BaseModel):
    """Whole posts out of a file."""

    model_config = ConfigDict(frozen=True, extra="forbid", use_attribute_docstrings=True)

    file: str
    """The file that they stand in, seen from the rule's own."""
    like: tuple[Post, ...]
    unlike: tuple[Post, ...]


class Similar(Check):
    """Meaning close to examples and away from counter-examples."""

    like: tuple[Phrase, ...] = ()
    """Sentences that must be found."""
    unlike: tuple[Phrase, ...] = ()
    """Sentences that are near, but fine."""
    posts: Annotated[PostsFile | None, WithJsonSchema({"type": "string"})] = None
    """A file with whole posts, one to a line: + before what must be found, - before what is fine."""
    ordinary: bool = True
    """Whether what any business says on an ordinary day is fine. False for a rule about such phrases out of place."""
    threshold: float | None = Field(None, ge=0, le=1)
    """From which score a sentence counts; found from the examples where it is not given."""

    @model_validator(mode="after")
    def _enough(self) -> Self:
        examples = self.examples
        for name, texts in (("like", examples.like), ("unlike", examples.unlike)):
            if len(texts) < FEWEST:
                raise ValueError(f"`{name}` needs {FEWEST} examples or more; here: {len(texts)}")
        return self

    @cached_property
    def examples(self) -> ExampleTexts:
        """All that is learnt from."""
        like, unlike = (self.posts.like, self.posts.unlike) if self.posts else ((), ())
        return ExampleTexts(
            like=_plain((*like, *self.like)),
            unlike=_plain((*unlike, *self.unlike)),
            ordinary=_plain(ORDINARY) if self.ordinary else (),
        )

    @cached_property
    def learner(self) -> Learner:
        """What these examples teach."""
        return Learner(self.examples, self.threshold)

    @property
    def needs(self) -> frozenset[Need]:
        """The sentence model."""
        return frozenset({Need.MEANING})

    def matcher(self, index: IndexBuilder) -> Matcher:  # noqa: ARG002 -- meaning has no words to enter
        """The matcher, which learns from the examples when it first looks."""
        return MeaningMatcher(self)


@lru_cache(maxsize=256)
def _plain(texts: tuple[str, ...]) -> tuple[str, ...]:
    """Examples as posts are compared: what links and names of accounts say is left out."""
    return tuple(plain_text(text) or text for text in texts)


class Learner:
    """Learns from examples when it first scores, and remembers the scores of texts that were last asked about."""

    def __init__(self, examples: ExampleTexts, threshold: float | None) -> None:
        self._examples, self._threshold = examples, threshold
        self._of: Vectors | None = None
        self._scores: dict[str, float] = {}

    def probe(self, vectors: Vectors) -> Probe:
        """What the examples teach with a model; learnt once."""
        if self._of is not vectors:
            rows = vectors.of(self._examples.texts)
            self._probe = learn(self._examples, rows, self._threshold)
            self._of, self._scores = vectors, {}
        return self._probe

    def scores(self, texts: Sequence[str], vectors: Vectors) -> Scores:
        """The score of each text. Those of a whole batch at once cost little more than those of one post."""
        probe = self.probe(vectors)
        missing = [text for text in dict.fromkeys(texts) if text not in self._scores]
        if missing:
            if len(self._scores) + len(missing) > MOST_REMEMBERED:
                self._scores, missing = {}, list(dict.fromkeys(texts))
            found = probe.scores(missing, vectors.of(missing))
            self._scores |= dict(zip(missing, found.tolist(), strict=True))
        return np.array([self._scores[text] for text in texts])


@dataclass(frozen=True, slots=True)
class MeaningMatcher(EveryPost):
    """Compares the sentences of a post with what the examples teach."""

    options: Similar

    def look(self, view: View) -> Outcome:
        if view.vectors is None:
            return skip("there is no embedding model")
        spans = view.compared
        if not spans:
            return missed("there is no sentence to compare")
        learner, texts = self.options.learner, [view.plain(span) for span in spans]
        probe = learner.probe(view.vectors)
        scores = self.weighed(learner.scores(texts, view.vectors), view)
        best = float(scores.max())
        detail = f"alike in meaning: {best:.2f}, from {probe.threshold:.2f}"
        if best < probe.threshold:
            return missed(detail)
        return found(detail, self.near(spans, scores, probe.threshold, view), score=min(1.0, best))

    @staticmethod
    def near(spans: list[Span], scores: Scores, threshold: float, view: View) -> list[Span]:
        """The sentences that count; the whole post where none does by itself."""
        sentences = spans[:-1] if view.compared_whole else spans
        near = [span for span, score in zip(sentences, scores, strict=False) if score >= threshold]
        return near or spans[-1:]

    def weighed(self, scores: Scores, view: View) -> Scores:
        """Scores as they count, from those of the sentences and the whole each by itself."""
        if not view.compared_whole:
            return scores
        if self.options.posts:
            return np.asarray((scores[:-1] + scores[-1]) / 2) if len(scores) > 1 else scores
        whole = scores[-1] - WHOLE_MARGIN if len(view.text) <= LONGEST_OF_SENTENCES else -np.inf
        return np.append(scores[:-1], whole)
