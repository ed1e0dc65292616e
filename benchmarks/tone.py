"""The tone model against its peers: `python -m benchmarks.tone [--data DIR] [--posts N]` prints JSON.

Quality is measured on the validation splits, speed on posts of the sentiment split, each peer on the same posts in the
same run. A peer that is not installed is named as missing, with what to install.
"""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import sys
import time
from collections.abc import Callable, Sequence
from importlib import import_module
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import numpy as np
import onnxruntime

from bot.judging.scorers.batches import Batches
from bot.judging.scorers.folder import SHIPPED, open_folder
from bot.judging.scorers.kernels import Kernel
from bot.judging.scorers.onnx import OnnxScorer
from training.corpus import read_pairs
from training.measure import recalls
from training.quality import quality

DATA = Path(__file__).resolve().parents[2] / "shared" / "data" / "tone"
SENTIMENTS = ("negative", "neutral", "positive")
_VADER_EDGE = 0.05  # the edge of neutral that VADER's authors advise

#: Run in a fresh interpreter: seconds from nothing imported to the first score, and the most memory held, in MB.
_COLD = """
import time; begun = time.perf_counter()
import json, sys
from pathlib import Path
from bot.judging.scorers.onnx import OnnxScorer
OnnxScorer(kernel_file=Path(sys.argv[1]) if len(sys.argv) > 1 else None).read(["The delivery was late again."])
seconds = time.perf_counter() - begun
# Not getrusage: its figure begins with what the parent held when it forked.
held = next(line for line in Path("/proc/self/status").read_text().splitlines() if line.startswith("VmHWM"))
print(json.dumps({"seconds": round(seconds, 2), "mb": int(held.split()[1]) // 1024}))
"""


def rate(work: Callable[[Sequence[str]], object], posts: Sequence[str], times: int = 3) -> float:
    """Return posts per second: the best of `times` runs after one on a few posts to warm up."""
    work(posts[:32])
    best = float("inf")
    for _ in range(times):
        begun = time.perf_counter()
        work(posts)
        best = min(best, time.perf_counter() - begun)
    return round(len(posts) / best, 1)


def missing(module: str, install: str) -> dict[str, str]:
    """Return what is said of a peer that is not installed."""
    return {"missing": f"{module} is not installed: pip install {install}"}


def vader(pairs: Sequence[tuple[str, str]]) -> dict[str, Any]:
    """Return VADER's speed and macro recall of sentiment on the raw posts."""
    if find_spec("vaderSentiment") is None:
        return missing("vaderSentiment", "vaderSentiment")
    analyser = import_module("vaderSentiment.vaderSentiment").SentimentIntensityAnalyzer()

    def said(text: str) -> int:
        compound = analyser.polarity_scores(text)["compound"]
        return 2 if compound >= _VADER_EDGE else 0 if compound <= -_VADER_EDGE else 1

    truth = np.array([SENTIMENTS.index(label) for label, _ in pairs])
    found = np.array([said(text) for _, text in pairs])
    posts = [text for _, text in pairs]
    return {
        "macro_recall": round(100 * float(np.mean(recalls(truth, found, len(SENTIMENTS)))), 2),
        "posts_per_second": rate(lambda some: [said(text) for text in some], posts, times=1),
    }


def roberta(posts: Sequence[str]) -> dict[str, Any]:
    """Return the speed of transformers.pipeline with a RoBERTa-base of random weights in batches of 16.

    Its vocabulary is not at hand without a hub, so the shipped tokenizer stands in for it. The tokens of a post are
    about as many, and the layers, where the time goes, are those of RoBERTa-base.
    """
    if find_spec("torch") is None:
        return missing("torch", "'social-oversight[torch]'")
    import torch
    from transformers import AutoTokenizer, RobertaConfig, RobertaForSequenceClassification, pipeline

    torch.set_num_threads(2)
    config: Any = RobertaConfig(vocab_size=50265, max_position_embeddings=514, type_vocab_size=1)
    config.num_labels = 3
    network: Any = RobertaForSequenceClassification(config)
    network.eval()
    tokenizer = AutoTokenizer.from_pretrained(
        SHIPPED, model_max_length=512, model_input_names=["input_ids", "attention_mask"]
    )
    pipe = pipeline("text-classification", model=network, tokenizer=tokenizer, device="cpu")
    return {"posts_per_second": rate(lambda some: pipe(list(some), batch_size=16), posts, times=1)}


def plain(posts: Sequence[str]) -> dict[str, Any]:
    """Return the speed of the same network as anybody would run it: float32, batches of like length, every token.

    Padding is computed like text, no token is left out above the frozen layers, and ONNX Runtime uses its own threads.
    Tokenizing is counted; telling languages and making probabilities is not.
    """
    folder = open_folder()
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = len(os.sched_getaffinity(0))
    network = onnxruntime.InferenceSession(str(folder.path / "tone.onnx"), options)
    batches = Batches(folder.path / "tokenizer.json", folder.max_tokens)

    def run(some: Sequence[str]) -> None:
        for batch in batches.cut(some):
            texts, tokens = batch.ids.shape
            grid = np.arange(texts * tokens).reshape(texts, tokens)
            network.run(
                ["logits"],
                {
                    "ids": batch.ids.ravel(),
                    "places": np.tile(np.arange(tokens), texts),
                    "grid": grid,
                    "kept": grid.ravel(),
                    "kept_grid": grid,
                    "kernel": np.array(Kernel.FLOAT32, dtype=np.int64),
                },
            )

    return {"posts_per_second": rate(run, posts)}


def ours(posts: Sequence[str]) -> dict[str, Any]:
    """Return the speed of the shipped scorer, languages and probabilities included, with each kernel and its choice."""
    chosen = OnnxScorer()
    speeds = {k.name.lower(): rate(OnnxScorer(kernel=k).read, posts) for k in (Kernel.FLOAT32, Kernel.INT8)}
    return {"posts_per_second": rate(chosen.read, posts), "version": chosen.version, "by_kernel": speeds}


def cold() -> dict[str, Any]:
    """Return seconds and memory from a fresh interpreter to the first score, the kernel measured on the way."""
    done = subprocess.run([sys.executable, "-c", _COLD], capture_output=True, text=True, check=True)
    found: dict[str, Any] = json.loads(done.stdout)
    return found


def run(data: Path = DATA, count: int = 1000) -> dict[str, Any]:
    """Return all figures. The slowest peer is timed on a quarter of `count` posts."""
    if not data.is_dir():
        return {"skipped": f"no data at {data}"}
    pairs = list(read_pairs(data / "sentiment.val.tsv"))
    posts = [text for _, text in pairs][:count]
    speed = {
        "ours": ours(posts),
        "plain_float32": plain(posts),
        "roberta_base_pipeline": roberta(posts[: count // 4]),
    }
    mine = speed["ours"]["posts_per_second"]
    peers = {n: s["posts_per_second"] for n, s in speed.items() if n != "ours" and "posts_per_second" in s}
    return {
        "cold_start": cold(),
        "quality": {h: q.as_json() for h, q in quality(OnnxScorer(kernel=Kernel.FLOAT32), data).items()},
        "vader": vader(pairs),
        "speed": speed,
        "times_as_fast": {name: round(mine / theirs, 2) for name, theirs in peers.items()},
    }


def main() -> None:
    """Read the command line and print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--data", type=Path, default=DATA)
    parser.add_argument(
        "--posts", type=int, default=1000, help="posts to time; the slowest peer gets a quarter"
    )
    said = parser.parse_args()
    print(json.dumps(run(said.data, said.posts), indent=2))


if __name__ == "__main__":
    main()
