"""Which tokens the upper layers can do without: `python -m training.light CHECKPOINT --data DIR`.

Prints a line of JSON for each frequent token. Texts that hold it are judged by a trained model once whole and once with
the token hidden from the layers above the frozen ones; what that changes is told as the divergence of all heads'
answers in nats. `LIGHT` in `recipe.py` was chosen from this list: at most 0.035 nats and at least one token in 2,000,
without words of feeling or topic that got in by chance.
"""

import argparse
import json
from collections import Counter, defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import torch
from torch import Tensor

from training.corpus import Corpus, Ints, Reader, encoder_folder
from training.network import Upper, load_lower
from training.recipe import HEADS, Recipe
from training.steps import Memory
from training.train import new_upper

#: Texts of each head that tokens are counted in, and texts that each token is tried on.
SAMPLE, TRIED = 1200, 40


@dataclass(frozen=True, slots=True, kw_only=True)
class Weight:
    """What one token is worth."""

    token: int  #: its id
    nats: float  #: mean divergence of all heads' answers together when it is hidden
    share: float  #: part of all tokens that it makes up, 0 to 1


def sample(corpus: Corpus, seed: int) -> Ints:
    """Return some texts of every head."""
    rng = np.random.default_rng(seed)
    rows = [np.flatnonzero(corpus.task == number) for number in range(len(HEADS))]
    return np.concatenate([rng.permutation(texts)[:SAMPLE] for texts in rows])


@torch.no_grad()
def divergence(upper: Upper, x: Tensor, mask: Tensor, hidden: Tensor) -> float:
    """Return how far answers move, in nats, when the tokens in `hidden` (texts, tokens) are not seen."""
    whole, less = upper(x, mask), upper(x, mask & ~hidden)
    parts = [
        (whole[head].softmax(1) * (whole[head].log_softmax(1) - less[head].log_softmax(1))).sum(1).mean()
        for head in whole
    ]
    return float(torch.stack(parts).sum())


def weights(upper: Upper, memory: Memory, corpus: Corpus, seed: int, most: int) -> Iterator[Weight]:
    """Yield the weight of each of the `most` frequent tokens; the mark at the beginning always stays."""
    chosen, counts = sample(corpus, seed), Counter[int]()
    holders: dict[int, list[int]] = defaultdict(list)
    for n in chosen:
        counts.update(corpus.ids[n].tolist())
        for token in set(corpus.ids[n].tolist()):
            holders[token].append(int(n))
    rng, total, first = np.random.default_rng(seed), sum(counts.values()), int(corpus.ids[0][0])
    for token, count in counts.most_common(most):
        if token != first:
            texts = rng.permutation(np.array(holders[token]))[:TRIED]
            x, mask = memory(texts)
            hidden = torch.zeros_like(mask)
            for row, n in enumerate(texts):
                hidden[row, : len(corpus.ids[n])] = torch.from_numpy(corpus.ids[n] == token)
            nats = divergence(upper, x, mask, hidden)
            yield Weight(token=token, nats=nats, share=count / total)


def main() -> None:
    """Read the command line and print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("checkpoint", type=Path)
    parser.add_argument("--data", type=Path, required=True)
    parser.add_argument("--most", type=int, default=330, help="frequent tokens to try")
    said = parser.parse_args()
    recipe, folder = Recipe(light=()), encoder_folder()
    reader, upper = Reader(folder, recipe.max_tokens), new_upper(recipe, folder)
    upper.load_state_dict(torch.load(said.checkpoint, weights_only=True)["averaged"])
    corpus = reader.corpus(said.data, "train")
    memory = Memory(load_lower(folder, recipe.frozen_layers), corpus, reader.numbers(()))
    found = sorted(weights(upper.eval(), memory, corpus, recipe.seed, said.most), key=lambda w: w.nats)
    for one in found:
        print(
            json.dumps(
                {"token": reader.name(one.token), "nats": round(one.nats, 4), "share": round(one.share, 5)}
            )
        )


if __name__ == "__main__":
    main()
