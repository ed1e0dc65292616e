"""What one client said in a thread and what they were answered: as posts, and as one text for the model.

The parts of that text are joined by a sign that no post keeps: `words_of` folds all white space, of which the record
separator is a kind. So one scorer, and one store of what it said, serve posts and exchanges alike.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from policies.model.post import Post
from policies.model.thread import Thread
from policies.served import is_tombstone, own_words
from policies.threads.answers import addressee, is_bot, speaker

MOST_READ = 2_000  #: characters of a client's words that are judged together, the newest
_BETWEEN = "\x1e"


@dataclass(frozen=True, slots=True, kw_only=True)
class Talk:
    """One client's part of a thread."""

    thread: Thread
    asker: str
    said: tuple[Post, ...]  #: oldest first, without what is gone
    answers: tuple[Post, ...]  #: oldest first


def talks_of(thread: Thread, now: datetime) -> list[Talk]:
    """The clients of a thread."""
    seen = [p for p in thread.posts if p.created_at <= now]
    said: dict[str, list[Post]] = {}
    for post in seen:
        if not post.outbound and post.deleted_at is None and not is_tombstone(post.text) and not is_bot(post):
            said.setdefault(speaker(post), []).append(post)
    answers = [(addressee(post, thread), post) for post in seen if post.outbound]
    return [
        Talk(
            thread=thread,
            asker=asker,
            said=tuple(posts),
            answers=tuple(post for whom, post in answers if whom == asker),
        )
        for asker, posts in said.items()
    ]


def words_of(posts: Sequence[Post]) -> str:
    """What somebody said in several posts, as one text for the model: the newest where it is long."""
    said = (" ".join(own_words(post).split()) for post in posts)
    return "\n".join(part for part in said if part)[-MOST_READ:]


def exchange(said: str, answered: str) -> str:
    """One text of both parts."""
    return f"{said}{_BETWEEN}{answered}"


def parts_of(text: str) -> tuple[str, str]:
    """What was said and what was answered; the latter is empty where nothing was, or where the text is no exchange."""
    said, _, answered = text.partition(_BETWEEN)
    return said, answered
