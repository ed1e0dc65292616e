"""Untrusted text made fit for a page: escaped, with every invisible character shown as an inert sign."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import lru_cache

from markupsafe import Markup, escape
from rapidfuzz.distance import Indel

from bot.words import language, say
from policies.masking import masked
from policies.model.finding import Span, clipped, merged
from storage.views import FoundAt, Revision

_ELLIPSIS = Markup('<span class="cut" aria-hidden="true">…</span>')
MOST_SHOWN = 40_000  #: characters of one text on a page; each may take 80 bytes there
MOST_COMPARED = 40_000  #: characters of two revisions that are compared at all
_MOST_WORDS = 4_000  #: words on a side up to which two revisions are compared word by word

# Controls and format characters, lone surrogates and the two Unicode line separators, but not the line feed.
# Joiners stay where they hold an emoji or a non-Latin word together; so do the tags of flags, and the signs
# of Arabic and Syriac that are format characters by class yet have a shape of their own.
_UNSEEN = re.compile(
    "[\x00-\x09\x0b-\x1f\x7f-\x9f\u00ad\u061c\u180e\u200b\u200e\u200f\u2028-\u202e\u2060-\u206f"
    "\ufeff\ufff9-\ufffb\ud800-\udfff]"
    "|(?<=[\x00-\x7f])[\u200c\u200d]|[\u200c\u200d](?=[\x00-\x7f]|$)|^[\u200c\u200d]"
    "|(?<![\U0001f3f4\U000e0020-\U000e007f])[\U000e0001-\U000e007f]"
)
_WORDS = re.compile(r"\s+|\w+|[^\w\s]")


def inert(text: str) -> Markup:
    """Escaped text of several lines; what cannot be seen is named, not obeyed. Of very long texts the beginning."""
    if len(text) > MOST_SHOWN:
        beyond = say("case.beyond", len(text) - MOST_SHOWN)
        return inert(text[:MOST_SHOWN]) + Markup('<span class="cut"> … {}</span>').format(beyond)
    plain = text.replace("\r\n", "\n")
    parts: list[Markup] = []
    at = 0
    for match in _UNSEEN.finditer(plain):
        parts += (escape(plain[at : match.start()]), _sign(match.group()))
        at = match.end()
    parts.append(escape(plain[at:]))
    return Markup("").join(parts)


def shown(text: str) -> Markup:
    """The same with the numbers masked that must not leak."""
    return inert(masked(text))


def inert_line(text: str) -> Markup:
    """The same for names and other things that have one line."""
    text = masked(text)
    return inert(" ".join(text.split(" ")).replace("\n", "\u2028"))


def _sign(character: str) -> Markup:
    return Markup(" ") if character == "\t" else _named(language(), character)


@lru_cache(maxsize=4096)
def _named(_language: str, character: str) -> Markup:
    """The same each time: whole texts may consist of what cannot be seen."""
    try:
        name = unicodedata.name(character).lower()
    except ValueError:
        name = say("case.control")
    return Markup('<span class="unseen" title="{}">U+{:04X}</span>').format(name, ord(character))


@dataclass(frozen=True, slots=True, kw_only=True)
class FoldedText:
    """A text with the words that matched marked in it."""

    short: Markup | None  #: what stands on the first screen, None where the whole fits there
    whole: Markup


def folded(text: str, spans: Iterable[Span] = (), *, limit: int) -> FoldedText:
    """The whole text, and where it takes more room than ``limit`` characters do, a stretch around the first match."""
    spans, room = list(spans), _room(text)
    length = limit * len(text) // max(1, _room(text.replace("\n", " ")))
    return FoldedText(
        short=excerpt(text, spans, length=length) if room > limit else None, whole=marked(text, spans)
    )


def _room(text: str) -> int:
    """How many Latin letters a text is as wide as; a line that ends early counts for a third of one."""
    wide = sum(unicodedata.east_asian_width(sign) in "WF" for sign in text)
    return len(text) + wide + 15 * text.strip().count("\n")


def marked(text: str, spans: Iterable[Span]) -> Markup:
    """The whole text with the words that matched marked in it."""
    return _mark(text, merged(clipped(spans, len(text)), touching=True), 0, len(text))


def excerpt(text: str, spans: Iterable[Span], *, length: int) -> Markup:
    """About ``length`` characters around the first match, marked."""
    stretches = merged(clipped(spans, len(text)), touching=True)
    first = stretches[0].start if stretches else 0
    start = 0 if first < length * 2 // 3 else _word_start(text, first - length // 3)
    end = min(len(text), start + length)
    return Markup("").join(
        (_ELLIPSIS if start else "", _mark(text, stretches, start, end), _ELLIPSIS if end < len(text) else "")
    )


def _word_start(text: str, at: int) -> int:
    """Where the next word begins, or the place itself where no blank is near."""
    blank = text.find(" ", at, at + 30)
    return at if blank < 0 else blank + 1


def spans_now(found: Sequence[FoundAt], revisions: Sequence[Revision], text: str) -> list[Span]:
    """Where the open findings stand in the newest text.

    A finding keeps its fingerprint when words elsewhere change, so its own offsets may belong to an older
    revision; its words are then looked for.
    """
    texts = {revision.number: revision.text for revision in revisions}
    newest = max(texts, default=0)
    spans: list[Span] = []
    for item in found:
        if item.gone_at is not None:
            continue
        if item.revision == newest:
            spans += item.finding.spans
        else:
            spans += _moved(item, texts.get(item.revision, ""), text)
    return spans


def _moved(item: FoundAt, was: str, text: str) -> Iterable[Span]:
    for span in item.finding.spans:
        words = was[span.start : span.end]
        at = text.find(words) if words else -1
        if at >= 0:
            yield Span(start=at, end=at + len(words))


def _mark(text: str, spans: Sequence[Span], start: int, end: int) -> Markup:
    parts: list[Markup] = []
    at = start
    for span in spans:
        left, right = max(span.start, at), min(span.end, end)
        if left >= right:
            continue
        parts += (inert(text[at:left]), _flagged(text[left:right]))
        at = right
    parts.append(inert(text[at:end]))
    return Markup("").join(parts)


def _flagged(words: str) -> Markup:
    return Markup('<mark><span class="vh">{} </span>{}<span class="vh"> {}</span></mark>').format(
        say("case.flagged"), inert(words), say("case.flagged.end")
    )


def word_diff(old: str, new: str) -> Markup:
    """What changed between two revisions, word by word."""
    if max(len(old), len(new)) > MOST_COMPARED:
        return _removed(old[:2_000]) + _added(new[:2_000])
    before, after = _WORDS.findall(old), _WORDS.findall(new)
    if max(len(before), len(after)) > _MOST_WORDS:
        return _removed(old[:2_000]) + _added(new[:2_000])
    parts: list[Markup] = []
    gone, come = "", ""
    for code in Indel.opcodes(before, after):
        if code.tag == "equal":
            parts += (_changed(gone, come), inert("".join(after[code.dest_start : code.dest_end])))
            gone, come = "", ""
        else:
            gone += "".join(before[code.src_start : code.src_end])
            come += "".join(after[code.dest_start : code.dest_end])
    parts.append(_changed(gone, come))
    return Markup("").join(parts)


def _changed(gone: str, come: str) -> Markup:
    return (_removed(gone) if gone else Markup("")) + (_added(come) if come else Markup(""))


def _removed(words: str) -> Markup:
    return Markup('<del><span class="vh">{} </span>{}</del>').format(say("case.removed"), inert(words))


def _added(words: str) -> Markup:
    return Markup('<ins><span class="vh">{} </span>{}</ins>').format(say("case.added"), inert(words))
