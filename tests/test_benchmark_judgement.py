"""What the benchmark of judgement counts, without its models and data."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from benchmarks import judgement
from benchmarks._peers import HOSTILE, WORDS, keywords, vader
from policies.checks.means import KNOWN
from policies.model.finding import Finding, Severity
from policies.model.keys import PostKey

FOUND = Finding(rule="r", title="t", topic="agency-leak", severity=Severity.BREACH, message="m", why="w",
                suggest=None, policy="p", policy_version="1",
                post=PostKey(platform="x", account="brand", external_id="1"))  # fmt: skip


def test_a_share_comes_with_its_interval() -> None:
    assert judgement.share(0, 894) == {"n": 0, "percent": 0.0, "low": 0.0, "high": 0.43}
    assert judgement.share(0, 0) == {"n": 0, "percent": 0.0, "low": 0.0, "high": 100.0}


def test_what_is_said_is_not_also_asked_and_small_things_count_as_neither() -> None:
    both = [FOUND, replace(FOUND, question=True), replace(FOUND, topic="other", question=True)]
    assert judgement.topics_of(both, question=False) == {"agency-leak"}
    assert judgement.topics_of(both, question=True) == {"other"}
    small = [replace(FOUND, severity=Severity.WARN), replace(FOUND, shadow=True)]
    assert judgement.topics_of(small, question=False) == judgement.topics_of(small, question=True) == set()


def test_unforeseen_texts_answer_what_they_answer() -> None:
    texts = [one for path in judgement.UNFORESEEN for one in judgement.unforeseen(path)]
    assert len(judgement.UNFORESEEN) == 3
    assert len(texts) > 400
    assert {one.topic for one in texts} == set(KNOWN)
    answers = [one for one in texts if one.answered]
    assert answers
    assert all(one.post.parent_id == one.answered[0].key.external_id for one in answers)
    assert all(one.post.thread_key == one.answered[0].thread_key for one in answers)


def test_peers_find_what_a_suite_would() -> None:
    assert set(WORDS) == set(KNOWN)
    assert keywords(["Please leave a REVIEW", "Good bread"]) == [{"testimonial-request"}, set()]
    assert vader(["You are a horrible, stupid idiot.", "Lovely bread"]) == [{HOSTILE}, set()]


def test_without_data_it_says_so(tmp_path: Path) -> None:
    assert judgement.tone(None, tmp_path, 0) == {}  # type: ignore[arg-type]
