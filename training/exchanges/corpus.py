"""All pairs that the network learns from: exchanges by what `policies.threads` asks, posts by their topics."""

import zlib
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from bot.judging.scorers.pairs import ASKED
from policies.matching.index import IndexBuilder
from policies.topics import meaning
from policies.view import Context, View
from training.corpus import MONTHS, Corpus, Reader, encoder_folder
from training.exchanges.data import Example, examples
from training.topics.data import BRUSHED_OFF, FOLDS, HOSTILE, TOPICS, Sample, folds, samples

#: Times that a pair of each source is read in a pass; other sources are measured on.
READ = {
    "care": 2.0,  # real, and there are few
    "answers": 1.0,
    "written": 1.0,
    **{f"month/{name}": 1.0 for name in MONTHS},
    "examples": 0.4,
    "ordinary": 0.5,
    "pairs": 2.0,
    "cases": 2.0,
    "month": 2.0,
    "brand": 1.0,
    "real care": 1.0,
}


_NO_WORDS = IndexBuilder().build()  #: of no rule


@dataclass(frozen=True, slots=True, kw_only=True)
class Paired:
    """One pair with what is known of it."""

    said: str  #: by a client; may be empty
    published: str  #: by the brand; may be empty
    labels: tuple[float | None, ...]  #: for each head; None where nobody said
    source: str  #: a name in `READ`, or another
    fold: int  #: which of the networks that learn apart must not see it; -1: all may


def of_exchange(one: Example) -> Paired:
    """An exchange: nothing is known of its topics."""
    fold = MONTHS.index(one.source[6:]) if one.source[6:] in MONTHS else -1
    if one.source in ("care", "answers"):  # all answers to one client's words in one fold
        fold = zlib.crc32(one.said.encode()) % FOLDS
    return Paired(
        said=one.said,
        published=one.answered,
        labels=(*one.labels, *(None for _ in TOPICS)),
        source=one.source,
        fold=fold,
    )


def of_sample(sample: Sample, fold: int) -> Paired:
    """A post: what is known of its topics, and of the client whom it answers."""
    view = View(sample.post, Context(thread=sample.thread), _NO_WORDS)
    said, published = meaning(view).pair
    labels = [None if name in sample.unknown else float(name in sample.does) for name in TOPICS]
    if sample.source in ("examples", "ordinary"):  # whole posts without what they answer
        labels[BRUSHED_OFF] = None
        labels[HOSTILE] = labels[HOSTILE] if sample.group == TOPICS[HOSTILE] else None
    asked = (sample.asked.get(name) for name in ASKED)
    source = "real care" if sample.source == "care" else sample.source
    return Paired(said=said, published=published, labels=(*asked, *labels), source=source, fold=fold)


def everything(data: Path) -> list[Paired]:
    """All of them; ``data`` is the folder with care/, months/, brand/ and replies/."""
    posts = samples(data)
    return [
        *map(of_exchange, examples(data)),
        *(of_sample(*pair) for pair in zip(posts, folds(posts), strict=True)),
    ]


def corpus_of(pairs: Sequence[tuple[str, str]], max_tokens: int) -> Corpus:
    """Return what was said and what was published as token ids, one behind the other."""
    ids = Reader(encoder_folder(), max_tokens).pairs(pairs)
    return Corpus(ids=ids, task=np.zeros(len(ids), dtype=np.int64), label=np.zeros(len(ids), dtype=np.int64))
