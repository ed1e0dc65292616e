"""Turn a post into the plain words that the tone model reads.

The encoder's uncased vocabulary knows no emoji, no links and no hashtags: each would reach it as an unknown token or as
shreds. So they are said in words first. Training and runtime both call this module, and `VERSION` is written into the
shipped model's configuration, so that a model never meets text prepared in another way than the text it learnt from.

Everything here is pure and takes time linear in the length of the text.
"""

import html
import math
import re
import unicodedata
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

import emoji

#: Changes whenever `Preparer` could give another result for some text.
VERSION = "1"

#: Characters kept from the start of a text. Long before this the tokenizer's limit is reached: no language spends more
#: than a few characters on a token, apart from runs that `_shorten` folds anyway.
MAX_CHARS = 4_000

_ESCAPED = re.compile(r"\\u([0-9a-fA-F]{4})")
_BREAK = re.compile(r"\\[nrt]|\|\|+")
_QUOTES = re.compile(r'(?:\\?")+')
_LINK = re.compile(
    r"(?:https?://|www\.)\S+|\b(?:t\.co|bit\.ly|pic\.twitter\.com)/\S+|\bhttps?\b", re.IGNORECASE
)
_PERSON = re.compile(r"(?<![\w.@])@\w+(?:@[\w-]+(?:\.[\w-]+)+)?")
_PEOPLE = re.compile(r"\buser(?:[\s,]+user\b)+")
_TAG = re.compile(r"#(\w+)")
_CAMEL = re.compile(r"[A-Z]+(?=[A-Z][a-z])|[A-Z]?[a-z]+|[A-Z]+|\d+|[^\W\da-zA-Z_]+")
_LONG_LETTER = re.compile(r"([^\W\d_])\1{2,}")
_LONG_MARK = re.compile(r"([^\w\s])\1{3,}")
_SPOKEN = re.compile(r"(\x00[^\x00]+\x00)(?:\s*\1)+")
_SKIN = re.compile(r"_(?:light|medium-light|medium|medium-dark|dark)_skin_tone")
_SPACE = re.compile(r"\s+")
_LONGEST_WORD = 20
_SHORTEST_JOINED = 6


def _say(_chars: str, data: Mapping[str, Any]) -> str:
    """Return an emoji's English name between two NUL marks, for example `\\0red heart\\0`."""
    name = _SKIN.sub("", str(data["en"])).strip(":").replace("_", " ")
    return f"\0{name}\0"


def say_emoji(text: str) -> str:
    """Return `text` with every emoji named in English; a run of the same emoji is named twice at most."""
    if text.isascii():
        return text
    said = _SPOKEN.sub(r"\1\1", emoji.replace_emoji(text, replace=_say))
    return said.replace("\0", " ")


def unescape(text: str) -> str:
    """Undo what archives do to text: HTML entities, JSON escapes of characters and of line breaks, doubled quotes."""
    if "&" in text:
        text = html.unescape(html.unescape(text))
    if "\\" in text:
        text = _ESCAPED.sub(lambda found: chr(int(found[1], 16)), text)
    text = _QUOTES.sub('"', text) if '"' in text else text
    return _BREAK.sub(" ", text)


def _visible(text: str) -> str:
    """Return `text` in compatibility form without controls, invisible characters and lone surrogates."""
    if text.isascii():
        return text
    folded = unicodedata.normalize("NFKC", text)
    return "".join(c for c in folded if c.isspace() or unicodedata.category(c)[0] != "C")


def _shorten(text: str) -> str:
    """Fold lengthened words to two letters (`soooo` to `soo`) and runs of a mark to three."""
    return _LONG_MARK.sub(r"\1\1\1", _LONG_LETTER.sub(r"\1\1", text))


@dataclass(frozen=True, slots=True, kw_only=True)
class Preparer:
    """Prepares texts, given the words that it may find in joined lower-case hashtags."""

    #: Cost of a word in nats; a word that is missing is not a word.
    costs: Mapping[str, float] = field(repr=False)

    @classmethod
    def from_vocabulary(cls, tokens: Iterable[str]) -> "Preparer":
        """Make a preparer from a tokenizer's vocabulary in the order of its ids.

        BERT's vocabulary is sorted by frequency, so a word's rank gives its probability by Zipf's law:
        p = 1 / (rank * ln N). Pieces (`##ing`), marks and single letters other than `a` and `i` are no words.
        """
        words = [t for t in tokens if t.isascii() and t.isalpha() and (len(t) > 1 or t in "ai")]
        scale = math.log(max(len(words), 2))
        return cls(costs={word: math.log((rank + 1) * scale) for rank, word in enumerate(words)})

    def __call__(self, text: str) -> str:
        """Return what the model reads for `text`: words, marks and the placeholders `user` and `http`.

        Deterministic. Empty where the text has nothing visible.
        """
        text = say_emoji(unescape(text[:MAX_CHARS].replace("\0", " ")))
        text = _PERSON.sub(" user ", _LINK.sub(" http ", _visible(text)))
        text = _PEOPLE.sub("user", text)
        text = _TAG.sub(self._open_tag, text) if "#" in text else text
        return _SPACE.sub(" ", _shorten(text)).strip()

    def _open_tag(self, tag: re.Match[str]) -> str:
        """Return a hashtag as `# its words`."""
        parts = (part for piece in _CAMEL.findall(tag[1]) for part in self._part(piece))
        return " # " + " ".join(parts) + " "

    def _part(self, piece: str) -> list[str]:
        """Split a joined lower-case or upper-case piece into words, where it is long enough to hold two."""
        low = piece.lower()
        if len(low) < _SHORTEST_JOINED or low in self.costs or not (low.isascii() and low.isalpha()):
            return [piece]
        return self._cheapest(low) or [piece]

    def _cheapest(self, joined: str) -> list[str]:
        """Return the split of `joined` into known words that costs least, empty where there is none (Viterbi)."""
        best: list[tuple[float, int]] = [(0.0, 0)]
        for end in range(1, len(joined) + 1):
            starts = range(max(0, end - _LONGEST_WORD), end)
            best.append(min((best[s][0] + self.costs.get(joined[s:end], math.inf), s) for s in starts))
        if math.isinf(best[-1][0]):
            return []
        words, end = [], len(joined)
        while end:
            start = best[end][1]
            words.append(joined[start:end])
            end = start
        return words[::-1]
