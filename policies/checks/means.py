"""What a post does, in whatever words: one of the things that the owner keeps to herself.

```yaml
check:
  means: testimonial-request
```

Trained heads know eight topics: `testimonial-request`, `partner-outreach`, `unauthorised-promise`,
`asks-private-data-in-public`, `hostile-or-sarcastic-reply`, `agency-leak`, `undisclosed-ad` and
`complaint-brushed-off`. They read the post together with what it answers and the tone of both. How often each is
wrong on posts that nobody wrote for it stands in `training/topics/README.md`.

Each head has two limits. Above the upper one it says that the rule is broken. Between the two it is likely and not
sure; with `ask: true` that is found as well, as a question for a person:

```yaml
check:
  means: {topic: agency-leak, ask: true}
```

A question goes to the owner alone, with the next digest: the likeliest first, at most two a day and one for each ten
posts of the last 30 days. Her yes makes an ordinary case of it; what finds no room within a week is not asked. A rule
whose severity is `critical` never asks: what would be asked is said at once.

Where the post is not English, or there is no model, the check is skipped and says so; it never guesses.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Self

from pydantic import model_validator

from policies.checks.base import Outcome, PostCheck, found, missed, skip
from policies.located_yaml import did_you_mean
from policies.needs import Need
from policies.topics import Certainty, Verdict, shipped
from policies.view import View

#: What the heads know.
KNOWN = (
    "testimonial-request",
    "partner-outreach",
    "unauthorised-promise",
    "asks-private-data-in-public",
    "hostile-or-sarcastic-reply",
    "agency-leak",
    "undisclosed-ad",
    "complaint-brushed-off",
)


class Means(PostCheck):
    """A topic that trained heads know, found by meaning, wording, and what is answered."""

    topic: str
    """Which of them."""
    ask: bool = False
    """Whether what is only likely is asked about."""

    @model_validator(mode="before")
    @classmethod
    def _short(cls, value: Any) -> Any:
        return {"topic": value} if isinstance(value, str) else value

    @model_validator(mode="after")
    def _known(self) -> Self:
        if self.topic not in KNOWN:
            raise ValueError(f"no head knows {self.topic!r}. {did_you_mean(self.topic, KNOWN)}")
        return self

    @property
    def needs(self) -> frozenset[Need]:
        """The sentence model, the tone, and what the post answers."""
        return frozenset({Need.MEANING, Need.READING, Need.THREAD})

    def look(self, view: View) -> Outcome:
        read = topics_of(view)
        if isinstance(read, Outcome):
            return read
        verdict = read[self.topic]
        detail = f"likely {verdict.chance:.0%} {self.topic}"
        if verdict.certainty is Certainty.NONE or (verdict.certainty is Certainty.ASKED and not self.ask):
            return missed(detail)
        outcome = found(detail, [verdict.span] if verdict.span else [], verdict.chance)
        return outcome if verdict.certainty is Certainty.SAID else outcome.asked()


def topics_of(view: View) -> Mapping[str, Verdict] | Outcome:
    """What the heads say of a post, by topic; else why they say nothing."""
    if view.vectors is None:
        return skip("there is no sentence model")
    if view.reading is None:
        return skip("nobody has read the tone")
    if not view.reading.readable:
        return skip(f"the heads do not read this language ({view.reading.language or 'unknown'})")
    if not view.sentences:
        return missed("there is nothing to read")
    heads = shipped()
    if heads.made_for != f"{view.vectors.version} {view.vectors.pairs_version}":
        return skip("the heads were made for another model")
    return heads.read(view, view.vectors)
