"""The shipped packs with the shipped model: their own cases, and texts that they were not written for."""

from collections import Counter
from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from rule_helpers import NOW, pack, post, talk

from policies import casetest
from policies.checks.pattern import Pattern
from policies.engine import Context, Engine, Explanation
from policies.import_format import read_lines
from policies.loader import load
from policies.model.finding import Finding, Severity
from policies.model.keys import PostKey
from policies.model.post import Kind
from policies.model.thread import threads_of
from policies.rules import Status
from policies.shipped import SHIPPED, shipped_packs

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
#: Written by others, to get around the rules; the trained heads have not learnt from them.
UNFORESEEN = [
    Path(__file__).parent / name for name in ("unforeseen.txt", "unforeseen2.txt", "unforeseen3.txt")
]
#: Part of good hosts' posts that is accused wrongly, and that is at least asked about, at most.
MOST_JOKES_ACCUSED, MOST_JOKES_ASKED = 0.15, 0.26
#: How much a shipped rule may be, besides its cases: a shop owner reads it.
MOST_LINES, LONGEST_LINE, LONGEST_PATTERN, MOST_PATTERNS = 25, 130, 80, 5


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


def test_a_shop_owner_can_read_every_shipped_rule() -> None:
    """What needs more is a trained head, a list of words, or a check of its own."""
    for loaded in load(shipped_packs()).rules:
        patterns = [one for check in loaded.checks() if isinstance(check, Pattern) for one in check.any]
        assert len(patterns) <= MOST_PATTERNS, loaded.id
        assert max(map(len, patterns), default=0) <= LONGEST_PATTERN, (loaded.id, max(patterns, key=len))
    for path in SHIPPED.glob("*/*.yaml"):
        for rule in path.read_text(encoding="utf-8").split("\n  - id: ")[1:]:
            lines = [line for line in rule.split("\n    cases:")[0].splitlines() if line.strip()]
            assert len(lines) <= MOST_LINES, (path.name, lines[0])
            assert max(map(len, lines)) <= LONGEST_LINE, (path.name, max(lines, key=len))


def test_default_packs_cover_the_topics() -> None:
    live = [rule.rule for rule in load().rules if rule.rule.status is Status.LIVE]
    assert {rule.topic for rule in live if rule.severity >= Severity.BREACH} >= TOPICS


def cases() -> Iterator[tuple[str, bool, str, str | None]]:
    for path in UNFORESEEN:
        for line in path.read_text(encoding="utf-8").splitlines():
            if line and not line.startswith("#"):
                topic, wanted, text, *parent = (part.strip() for part in line.split(" | "))
                yield topic, wanted == "flag", text, parent[0] if parent else None


Texts = list[tuple[str, str | None]]


def judged(models: tuple[Any, Any], texts: Texts) -> list[list[Finding]]:
    """What is found at breach or above in posts, each of which may answer another."""
    scorer, embedder = models
    threads = [
        talk(("anna", parent, 0), ("brand", text, 1)) if parent else talk(("brand", text, 0))
        for text, parent in texts
    ]
    words = list(dict.fromkeys(post.text for thread in threads for post in thread.posts))
    tones = dict(zip(words, scorer.read(words), strict=True))
    known = [
        (
            thread.posts[-1],
            Context(thread=thread, readings={p.key: tones[p.text] for p in thread.posts}, embedder=embedder),
        )
        for thread in threads
    ]
    found = Engine(load()).check_many(known)
    return [[one for one in findings if one.severity >= Severity.BREACH] for findings in found]


def said(findings: list[Finding]) -> set[str]:
    """Topics that are said, not asked about."""
    return {finding.topic for finding in findings if not finding.question}


def test_topics_are_found_in_words_that_nobody_foresaw(models: tuple[Any, Any]) -> None:
    """Nothing learnt from these texts. What is found counts whether it is said or asked about."""
    asked = list(cases())
    found = judged(models, [(text, parent) for _, _, text, parent in asked])
    right: Counter[str] = Counter()
    wanted_count: Counter[str] = Counter()
    false = false_said = 0
    for (topic, wanted, _, _), findings in zip(asked, found, strict=True):
        hit = topic in {finding.topic for finding in findings}
        wanted_count[topic] += wanted
        right[topic] += wanted and hit
        false += hit and not wanted
        false_said += topic in said(findings) and not wanted
    assert right.total() / wanted_count.total() >= 0.8
    assert right.total() / (right.total() + false) >= 0.84
    assert min(right[topic] / wanted_count[topic] for topic in TOPICS) >= 0.6
    assert false_said / (len(asked) - wanted_count.total()) <= 0.07


def test_good_hosts_may_joke(models: tuple[Any, Any]) -> None:
    """Short dry answers among friends are the hardest: few are accused, and not many asked about."""
    lines = (Path(__file__).parent / "friendly.txt").read_text(encoding="utf-8").splitlines()[1:]
    parts = [line.split(" | ") for line in lines]
    found = judged(models, [(part[0], part[1] if len(part) > 1 else None) for part in parts])
    accused = [part[0] for part, findings in zip(parts, found, strict=True) if said(findings)]
    assert len(accused) / len(parts) <= MOST_JOKES_ACCUSED, accused
    assert sum(map(bool, found)) / len(parts) <= MOST_JOKES_ASKED


@pytest.mark.shared_data
@pytest.mark.slow
def test_few_false_alarms_on_real_agency_answers(models: tuple[Any, Any], shared_data: Path) -> None:
    scorer, embedder = models
    lines = (shared_data / "care/posts.jsonl").read_text(encoding="utf-8").splitlines()
    posts = [line.post for line in read_lines(lines, now=NOW) if line.post]
    readings = dict(zip((p.key for p in posts), scorer.read([p.text for p in posts]), strict=True))
    threads, engine = threads_of(posts), Engine(load())
    ours = [p for p in posts if p.outbound]
    known = [(p, Context(thread=threads[p.thread_key], readings=readings, embedder=embedder)) for p in ours]
    found = [[f for f in one if f.severity >= Severity.BREACH] for one in engine.check_many(known)]
    apart = "complaint-brushed-off"  # of which two readers call one in four so
    assert sum(bool(said(one) - {apart}) for one in found) <= 0.02 * len(ours)
    assert sum(any(f.topic != apart for f in one) for one in found) <= 0.05 * len(ours)


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


def test_a_question_meets_what_must_be_flagged_and_no_more_than_the_case_allows(tmp_path: Path) -> None:
    rule = {
        "check": {"means": {"topic": "testimonial-request", "ask": True}},
        "cases": {"flag": ["a review"], "ok": ["a review", {"text": "a review", "may_ask": True}]},
    }
    report = casetest.run(load([pack(tmp_path, rule)]))
    asking = Explanation(rule="r", title="", pack="", version="", fired=True, reason="", question=True)
    flag, ok, may = (replace(one, explanation=asking) for one in report.results)
    assert (flag.right, ok.right, may.right) == (True, False, True)
    assert "it was asked about" in str(ok)
    assert "may_ask" in str(ok)
    saying = replace(may, explanation=replace(asking, question=False))
    assert not saying.right


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
