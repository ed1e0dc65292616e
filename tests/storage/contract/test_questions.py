"""Findings that ask rather than say."""

from __future__ import annotations

import io
import json

from store_values import BRAND, NOW, finding, judgement, key, post, save

from storage.store import Store


def found(store: Store, *asks: bool) -> bool:
    """Whether a finding is a question after edits that keep its words, each judged to ask or to say."""
    for revision, question in enumerate(asks, 1):
        save(store, post(1, f"revision {revision}: guaranteed"))
        one = judgement(1, finding(1, question=question, score=0.6), revision=revision)
        store.judgements.record(BRAND, [one], now=NOW)
    (kept,) = store.judgements.findings(key(1))
    return kept.finding.question


def test_whether_a_finding_asks_is_kept(store: Store) -> None:
    assert found(store, True)
    output = io.StringIO()
    store.exports.write("findings", output, form="jsonl", brand=BRAND)
    assert json.loads(output.getvalue())["question"] is True


def test_what_is_sure_later_is_said_and_stays_so(store: Store) -> None:
    assert not found(store, True, False, True)
