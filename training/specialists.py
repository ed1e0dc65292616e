"""Specialists of one head: `python -m training.specialists --data DIR --out DIR irony emotion complaint`.

A head with few labels is learnt by heart long before the run ends, so a finished model's opinion on those very texts
says little more than their labels. A specialist is the whole encoder with every layer and every token, taught this head
alone on four fifths of its texts, and asked about the last fifth only. So its doubts are honest, and how sure it
may be can be read from the labels. All are asked about some texts of other heads as well, which nobody could learn by
heart. `training.train --specialists DIR` learns from that beside the labels, or instead of them.
"""

import argparse
import logging
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import numpy as np
import torch

from training.corpus import Corpus, Ints, Reader, encoder_folder
from training.measure import Floats, figure, fit_temperature
from training.network import Lower, Upper, load_lower
from training.plan import plan
from training.recipe import HEADS, Recipe
from training.steps import Memory, judge
from training.train import Pair, advance, new_run, rate_factor

#: Parts of a head's texts in a round, and rounds with parts of their own; a text is judged once in each round.
FOLDS = 5
ROUNDS = 2
#: Longest text of another head that is asked about, in tokens: short ones cost less and say as much.
LONGEST = 32
_NONE = np.zeros(0, dtype=np.int64)
_log = logging.getLogger("training.specialists")


def recipe_of(recipe: Recipe, head: str, number: int) -> Recipe:
    """Return the recipe of a specialist: `head` alone, read twice, nothing frozen but the embeddings, no teacher."""
    passes = {name: replace(task, passes=2.0 * (name == head)) for name, task in recipe.tasks.items()}
    return replace(
        recipe,
        tasks=passes,
        seed=recipe.seed + 1 + number,
        steps=None,
        frozen_layers=0,
        light=(),
        rate=1.2e-4,
        average=0.99,
        teach_weight=0.0,
    )


def folds(texts: int, seed: int) -> Iterator[tuple[Ints, Ints]]:
    """Yield the numbers that a specialist learns and those that it judges; in each round a text is judged once."""
    rng = np.random.default_rng(seed)
    for _ in range(ROUNDS):
        part = rng.permutation(texts) % FOLDS
        for number in range(FOLDS):
            yield np.flatnonzero(part != number), np.flatnonzero(part == number)


def specialist(recipe: Recipe, folder: Path, lower: Lower, learn: Corpus) -> Upper:
    """Train a specialist on `learn` and return its averaged weights."""
    steps, run, memory = plan(learn, recipe), new_run(recipe, folder), Memory(lower, learn, _NONE)
    pair = Pair(run.student)
    for chosen in steps:
        factor = rate_factor(run.step, len(steps), recipe.warm_up)
        advance(run, pair, recipe, memory, learn, chosen, len(steps), factor, None)
    return run.averaged


def asked_about(corpus: Corpus, head: str, others: int, seed: int) -> tuple[Ints, Ints]:
    """Return the numbers of `head`'s texts, and of so many short texts of other heads, drawn by the seed."""
    own = np.flatnonzero(corpus.task == list(HEADS).index(head))
    rest = np.setdiff1d(np.flatnonzero(corpus.lengths() <= LONGEST), own)
    drawn = np.random.default_rng(seed).choice(rest, min(others, len(rest)), replace=False)
    return own, np.sort(drawn)


def opinions_on(corpus: Corpus, own: Ints, others: Ints, recipe: Recipe, head: str, out: Path) -> Floats:
    """Return the logits (own and other texts, labels) of `head`'s specialists, each text by those that never saw it.

    They are as sure as they are right: the temperature is fitted to the labels. What one specialist says is kept in
    `out` as soon as it has said it, and not asked for again after a kill.
    """
    folder = encoder_folder()
    lower = load_lower(folder, 0)
    said = np.zeros((len(own) + len(others), len(HEADS[head])))
    for number, (learnt, left) in enumerate(folds(len(own), recipe.seed)):
        kept = out / f"{head}.{number}.npy"
        if not kept.exists():
            one = specialist(recipe_of(recipe, head, number), folder, lower, corpus.part(own[learnt]))
            asked = corpus.part(np.concatenate([own[left], others]))
            part = kept.with_suffix(".part.npy")
            np.save(part, judge(one, Memory(lower, asked, _NONE), asked)[head])
            part.replace(kept)
        found = np.load(kept)
        said[left] += found[: len(left)] / ROUNDS
        said[len(own) :] += found[len(left) :] / (ROUNDS * FOLDS)
        truth = corpus.label[own[left]]
        right = figure(head, truth, found[: len(left)].argmax(axis=1), len(HEADS[head]))
        _log.info("%s, %d of %d: %.1f on texts it never saw", head, number + 1, FOLDS * ROUNDS, 100 * right)
    return said / fit_temperature(said[: len(own)], corpus.label[own])


def main() -> None:
    """Read the command line and write `<head>.npz` for each head: numbers of texts, and logits."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("heads", nargs="+", choices=list(HEADS))
    parser.add_argument("--data", type=Path, required=True, help="folder of <head>.train.tsv")
    parser.add_argument("--out", type=Path, required=True, help="folder of what the specialists say")
    parser.add_argument("--others", type=int, default=10_000, help="texts of other heads to be asked about")
    parser.add_argument("--recipe", type=Path, help="JSON with settings other than the defaults")
    said = parser.parse_args()
    logging.basicConfig(level=logging.INFO, format="%(message)s")
    torch.set_num_threads(1)  # see `training.train.Pair`
    recipe = Recipe.load(said.recipe) if said.recipe else Recipe()
    said.out.mkdir(parents=True, exist_ok=True)
    learn = Reader(encoder_folder(), recipe.max_tokens).corpus(said.data, "train")
    for head in said.heads:
        own, others = asked_about(learn, head, said.others, recipe.seed)
        logits = opinions_on(learn, own, others, recipe, head, said.out)
        np.savez(said.out / f"{head}.npz", rows=np.concatenate([own, others]), logits=logits)


if __name__ == "__main__":
    main()
