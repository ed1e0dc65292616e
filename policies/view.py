"""A post as the checks look at it: everything is found out at most once, and only when somebody asks."""

from __future__ import annotations

import re
from bisect import bisect_left, bisect_right
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import Any

import re2

from policies.facts import LinkState, PictureState
from policies.matching.fold import Folded, fold
from policies.matching.index import Hits, Index, readable
from policies.matching.links import ADDRESS, EMAIL
from policies.matching.regex import options
from policies.model.finding import Span
from policies.model.hours import ALWAYS, BusinessHours
from policies.model.keys import PostKey
from policies.model.limits import TopicLimits
from policies.model.people import Person, Role
from policies.model.post import Post
from policies.model.thread import Thread
from policies.scoring import Embedder, Reading
from policies.served import as_read, own_words
from policies.signing import author_of
from policies.vectors import Vectors

#: Sentences shorter than this say too little to be compared by meaning, characters.
SHORTEST_COMPARED = 12
#: Longest post that is also compared as a whole, characters.
LONGEST_WHOLE = 400
_NO_READINGS: Mapping[PostKey, Reading] = {}
_SENTENCE_END = re.compile(r"[.!?…]+[\"'”’)\]]*(?=\s|$)|[。！？]+|\n+")
#: Tags in brackets that forums demand before a title; what they say is about the post, and no words of it.
_LEADING_TAGS = re.compile(r"\s*(?:\[[^\[\]\n]{1,25}\]\s*)+")
_LEADING_NAMES = re.compile(r"^(?:\s*@\w+)+")
_OPAQUE = (
    re2.compile(  # RE2, since an address that never comes costs a backtracking engine the square of the text
        rf"{ADDRESS}|{EMAIL}|[@＠][\p{{Latin}}\p{{Cyrillic}}\pN_]+",
        options(exact=False),
    )
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Context:
    """What is known around a post. All of it is optional: what a check misses, it skips and says so."""

    reading: Reading | None = None  #: tone and language of the post
    thread: Thread | None = None  #: the conversation that it belongs to
    readings: Mapping[PostKey, Reading] = field(default_factory=lambda: _NO_READINGS)  #: of other posts
    people: Sequence[Person] = ()  #: the roster
    hours: BusinessHours = ALWAYS
    embedder: Embedder | None = None
    history: Sequence[Post] | None = (
        None  #: what the account published before, oldest first; None where not known
    )
    campaign: str | None = None  #: name of the campaign that it belongs to
    links: Mapping[str, LinkState] = field(default_factory=dict)  #: by address as it stands in the post
    pictures: Mapping[str, PictureState] = field(default_factory=dict)  #: by media address
    labels: frozenset[str] = frozenset()  #: what the platform itself shows on it, for instance `PAID`
    limits: Mapping[str, TopicLimits] = field(default_factory=dict)  #: the brand's own, by topic


PAID = "paid"  #: label of a post that the platform shows as paid partnership or promoted
EMPTY = Context()


def plain_text(text: str) -> str:
    """A text as it is compared by meaning: with words in place of links, addresses and other accounts."""
    return _spoken(text, _opaque(text), Span(start=0, end=len(text)))


def _opaque(text: str) -> tuple[Span, ...]:
    return tuple(Span(start=m.start(), end=m.end()) for m in _OPAQUE.finditer(readable(text)))


def _spoken(text: str, opaque: Sequence[Span], span: Span) -> str:
    leading = _LEADING_NAMES.match(text[span.start : span.end])
    at = span.start + (leading.end() if leading else 0)
    pieces = []
    for hidden in opaque[bisect_left(opaque, Span(start=at, end=0)) :]:
        if hidden.start >= span.end:
            break
        pieces += [text[at : hidden.start], f" {_said(text[hidden.start : hidden.end])} "]
        at = hidden.end
    return " ".join("".join([*pieces, text[at : span.end]]).split())


def _said(hidden: str) -> str:
    """What stands for a link, an address or another account when meanings are compared."""
    if hidden.startswith(("@", "＠")):
        return "the company"
    return "our address" if "@" in hidden else "this page"


class View:
    """One post with its context."""

    def __init__(self, post: Post, context: Context, index: Index, vectors: Vectors | None = None) -> None:
        self.post = post
        self.context = context
        self.index = index
        self.vectors = vectors
        self.kept: dict[str, Any] = {}  #: what checks found out together

    @cached_property
    def text(self) -> str:
        """The text as people see it on the platform."""
        return as_read(self.post)

    @cached_property
    def own(self) -> str:
        """The text with blanks in place of what others are quoted with."""
        return own_words(self.post)

    @cached_property
    def role(self) -> Role:
        """What whoever wrote a post of the brand is to it; the agency where nobody can tell."""
        author = author_of(self.post, self.context.people)
        return author.role if author else Role.AGENCY

    @cached_property
    def folded(self) -> Folded:
        """The text as it is compared."""
        return fold(self.own)

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
        for end in _SENTENCE_END.finditer(self.own):
            spans.append(self._trimmed(start, end.end()))
            start = end.end()
        spans.append(self._trimmed(start, len(self.own)))
        return tuple(span for span in spans if span.start < span.end)

    @cached_property
    def compared(self) -> list[Span]:
        """What is compared by meaning: each sentence, and a short post as a whole, since they lean on each other."""
        spans = [span for span in self.sentences if span.end - span.start >= SHORTEST_COMPARED]
        if self.compared_whole:
            spans.append(Span(start=self.sentences[0].start, end=self.sentences[-1].end))
        return spans

    @property
    def compared_whole(self) -> bool:
        """Whether the last of what is compared is the post as a whole."""
        return len(self.sentences) > 1 and len(self.text) <= LONGEST_WHOLE

    def plain(self, span: Span) -> str:
        """A sentence as it is compared by meaning."""
        tags = _LEADING_TAGS.match(self.own)
        start = tags.end() if tags and span.start < tags.end() < span.end else span.start
        return _spoken(self.own, self.opaque, Span(start=start, end=span.end))

    def sentence_of(self, place: int) -> int:
        """Number of the sentence that holds a place in the text."""
        return max(0, bisect_right(self._starts, place) - 1)

    @cached_property
    def _starts(self) -> list[int]:
        return [span.start for span in self.sentences]

    @cached_property
    def opaque(self) -> tuple[Span, ...]:
        """Links, addresses and names of accounts: no words stand in them."""
        return _opaque(self.own)

    def in_opaque(self, place: int) -> bool:
        """Whether a place in the text lies in a link, an address or the name of an account."""
        number = bisect_right(self.opaque, Span(start=place, end=len(self.text) + 1)) - 1
        return number >= 0 and place < self.opaque[number].end

    @cached_property
    def without_opaque(self) -> str:
        """The text with blanks in place of links, addresses and names of accounts."""
        pieces, at = [], 0
        for hidden in self.opaque:
            pieces += [self.own[at : hidden.start], " " * (hidden.end - hidden.start)]
            at = hidden.end
        return "".join([*pieces, self.own[at:]])

    def word_spans(self, slot: int) -> list[Span]:
        """Where a word of a rule stands in the original, outside links and names of accounts."""
        spans = [self.folded.span(start, end) for start, end in self.hits.words.get(slot, ())]
        return [span for span in spans if not self.in_opaque(span.start)]

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
            links=self.context.links,
            pictures=self.context.pictures,
        )
        return View(post, context, self.index, self.vectors)

    def inside(self, words: str) -> View:
        """The words of a picture, looked at as if they were the post."""
        post = replace(self.post, text=words, media=())
        context = replace(self.context, reading=None, readings=_NO_READINGS)
        return View(post, context, self.index, self.vectors)

    def _trimmed(self, start: int, end: int) -> Span:
        piece = self.own[start:end]
        return Span(start=start + len(piece) - len(piece.lstrip()), end=start + len(piece.rstrip()))
