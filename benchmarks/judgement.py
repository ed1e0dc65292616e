"""The whole judgement against plain peers: `python -m benchmarks.judgement [--data DIR] [--posts N]` prints JSON.

False alarms are counted on ordinary posts that companies really published (`brand`), on real answers of customer care
(`care`) and of many brands (`replies`), all read in place; nearly all of them are fine. Recall is counted on texts that
nothing was learnt from. Intervals are Wilson's at 95 %. Peers judge the same texts in the same run.
"""

from __future__ import annotations

import argparse
import json
import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import numpy as np

from benchmarks._peers import HOSTILE, Peer, Topics, peers
from benchmarks.main_job import PROBE
from bot.judging.scorers.onnx import OnnxScorer
from bot.judging.scorers.similar import OnnxEmbedder
from bot.judging.surroundings import CHEAP, Models, surrounded
from policies.checks.means import KNOWN
from policies.engine import Engine
from policies.import_files import read_posts
from policies.import_format import Fill, post_of
from policies.loader import load
from policies.model.finding import Finding, Severity
from policies.model.post import Post
from policies.shares import wilson
from policies.surroundings import BrandProfile, PostsInHand
from training.corpus import read_pairs
from training.measure import FIGURES, figure

HERE = Path(__file__).resolve()
DATA = HERE.parents[2] / "shared" / "data"
UNFORESEEN = tuple((HERE.parents[1] / "tests" / "policies").glob("unforeseen*.txt"))
SOURCES = ("brand", "care", "replies")
NOW = datetime(2026, 6, 3, 12, tzinfo=UTC)
BATCH = 256
#: Labels of the splits that have none of their own head: airline customers are read by the sentiment head.
READ_BY = {"airline": "sentiment"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Unforeseen:
    """A text that nothing was learnt from."""

    topic: str
    flag: bool  #: whether it does what its topic is about
    post: Post
    answered: tuple[Post, ...]  #: what it answers; empty where it answers nothing


class Judge:
    """The default packs with the shipped models."""

    def __init__(self) -> None:
        self.scorer = OnnxScorer()
        self._embedder = OnnxEmbedder(tone=self.scorer.tone)
        self._engine = Engine(load())

    def __call__(self, posts: Sequence[Post], around: Sequence[Post]) -> list[list[Finding]]:
        """What the rules find in each post, with the others as what surrounds it."""
        found: list[list[Finding]] = []
        models, source = Models(read=self.scorer.read, embedder=self._embedder), PostsInHand(around)
        for start in range(0, len(posts), BATCH):
            known = surrounded(
                self._engine, posts[start : start + BATCH], source, brand=BrandProfile(), models=models,
                facts=None, now=NOW, also=CHEAP,
            )  # fmt: skip
            found += self._engine.check_many(known)
        return found


def share(hits: int, of: int) -> dict[str, float | int]:
    """A count with its share and Wilson's interval, per cent."""
    low, high = wilson(hits, of)
    part = 100 * hits / of if of else 0.0
    return {"n": hits, "percent": round(part, 2), "low": round(100 * low, 2), "high": round(100 * high, 2)}


def topics_of(findings: Sequence[Finding], *, question: bool) -> Topics:
    """Topics that are said, or asked, at breach or above."""
    grave = [f for f in findings if f.severity >= Severity.BREACH and not f.shadow]
    said = frozenset(f.topic for f in grave if not f.question)
    return frozenset(f.topic for f in grave if f.question) - said if question else said


def ordinary(data: Path, source: str, count: int) -> tuple[list[Post], list[Post]]:
    """The posts of a source that the brand published, evenly picked, and all that surrounds them."""
    lines = read_posts((data / source / "posts.jsonl").read_bytes(), now=NOW)
    posts = [line.post for line in lines if line.post]
    own = [post for post in posts if post.outbound]
    step = max(1, len(own) // count) if count else 1
    return own[::step], posts


def alarms(judge: Judge, posts: Sequence[Post], around: Sequence[Post]) -> dict[str, Any]:
    """How many ordinary posts are accused and asked about, by topic."""
    begun = time.process_time()
    found = judge(posts, around)
    spent = time.process_time() - begun
    said = [topics_of(one, question=False) for one in found]
    asked = [topics_of(one, question=True) for one in found]
    apart = frozenset({"complaint-brushed-off"})
    topics = sorted({topic for one in (*said, *asked) for topic in one})
    return {
        "posts": len(posts),
        "cpu_ms_a_post": round(1000 * spent / max(len(posts), 1), 1),
        "accused": share(sum(map(bool, said)), len(posts)),
        "accused_brush_offs_apart": share(sum(bool(one - apart) for one in said), len(posts)),
        "asked": share(sum(bool(b) and not a for a, b in zip(said, asked, strict=True)), len(posts)),
        "asked_brush_offs_apart": share(
            sum(bool(b - apart) and not a - apart for a, b in zip(said, asked, strict=True)), len(posts)
        ),
        "by_topic": {
            topic: {
                "said": share(sum(topic in one for one in said), len(posts)),
                "asked": share(sum(topic in one for one in asked), len(posts)),
            }
            for topic in topics
        },
        "peers": {
            name: None if peer is None else share(sum(map(bool, peer([p.text for p in posts]))), len(posts))
            for name, peer in peers(judge.scorer).items()
        },
    }


def unforeseen(path: Path) -> Iterator[Unforeseen]:
    """The texts of a file: topic | flag or ok | text | what it answers."""
    lines = [line for line in path.read_text(encoding="utf-8").splitlines() if line and line[0] != "#"]
    for number, line in enumerate(lines):
        topic, wanted, text, *parent = (part.strip() for part in line.split(" | "))
        thread = f"{path.stem}-{number}"
        given = [_said(thread, "inbound", parent[0], None)] if parent else []
        post = _said(f"{thread}-own", "outbound", text, thread if parent else None)
        yield Unforeseen(topic=topic, flag=wanted == "flag", post=post, answered=tuple(given))


def _said(name: str, direction: str, text: str, parent: str | None) -> Post:
    who = "anna" if direction == "inbound" else "brand"
    data = {"external_id": name, "direction": direction, "text": text, "account": "brand", "author": who}
    return post_of({**data, "platform": "x", "parent_id": parent}, Fill(number=1, now=NOW))


def recall(judge: Judge, path: Path) -> dict[str, Any]:
    """What is found of a file's texts under their own topic, by us and by each peer."""
    texts = list(unforeseen(path))
    around = [post for one in texts for post in (*one.answered, one.post)]
    found = judge([one.post for one in texts], around)
    said = [topics_of(one, question=False) for one in found]
    any_way = [topics_of(one, question=True) | sure for one, sure in zip(found, said, strict=True)]
    posts = [one.post.text for one in texts]
    return {
        "texts": len(texts),
        "said": _figures(texts, said),
        "said_or_asked": {**_figures(texts, any_way), "by_topic": _by_topic(texts, any_way)},
        "peers": {
            name: None if peer is None else _peer(texts, peer, posts)
            for name, peer in peers(judge.scorer).items()
        },
    }


def _peer(texts: Sequence[Unforeseen], peer: Peer, posts: Sequence[str]) -> dict[str, Any]:
    found = peer(posts)
    hostile = [number for number, one in enumerate(texts) if one.topic == HOSTILE]
    apart = _figures([texts[n] for n in hostile], [found[n] for n in hostile])
    return {**_figures(texts, found), "hostile_alone": apart}


def _figures(texts: Sequence[Unforeseen], found: Sequence[Topics]) -> dict[str, float]:
    """Recall and precision under each text's own topic."""
    hits = [one.topic in topics for one, topics in zip(texts, found, strict=True)]
    right = sum(hit and one.flag for hit, one in zip(hits, texts, strict=True))
    wanted = sum(one.flag for one in texts)
    return {
        "recall": round(right / wanted, 3) if wanted else 0.0,
        "precision": round(right / sum(hits), 3) if any(hits) else 0.0,
    }


def _by_topic(texts: Sequence[Unforeseen], found: Sequence[Topics]) -> dict[str, dict[str, float | int]]:
    return {
        topic: share(
            sum(
                one.flag and topic in topics
                for one, topics in zip(texts, found, strict=True)
                if one.topic == topic
            ),
            sum(one.flag for one in texts if one.topic == topic),
        )
        for topic in KNOWN
        if any(one.flag and one.topic == topic for one in texts)
    }


def tone(scorer: OnnxScorer, data: Path, count: int) -> dict[str, Any]:
    """The figure of each head on texts of later years and other topics than it learnt from, per cent."""
    found = {}
    for path in sorted(data.glob("*.later.tsv")):
        head = READ_BY.get(split := path.name.split(".")[0], split)
        labels = list(scorer.heads.get(head, ()))
        pairs = list(read_pairs(path))
        pairs = pairs[:: max(1, len(pairs) // count)] if count else pairs
        if head in FIGURES and {label for label, _ in pairs} <= set(labels):
            start = sum(
                len(scorer.heads[name]) for name in list(scorer.heads)[: list(scorer.heads).index(head)]
            )
            logits = scorer.all_logits([text for _, text in pairs])[:, start : start + len(labels)]
            truth = np.array([labels.index(label) for label, _ in pairs])
            value = figure(head, truth, logits.argmax(axis=1), len(labels))
            found[split] = {"texts": len(pairs), "figure": FIGURES[head], "percent": round(100 * value, 2)}
    return found


def whole_way(posts: Path, count: int) -> dict[str, Any]:
    """Import, judge and record in a fresh process: posts per second of processor time, and the most memory held."""
    lines = posts.read_text(encoding="utf-8").splitlines()[: count or None]
    with tempfile.TemporaryDirectory() as home:
        file = Path(home) / "posts.jsonl"
        file.write_text("\n".join(lines) + "\n", encoding="utf-8")
        arguments = ["--home", home, "import", str(file), "--brand", "care", "--create"]
        before = _children()
        done = subprocess.run(
            [sys.executable, "-c", PROBE, *arguments], capture_output=True, text=True, check=True
        )
        spent = _children() - before
    held = json.loads(done.stdout.splitlines()[-1])
    return {
        "posts": len(lines),
        "wall_s": round(held["seconds"], 1),
        "cpu_s": round(spent, 1),
        "posts_a_cpu_s": round(len(lines) / spent, 1),
        "peak_megabytes": round(held["megabytes"]),
    }


def _children() -> float:
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime


def run(data: Path = DATA, count: int = 0) -> dict[str, Any]:
    """All figures; ``count`` picks so many posts of each source, 0 takes all."""
    judge = Judge()
    there: Mapping[str, tuple[list[Post], list[Post]]] = {
        source: ordinary(data, source, count)
        for source in SOURCES
        if (data / source / "posts.jsonl").is_file()
    }
    care = data / "care" / "posts.jsonl"
    return {
        "ordinary": {source: alarms(judge, *posts) for source, posts in there.items()}
        or {"skipped": f"no data at {data}"},
        "unforeseen": {path.stem: recall(judge, path) for path in sorted(UNFORESEEN)},
        "tone": tone(judge.scorer, data / "tone", count) or {"skipped": f"no data at {data / 'tone'}"},
        "whole_way": whole_way(care, count) if care.is_file() else {"skipped": f"no data at {care}"},
    }


def main() -> None:
    """Read the command line and print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--data", type=Path, default=DATA)
    parser.add_argument("--posts", type=int, default=0, help="so many posts of each source; 0: all")
    said = parser.parse_args()
    print(json.dumps(run(said.data, said.posts), indent=2))


if __name__ == "__main__":
    main()
