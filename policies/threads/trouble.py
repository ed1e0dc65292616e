"""Conversations in which a customer is not getting what they are owed."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from policies.matching.fold import fold
from policies.model.hours import BusinessHours
from policies.model.post import Post
from policies.model.thread import Thread
from policies.scoring import Reading
from policies.served import own_words
from policies.threads.answers import NOT_WORDS, Readings, Waiting, addressee, speaker, waiting

#: Probability of a negative tone, of a complaint and of anger from which somebody counts as upset.
UPSET = 0.6
_STOCK = re.compile(
    r"\b(thank(s| you) for (your|the|sharing|reaching|contacting|letting|bringing|taking|getting)|"
    r"we (value|appreciate|hear|understand|apologi[sz]e|take (this|all|your)|strive|(will|have) pass(ed)?)|"
    r"(your|all) feedback|sorry (for|about) (any|the) inconvenience|apologi[sz]e for (any|the) inconvenience|"
    r"sorry (you feel|to hear)|duly noted|noted|passed (it|this|that) on|have a (nice|great|good|lovely) (day|one)|"
    r"per our (policy|terms)|our policy is|as (stated|mentioned)|it is what it is|nothing we can do|can'?t help)\b"
)
_HELPS = re.compile(
    r"\?|https?://|\b(dm|pm|direct message|message us|call us|call you|e-?mail|ring|contact|reach out to|visit|"
    r"refund|replac\w+|look into|looking into|investigat\w+|check(ing|ed)? (on|with|into)?|try|restart|update|reset|"
    r"fix\w*|send (us|you)|let (us|me) know|here'?s|steps?|i'?ll|i will|follow up|manager|owner|today|tomorrow|"
    r"tell (us|me)|share|provide|submit|ticket|come (back|by|in)|make (it|this|things) right|order number)\b"
)
#: An answer that helps takes more than this.
FEWEST_WORDS = 4


class Reason(StrEnum):
    """Why somebody must look after a conversation."""

    UPSET_LATE = "upset_late"  #: somebody upset has waited longer than promised
    UPSET = "upset"  #: somebody upset has not been answered yet
    LATE = "late"  #: somebody has waited longer than promised
    BRUSHED_OFF = "brushed_off"  #: somebody upset got an answer that says nothing


class Mood(StrEnum):
    """How a customer sounds."""

    ANGRY = "angry"
    NEGATIVE = "negative"
    NEUTRAL = "neutral"
    POSITIVE = "positive"


@dataclass(frozen=True, slots=True, kw_only=True)
class Trouble:
    """What is wrong with a conversation."""

    reason: Reason
    waited: timedelta | None  #: business time since the customer wrote, where they still wait
    last_inbound: Post | None  #: the customer's latest message
    upset: bool  #: the customer's tone
    brushed_off: bool  #: the answer was empty or a phrase
    mood: Mood | None  #: None where not read


def trouble(
    thread: Thread, readings: Readings, hours: BusinessHours, now: datetime, promise: timedelta
) -> Trouble | None:
    """What is wrong with a conversation, or None.

    Somebody waits longer than ``promise`` (business time), somebody upset waits at all, or somebody upset was
    brushed off and nothing better followed.
    """
    open_wait = waiting(thread, hours, now, readings)
    if open_wait:
        angry = upset(readings.get(open_wait.latest.key)) or upset(readings.get(open_wait.post.key))
        if angry or open_wait.waited > promise:
            return _waits(open_wait, readings, angry=angry, late=open_wait.waited > promise)
    brushed = _brushed_off(thread, readings, now)
    if brushed is None:
        return None
    return Trouble(
        reason=Reason.BRUSHED_OFF,
        waited=None,
        last_inbound=brushed,
        upset=True,
        brushed_off=True,
        mood=_mood(readings.get(brushed.key)),
    )


def upset(reading: Reading | None) -> bool:
    """Whether a message sounds upset: negative, and a complaint or angry. False where nobody could read it."""
    if reading is None or not reading.readable:
        return False
    return _score(reading, "sentiment", "negative") >= UPSET and (
        _score(reading, "complaint", "complaint") >= UPSET or _score(reading, "emotion", "anger") >= UPSET
    )


def is_brush_off(text: str) -> bool:
    """Whether an answer is empty or a stock phrase, without a question, a link or anything that helps."""
    return is_phrase(text) or (not _helps(text) and len(re.findall(r"[^\W_]+", _plain(text))) < FEWEST_WORDS)


def is_phrase(text: str) -> bool:
    """Whether an answer is a stock phrase and nothing that helps; a short ``Yes!`` is none."""
    return not _helps(text) and bool(_STOCK.search(_plain(text)))


def _helps(text: str) -> bool:
    return bool(_HELPS.search(_plain(text))) or "http" in text


def _plain(text: str) -> str:
    return fold(NOT_WORDS.sub(" ", text)).text


def _waits(open_wait: Waiting, readings: Readings, *, angry: bool, late: bool) -> Trouble:
    if angry and late:
        reason = Reason.UPSET_LATE
    elif angry:
        reason = Reason.UPSET
    else:
        reason = Reason.LATE
    return Trouble(
        reason=reason,
        waited=open_wait.waited,
        last_inbound=open_wait.latest,
        upset=angry,
        brushed_off=False,
        mood=_mood(readings.get(open_wait.latest.key)),
    )


def _brushed_off(thread: Thread, readings: Readings, now: datetime) -> Post | None:
    """The upset message whose every later answer says nothing."""
    posts = [post for post in thread.posts if post.created_at <= now and post.deleted_at is None]
    for message in reversed([p for p in posts if not p.outbound]):
        if not upset(readings.get(message.key)):
            continue
        answers = [
            p
            for p in posts
            if p.outbound and p.created_at >= message.created_at and addressee(p, thread) == speaker(message)
        ]
        return message if answers and all(is_brush_off(own_words(p)) for p in answers) else None
    return None


def _mood(reading: Reading | None) -> Mood | None:
    if reading is None or "sentiment" not in reading.heads or reading.heads["sentiment"].unsure:
        return None
    if _score(reading, "emotion", "anger") >= UPSET and reading.heads["sentiment"].label == "negative":
        return Mood.ANGRY
    label = reading.heads["sentiment"].label
    return Mood(label) if label in set(Mood) else None


def _score(reading: Reading, head: str, label: str) -> float:
    return reading.heads[head].scores.get(label, 0.0) if head in reading.heads else 0.0
