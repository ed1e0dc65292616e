"""Whole words in any script, and the forms that an English word takes."""

from __future__ import annotations

import itertools
import unicodedata

#: Most forms of one phrase that are looked for.
MAX_FORMS = 96
_COMMON = (
    "a an and any as at be but by can do for from he her him his how i if in is it its me my no not of on or our "
    "out she so than that the their them then there these they this to too up us very was we what when where who "
    "why will with would you your has had have are were"
)
_FUNCTION_WORDS = frozenset(_COMMON.split())
_UNSPACED = ("CJK", "HIRAGANA", "KATAKANA", "THAI", "LAO", "KHMER", "MYANMAR", "IDEOGRAPHIC")


def forms(phrase: str) -> set[str]:
    """A folded phrase with its content words in their English forms: plural, past, gerund."""
    words = phrase.split(" ")
    choices = [_word_forms(word) for word in words]
    count = 1
    for index, choice in enumerate(choices):
        if count * len(choice) > MAX_FORMS:
            choices[index] = (words[index],)
        count *= len(choices[index])
    return {" ".join(combination) for combination in itertools.product(*choices)}


def _word_forms(word: str) -> tuple[str, ...]:
    if len(word) < 3 or not (word.isascii() and word.isalpha()) or word in _FUNCTION_WORDS:
        return (word,)
    if word.endswith(("ing", "ed")):
        return (word, word + "s")
    stem = word.removesuffix("e")
    found = [word, word + "s", stem + "ed", stem + "ing"]
    if word.endswith(("s", "x", "z", "ch", "sh")):
        found.append(word + "es")
    if word.endswith("y") and word[-2] not in "aeiou":
        found += [word[:-1] + "ies", word[:-1] + "ied"]
    if word[-1] not in "aeiouwxy" and word[-2] in "aeiou" and word[-3] not in "aeiou":
        found += [word + word[-1] + "ed", word + word[-1] + "ing"]
    return tuple(dict.fromkeys(found))


def is_whole(text: str, start: int, end: int, *, open_end: bool = False) -> bool:
    """Whether a stretch of folded text is made of whole words; with ``open_end`` only its start counts."""
    return _starts_word(text, start) and (open_end or _ends_word(text, end))


def _starts_word(text: str, start: int) -> bool:
    return start == 0 or not (_is_letter(text[start - 1]) and _joins(text[start - 1], text[start]))


def _ends_word(text: str, end: int) -> bool:
    if end >= len(text):
        return True
    if text[end] == "'" and end + 1 < len(text) and text[end + 1].isalpha():
        tail = text[end + 1 : end + 3]
        return tail[0] == "s" and not tail[1:].isalpha()
    return not (_is_letter(text[end]) and _joins(text[end - 1], text[end]))


def _is_letter(char: str) -> bool:
    return char.isalnum() or (not char.isascii() and unicodedata.category(char)[0] == "M")


def _joins(left: str, right: str) -> bool:
    """Whether two neighbours belong to one word: not in scripts that put no space between words."""
    if left.isascii() and right.isascii():
        return right.isalnum() and left.isalnum()
    return not (_unspaced(left) or _unspaced(right))


def _unspaced(char: str) -> bool:
    return not char.isascii() and unicodedata.name(char, "").startswith(_UNSPACED)
