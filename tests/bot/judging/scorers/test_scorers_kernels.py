"""The arithmetic is chosen by measuring, once."""

from __future__ import annotations

from pathlib import Path

import pytest

from bot.judging.scorers.kernels import Kernel, KernelFile, fastest, machine
from bot.judging.scorers.onnx import OnnxScorer


class Machine:
    """A machine on which each kernel takes a set time."""

    def __init__(self, **seconds: float) -> None:
        self.now, self.seconds, self.runs = 0.0, seconds, 0

    def run(self, kernel: Kernel) -> None:
        self.now += self.seconds[kernel.name]
        self.runs += 1

    def clock(self) -> float:
        return self.now


@pytest.mark.parametrize(
    ("whole", "wide", "chosen"),
    [(1.0, 4.0, Kernel.INT8), (4.0, 1.0, Kernel.FLOAT32), (0.9, 1.0, Kernel.FLOAT32)],
)
def test_whole_numbers_must_be_clearly_faster(whole: float, wide: float, chosen: Kernel) -> None:
    box = Machine(INT8=whole, FLOAT32=wide)
    assert fastest(box.run, box.clock) is chosen


def test_a_choice_is_remembered_for_one_machine_and_model(tmp_path: Path) -> None:
    file = KernelFile(path=tmp_path / "kernel.json")
    assert file.recall("here") is None
    file.remember("here", Kernel.INT8)
    assert file.recall("here") is Kernel.INT8
    assert file.recall("there") is None
    assert machine("a", "1") != machine("b", "1")


@pytest.mark.parametrize("text", ["", "{", "[]", "null", '{"here": 3}', '{"here": "NEON"}'])
def test_a_damaged_memory_is_forgotten(tmp_path: Path, text: str) -> None:
    path = tmp_path / "kernel.json"
    path.write_text(text, encoding="utf-8")
    assert KernelFile(path=path).recall("here") is None


def test_a_folder_that_cannot_be_written_is_no_error(tmp_path: Path) -> None:
    file = KernelFile(path=tmp_path / "missing" / "kernel.json")
    file.remember("here", Kernel.INT8)
    assert file.recall("here") is None
    KernelFile(path=None).remember("here", Kernel.INT8)


def test_the_scorer_goes_by_its_memory_and_says_so(tmp_path: Path) -> None:
    path = tmp_path / "kernel.json"
    first = OnnxScorer(kernel_file=path)
    assert path.exists()
    assert OnnxScorer(kernel_file=path).version == first.version
    versions = {OnnxScorer(kernel=kernel).version for kernel in (Kernel.INT8, Kernel.FLOAT32)}
    assert first.version in versions
    assert len(versions) == 2


def test_whole_numbers_say_nearly_the_same() -> None:
    text = ["My parcel never came and nobody answers, I want my money back!"]
    wide, whole = (OnnxScorer(kernel=k).scores(text)[0] for k in (Kernel.FLOAT32, Kernel.INT8))
    for head, score in wide.items():
        for label, chance in score.scores.items():
            assert whole[head].scores[label] == pytest.approx(chance, abs=0.15)
