"""The same answer to different people.

```yaml
check:
  canned: {at_least: 3}
```

Counts an answer that is nearly the same as those to at least so many other posts before. Names, links and
sign-offs are left out of the comparison; `alike` is how alike two answers must be (rapidfuzz's ratio, 0 to 1).
Answers up to `within` before are compared. In a case with `reply_to`, what stands under `earlier` are answers to
others.
"""

from __future__ import annotations

import re
from datetime import timedelta
from functools import lru_cache

from pydantic import Field
from rapidfuzz import fuzz

from policies.checks.base import Outcome, PostCheck, found, missed, skip
from policies.durations import Duration
from policies.matching.fold import fold
from policies.needs import Need
from policies.view import View

_NOISE = re.compile(r"https?://\S+|@\w+|u/\w+|[\^*~/-]\s?\w{1,12}$|^(?:hi|hello|hey|dear)\s+\w+[,!. ]")


LONGEST_ANSWER = 4_000  #: characters of an answer that are compared


class Canned(PostCheck):
    """One answer for many."""

    at_least: int = Field(3, ge=1)
    """How many earlier answers must be the same."""
    alike: float = Field(0.92, ge=0.5, le=1)
    """How alike they must be."""
    within: Duration = timedelta(days=90)
    """How far back answers are compared."""
    shortest: int = Field(25, ge=1)
    """Shorter answers may repeat, characters."""

    @property
    def needs(self) -> frozenset[Need]:
        """The answers before."""
        return frozenset({Need.HISTORY})

    @property
    def looks_back(self) -> timedelta:
        """As far as answers are compared."""
        return self.within

    def look(self, view: View) -> Outcome:
        post = view.post
        if not post.parent_id:
            return missed("it answers nobody")
        if view.context.history is None:
            return skip("what was answered before is not known")
        text = bare(post.text[:LONGEST_ANSWER])
        if len(text) < self.shortest:
            return missed("too short to tell")
        same = [
            p
            for p in view.context.history
            if p.parent_id
            and p.key != post.key
            and p.parent_id != post.parent_id
            and p.created_at <= post.created_at
            if fuzz.ratio(text, bare(p.text[:LONGEST_ANSWER]), score_cutoff=100 * self.alike)
        ]
        detail = f"the same as {len(same)} earlier answers"
        return found(detail, score=float(len(same))) if len(same) >= self.at_least else missed(detail)


@lru_cache(maxsize=20_000)  # each answer is compared with many
def bare(text: str) -> str:
    """An answer without names, links and sign-off, as it is compared."""
    folded = fold(text).text
    for _ in range(2):  # a sign-off may stand behind a link, a greeting behind a name
        folded = _NOISE.sub(" ", folded.strip())
    return " ".join(folded.split())
