"""The whole conversation around a post: what was said, edited and deleted before it and after it, in order."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from functools import partial

from markupsafe import Markup, escape

from bot.letters.places import words_of
from bot.logs import spared
from bot.web import text
from bot.web.text import FoldedText
from bot.words import say
from policies.masking import masked
from policies.model.finding import Finding
from policies.model.post import Post
from policies.served import is_withdrawn
from storage.store import Store
from storage.views import CaseView, Telling

_MOST = 100  #: posts on either side of the one in question
_OPEN_BEFORE = 3  #: turns before it that are not folded away
_OPEN_AFTER = 6  #: turns after it that are not folded away
_LONG = 500  #: characters of one post before the rest is folded away


class Happening(StrEnum):
    """What a turn is."""

    SAID = "said"
    EDITED = "edited"
    DELETED = "deleted"


@dataclass(frozen=True, slots=True, kw_only=True)
class Turn:
    """One thing that happened in a conversation."""

    what: Happening
    at: datetime  #: UTC; of an edit or a deletion, when we saw it where the platform does not say
    post: Post
    here: bool  #: whether it is the post in question
    words: FoldedText | None = None  #: what was said, as it was said first
    diff: Markup | None = None  #: what an edit changed


@dataclass(frozen=True, slots=True, kw_only=True)
class Exchange:
    """A conversation, cut where a page folds it."""

    earlier: tuple[Turn, ...] = ()  #: folded away
    turns: tuple[Turn, ...] = ()  #: around the post in question
    later: tuple[Turn, ...] = ()  #: folded away
    more: bool = False  #: whether there is more than a page can show

    def __bool__(self) -> bool:
        """Whether anything was said beside the post itself."""
        return len(self.turns) > 1


def exchange(store: Store, view: CaseView) -> Exchange:
    """The conversation around the post of a case, nothing where it has none."""
    if view.post is None:
        return Exchange()
    told = store.told.around(view.post, most=_MOST)
    found = [item.finding for item in view.findings]
    turns = sorted(_turns(told, view.post, found), key=lambda turn: turn.at)
    here = next((place for place, turn in enumerate(turns) if turn.here), 0)
    first, last = max(0, here - _OPEN_BEFORE), here + 1 + _OPEN_AFTER
    place = next((number for number, one in enumerate(told) if one.post.key == view.post.key), 0)
    return Exchange(
        earlier=tuple(turns[:first]),
        turns=tuple(turns[first:last]),
        later=tuple(turns[last:]),
        more=_MOST in {place, len(told) - place - 1},
    )


def _turns(told: Iterable[Telling], about: Post, found: Sequence[Finding]) -> Iterator[Turn]:
    for one in told:
        here = one.post.key == about.key
        yield from spared(
            f"post {one.post.key}",
            partial(_turns_of, one, found, here=here),
            partial(_unshown, one.post, here),
        )


def _unshown(post: Post, here: bool) -> list[Turn]:
    """Stands for what was said and cannot be shown."""
    words = FoldedText(short=None, whole=Markup(escape(say("talk.broken"))))  # noqa: S704 -- escaped
    return [Turn(what=Happening.SAID, at=post.created_at, post=post, here=here, words=words)]


def _turns_of(one: Telling, found: Sequence[Finding], *, here: bool) -> list[Turn]:
    """What was said first, each edit, and the deletion."""
    if is_withdrawn(one.post):
        texts = [words_of(one.post)]
    else:
        texts = [masked(revision.text, found if here else ()) for revision in one.revisions]
    turn = partial(Turn, post=one.post, here=here)
    words = text.folded(texts[0], limit=_LONG)
    turns = [turn(what=Happening.SAID, at=one.post.created_at, words=words)]
    for before, after, new in zip(texts, texts[1:], one.revisions[1:], strict=False):
        at = new.edited_at or new.seen_at
        turns.append(turn(what=Happening.EDITED, at=at, diff=text.word_diff(before, after)))
    if one.post.deleted_at:
        turns.append(turn(what=Happening.DELETED, at=one.post.deleted_at))
    return turns
