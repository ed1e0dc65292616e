"""Specialists of one head: `python -m training.specialists --data DIR --out DIR irony emotion complaint`.

A head with few labels is learnt by heart long before the run ends, so a finished model's opinion on those very texts
says little more than their labels. A specialist is the whole encoder with every layer and every token, taught this head
alone on four fifths of its texts, and asked about the last fifth only. Its doubts are therefore honest, and
`training.train --specialists DIR` learns from them beside the labels.
"""

import argparse
import logging
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import numpy as np
import torch

from training.corpus import Corpus, Ints, Reader, encoder_folder
from training.measure import Floats, figure
from training.network import Lower, Upper, load_lower
from training.plan import plan
from training.recipe import HEADS, Recipe
from training.steps import Memory, judge
from training.train import Pair, advance, new_run, rate_factor

FOLDS = 5
_NONE = np.zeros(0, dtype=np.int64)
_log = logging.getLogger("training.specialists")


def recipe_of(recipe: Recipe, head: str, fold: int) -> Recipe:
    """Return the recipe of a specialist: `head` alone, read twice, nothing frozen but the embeddings, no teacher."""
    passes = {name: replace(task, passes=2.0 * (name == head)) for name, task in recipe.tasks.items()}
    return replace(
        recipe,
        tasks=passes,
        seed=recipe.seed + 1 + fold,
        steps=None,
        frozen_layers=0,
        light=(),
        rate=1.2e-4,
        average=0.99,
        teach_weight=0.0,
    )


def folds(texts: int, seed: int) -> Iterator[tuple[Ints, Ints]]:
    """Yield for each fifth of the texts the numbers of all others and its own; each text is in one fifth."""
    number = np.random.default_rng(seed).permutation(texts) % FOLDS
    for fold in range(FOLDS):
        yield np.flatnonzero(number != fold), np.flatnonzero(number == fold)


def specialist(recipe: Recipe, folder: Path, lower: Lower, learn: Corpus) -> Upper:
    """Train a specialist on `learn` and return its averaged weights."""
    steps, run, memory = plan(learn, recipe), new_run(recipe, folder), Memory(lower, learn, _NONE)
    pair = Pair(run.student)
    for chosen in steps:
        factor = rate_factor(run.step, len(steps), recipe.warm_up)
        advance(run, pair, recipe, memory, learn, chosen, len(steps), factor, None)
    return run.averaged


def opinions_on(corpus: Corpus, recipe: Recipe, head: str, out: Path) -> Floats:
    """Return the logits (texts, labels) of `head`'s specialists on its texts, each by one that never saw the text.

    What one specialist says is kept in `out` as soon as it has said it, and not asked for again after a kill.
    """
    folder = encoder_folder()
    lower = load_lower(folder, 0)
    said = np.zeros((len(corpus), len(HEADS[head])))
    for fold, (others, own) in enumerate(folds(len(corpus), recipe.seed)):
        kept = out / f"{head}.fold-{fold}.npy"
        if not kept.exists():
            one = specialist(recipe_of(recipe, head, fold), folder, lower, corpus.part(others))
            asked = corpus.part(own)
            part = kept.with_suffix(".part.npy")
            np.save(part, judge(one, Memory(lower, asked, _NONE), asked)[head])
            part.replace(kept)
        said[own] = np.load(kept)
        right = figure(head, corpus.label[own], said[own].argmax(axis=1), len(HEADS[head]))
        _log.info("%s, part %d of %d: %.1f on texts that it never saw", head, fold + 1, FOLDS, 100 * right)
    return said


def main() -> None:
    """Read the command line and write `<head>.npy` for each head."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("heads", nargs="+", choices=list(HEADS))
    parser.add_argument("--data", type=Path, required=True, help="folder of <head>.train.tsv")
    parser.add_argument("--out", type=Path, required=True, help="folder of what the specialists say")
    parser.add_argument("--recipe", type=Path, help="JSON with settings other than the defaults")
    said = parser.parse_args()
    logging.basicConfig(level=logging.INFO, format="%(message)s")
    torch.set_num_threads(1)  # see `training.train.Pair`
    recipe = Recipe.load(said.recipe) if said.recipe else Recipe()
    said.out.mkdir(parents=True, exist_ok=True)
    learn = Reader(encoder_folder(), recipe.max_tokens).corpus(said.data, "train")
    for head in said.heads:
        own = learn.part(np.flatnonzero(learn.task == list(HEADS).index(head)))
        np.save(said.out / f"{head}.npy", opinions_on(own, recipe, head, said.out))


if __name__ == "__main__":
    main()
