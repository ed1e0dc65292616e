"""How clients and answers sound: who is upset, and which answers say nothing."""

from __future__ import annotations

import re

from policies.scoring import Reading
from policies.threads.answers import plain, share

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


def upset(reading: Reading | None) -> bool:
    """Whether a message sounds upset: negative, and a complaint or angry. False where nobody could read it."""
    if reading is None or not reading.readable:
        return False
    return share(reading, "sentiment", "negative") >= UPSET and (
        share(reading, "complaint", "complaint") >= UPSET or share(reading, "emotion", "anger") >= UPSET
    )


def is_brush_off(text: str) -> bool:
    """Whether an answer is empty or a stock phrase, without a question, a link or anything that helps."""
    return is_phrase(text) or (not _helps(text) and len(re.findall(r"[^\W_]+", plain(text))) < FEWEST_WORDS)


def is_phrase(text: str) -> bool:
    """Whether an answer is a stock phrase and nothing that helps; a short ``Yes!`` is none."""
    return not _helps(text) and bool(_STOCK.search(plain(text)))


def _helps(text: str) -> bool:
    return bool(_HELPS.search(plain(text))) or "http" in text
