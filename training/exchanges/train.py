"""Make the heads for exchanges: `python -m training.exchanges.train --data ../shared/data --out DIR`.

Four layers go on from where the tone model's learning layers ended, above the same frozen part, so the product computes
that part once. What is measured is never learnt from: the held conversations, and the mirror month.
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

from bot.judging.scorers.exchanges import HEADS
from bot.judging.scorers.folder import SHIPPED
from training.corpus import MONTHS, Corpus, Reader, encoder_folder
from training.exchanges import lines
from training.exchanges.data import Example, examples
from training.network import LAYERS, Upper, load_lower
from training.recipe import Recipe
from training.steps import Memory

FROZEN = Recipe().frozen_layers
LEARNT = frozenset({"care", "answers", "written", *(f"month/{name}" for name in MONTHS)})


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """The settings of a run."""

    passes: int = 6  #: times that each example is read
    batch: int = 16
    rate: float = 1e-4  #: of the uppermost layer; 0.9 of it in each layer below
    head_rate: float = 6e-4
    width: int = 384  #: hidden units of the head
    max_tokens: int = 160
    smoothing: float = 0.06
    average: float = 0.98  #: decay per step of the running average of the weights, which is what is shipped
    seed: int = 0


def corpus_of(found: Sequence[Example], max_tokens: int) -> Corpus:
    """Return the exchanges as token ids, each with the two parts behind each other."""
    ids = Reader(encoder_folder(), max_tokens).pairs([(one.said, one.answered) for one in found])
    return Corpus(ids=ids, task=np.zeros(len(ids), dtype=np.int64), label=np.zeros(len(ids), dtype=np.int64))


def labels_of(found: Sequence[Example]) -> Tensor:
    """Return labels (exchanges, heads), nan where nobody said."""
    return torch.tensor([[float("nan") if v is None else float(v) for v in one.labels] for one in found])


def begun(plan: Plan) -> Upper:
    """Return the layers as the shipped tone model has them, with a new head."""
    upper = Upper(LAYERS - FROZEN, {"exchange": len(HEADS)}, plan.width, 0.1, 0.15)
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


def loss_of(logits: Tensor, labels: Tensor, smoothing: float) -> Tensor:
    """Return the mean cross-entropy over the labels that somebody gave."""
    known = ~torch.isnan(labels)
    aim = torch.nan_to_num(labels) * (1 - smoothing) + smoothing / 2
    each = functional.binary_cross_entropy_with_logits(logits, aim, reduction="none")
    return (each * known).sum() / known.sum().clamp(min=1)


def learn(plan: Plan, memory: Memory, corpus: Corpus, labels: Tensor, rows: Sequence[int]) -> Upper:
    """Return the averaged network that has learnt from these rows of the corpus."""
    torch.manual_seed(plan.seed)
    upper = begun(plan)
    steps = plan.passes * (-(-len(rows) // plan.batch))
    optimiser = torch.optim.AdamW(_groups(upper, plan), weight_decay=0.01)
    rates = torch.optim.lr_scheduler.LambdaLR(
        optimiser, lambda step: min((step + 1) / (0.08 * steps), max(0.0, (steps - step) / (0.92 * steps)))
    )
    mean = torch.optim.swa_utils.AveragedModel(
        upper, multi_avg_fn=torch.optim.swa_utils.get_ema_multi_avg_fn(plan.average)
    )
    upper.train()
    for number, chosen in enumerate(_batches(plan, corpus, rows)):
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


def _batches(plan: Plan, corpus: Corpus, rows: Sequence[int]) -> "list[np.ndarray]":
    """Return the rows of each step: of like length within a batch, in an order that the seed gives."""
    order, lengths, found = random.Random(plan.seed), corpus.lengths(), []
    for _ in range(plan.passes):
        shuffled = order.sample(list(rows), len(rows))
        pools = [shuffled[at : at + 20 * plan.batch] for at in range(0, len(shuffled), 20 * plan.batch)]
        flat = [row for pool in pools for row in sorted(pool, key=lambda row: lengths[row])]
        batches = [np.array(flat[at : at + plan.batch]) for at in range(0, len(flat), plan.batch)]
        found += order.sample(batches, len(batches))
    return found


def main() -> None:
    """Learn from everything that may be learnt from, and keep the weights."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--data", type=Path, required=True)
    parser.add_argument("--out", type=Path, required=True)
    parser.add_argument("--seed", type=int, default=0)
    said = parser.parse_args()
    plan, found = Plan(seed=said.seed), examples(said.data)
    corpus, labels = corpus_of(found, plan.max_tokens), labels_of(found)
    memory = Memory(load_lower(encoder_folder(), FROZEN), corpus, np.array([], dtype=np.int64))
    rows = [n for n, one in enumerate(found) if one.source in LEARNT]
    said.out.mkdir(parents=True, exist_ok=True)
    lines.write(said.out / "exchange.npz", *lines.fitted(lines.known(found), found, rows))
    real = [n for n in rows if found[n].source == "care"]  # there are few: each is read twice as often
    upper = learn(plan, memory, corpus, labels, [*rows, *real])
    torch.save(upper.state_dict(), said.out / f"exchange-{said.seed}.pt")


if __name__ == "__main__":
    main()
