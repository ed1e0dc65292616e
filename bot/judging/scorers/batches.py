"""Texts to arrays of token ids, cut into batches of like length."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import numpy.typing as npt
from tokenizers import Tokenizer

from bot.judging.scorers.prepare import Preparer

Ids = npt.NDArray[np.int64]
Text = str | tuple[str, str]


#: Cost of a token in the layers that see all of them, and in those that see only what is not light.
_LOWER_COST, _UPPER_COST = 1, 2


@dataclass(frozen=True, slots=True, kw_only=True)
class Batch:
    """Texts of like length."""

    rows: list[int]  #: their places in the list they came from
    ids: Ids  #: token ids (texts, tokens), padded with 0


class Batches:
    """Prepares and tokenizes texts with a folder's `tokenizer.json`."""

    def __init__(
        self, tokenizer: Path, max_tokens: int, *, light: Sequence[int] = (), tokens: int = 1024
    ) -> None:
        """Cut texts at `max_tokens` tokens and fill batches up to `tokens` tokens, padding included.

        `light` are ids of tokens that the model's upper layers do without.
        """
        self._tokenizer = Tokenizer.from_file(str(tokenizer))
        self._tokenizer.no_padding()
        self._tokenizer.enable_truncation(max_tokens)
        vocabulary = self._tokenizer.get_vocab()
        self._prepare = Preparer.from_vocabulary(sorted(vocabulary, key=vocabulary.__getitem__))
        self._heavy = np.ones(len(vocabulary), dtype=bool)
        self._heavy[[0, *light]] = False
        self._tokens = tokens

    def token_ids(self, texts: Sequence[Text]) -> list[list[int]]:
        """Return the token ids of each text, in order; two texts that belong together stand behind each other."""
        encoded = self._tokenizer.encode_batch_fast([self._words(text) for text in texts])
        return [one.ids for one in encoded]

    def _words(self, text: Text) -> Text:
        if isinstance(text, str):
            return self.prepared(text)
        first, second = map(self.prepared, text)
        return (first, second) if second else first

    def prepared(self, text: str) -> str:
        """Return the words that the tokenizer gets for `text`."""
        return self._prepare(text)

    def packed(self, ids: Ids) -> dict[str, Ids]:
        """Return ids (texts, tokens), padded with 0, in the form of the model's inputs: without padding.

        See `training.graph.tone_model` for the shapes.
        """
        there = ids != 0
        heavy = there & self._heavy[ids]
        return {
            "ids": ids[there],
            "places": np.nonzero(there)[1],
            "grid": np.where(there, np.cumsum(there).reshape(ids.shape) - 1, -1),
            "kept": np.flatnonzero(heavy[there]),
            "kept_grid": _numbered(heavy),
        }

    def cut(self, texts: Sequence[Text]) -> Iterator[Batch]:
        """Yield batches from short texts to long ones; every text stands in one of them."""
        ids = self.token_ids(texts)
        order = sorted(range(len(ids)), key=lambda row: self._cost(ids[row]))
        start = 0
        while start < len(order):
            end, widest = start + 1, len(ids[order[start]])
            while end < len(order):
                widest = max(widest, len(ids[order[end]]))
                if widest * (end + 1 - start) > self._tokens:
                    break
                end += 1
            yield _batch(order[start:end], ids)
            start = end

    def _cost(self, ids: Sequence[int]) -> int:
        return _LOWER_COST * len(ids) + _UPPER_COST * int(self._heavy[ids].sum())


def _numbered(marks: npt.NDArray[np.bool_]) -> Ids:
    """Return a grid (texts, most marks) that numbers the marks of each row, counted through all rows; -1 pads."""
    counts = marks.sum(axis=1)
    within, firsts = np.arange(counts.max()), np.cumsum(counts) - counts
    return np.where(within < counts[:, None], firsts[:, None] + within, -1)


def _batch(rows: list[int], ids: list[list[int]]) -> Batch:
    """Return the given rows as one array."""
    padded = np.zeros((len(rows), max(len(ids[row]) for row in rows)), dtype=np.int64)
    for place, row in enumerate(rows):
        padded[place, : len(ids[row])] = ids[row]
    return Batch(rows=rows, ids=padded)
