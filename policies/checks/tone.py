"""How a text sounds to the tone model.

```yaml
check:
  tone: {head: offensive, label: offensive, at_least: 0.8}
```

`head` is one of the model's: `sentiment` (negative, neutral, positive), `offensive` (offensive, not_offensive),
`irony` (irony, not_irony), `hate` (hate, not_hate), `emotion` (anger, joy, optimism, sadness), `complaint`
(complaint, not_complaint). `label` may be a list: their probabilities are added. `at_most` finds the opposite.
Where the model cannot read the language, or there is no model, the check is skipped and says so; it never guesses.
"""

from __future__ import annotations

from typing import Any, Self

from pydantic import Field, field_validator, model_validator

from policies.checks.base import Outcome, PostCheck, found, listed, missed, skip
from policies.located_yaml import did_you_mean
from policies.needs import Need
from policies.view import View

HEADS = {
    "sentiment": ("negative", "neutral", "positive"),
    "offensive": ("offensive", "not_offensive"),
    "irony": ("irony", "not_irony"),
    "hate": ("hate", "not_hate"),
    "emotion": ("anger", "joy", "optimism", "sadness"),
    "complaint": ("complaint", "not_complaint"),
}


class Tone(PostCheck):
    """What the tone model says of the text."""

    head: str
    """Which question the model answers."""
    label: tuple[str, ...]
    """Answers whose probabilities are added."""
    at_least: float = Field(0.5, ge=0, le=1)
    """Probability from which it counts."""
    at_most: float = Field(1.0, ge=0, le=1)
    """Probability up to which it counts."""

    _as_list = field_validator("label", mode="before")(listed)

    @model_validator(mode="after")
    def _known(self) -> Self:
        if self.head not in HEADS:
            raise ValueError(f"there is no head {self.head!r}. {did_you_mean(self.head, HEADS)}")
        for label in self.label:
            if label not in HEADS[self.head]:
                known = HEADS[self.head]
                raise ValueError(f"{self.head} has no label {label!r}. {did_you_mean(label, known)}")
        return self

    @property
    def needs(self) -> frozenset[Need]:
        """What the model says."""
        return frozenset({Need.READING})

    def look(self, view: View) -> Outcome:
        reading = view.reading
        if reading is None:
            return skip("nobody has read the tone")
        if not reading.readable:
            return skip(f"the model does not read this language ({reading.language or 'unknown'})")
        head: Any = reading.heads.get(self.head)
        if head is None:
            return skip(f"the model has no head {self.head}")
        score = sum(head.scores.get(label, 0.0) for label in self.label)
        detail = f"{self.head} {' or '.join(self.label)}: {score:.2f}, from {self.at_least:.2f}"
        if self.at_least <= score <= self.at_most:
            return found(detail, score=score)
        return missed(detail)
