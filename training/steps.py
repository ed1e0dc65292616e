"""One step: batches, the frozen part's memory, and what is learnt from."""

import numpy as np
import torch
from torch import Tensor, nn
from torch.nn import functional

from training.corpus import Corpus, Ints
from training.measure import Floats
from training.network import Lower, Upper, bias_of
from training.recipe import HEADS, Recipe


def batch_ids(corpus: Corpus, chosen: Ints) -> tuple[Tensor, Tensor]:
    """Return ids (texts, tokens), padded with 0, and their mask."""
    lengths = torch.tensor([len(corpus.ids[n]) for n in chosen])
    ids = torch.zeros(len(chosen), int(lengths.max()), dtype=torch.int64)
    for row, n in enumerate(chosen):
        ids[row, : len(corpus.ids[n])] = torch.from_numpy(corpus.ids[n])
    return ids, torch.arange(ids.shape[1])[None, :] < lengths[:, None]


class Memory:
    """The frozen part's output for texts that were read before: it never changes, so it is computed once.

    Held in memory in half precision, 768 bytes a token; of light tokens (`recipe.LIGHT`) nothing is held.
    """

    def __init__(self, lower: Lower, corpus: Corpus, light: Ints) -> None:
        """Remember nothing yet about the texts of `corpus`; `light` are ids of light tokens."""
        self._lower, self._corpus, self._light = lower, corpus, torch.from_numpy(light)
        self._known: dict[int, Tensor] = {}

    def __call__(self, chosen: Ints) -> tuple[Tensor, Tensor]:
        """Return vectors (texts, kept tokens, 384) and the mask of the chosen texts."""
        missing = np.array([n for n in chosen if int(n) not in self._known], dtype=np.int64)
        if len(missing):
            self._learn(missing)
        known = [self._known[int(n)] for n in chosen]
        lengths = torch.tensor([len(one) for one in known])
        x = nn.utils.rnn.pad_sequence(known, batch_first=True).float()
        return x, torch.arange(x.shape[1])[None, :] < lengths[:, None]

    @torch.no_grad()
    def _learn(self, chosen: Ints) -> None:
        ids, mask = batch_ids(self._corpus, chosen)
        out = self._lower(ids, bias_of(mask)).half()
        kept = mask & ~torch.isin(ids, self._light)
        for n, vectors, keep in zip(chosen, out, kept, strict=True):
            self._known[int(n)] = vectors[keep].clone()


def label_loss(logits: dict[str, Tensor], tasks: Tensor, labels: Tensor, recipe: Recipe) -> Tensor:
    """Return the mean loss of each text under the head that it has a label for."""
    total = torch.zeros(())
    for number, head in enumerate(HEADS):
        rows = (tasks == number).nonzero()[:, 0]
        if len(rows):
            raw = functional.cross_entropy(
                logits[head][rows], labels[rows], label_smoothing=recipe.smoothing, reduction="sum"
            )
            total = total + raw * recipe.tasks[head].weight
    return total / len(tasks)


def teaching_loss(
    logits: dict[str, Tensor], taught: dict[str, Tensor], weights: Tensor | None = None
) -> Tensor:
    """Return how far all heads are from the teacher's on every text: mean cross-entropy above the teacher's own.

    `weights` (texts, heads) says how much each opinion counts, 1 where it is left out.

    A text has a label for one head only. The teacher's opinion on the other five lets a step of the encoder serve all
    six, which is most for the tasks with few texts (Tarvainen and Valpola 2017, arXiv:1703.01780).
    """
    apart = [
        functional.kl_div(own.log_softmax(1), taught[head].log_softmax(1), log_target=True, reduction="none")
        for head, own in logits.items()
    ]
    each = torch.stack([one.sum(1) for one in apart], dim=1)
    return (each if weights is None else each * weights).sum(1).mean()


@torch.no_grad()
def judge(upper: Upper, memory: Memory, corpus: Corpus, batch: int = 64) -> dict[str, Floats]:
    """Return the logits (texts, labels) of every head for all texts of `corpus`, in its order."""
    upper.eval()
    out = {head: np.zeros((len(corpus), len(labels))) for head, labels in HEADS.items()}
    order = np.argsort(corpus.lengths(), kind="stable")
    for start in range(0, len(order), batch):
        chosen = order[start : start + batch]
        for head, logits in upper(*memory(chosen)).items():
            out[head][chosen] = logits.numpy()
    return out
