"""What the heads see of each sample, kept in a file between runs: the slow part is the model's."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from policies.matching.index import IndexBuilder
from policies.scoring import Embedder, HeadScore, Reading, Scorer
from policies.topics import Meaning, meaning
from policies.view import Context, View, plain_text
from training.topics.data import Sample, upset

Rows = NDArray[np.float32]


class Remembered:
    """Vectors of texts, in a file."""

    def __init__(self, embedder: Embedder, path: Path) -> None:
        """Begin with what the file holds for this model."""
        self._embedder, self._path = embedder, path
        self.version, self.pairs_version = embedder.version, embedder.pairs_version
        self._known: dict[str, Rows] = {}
        if path.is_file():
            kept = np.load(path, allow_pickle=False)
            if str(kept["version"]) == self.version:
                self._known = dict(zip(kept["texts"].tolist(), kept["rows"], strict=True))

    def of(self, texts: Sequence[str]) -> Rows:
        """One row of unit length per text."""
        self.learn(texts)
        return np.stack([self._known[text] for text in texts])

    def learn(self, texts: Iterable[str]) -> None:
        """Let the model see many texts at once, and keep what it says."""
        missing = [text for text in dict.fromkeys(texts) if text not in self._known]
        if missing:
            rows = np.asarray(self._embedder.embed(missing), dtype=np.float32)
            self._known.update(zip(missing, rows, strict=True))

    def tones(self, texts: Sequence[str], scorer: Scorer) -> dict[str, Reading]:
        """The tone of texts, in a file beside."""
        path = self._path.with_suffix(".tones.json")
        kept = json.loads(path.read_text(encoding="utf-8")) if path.is_file() else {}
        known = kept.get(scorer.version, {})
        missing = [text for text in dict.fromkeys(texts) if text not in known]
        known |= {text: asdict(one) for text, one in zip(missing, scorer.read(missing), strict=True)}
        path.write_text(json.dumps({scorer.version: known}), encoding="utf-8")
        return {text: _reading(known[text]) for text in texts}

    def keep(self) -> None:
        """Write the file again."""
        texts, rows = list(self._known), np.stack(list(self._known.values()))
        np.savez(self._path, version=np.array(self.version), texts=np.array(texts), rows=rows)


def _reading(kept: Mapping[str, Any]) -> Reading:
    heads = {name: HeadScore(**score) for name, score in kept["heads"].items()}
    return Reading(language=kept["language"], readable=kept["readable"], heads=heads)


def views(samples: Sequence[Sample], scorer: Scorer, vectors: Remembered) -> list[View]:
    """Each sample's post with its conversation and the tone of what stands in it."""
    posts = {id(post): post for sample in samples for post in (sample.post, *_parent(sample))}
    tones = vectors.tones([post.text for post in posts.values()], scorer)
    index = IndexBuilder().build()
    return [
        View(
            sample.post,
            Context(
                thread=sample.thread,
                readings={post.key: tones[post.text] for post in (sample.post, *_parent(sample))},
            ),
            index,
        )
        for sample in samples
    ]


def _parent(sample: Sample) -> list:  # type: ignore[type-arg]
    wanted = sample.post.parent_id
    return [post for post in sample.thread.posts if wanted and post.key.external_id == wanted][:1]


def meanings(samples: Sequence[Sample], scorer: Scorer, vectors: Remembered) -> list[Meaning]:
    """What the heads see of each sample; all vectors are known afterwards."""
    found = [meaning(view) for view in views(samples, scorer, vectors)]
    vectors.learn(text for one in found for text in one.texts)
    vectors.learn(plain_text(text) for text, _ in upset())
    vectors.keep()
    return found
