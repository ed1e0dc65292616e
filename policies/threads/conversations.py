"""How each client stands with the business: what they want, if they were answered, and whether the owner is needed.

A conversation is one client's part of a thread: an answer to one is none to the others.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from enum import StrEnum

from policies.model.hours import BusinessHours
from policies.model.keys import ThreadKey
from policies.model.people import Person
from policies.model.post import Direction, Post
from policies.model.thread import Thread
from policies.scoring import Reading
from policies.served import own_words
from policies.signing import author_of, by_owner
from policies.threads.answers import (
    Readings,
    plain,
    waiting_for,
    waits_for_answer,
)
from policies.threads.exchange import Talk, exchange, talks_of, words_of
from policies.threads.phrases import is_brush_off, is_phrase, upset

Reader = Callable[[Sequence[str]], Sequence[Reading]]  #: one reading per text, in order
#: Probabilities from which the model's word counts (training/exchanges says what they give).
THRESHOLDS = {"complaint": 0.45, "owner": 0.45, "grave": 0.4, "brushed_off": 0.5}
_WANTS = re.compile(
    r"[?？]|\b(please|pls|plz|waiting|still|let me know|how (do|can)|need (to|a|an|the|my|some)|bitte|por favor|"
    r"per favore|s['’]il (vous|te) pla[iî]t)\b",
    re.IGNORECASE,
)
_PRIVATE = re.compile(
    r"\b(dms?|pms?|inbox|direct message|private(ly)?|(message|e-?mail|write to|ring|call|text|contact) (us|me|him|her)|"
    r"(by|a|an|via|through|over) (direct |private )?(message|e-?mail|phone|dm)|support ticket)\b"
)
_DANGER = re.compile(
    r"\b(injur\w+|hospital|ambulance|allerg\w+|epipens?|stitches|lawyers?|solicitors?|attorney|abogad[oa]|rechtsanwalt|"
    r"sue|suing|court|letter before (action|claim)|police|garda|trading standards|ombudsman|ico|journalist|reporter|"
    r"gas leak|smell of gas|carbon monoxide|fire brigade|data protection|unsafe|dangerous)\b"
)


class Standing(StrEnum):
    """Where a conversation stands."""

    WAITING = "waiting"  #: the client waits for an answer
    MOVED = "moved-to-private"  #: the client was asked to write in private; how that ended nobody has said
    ANSWERED = "answered"
    CLOSED = "closed"  #: the client is content, or asked for nothing


class Concern(StrEnum):
    """Why the owner should look."""

    DANGER = "danger"  #: danger, health, injury, threats, lawyers, press, police, authorities
    OWNER = "owner"  #: only the owner can decide it
    UPSET = "upset"  #: somebody was really wronged
    LATE = "late"  #: somebody has waited longer than promised
    BRUSHED_OFF = "brushed-off"  #: the answer moved nothing
    PRIVATE = "private"  #: a complaint was moved to private, and nobody said how it ended


@dataclass(frozen=True, slots=True, kw_only=True)
class Conversation:
    """What one client said in a thread, what they were answered, and what that makes of it."""

    thread: ThreadKey
    asker: str  #: who wrote, as `policies.threads.answers.speaker` names them
    asked: Post  #: their first message that wants something; where none does, their first
    latest: Post  #: their newest message
    answer: Post | None  #: the first answer to them
    newest_answer: Post | None  #: the last answer to them
    first_answer: timedelta | None  #: from ``asked`` to ``answer`` on the clock
    business: timedelta | None  #: the same in business hours
    waits_since: (
        datetime | None
    )  #: UTC of their first message that nobody answered; None where they do not wait
    waited: timedelta | None  #: business time that they have waited; None where they do not
    late_at: datetime | None  #: UTC time at which the promise runs out; None where nobody asks for anything
    standing: Standing
    complaint: bool  #: they say that something was done wrong to them, and mind
    needs_owner: bool
    brushed_off: bool  #: what they were answered moves nothing
    grave: bool  #: the owner must hear at once
    reason: Concern | None  #: the gravest; None where the owner need not look
    by_owner: bool = False  #: the owner answered them, and they have asked and minded nothing since

    def late(self, now: datetime) -> bool:
        """Whether they have waited longer than was promised."""
        return self.late_at is not None and self.late_at <= now


@dataclass(frozen=True, slots=True, kw_only=True)
class _Judged:
    """What the words of an exchange mean, whatever became of it."""

    complaint: bool
    owner: bool  #: somebody was really wronged, or only the owner can decide
    grave: bool
    brushed_off: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class _Terms:
    """What a conversation is held against."""

    hours: BusinessHours
    now: datetime  #: UTC
    promise: timedelta  #: business time
    people: Sequence[Person]

    def by_owner(self, post: Post) -> bool:
        """Whether the owner wrote an answer."""
        return by_owner(post, self.people)


def conversations(
    threads: Iterable[Thread],
    read: Reader,
    *,
    hours: BusinessHours,
    now: datetime,
    promise: timedelta,
    people: Sequence[Person] = (),
    read_exchanges: Reader | None = None,
) -> list[Conversation]:
    """How every client stands in each of the threads, the one in most trouble last in each.

    ``read`` gives the tone of posts, ``read_exchanges`` reads what `exchange` makes; where there is none, tone and
    plain words decide. ``promise`` is the business time within which the brand promises to answer.
    """
    terms = _Terms(hours=hours, now=now, promise=promise, people=people)
    talks = [talk for thread in threads for talk in talks_of(_with_ours(thread, people), now)]
    posts = [post for talk in talks for post in talk.said]
    readings = dict(zip((p.key for p in posts), read([p.text for p in posts]), strict=True))
    found = [
        _conversation(talk, judged, readings, terms)
        for talk, judged in zip(talks, _judged(talks, read, read_exchanges), strict=True)
    ]
    return sorted(found, key=lambda one: (one.thread, _gravity(one), one.latest.created_at))


def _with_ours(thread: Thread, people: Sequence[Person]) -> Thread:
    """The thread with what people on the roster wrote from accounts of their own as the brand's."""
    if not any(person.accounts for person in people):
        return thread
    posts = (replace(p, direction=Direction.OUTBOUND) if author_of(p, people) else p for p in thread.posts)
    return replace(thread, posts=tuple(posts))


def _gravity(one: Conversation) -> tuple[bool, bool, bool, bool]:
    return one.grave, one.needs_owner, one.complaint, one.standing is Standing.WAITING


def _judged(talks: Sequence[Talk], read: Reader, read_exchanges: Reader | None) -> list[_Judged]:
    """What the model makes of each exchange, and tone and plain words of those that it cannot read."""
    said = [words_of(talk.said) for talk in talks]
    both: Sequence[Reading | None] = [None] * len(talks)
    if read_exchanges:
        answered = (words_of(talk.answers) for talk in talks)
        both = read_exchanges([exchange(*pair) for pair in zip(said, answered, strict=True)])
    unread = [number for number, one in enumerate(both) if one is None or not one.readable]
    tones = dict(zip(unread, read([said[number] for number in unread]), strict=True))
    return [
        _by_words(talk, said[number], tones[number]) if number in tones else _by_heads(both[number])
        for number, talk in enumerate(talks)
    ]


def _by_heads(both: Reading | None) -> _Judged:
    heads = both.heads if both else {}
    return _Judged(
        **{head: next(iter(heads[head].scores.values())) >= limit for head, limit in THRESHOLDS.items()}
    )


def _by_words(talk: Talk, said: str, tone: Reading) -> _Judged:
    complaint = upset(tone)
    empty = all(is_brush_off(own_words(p)) for p in talk.answers)  # or nobody answered
    return _Judged(
        complaint=complaint,
        owner=complaint and empty,
        grave=bool(_DANGER.search(plain(said))) and (complaint or not tone.readable),
        brushed_off=complaint and empty,
    )


def _conversation(talk: Talk, made_of: _Judged, readings: Readings, terms: _Terms) -> Conversation:
    wanting = [p for p in talk.said if waits_for_answer(p, talk.thread, readings.get(p.key))]
    asked, latest = wanting[0] if wanting else talk.said[0], talk.said[-1]
    answers = [post for post in talk.answers if post.created_at >= asked.created_at]
    answer = answers[0] if answers else None
    wait = waiting_for(talk.asker, talk.thread, terms.hours, terms.now, readings)
    standing = _standing(talk, waits=wait is not None)
    hers = _by_owner(talk, readings, terms)
    asks = wait is not None and _asks(talk, made_of)
    late_at = terms.hours.after(wait.post.created_at, terms.promise) if wait and asks else None
    late = late_at is not None and late_at <= terms.now
    brushed = made_of.brushed_off and bool(answers) and not hers
    reason = None if hers else _reason(replace(made_of, brushed_off=brushed), standing, late=late)
    return Conversation(
        thread=asked.thread_key,
        asker=talk.asker,
        asked=asked,
        latest=latest,
        answer=answer,
        newest_answer=answers[-1] if answers else None,
        first_answer=answer.created_at - asked.created_at if answer else None,
        business=terms.hours.elapsed(asked.created_at, answer.created_at) if answer else None,
        waits_since=wait.post.created_at if wait else None,
        waited=wait.waited if wait else None,
        late_at=late_at,
        standing=standing,
        complaint=made_of.complaint,
        needs_owner=reason is not None,
        brushed_off=brushed,
        grave=made_of.grave and not hers,
        reason=reason,
        by_owner=hers,
    )


def _asks(talk: Talk, made_of: _Judged) -> bool:
    """Whether the promise holds: they ask for something, or mind something. A remark may stay unanswered."""
    since = max((post.created_at for post in talk.answers), default=None)
    open_words = [post for post in talk.said if since is None or post.created_at > since]
    return made_of.complaint or made_of.owner or any(_WANTS.search(own_words(post)) for post in open_words)


def _by_owner(talk: Talk, readings: Readings, terms: _Terms) -> bool:
    """Whether the owner answered, and the client has asked and minded nothing since."""
    at = max((p.created_at for p in talk.answers if terms.by_owner(p)), default=None)
    since = [p for p in talk.said if at and p.created_at > at]
    return bool(at) and not any(_WANTS.search(own_words(p)) or upset(readings.get(p.key)) for p in since)


def _standing(talk: Talk, *, waits: bool) -> Standing:
    if waits:
        return Standing.WAITING
    if not talk.answers or talk.said[-1].created_at > talk.answers[-1].created_at:
        return Standing.CLOSED
    return Standing.MOVED if asks_private(talk.answers[-1].text) else Standing.ANSWERED


def says_something(answer: Post) -> bool:
    """Whether an answer is one: no phrase, and more than a wish that the client go on in private."""
    return not is_phrase(own_words(answer)) and not asks_private(answer.text)


def asks_private(text: str) -> bool:
    """Whether an answer asks the client to go on in private."""
    return bool(_PRIVATE.search(plain(text)))


def _reason(made_of: _Judged, standing: Standing, *, late: bool) -> Concern | None:
    """The gravest reason for the owner to look."""
    reasons = (
        (made_of.grave, Concern.DANGER),
        (made_of.owner and made_of.brushed_off, Concern.BRUSHED_OFF),
        (made_of.owner and made_of.complaint and standing is Standing.MOVED, Concern.PRIVATE),
        (made_of.owner and made_of.complaint, Concern.UPSET),
        (made_of.owner, Concern.OWNER),
        (late, Concern.LATE),
    )
    return next((why for holds, why in reasons if holds), None)
