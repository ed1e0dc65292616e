"""Spelling mistakes in English.

```yaml
check:
  spelling: {more_than: 0, vocabulary: [Harbour, focaccia]}
```

Counts words of four letters or more that no dictionary has and that are one slip away from a common word (the
dictionary is SymSpell's, 82,765 English words with their frequency). Names, words with capitals, links, hashtags and
the brand's own `vocabulary` are left alone. Posts in other languages are not judged.
"""

from __future__ import annotations

import re
from functools import lru_cache
from importlib import resources
from typing import Any

from pydantic import Field

from policies.checks.base import Outcome, PostCheck, found, missed
from policies.model.finding import Span
from policies.needs import Need
from policies.view import View

_WORD = re.compile(r"(?<![\w#@'’.])[a-z]{4,20}(?![\w'’]|\.\w)")
#: How often a word must occur in a trillion for a slip to be believed.
COMMON = 1_000_000


class Spelling(PostCheck):
    """Words that are one slip away from a common one."""

    more_than: int = Field(0, ge=0)
    """How many mistakes are fine."""
    vocabulary: tuple[str, ...] = ()
    """The brand's own words."""

    @property
    def needs(self) -> frozenset[Need]:
        """The language."""
        return frozenset({Need.READING})

    def look(self, view: View) -> Outcome:
        if view.language not in (None, "en"):
            return missed(f"written in {view.language}")
        wrong = [
            (match, meant)
            for match in _WORD.finditer(view.text)
            if match[0] not in self.vocabulary and (meant := meant_word(match[0]))
        ]
        if len(wrong) <= self.more_than:
            return missed("spelled as in the dictionary")
        said = ", ".join(f"{match[0]} for {meant}" for match, meant in wrong)
        return found(said, [Span(start=match.start(), end=match.end()) for match, _ in wrong])


@lru_cache(maxsize=4096)
def meant_word(word: str) -> str | None:
    """The common word that a misspelled one is a slip away from; None where it is a word, or nothing is near."""
    from symspellpy import Verbosity

    dictionary = _dictionary()
    if word in dictionary.words:
        return None
    near = dictionary.lookup(word, Verbosity.CLOSEST, max_edit_distance=1)
    return str(near[0].term) if near and near[0].count >= COMMON else None


@lru_cache(maxsize=1)
def _dictionary() -> Any:
    from symspellpy import SymSpell

    speller = SymSpell(max_dictionary_edit_distance=1, prefix_length=7)
    path = resources.files("symspellpy") / "frequency_dictionary_en_82_765.txt"
    speller.load_dictionary(str(path), term_index=0, count_index=1)
    return speller
