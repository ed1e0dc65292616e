"""What a rule has to say of a post."""

from __future__ import annotations

import hashlib
import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum

from policies.model.keys import PostKey


class Severity(StrEnum):
    """How somebody is expected to react."""

    INFO = "info"  #: seen in samples and reports
    WARN = "warn"  #: listed in the digest
    BREACH = "breach"  #: at the top of the digest, opens a case
    CRITICAL = "critical"  #: mailed at once, opens a case

    @property
    def rank(self) -> int:
        """0 for info up to 3 for critical."""
        return list(Severity).index(self)

    # All four are written out: functools.total_ordering keeps the alphabetical ones that str brings along.
    def __lt__(self, other: str) -> bool:
        return self.rank < Severity(other).rank

    def __le__(self, other: str) -> bool:
        return self.rank <= Severity(other).rank

    def __gt__(self, other: str) -> bool:
        return self.rank > Severity(other).rank

    def __ge__(self, other: str) -> bool:
        return self.rank >= Severity(other).rank

    def __hash__(self) -> int:
        return hash(self.value)


@dataclass(frozen=True, slots=True, kw_only=True, order=True)
class Span:
    """A stretch of the original text."""

    start: int  #: offset of the first character, in code points
    end: int  #: offset behind the last character, in code points


def merged(spans: Iterable[Span], *, touching: bool = False) -> tuple[Span, ...]:
    """The spans in order, overlapping ones joined; with ``touching`` those too that merely meet."""
    joined: list[Span] = []
    for span in sorted(spans):
        if joined and span.start < joined[-1].end + touching:
            joined[-1] = Span(start=joined[-1].start, end=max(span.end, joined[-1].end))
        else:
            joined.append(span)
    return tuple(joined)


def clipped(spans: Iterable[Span], length: int) -> list[Span]:
    """What of the spans lies within a text of this length, in code points."""
    inside = (Span(start=max(span.start, 0), end=min(span.end, length)) for span in spans)
    return [span for span in inside if span.start < span.end]


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """A machine's statement that a rule matched. Only people give verdicts."""

    rule: str  #: id of the rule, never changes
    title: str  #: the rule in a few words
    topic: str  #: what it is about, for instance ``unauthorised-promise``
    severity: Severity
    message: str  #: what was seen, in plain words
    why: str  #: why the rule exists, shown to the agency
    suggest: str | None  #: what would be better
    policy: str  #: name of the pack
    policy_version: str  #: version of the pack that judged
    post: PostKey
    spans: tuple[Span, ...] = ()  #: words that matched; empty where the whole post is meant
    matched: str = ""  #: the text of the spans, joined by `` … ``
    score: float | None = None  #: probability or measure behind it, where there is one
    shadow: bool = False  #: a rule on trial: reported apart, opens no case
    question: bool = (
        False  #: it is likely and not sure: a person is asked, and nobody is told that a rule is broken
    )

    @property
    def fingerprint(self) -> str:
        """Rule, post and matched words, never their position: an edit elsewhere in the text keeps it."""
        words = " ".join(unicodedata.normalize("NFKC", self.matched).casefold().split())
        identity = "\x1f".join((self.rule, str(self.post), words))
        return hashlib.sha256(identity.encode("utf-8", "surrogatepass")).hexdigest()[:32]
