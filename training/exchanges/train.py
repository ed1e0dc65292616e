"""Make the network for pairs: `python -m training.exchanges.train --data ../shared/data --out DIR --apart N`.

Four layers go on from where the tone model's learning layers ended, above the same frozen part, so the product computes
that part once. What is measured is never learnt from: the held conversations, the mirror month, the answers of 30
brands.

Two networks learn apart: number N does not see the folds whose number, halved, leaves N. What it says of those is as
good as what the product says of posts that nobody had seen, and the topic heads learn from that (training/topics). What
ships is their mean.
"""

import argparse
import json
import random
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import onnx
import torch
from onnx import numpy_helper
from torch import Tensor, nn
from torch.nn import functional

from bot.judging.scorers.folder import SHIPPED
from bot.judging.scorers.pairs import HEADS
from training.corpus import Corpus, encoder_folder
from training.exchanges.corpus import READ, Paired, corpus_of, everything
from training.network import LAYERS, Quick, Upper, load_lower
from training.recipe import Recipe
from training.steps import Memory

FROZEN = Recipe().frozen_layers
State = dict[str, Tensor]
HALVES = 2  #: networks that learn apart


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """The settings of a run."""

    passes: int = 3  #: times that a pair is read, and as often as `READ` says of its source
    batch: int = 16
    rate: float = 1e-4  #: of the uppermost layer; 0.9 of it in each layer below
    head_rate: float = 6e-4
    width: int = 384  #: hidden units of the head
    max_tokens: int = 160
    smoothing: float = 0.06
    average: float = 0.995  #: decay per step of the running average of the weights, which is what is shipped
    seed: int = 0


def labels_of(found: Sequence[Paired]) -> Tensor:
    """Return labels (pairs, heads), nan where nobody said."""
    rows = [[float("nan") if v is None else v for v in one.labels] for one in found]
    return torch.tensor(rows).reshape(len(found), len(HEADS))


def begun(plan: Plan) -> Upper:
    """Return the layers as the shipped tone model has them, with a new head."""
    upper = Quick(LAYERS - FROZEN, {"exchange": len(HEADS)}, plan.width, 0.1, 0.15)
    graph = onnx.load(str(SHIPPED / "tone.onnx")).graph
    kept = {store.name: numpy_helper.to_array(store) for store in graph.initializer}
    for number, layer in enumerate(upper.layers):
        state = {}
        for name, value in layer.state_dict().items():
            at = f"layers.{number + FROZEN}.{name}"
            if at in kept:
                state[name] = torch.from_numpy(kept[at].astype(np.float32))
            else:  # matrices are kept as whole numbers with a scale for each column
                matrix = at.removesuffix(".weight")
                whole = kept[f"{matrix}.int8"].astype(np.float32) * kept[f"{matrix}.scale"]
                state[name] = torch.from_numpy(np.ascontiguousarray(whole.T))
            if state[name].shape != value.shape:
                raise ValueError(f"{at} has another shape than the network")
        layer.load_state_dict(state)
    return upper


def mean_of(weights: Sequence[Path]) -> State:
    """Return the mean of several runs' weights from the same beginning (Wortsman et al. 2022, arXiv:2203.05482)."""
    states = [torch.load(path, weights_only=True) for path in weights]
    return {name: torch.stack([state[name] for state in states]).mean(0) for name in states[0]}


def loss_of(logits: Tensor, labels: Tensor, smoothing: float) -> Tensor:
    """Return the mean cross-entropy over the labels that somebody gave."""
    known = ~torch.isnan(labels)
    aim = torch.nan_to_num(labels) * (1 - smoothing) + smoothing / 2
    each = functional.binary_cross_entropy_with_logits(logits, aim, reduction="none")
    return (each * known).sum() / known.sum().clamp(min=1)


def remembered(corpus: Corpus) -> Memory:
    """Return the frozen part with what it says of the corpus; it sees all tokens."""
    return Memory(load_lower(encoder_folder(), FROZEN), corpus, np.array([], dtype=np.int64))


def learn(plan: Plan, memory: Memory, labels: Tensor, order: "list[np.ndarray]") -> Upper:
    """Return the averaged network that has learnt from the rows of the corpus that stand in each step."""
    torch.manual_seed(plan.seed)
    upper, steps = begun(plan), len(order)
    optimiser = torch.optim.AdamW(_groups(upper, plan), weight_decay=0.01)
    rates = torch.optim.lr_scheduler.LambdaLR(
        optimiser, lambda step: min((step + 1) / (0.08 * steps), max(0.0, (steps - step) / (0.92 * steps)))
    )
    mean = torch.optim.swa_utils.AveragedModel(
        upper, multi_avg_fn=torch.optim.swa_utils.get_ema_multi_avg_fn(plan.average)
    )
    upper.train()
    for number, chosen in enumerate(order):
        loss = loss_of(upper(*memory(chosen))["exchange"], labels[chosen], plan.smoothing)
        optimiser.zero_grad()
        loss.backward()
        nn.utils.clip_grad_norm_(upper.parameters(), 1.0)
        optimiser.step()
        rates.step()
        mean.update_parameters(upper)
        if number % 50 == 0:
            print(json.dumps({"step": number, "of": steps, "loss": round(loss.item(), 4)}), flush=True)
    return mean.module  # type: ignore[no-any-return]


def _groups(upper: Upper, plan: Plan) -> list[dict[str, object]]:
    top = len(upper.layers) - 1
    layers = [
        {"params": list(layer.parameters()), "lr": plan.rate * 0.9 ** (top - number)}
        for number, layer in enumerate(upper.layers)
    ]
    return [{"params": list(upper.heads.parameters()), "lr": plan.head_rate}, *layers]


def laid_out(plan: Plan, found: Sequence[Paired], lengths: "np.ndarray", apart: int) -> "list[np.ndarray]":
    """Return the rows of each step: of like length within a batch, in an order that the seed gives."""
    order, out = random.Random(plan.seed), []
    for _ in range(plan.passes):
        chosen = [row for row, one in enumerate(found) for _ in range(_times(one, apart, order.random()))]
        shuffled = order.sample(chosen, len(chosen))
        pools = [shuffled[at : at + 20 * plan.batch] for at in range(0, len(shuffled), 20 * plan.batch)]
        flat = [row for pool in pools for row in sorted(pool, key=lambda row: lengths[row])]
        batches = [np.array(flat[at : at + plan.batch]) for at in range(0, len(flat), plan.batch)]
        out += order.sample(batches, len(batches))
    return out


def _times(one: Paired, apart: int, chance: float) -> int:
    """How often a pair is read in a pass."""
    if one.fold >= 0 and one.fold % HALVES == apart:
        return 0
    wanted = READ.get(one.source, 0.0)
    return int(wanted) + (chance < wanted % 1)


def main() -> None:
    """Learn from everything that may be learnt from, and keep the weights."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--data", type=Path, required=True)
    parser.add_argument("--out", type=Path, required=True)
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--apart", type=int, choices=range(HALVES), required=True)
    said = parser.parse_args()
    plan, found = Plan(seed=said.seed), everything(said.data)
    corpus = corpus_of([(one.said, one.published) for one in found], plan.max_tokens)
    order = laid_out(plan, found, corpus.lengths(), said.apart)
    upper = learn(plan, remembered(corpus), labels_of(found), order)
    said.out.mkdir(parents=True, exist_ok=True)
    torch.save(upper.state_dict(), said.out / f"apart-{said.apart}.pt")


if __name__ == "__main__":
    main()
