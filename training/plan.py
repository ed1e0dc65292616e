"""Which texts stand in which step. The whole run is laid out beforehand from the seed, so that resuming is exact."""

import numpy as np

from training.corpus import Corpus, Ints
from training.recipe import HEADS, Recipe, Task


def _endless(rng: np.random.Generator, texts: Ints, count: int) -> Ints:
    """Return `count` of `texts`: each once before any twice, in fresh random order every time round."""
    rounds = -(-count // len(texts))
    return np.concatenate([rng.permutation(texts) for _ in range(rounds)])[:count]


def _shares(counts: Ints, balance: float) -> list[float]:
    """Return how large a part of the reading each label gets."""
    powers = np.where(counts > 0, counts.astype(float), 1.0) ** balance * (counts > 0)
    return [float(share) for share in powers / powers.sum()]


def _draw(rng: np.random.Generator, corpus: Corpus, head: int, task: Task, labels: int) -> Ints:
    """Return the texts of one task in the order of reading."""
    groups = [np.flatnonzero((corpus.task == head) & (corpus.label == label)) for label in range(labels)]
    counts = np.array([len(group) for group in groups])
    total = task.passes * counts.sum()
    shares = _shares(counts, task.balance)
    drawn = [_endless(rng, g, round(total * s)) for g, s in zip(groups, shares, strict=True) if len(g)]
    return rng.permutation(np.concatenate(drawn))


def _spread(rng: np.random.Generator, drawn: list[Ints]) -> Ints:
    """Interleave the tasks evenly over the run, each kept in its own order."""
    place = [(np.arange(len(d)) + rng.random(len(d))) / len(d) for d in drawn]
    return np.concatenate(drawn)[np.argsort(np.concatenate(place), kind="stable")]


def plan(corpus: Corpus, recipe: Recipe) -> list[Ints]:
    """Return the text numbers of each step: mixed tasks, like lengths, deterministic by the recipe's seed."""
    rng = np.random.default_rng(recipe.seed)
    present = [(n, h) for n, h in enumerate(HEADS) if (corpus.task == n).any() and recipe.tasks[h].passes > 0]
    drawn = [_draw(rng, corpus, number, recipe.tasks[head], len(HEADS[head])) for number, head in present]
    order, lengths = _spread(rng, drawn), corpus.lengths()
    steps: list[Ints] = []
    for start in range(0, len(order), recipe.pool):
        pool = order[start : start + recipe.pool]
        pool = pool[np.argsort(lengths[pool], kind="stable")]
        batches = [pool[at : at + recipe.batch] for at in range(0, len(pool), recipe.batch)]
        steps += [batches[i] for i in rng.permutation(len(batches))]
    return steps[: recipe.steps]
