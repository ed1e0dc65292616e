"""The shipped packs with the shipped model: their own cases, and texts that they were not written for."""

from collections import Counter
from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from rule_helpers import NOW, pack, post, talk

from policies import casetest, vectors
from policies.checks.similar import Similar
from policies.engine import Context, Engine
from policies.import_format import read_lines
from policies.loader import load
from policies.model.finding import Severity
from policies.model.keys import PostKey
from policies.model.post import Kind
from policies.model.thread import threads_of
from policies.rules import Status
from policies.shipped import shipped_packs

TOPICS = {
    "testimonial-request",
    "partner-outreach",
    "unauthorised-promise",
    "asks-private-data-in-public",
    "hostile-or-sarcastic-reply",
    "agency-leak",
    "undisclosed-ad",
    "complaint-brushed-off",
}
#: Written after the rules, to get around them; the rules were mended since, so these guard and do not measure.
UNFORESEEN = [
    Path(__file__).parent / name for name in ("unforeseen.txt", "unforeseen2.txt", "unforeseen3.txt")
]
#: Part of good hosts' posts that is flagged wrongly, at most.
MOST_JOKES_FLAGGED = 0.1


@pytest.fixture(scope="module")
def models() -> tuple[Any, Any]:
    from bot.judging.scorers.onnx import OnnxScorer
    from bot.judging.scorers.similar import OnnxEmbedder

    return OnnxScorer(), OnnxEmbedder()


def test_every_case_of_every_shipped_rule_holds(models: tuple[Any, Any]) -> None:
    report = casetest.run(load(shipped_packs()), *models)
    assert [str(miss) for miss in report.misses] == []
    assert report.skipped == ()
    assert report.thin == ()


def test_default_packs_cover_the_topics() -> None:
    live = [rule.rule for rule in load().rules if rule.rule.status is Status.LIVE]
    assert {rule.topic for rule in live if rule.severity >= Severity.BREACH} >= TOPICS


def cases() -> Iterator[tuple[str, bool, str, str | None]]:
    for path in UNFORESEEN:
        for line in path.read_text(encoding="utf-8").splitlines():
            if line and not line.startswith("#"):
                topic, wanted, text, *parent = (part.strip() for part in line.split(" | "))
                yield topic, wanted == "flag", text, parent[0] if parent else None


def flagged(engine: Engine, models: tuple[Any, Any], text: str, parent: str | None) -> set[str]:
    """Topics at breach or above that are found in a post, which may answer another."""
    scorer, embedder = models
    thread = talk(("anna", parent, 0), ("brand", text, 1)) if parent else talk(("brand", text, 0))
    tones = scorer.read([post.text for post in thread.posts])
    readings = dict(zip((post.key for post in thread.posts), tones, strict=True))
    context = Context(thread=thread, readings=readings, embedder=embedder)
    found = engine.check(thread.posts[-1], context)
    return {finding.topic for finding in found if finding.severity >= Severity.BREACH}


def test_topics_are_found_in_words_that_nobody_foresaw(models: tuple[Any, Any]) -> None:
    engine = Engine(load())
    right: Counter[str] = Counter()
    wanted_count: Counter[str] = Counter()
    false = 0
    for topic, wanted, text, parent in cases():
        hit = topic in flagged(engine, models, text, parent)
        wanted_count[topic] += wanted
        right[topic] += wanted and hit
        false += hit and not wanted
    assert right.total() / wanted_count.total() >= 0.85
    assert right.total() / (right.total() + false) >= 0.9
    assert min(right[topic] / wanted_count[topic] for topic in TOPICS) >= 0.7


def test_good_hosts_may_joke(models: tuple[Any, Any]) -> None:
    """Short dry answers among friends are the hardest for rules about tone."""
    engine = Engine(load())
    lines = (Path(__file__).parent / "friendly.txt").read_text(encoding="utf-8").splitlines()[1:]
    parts = [line.split(" | ") for line in lines]
    wrong = [p[0] for p in parts if flagged(engine, models, p[0], p[1] if len(p) > 1 else None)]
    assert len(wrong) / len(parts) <= MOST_JOKES_FLAGGED, wrong


@pytest.mark.shared_data
@pytest.mark.slow
def test_few_false_alarms_on_real_agency_answers(models: tuple[Any, Any], shared_data: Path) -> None:
    scorer, embedder = models
    lines = (shared_data / "care/posts.jsonl").read_text(encoding="utf-8").splitlines()
    posts = [line.post for line in read_lines(lines, now=NOW) if line.post]
    readings = dict(zip((p.key for p in posts), scorer.read([p.text for p in posts]), strict=True))
    threads, engine = threads_of(posts), Engine(load())
    ours = [p for p in posts if p.outbound]
    flagged = [
        p
        for p in ours
        if any(
            f.severity >= Severity.BREACH
            for f in engine.check(
                p, Context(thread=threads[p.thread_key], readings=readings, embedder=embedder)
            )
        )
    ]
    assert len(flagged) <= 0.03 * len(ours)


def test_shipped_vectors_are_current(models: tuple[Any, Any]) -> None:
    """`oversight policy learn` writes them again."""
    _, embedder = models
    similar = [check for check in load(shipped_packs()).checks() if isinstance(check, Similar)]
    texts = list(dict.fromkeys(text for check in similar for text in check.examples.texts))
    shipped = vectors._read(vectors.SHIPPED, embedder.version)
    known = shipped.rows
    assert [text for text in texts if vectors._name(text) not in known] == []
    assert {check.examples.name for check in similar} <= set(shipped.learnt)
    sample = texts[:: len(texts) // 5]
    fresh = np.asarray(embedder.embed(sample))
    stored = np.stack([known[vectors._name(text)] for text in sample])
    assert np.allclose((fresh * stored).sum(axis=1), 1, atol=1e-3)


def test_a_miss_says_the_text_and_what_would_pass(tmp_path: Path) -> None:
    rule = {
        "check": {"terms": ["bread"]},
        "cases": {"flag": ["no cake"], "ok": ["bread here"], "todo": ["bread"]},
    }
    report = casetest.run(load([pack(tmp_path, rule)]))
    said = [str(miss) for miss in report.misses]
    assert "“no cake” must be flagged" in said[0]
    assert "It passes once the check finds" in said[0]
    assert "it was flagged for “bread”" in said[1]
    assert [r.case.text for r in report.mended] == ["bread"]
    assert report.thin
    assert not report.ok


def test_cases_that_need_a_model_are_skipped_without_one() -> None:
    report = casetest.run(load(["customer-care"]))
    assert report.skipped
    assert all(r.rule.rule.check for r in report.skipped)


def test_cases_say_what_is_known_around_their_post(tmp_path: Path) -> None:
    """Earlier posts, earlier answers, who is on the roster, the campaign and the platform's label."""
    same, thanks = "We read every word of what you write to us.", "Thank you"
    rules = {
        "often": ({"cadence": {"more_than": 2, "within": "2h"}}, {"earlier": ["a", "b"]}, {"earlier": ["a"]}),
        "canned": ({"canned": {"at_least": 2}}, {"reply_to": "Hello?", "earlier": [same, same]},
                   {"reply_to": "Hello?", "earlier": [same, thanks]}),
        "met": ({"signoff": {"not_met": True}}, {"people": [{"mark": "^TK", "met": False}]},
                {"people": [{"mark": "^TK"}]}),
        "unlabelled": ({"disclosure": {}}, {}, {"paid_label": True}),
    }  # fmt: skip
    text = f"{same} ^TK"
    for name, (check, flag, ok) in rules.items():
        cases = {"flag": [{"text": text, **flag}], "ok": [{"text": text, **ok}]}
        report = casetest.run(load([pack(tmp_path, {"id": name, "check": check, "cases": cases})]))
        assert [r.explanation.fired for r in report.results] == [True, False], name
        assert not report.skipped
    spring = {"applies": {"campaign": "spring"}, "check": {"terms": ["read"]}}
    cases = {"flag": [{"text": text, "campaign": "spring"}], "ok": [text]}
    assert not casetest.run(load([pack(tmp_path, {**spring, "cases": cases})])).misses


def test_thread_order_does_not_matter_to_conversations() -> None:
    first = post("a", key=PostKey(platform="x", account="brand", external_id="1"))
    second = replace(
        first, key=replace(first.key, external_id="2"), created_at=NOW + timedelta(1), kind=Kind.REPLY
    )
    assert threads_of([second, first])[first.thread_key].posts == (first, second)


def test_manual_is_current() -> None:
    """`python -m policies.manual docs` writes it again."""
    from policies.manual import pages

    docs = Path(__file__).resolve().parents[2] / "docs"
    stale = [n for n, t in pages().items() if not (docs / n).is_file() or (docs / n).read_text("utf-8") != t]
    assert stale == []


def test_every_kind_of_check_has_a_manual_page() -> None:
    from policies.conditions import Condition
    from policies.manual import pages

    found = pages()
    kinds = set(Condition.model_fields) - {"any", "all", "not_", "sentence", "parent", "thread"}
    assert {f"checks/{kind}.md" for kind in kinds} <= set(found)
    assert all("| option | meaning |" in found[f"checks/{kind}.md"] for kind in kinds - {"secret"})


def test_the_first_rule_of_the_guide_works_as_it_says(tmp_path: Path) -> None:
    guide = (Path(__file__).resolve().parents[2] / "docs/rules/first-rule.md").read_text("utf-8")
    yaml_text = guide.split("```yaml\n")[1].split("```")[0]
    path = tmp_path / "house.yaml"
    path.write_text(yaml_text, encoding="utf-8")
    misses = casetest.run(load([path])).misses
    assert [miss.case.text for miss in misses] == ["Our rolls are cheaper than you think"]
    path.write_text(yaml_text.replace("[cheap, bargain", "[cheap, cheaper, bargain"), encoding="utf-8")
    assert casetest.run(load([path])).ok
