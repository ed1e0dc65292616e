"""What the networks that learnt apart say of pairs that they had not seen."""

from collections.abc import Sequence
from pathlib import Path

import numpy as np
import torch
from numpy.typing import NDArray

from bot.judging.scorers.pairs import HEADS
from training.exchanges.corpus import corpus_of
from training.exchanges.train import HALVES, Plan, State, begun, mean_of, remembered
from training.steps import Memory

Rows = NDArray[np.float32]
_BATCH = 64


def opinions(folder: Path, pairs: Sequence[tuple[str, str]], folds: Sequence[int]) -> Rows:
    """Return log odds (pairs, heads), each by the network that had not seen the pair's fold; for -1 by their mean."""
    corpus = corpus_of(pairs, Plan().max_tokens)
    memory = remembered(corpus)
    apart = [folder / f"apart-{half}.pt" for half in range(HALVES)]
    found: Rows = np.zeros((len(pairs), len(HEADS)), dtype=np.float32)
    of = np.array(folds)
    for half, weights in enumerate(apart):
        rows = np.flatnonzero((of >= 0) & (of % HALVES == half))
        found[rows] = _read(mean_of([weights]), memory, rows, corpus.lengths())
    rows = np.flatnonzero(of < 0)
    found[rows] = _read(mean_of(apart), memory, rows, corpus.lengths())
    return found


@torch.no_grad()
def _read(weights: State, memory: Memory, rows: "np.ndarray", lengths: "np.ndarray") -> Rows:
    network = begun(Plan())
    network.load_state_dict(weights)
    network.eval()
    found: Rows = np.zeros((len(rows), len(HEADS)), dtype=np.float32)
    order = np.argsort(lengths[rows], kind="stable")
    for at in range(0, len(order), _BATCH):
        chosen = order[at : at + _BATCH]
        found[chosen] = network(*memory(rows[chosen]))["exchange"].numpy()
    return found
