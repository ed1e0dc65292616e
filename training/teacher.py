"""What a finished model says of every text: computed once with the product's own runtime, then learnt from.

A model that learns from the chances another gave, and not from labels alone, ends a little better than its teacher
(Furlanello et al. 2018, arXiv:1805.04770).
"""

from dataclasses import dataclass
from pathlib import Path

import numpy as np
import torch
from torch import Tensor

from bot.scorers.kernels import Kernel
from bot.scorers.onnx import OnnxScorer
from training.corpus import Corpus, Ints
from training.recipe import HEADS


@dataclass(frozen=True, slots=True, kw_only=True)
class Opinions:
    """A teacher's logits."""

    logits: Tensor  #: (texts, labels of all heads), head after head

    def of(self, chosen: Ints) -> dict[str, Tensor]:
        """Return the logits of the chosen texts by head."""
        sizes = [len(labels) for labels in HEADS.values()]
        return dict(zip(HEADS, self.logits[torch.from_numpy(chosen)].split(sizes, dim=1), strict=True))


def opinions(folder: Path, corpus: Corpus, kept: Path) -> Opinions:
    """Return what the model in `folder` says of all texts of `corpus`; kept in the file `kept` for a later start."""
    if not kept.exists():
        said = OnnxScorer(folder, kernel=Kernel.FLOAT32).all_logits(corpus.texts)
        part = kept.with_suffix(".part.npy")
        np.save(part, said)
        part.replace(kept)
    return Opinions(logits=torch.from_numpy(np.load(kept)))
