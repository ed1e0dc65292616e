"""Cuts a post down to what matters around the words that matched."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable, Iterator, Sequence

from bot.letters.model import Quote, QuotePart
from bot.letters.untrusted import visible
from bot.words import say
from policies.masking import masked
from policies.model.finding import Span, clipped, merged

_NUDGE = 20  #: code points that a cut may move to reach a word boundary
_JOINERS = "\u200d\ufe0f"


def excerpt(text: str, spans: Iterable[Span] = (), width: int = 280) -> Quote:
    """About ``width`` code points of the text around the first span given, all spans in them marked.

    Spans that lie outside the text are left out, and numbers that must not leak are masked. The parts are cleaned one
    by one, after the offsets were used.
    """
    text, given = masked(text), tuple(spans)
    stretches = merged(clipped(given, len(text)), touching=True)
    focus = next((span for span in stretches if span.start <= given[0].start < span.end), None)
    start, end = _window(text, focus or next(iter(stretches), None), width)
    parts = [
        QuotePart(text=visible(piece), marked=marked)
        for piece, marked in _pieces(text, stretches, start, end)
        if piece
    ]
    if not "".join(part.text for part in parts).strip():
        return Quote(parts=(QuotePart(text=say("post.no_text")),))
    before = (QuotePart(text="… "),) if start > 0 else ()
    after = (QuotePart(text=" …"),) if end < len(text) else ()
    return Quote(parts=(*before, *parts, *after))


def _window(text: str, focus: Span | None, width: int) -> tuple[int, int]:
    if len(text) <= width:
        return 0, len(text)
    if focus is None:
        return 0, _word_end(text, width, earliest=1)
    room = max(width - (focus.end - focus.start), 0)
    start = max(min(focus.start - room // 2, len(text) - width), 0)
    start = _word_start(text, start, latest=focus.start) if start else 0
    end = min(start + width, len(text))
    return start, _word_end(text, end, earliest=min(focus.end, end))


def _word_start(text: str, at: int, latest: int) -> int:
    """A place at or shortly behind ``at`` where a word begins; never inside one visible character."""
    for place in range(at, min(at + _NUDGE, latest + 1)):
        if text[place - 1].isspace():
            return place
    return _outside(text, at)


def _word_end(text: str, at: int, earliest: int) -> int:
    if at >= len(text):
        return len(text)
    for place in range(at, max(at - _NUDGE, earliest) - 1, -1):
        if text[place].isspace():
            return place
    return _outside(text, at)


def _outside(text: str, at: int) -> int:
    """Moves back so that no accent or joined emoji is torn from what it belongs to; gives up after 20."""
    for place in range(at, max(at - _NUDGE, 0), -1):
        joined = unicodedata.combining(text[place]) or text[place] in _JOINERS or text[place - 1] in _JOINERS
        if not joined:
            return place
    return at


def _pieces(text: str, spans: Sequence[Span], start: int, end: int) -> Iterator[tuple[str, bool]]:
    at = start
    for span in spans:
        low, high = max(span.start, at), min(span.end, end)
        if low >= high:
            continue
        yield text[at:low], False
        yield text[low:high], True
        at = high
    yield text[at:end], False
