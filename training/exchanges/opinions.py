"""What the networks that learnt apart say of pairs that they had not seen."""

from collections.abc import Sequence
from pathlib import Path

import numpy as np
import torch
from numpy.typing import NDArray

from bot.judging.scorers.pairs import HEADS
from training.corpus import Corpus, Reader, encoder_folder
from training.exchanges.train import FROZEN, HALVES, Plan, begun
from training.network import load_lower
from training.steps import Memory

Rows = NDArray[np.float32]
_BATCH = 64


def opinions(folder: Path, pairs: Sequence[tuple[str, str]], folds: Sequence[int]) -> Rows:
    """Return log odds (pairs, heads), each by the network that had not seen the pair's fold; for -1 the shipped one."""
    ids = Reader(encoder_folder(), Plan().max_tokens).pairs(pairs)
    corpus = Corpus(
        ids=ids, task=np.zeros(len(ids), dtype=np.int64), label=np.zeros(len(ids), dtype=np.int64)
    )
    memory = Memory(load_lower(encoder_folder(), FROZEN), corpus, np.array([], dtype=np.int64))
    found: Rows = np.zeros((len(pairs), len(HEADS)), dtype=np.float32)
    of = np.array(folds)
    for half in (*range(HALVES), None):
        rows = np.flatnonzero(of < 0 if half is None else (of >= 0) & (of % HALVES == half))
        name = next(folder.glob("exchange-*.pt")) if half is None else folder / f"apart-{half}.pt"
        found[rows] = _read(name, memory, rows, corpus.lengths())
    return found


@torch.no_grad()
def _read(weights: Path, memory: Memory, rows: "np.ndarray", lengths: "np.ndarray") -> Rows:
    network = begun(Plan())
    network.load_state_dict(torch.load(weights, weights_only=True))
    network.eval()
    found: Rows = np.zeros((len(rows), len(HEADS)), dtype=np.float32)
    order = np.argsort(lengths[rows], kind="stable")
    for at in range(0, len(order), _BATCH):
        chosen = order[at : at + _BATCH]
        found[chosen] = network(*memory(rows[chosen]))["exchange"].numpy()
    return found
