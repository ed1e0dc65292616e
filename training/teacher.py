"""What a finished model says of every text: computed once with the product's own runtime, then learnt from.

A model that learns from the chances another gave, and not from labels alone, ends a little better than its teacher
(Furlanello et al. 2018, arXiv:1805.04770).
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import torch
from torch import Tensor

from bot.judging.scorers.kernels import Kernel
from bot.judging.scorers.onnx import OnnxScorer
from training.corpus import Corpus, Ints
from training.recipe import HEADS, Recipe


@dataclass(frozen=True, slots=True, kw_only=True)
class Opinions:
    """A teacher's logits."""

    logits: Tensor  #: (texts, labels of all heads), head after head
    weights: Tensor  #: (texts, heads), how much each opinion counts; 1 is usual

    def of(self, chosen: Ints) -> dict[str, Tensor]:
        """Return the logits of the chosen texts by head."""
        sizes = [len(labels) for labels in HEADS.values()]
        parts = torch.split(self.logits[torch.from_numpy(chosen)], sizes, dim=1)
        return dict(zip(HEADS, parts, strict=True))

    def weights_of(self, chosen: Ints) -> Tensor:
        """Return the weights (texts, heads) of the chosen texts."""
        return self.weights[torch.from_numpy(chosen)]


def opinions(folder: Path, corpus: Corpus, kept: Path, lean: Mapping[str, float]) -> Opinions:
    """Return what the model in `folder` says of all texts of `corpus`, without the `lean` that it was exported with.

    Kept in the file `kept` for a later start.
    """
    if not kept.exists():
        said = OnnxScorer(folder, kernel=Kernel.FLOAT32).all_logits(corpus.texts)
        part = kept.with_suffix(".part.npy")
        np.save(part, said)
        part.replace(kept)
    logits = torch.from_numpy(np.load(kept))
    for head, columns in _columns():
        logits[:, columns.stop - 1] -= lean.get(head, 0.0)
    return Opinions(logits=logits, weights=torch.ones(len(corpus), len(HEADS)))


def heard(said: Opinions, folder: Path, factor: float) -> Opinions:
    """Return `said` with what a head's specialists say put in its place where they were asked, `factor` times as heavy.

    `folder` is what `training.specialists` wrote; `FileNotFoundError` where it holds nothing of any head.
    """
    logits, weights = said.logits.clone(), said.weights.clone()
    found = [head for head in HEADS if (folder / f"{head}.npz").exists()]
    if not found:
        raise FileNotFoundError(f"No specialist has written into {folder}: run training.specialists first.")
    for number, (head, columns) in enumerate(_columns()):
        if head in found:
            kept = np.load(folder / f"{head}.npz")
            rows = torch.from_numpy(kept["rows"])
            logits[rows, columns] = torch.from_numpy(kept["logits"]).to(logits.dtype)
            weights[rows, number] = factor
    return Opinions(logits=logits, weights=weights)


@dataclass(frozen=True, slots=True, kw_only=True)
class Teachers:
    """Where opinions come from that are learnt beside the labels."""

    model: Path | None = None  #: folder of a finished model, asked about all heads
    #: Folder of `training.specialists`, heard before `model`, which must be there too.
    specialists: Path | None = None

    def __post_init__(self) -> None:
        if self.specialists and not self.model:
            raise ValueError(
                "--specialists needs --teacher: somebody must judge the texts of the other heads."
            )

    def opinions(self, recipe: Recipe, corpus: Corpus, kept: Path) -> Opinions | None:
        """Return what is said of the texts of `corpus`, None where nobody was asked."""
        if not self.model:
            return None
        said = opinions(self.model, corpus, kept, recipe.teacher_lean)
        return heard(said, self.specialists, recipe.specialist_factor) if self.specialists else said


def _columns() -> Iterator[tuple[str, slice]]:
    """Yield each head with its columns among the labels of all heads."""
    start = 0
    for head, labels in HEADS.items():
        yield head, slice(start, start + len(labels))
        start += len(labels)
