"""How quickly rules judge: against a loop of `re.search` per rule over the same posts, in the same run.

`python -m benchmarks.policies` prints JSON. Real posts come from ../shared/data/care where it is there.
"""

from __future__ import annotations

import json
import random
import re
import statistics
import time
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from policies.engine import Engine
from policies.import_format import read_lines
from policies.loader import load
from policies.model.post import Direction, Post
from policies.rulebook import LoadedRule, Pack, RuleBook, fingerprint
from policies.rules import PackInfo, Rule

CARE = Path(__file__).resolve().parents[2] / "shared" / "data" / "care" / "posts.jsonl"
POSTS = 10_000
PEER_POSTS = 300  #: the loop is too slow for all of them; it is timed on every so manieth
HURTFUL = 100_000  #: characters
NOW = datetime(2026, 6, 3, 12, tzinfo=UTC)
SYLLABLES = ("ba", "co", "di", "fu", "ga", "lo", "mi", "ne", "po", "ra", "su", "ti", "vo", "wa", "ze")


def posts(count: int = POSTS) -> list[Post]:
    """Real posts, repeated until there are enough, each taken as the brand's own."""
    lines = CARE.read_text(encoding="utf-8").splitlines()
    found = [line.post for line in read_lines(lines, now=NOW) if line.post]
    ours = [replace(p, direction=Direction.OUTBOUND) for p in found]
    return [ours[n % len(ours)] for n in range(count)]


def vocabulary(real: list[Post], count: int) -> list[str]:
    """Words for rules: one in twenty occurs in the posts, the others do not."""
    chance = random.Random(7)
    common = sorted({w for p in real[:1000] for w in re.findall(r"[a-z]{6,}", p.text.lower())})
    return [
        chance.choice(common) if chance.random() < 0.05 else "".join(chance.choices(SYLLABLES, k=4))
        for _ in range(count)
    ]


def rules(words: list[str], count: int) -> list[tuple[Rule, str]]:
    """Rules, half of words and half of patterns, each with the expression that means the same to `re`."""
    made = []
    for number in range(count):
        a, b, c, d = words[4 * number : 4 * number + 4]
        if number % 2:
            check: dict[str, Any] = {"terms": {"words": [a, b, c, d], "inflect": False}}
            expression = rf"\b(?:{a}|{b}|{c}|{d})\b"
        else:
            expression = rf"\b{a} (?:\w+ )?{b}\b|\b{c}\b[^.!?]*\b{d}\b"
            check = {"pattern": expression}
        rule = Rule.model_validate(
            {"id": f"rule-{number}", "title": f"Rule {number}", "topic": "speed", "severity": "warn",
             "why": "To see how long it takes.", "check": check}
        )  # fmt: skip
        made.append((rule, expression))
    return made


def book(chosen: list[Rule]) -> RuleBook:
    """A rule book of rules."""
    loaded = tuple(
        LoadedRule(rule=r, pack="speed", file="speed", line=1, version=fingerprint(r.model_dump(mode="json")))
        for r in chosen
    )
    pack = Pack(name="speed", info=PackInfo(title="Speed", about=""), version="1", rules=loaded)
    return RuleBook(packs=(pack,), version="1")


def seconds(work: Callable[[], object], repeat: int = 3) -> float:
    """Median time of some runs, after one that warms up."""
    work()
    times = []
    for _ in range(repeat):
        started = time.perf_counter()
        work()
        times.append(time.perf_counter() - started)
    return statistics.median(times)


def _judge(engine: Engine, items: list[Post]) -> int:
    return sum(len(engine.check(item)) for item in items)


def _loop(expressions: list[re.Pattern[str]], items: list[Post]) -> int:
    return sum(1 for item in items for expression in expressions if expression.search(item.text))


def throughput() -> dict[str, float]:
    """Posts per second with 1,000 rules, against the loop, and against 100 rules."""
    real = posts()
    made = rules(vocabulary(real, 4000), 1000)
    many, few = Engine(book([r for r, _ in made])), Engine(book([r for r, _ in made[:100]]))
    spent, spent_few = seconds(lambda: _judge(many, real)), seconds(lambda: _judge(few, real))
    expressions = [re.compile(e, re.IGNORECASE) for _, e in made]
    sample = real[:: POSTS // PEER_POSTS]
    peer = seconds(lambda: _loop(expressions, sample), repeat=1)
    return {
        "posts_per_s": POSTS / spent,
        "peer_re_search_posts_per_s": len(sample) / peer,
        "times_the_peer": (POSTS / spent) / (len(sample) / peer),
        "time_1000_rules_over_100_rules": spent / spent_few,
    }


def hurtful() -> dict[str, float]:
    """Time of a long post built to hurt backtracking engines, over that of an ordinary one of its length."""
    engine = Engine(load(["starter"]))
    real = posts(1000)
    ordinary = replace(real[0], text=" ".join(p.text for p in real)[:HURTFUL])
    texts = {"letters": "a" * HURTFUL, "gaps": "a " * (HURTFUL // 2), "at signs": "a@" * (HURTFUL // 2)}
    usual = seconds(lambda: engine.check(ordinary))
    worst = max(seconds(lambda t=t: engine.check(replace(real[0], text=t))) for t in texts.values())  # type: ignore[misc]
    return {"ordinary_s": usual, "hurtful_s": worst, "hurtful_over_ordinary": worst / usual}


def per_post() -> dict[str, float]:
    """Milliseconds per post with the shipped starter pack."""
    engine, times = Engine(load(["starter"])), []
    for item in posts(2000):
        started = time.perf_counter()
        engine.check(item)
        times.append(1000 * (time.perf_counter() - started))
    times.sort()
    return {"median_ms": times[len(times) // 2], "p99_ms": times[int(len(times) * 0.99)]}


def run() -> dict[str, Any]:
    """All numbers."""
    if not CARE.is_file():
        return {"skipped": f"no real posts at {CARE}"}
    return {"throughput": throughput(), "hurtful": hurtful(), "starter_pack": per_post()}


if __name__ == "__main__":
    print(json.dumps(run(), indent=2))
