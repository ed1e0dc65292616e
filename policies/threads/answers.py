"""Who waits for an answer, and how long answers took, in business time."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from policies.matching.fold import fold
from policies.model.hours import BusinessHours
from policies.model.keys import PostKey
from policies.model.post import Kind, Post
from policies.model.thread import Thread
from policies.scoring import Reading
from policies.served import NOBODIES, is_tombstone, own_words

Readings = Mapping[PostKey, Reading]
_NONE: Readings = {}
#: Addresses and names. A question mark in an address asks nothing, one behind it does.
NOT_WORDS = re.compile(
    r"(?:https?://|www\.|\]\(/|(?<![\w.-])(?:[\w-]{1,63}\.)+[a-zA-Z]{2,24}(?=/?[/?]\w))(?:\S*[^\s?!.,])?|@\w+|u/\w+"
)
#: Programs that write on their own: by name, or because they say so themselves.
_BOT_NAME = re.compile(
    r"automoderator|[\w-]+-modteam|[\w-]+[_-]bot|(?-i:\w*[a-z]Bot)"
    r"|\w{5,}(?<!ab)(?<!ca)(?<!ro)(?<!tal)(?<!tur)bot",  # no Abbot, Cabot, Talbot, and nobody's robot
    re.IGNORECASE,
)
_BOT_WORDS = re.compile(
    r"\bI(?:'m| am) a bot\b(?=[,.*!^]|\s+and\b)|\bthis action was performed automatically\b|\bbeep boop\b",
    re.IGNORECASE,
)
_THANKS = re.compile(
    r"\b(thanks?|thank you|thx|ty|tysm|cheers|much appreciated|appreciate it|ta|got it|will do|sounds good|perfect|"
    r"great|awesome|brilliant|lovely|ok|okay|cool|no worries|no problem|np|you too|have a (good|nice|great) "
    r"(day|one|evening|weekend)|all (good|sorted|set|done)|sorted|that (worked|helped|fixed it|did it)|solved|"
    r"it works( now)?|done)\b"
)
_STILL_WANTS = re.compile(
    r"\?|\b(but|still|however|not working|doesn'?t|didn'?t|don'?t|won'?t|can'?t|cannot|never|for nothing|no thanks|"
    r"waiting|please|pls)\b"
)
#: A closing line is short: more words than these say something new.
CLOSING_WORDS = 14
#: Probability from which a message counts as pleased.
PLEASED = 0.6


@dataclass(frozen=True, slots=True, kw_only=True)
class Waiting:
    """A customer who has not been answered."""

    post: Post  #: their first message that nobody answered
    latest: Post  #: their latest message
    waited: timedelta  #: business time since that first message


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """The first answer to a message."""

    post: Post
    question: Post
    at: datetime  #: UTC of the answer
    waited: timedelta  #: business time that the customer waited


def waits_for_answer(post: Post, thread: Thread, reading: Reading | None = None) -> bool:
    """Whether somebody who wrote this expects to be answered.

    A question and a complaint wait. Thanks, a sign-off and mere praise do not, nor does a remark under something
    that the brand published by itself.
    """
    if is_tombstone(post.text) or is_bot(post):
        return False
    text = plain(own_words(post)).strip()
    words = re.findall(r"[^\W_]+", text)
    if not words:
        return "?" in text or bool(post.media and post.parent_id is None)
    if "?" in text or "？" in text:
        return True
    if len(words) <= CLOSING_WORDS and _THANKS.search(text) and not _STILL_WANTS.search(text):
        return False
    if share(reading, "sentiment", "positive") >= PLEASED and not _STILL_WANTS.search(text):
        return False
    parent = _by_id(thread).get(post.parent_id or "")
    if parent is not None and parent.outbound and parent.kind is Kind.POST:
        return (
            share(reading, "sentiment", "negative") >= PLEASED
            or share(reading, "complaint", "complaint") >= PLEASED
        )
    return True


def is_bot(post: Post) -> bool:
    """Whether a program wrote it, such as Reddit's AutoModerator."""
    return bool(_BOT_NAME.fullmatch(post.author) or _BOT_WORDS.search(post.text))


def speaker(post: Post) -> str:
    """Who speaks. Accounts that are gone bear one name and are as many people as posts."""
    return str(post.key) if post.author.lower() in NOBODIES else post.author


def first_answers(
    thread: Thread, hours: BusinessHours, counts: Callable[[Post], bool] = lambda _: True
) -> list[Answer]:
    """For each run of a customer's messages the first answer to it that counts, oldest first."""
    open_since: dict[str, Post] = {}
    answers = []
    for post in thread.posts:
        if not post.outbound:
            if waits_for_answer(post, thread):
                open_since.setdefault(speaker(post), post)
            continue
        whom = addressee(post, thread) or ""
        if whom in open_since and counts(post):
            question = open_since.pop(whom)
            waited = hours.elapsed(question.created_at, post.created_at)
            answers.append(Answer(post=post, question=question, at=post.created_at, waited=waited))
    return answers


def addressee(post: Post, thread: Thread) -> str | None:
    """Whom a post of the brand answers; where it goes on from its own post, whom that one answered."""
    posts, seen = _by_id(thread), {post.key}
    parent = posts.get(post.parent_id or "")
    while parent is not None and parent.outbound and parent.key not in seen:
        seen.add(parent.key)
        parent = posts.get(parent.parent_id or "")
    if parent is not None and not parent.outbound:
        return speaker(parent)
    before = [p for p in thread.posts if not p.outbound and p.created_at <= post.created_at]
    return speaker(before[-1]) if before and post.parent_id else None


def waiting_for(
    author: str, thread: Thread, hours: BusinessHours, now: datetime, readings: Readings
) -> Waiting | None:
    """How long one client waits, by the name that `speaker` gives them; None where they do not."""
    answered = [p.created_at for p in thread.posts if p.outbound and addressee(p, thread) == author]
    since = max((at for at in answered if at <= now), default=None)
    theirs = [
        p
        for p in thread.posts
        if speaker(p) == author and not p.outbound and p.created_at <= now and p.deleted_at is None
        if since is None or p.created_at > since
    ]
    open_posts = [p for p in theirs if waits_for_answer(p, thread, readings.get(p.key))]
    if not open_posts or theirs[-1] not in open_posts:
        return None
    waited = hours.elapsed(open_posts[0].created_at, now)
    return Waiting(post=open_posts[0], latest=theirs[-1], waited=waited)


def _by_id(thread: Thread) -> dict[str, Post]:
    return {post.key.external_id: post for post in thread.posts}


def plain(text: str) -> str:
    """A text as it is compared with words: folded, without addresses and names."""
    return fold(NOT_WORDS.sub(" ", text)).text


def share(reading: Reading | None, head: str, label: str) -> float:
    """The probability that a head gives a label; 0 where nobody asked it."""
    if reading is None or head not in reading.heads:
        return 0.0
    return reading.heads[head].scores.get(label, 0.0)
