"""A post as the checks look at it: everything is found out at most once, and only when somebody asks."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property

from policies.matching.fold import Folded, fold
from policies.matching.index import Hits, Index
from policies.model.finding import Span
from policies.model.hours import ALWAYS, BusinessHours
from policies.model.people import Person
from policies.model.post import Post, PostKey, Thread
from policies.scoring import Embedder, Reading
from policies.vectors import Vectors

_NO_READINGS: Mapping[PostKey, Reading] = {}
_SENTENCE_END = re.compile(r"[.!?…]+[\"'”’)\]]*(?=\s|$)|[。！？]+|\n+")
_LEADING_NAMES = re.compile(r"^(?:\s*@\w+)+")
_OPAQUE = re.compile(r"(?:https?://|www\.)\S+|[\w.+-]+@[\w-]+(?:\.[\w-]+)+|@\w+", re.IGNORECASE)


def _in_words(found: re.Match[str]) -> str:
    return "the company" if found[0].startswith("@") else " "


@dataclass(frozen=True, slots=True, kw_only=True)
class LinkState:
    """What somebody who fetched a link found out."""

    status: int | None  #: HTTP status of the last answer; None where nobody answered
    lands_on: str | None = None  #: address that it led to in the end, where it redirects


@dataclass(frozen=True, slots=True, kw_only=True)
class Context:
    """What is known around a post. All of it is optional: what a check misses, it skips and says so."""

    reading: Reading | None = None  #: tone and language of the post
    thread: Thread | None = None  #: the conversation that it belongs to
    readings: Mapping[PostKey, Reading] = field(default_factory=lambda: _NO_READINGS)  #: of other posts
    people: Sequence[Person] = ()  #: the roster
    hours: BusinessHours = ALWAYS
    embedder: Embedder | None = None
    history: Sequence[Post] = ()  #: what the account published before, oldest first
    campaign: str | None = None  #: name of the campaign that it belongs to
    links: Mapping[str, LinkState] = field(default_factory=dict)  #: by address as it stands in the text
    image_words: Mapping[str, str] = field(
        default_factory=dict
    )  #: media address -> words read in the picture
    paid_label: bool = False  #: the platform itself shows it as paid partnership


EMPTY = Context()


class View:
    """One post with its context."""

    def __init__(self, post: Post, context: Context, index: Index, vectors: Vectors | None = None) -> None:
        self.post = post
        self.context = context
        self.index = index
        self.vectors = vectors

    @property
    def text(self) -> str:
        """The text as the platform served it."""
        return self.post.text

    @cached_property
    def folded(self) -> Folded:
        """The text as it is compared."""
        return fold(self.post.text)

    @cached_property
    def hits(self) -> Hits:
        """Words and patterns of all rules that stand in the text."""
        return self.index.scan(self.folded)

    @cached_property
    def reading(self) -> Reading | None:
        """Tone and language, where they are known."""
        return self.context.reading or self.context.readings.get(self.post.key)

    @cached_property
    def language(self) -> str | None:
        """ISO 639-1 code, by the model or else by the platform."""
        return (self.reading.language if self.reading else None) or self.post.lang

    @cached_property
    def sentences(self) -> tuple[Span, ...]:
        """The sentences, without the white space around them."""
        spans, start = [], 0
        for end in _SENTENCE_END.finditer(self.text):
            spans.append(self._trimmed(start, end.end()))
            start = end.end()
        spans.append(self._trimmed(start, len(self.text)))
        return tuple(span for span in spans if span.start < span.end)

    def plain(self, span: Span) -> str:
        """A sentence as it is compared by meaning: without links, and with a word in place of other accounts."""
        text = _LEADING_NAMES.sub("", self.text[span.start : span.end])
        return " ".join(_OPAQUE.sub(_in_words, text).split())

    def sentence_of(self, place: int) -> int:
        """Number of the sentence that holds a place in the text."""
        return max(0, sum(1 for span in self.sentences if span.start <= place) - 1)

    @cached_property
    def opaque(self) -> tuple[Span, ...]:
        """Links, addresses and names of accounts: no words stand in them."""
        return tuple(Span(start=m.start(), end=m.end()) for m in _OPAQUE.finditer(self.text))

    def word_spans(self, slot: int) -> list[Span]:
        """Where a word of a rule stands in the original, outside links and names of accounts."""
        spans = [self.folded.span(start, end) for start, end in self.hits.words.get(slot, ())]
        return [span for span in spans if not any(o.start <= span.start < o.end for o in self.opaque)]

    @cached_property
    def parent(self) -> View | None:
        """What the post answers, where it is known."""
        thread, wanted = self.context.thread, self.post.parent_id
        if thread is None or wanted is None:
            return None
        posts = (p for p in thread.posts if p.key.external_id == wanted or p.version_id == wanted)
        return next((self._beside(post) for post in posts), None)

    def _beside(self, post: Post) -> View:
        context = Context(
            thread=self.context.thread,
            readings=self.context.readings,
            people=self.context.people,
            hours=self.context.hours,
            embedder=self.context.embedder,
        )
        return View(post, context, self.index, self.vectors)

    def _trimmed(self, start: int, end: int) -> Span:
        piece = self.text[start:end]
        return Span(start=start + len(piece) - len(piece.lstrip()), end=start + len(piece.rstrip()))
