"""What a run reads, and in which order."""

from __future__ import annotations

import json
from collections import Counter
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from training.corpus import Corpus
from training.plan import plan
from training.recipe import HEADS, Recipe, Task


def corpus(sizes: dict[tuple[int, int], int]) -> Corpus:
    """A corpus with so many texts for each (head, label), of lengths from 3 to 42 tokens."""
    task = [head for (head, _), count in sizes.items() for _ in range(count)]
    label = [label for (_, label), count in sizes.items() for _ in range(count)]
    ids = [np.zeros(3 + n * 7 % 40, dtype=np.int64) for n in range(len(task))]
    return Corpus(ids=ids, task=np.array(task), label=np.array(label))


SIZES = {(0, 0): 50, (0, 1): 150, (0, 2): 100, (5, 0): 40, (5, 1): 20}
TASKS = {head: Task(passes=2.0) for head in HEADS} | {"complaint": Task(passes=5.0, balance=0.0)}
RECIPE = Recipe(tasks=TASKS, batch=8, pool=64)


def test_each_task_is_read_as_often_as_asked() -> None:
    texts = corpus(SIZES)
    read = Counter(int(n) for step in plan(texts, RECIPE) for n in step)
    assert all(read[n] == 2 for n in range(300))
    labels = Counter[int]()
    for n in range(300, 360):
        labels[int(texts.label[n])] += read[n]
    assert labels == {0: 150, 1: 150}


def test_no_text_is_read_again_before_all_of_its_label_were() -> None:
    texts = corpus(SIZES)
    read = Counter(int(n) for step in plan(texts, RECIPE) for n in step)
    for label in (0, 1):
        times = [read[n] for n in range(300, 360) if texts.label[n] == label]
        assert max(times) - min(times) <= 1


def test_the_same_seed_gives_the_same_run_and_another_another() -> None:
    texts = corpus(SIZES)
    first, again = plan(texts, RECIPE), plan(texts, RECIPE)
    other = plan(texts, replace(RECIPE, seed=1))
    assert all((a == b).all() for a, b in zip(first, again, strict=True))
    assert any(a.tolist() != b.tolist() for a, b in zip(first, other, strict=True))


def test_batches_hold_texts_of_like_length() -> None:
    texts = corpus(SIZES)
    spans = [np.ptp(texts.lengths()[step]) for step in plan(texts, RECIPE)]
    assert np.mean(spans) < 8


def test_a_run_can_be_cut_short() -> None:
    texts = corpus(SIZES)
    short = plan(texts, replace(RECIPE, steps=5))
    assert [s.tolist() for s in short] == [s.tolist() for s in plan(texts, RECIPE)[:5]]


def test_a_recipe_comes_back_from_its_own_json(tmp_path: Path) -> None:
    path = tmp_path / "recipe.json"
    path.write_text(RECIPE.to_json(), encoding="utf-8")
    assert Recipe.load(path) == RECIPE


def test_a_recipe_with_an_unknown_setting_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "recipe.json"
    path.write_text(json.dumps({"magic": 3}), encoding="utf-8")
    with pytest.raises(TypeError, match="magic"):
        Recipe.load(path)
