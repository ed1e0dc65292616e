"""`means`: what trained heads find, what they ask, and what they leave alone."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from rule_fakes import BagEmbedder
from rule_helpers import engine, post, talk

from policies.checks.means import KNOWN
from policies.engine import Context
from policies.model.finding import Finding
from policies.topics import shipped
from training.topics.data import TOPICS

#: An insult to one, a joke to the other.
JOKE = "Have you tried asking it nicely?"


@pytest.fixture(scope="module")
def models() -> tuple[Any, Any]:
    from bot.judging.scorers.onnx import OnnxScorer
    from bot.judging.scorers.similar import OnnxEmbedder

    scorer = OnnxScorer()
    return scorer, OnnxEmbedder(tone=scorer.tone)


def judged(
    tmp_path: Path, models: tuple[Any, Any], check: Any, text: str, answers: str | None = None
) -> list[Finding]:
    thread = talk(("anna", answers, 0), ("brand", text, 1)) if answers else talk(("brand", text, 0))
    tones = models[0].read([one.text for one in thread.posts])
    readings = dict(zip((one.key for one in thread.posts), tones, strict=True))
    context = Context(thread=thread, readings=readings, embedder=models[1])
    return next(engine(tmp_path, {"check": check}).check_many([(thread.posts[-1], context)]))


def test_a_plain_request_is_said_with_its_words(tmp_path: Path, models: tuple[Any, Any]) -> None:
    text = "Doors open at nine. Please leave us a five star review on Google!"
    (finding,) = judged(tmp_path, models, {"means": "testimonial-request"}, text)
    assert (finding.matched, finding.question) == ("Please leave us a five star review on Google!", False)
    assert not judged(tmp_path, models, {"means": "partner-outreach"}, text)
    assert not judged(tmp_path, models, {"means": "testimonial-request"}, "Doors open at nine.")


def test_the_same_words_weigh_more_where_somebody_is_upset(tmp_path: Path, models: tuple[Any, Any]) -> None:
    asks = {"means": {"topic": "hostile-or-sarcastic-reply", "ask": True}}
    stuck = "The lock you fitted has jammed and my kids are on the other side of that door. I am in tears."
    flour = "my sourdough starter refuses to rise 😂 it hates me, love the flour"
    upset, merry = (judged(tmp_path, models, asks, JOKE, said) for said in (stuck, flour))
    assert upset
    assert not merry or (merry[0].score or 0) < (upset[0].score or 0)


def test_what_is_only_likely_is_found_where_a_rule_asks_and_then_it_is_a_question(
    tmp_path: Path, models: tuple[Any, Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    text = "Please leave us a five star review on Google!"
    lax = replace(shipped(), limits=np.stack([shipped().limits[0], shipped().limits[1] + 100]))
    monkeypatch.setattr("policies.checks.means.shipped", lambda: lax)
    topic = "testimonial-request"
    assert not judged(tmp_path, models, {"means": topic}, text)
    (finding,) = judged(tmp_path, models, {"means": {"topic": topic, "ask": True}}, text)
    (both,) = judged(
        tmp_path, models, {"all": [{"means": {"topic": topic, "ask": True}}, {"terms": ["review"]}]}, text
    )
    (sure,) = judged(
        tmp_path, models, {"any": [{"means": {"topic": topic, "ask": True}}, {"terms": ["review"]}]}, text
    )
    assert (finding.question, both.question, sure.question) == (True, True, False)


def test_mockery_needs_somebody_who_is_answered(tmp_path: Path, models: tuple[Any, Any]) -> None:
    asks = {"means": {"topic": "hostile-or-sarcastic-reply", "ask": True}}
    assert not judged(tmp_path, models, asks, "Cry about it somewhere else, you clown.")


def test_what_is_asked_in_private_is_not_asked_in_public(tmp_path: Path, models: tuple[Any, Any]) -> None:
    asks = {"means": {"topic": "asks-private-data-in-public", "ask": True}}
    lost = "I cannot log in"
    assert judged(
        tmp_path, models, asks, "Please reply with your full name, phone number and postcode.", lost
    )
    assert not judged(tmp_path, models, asks, "Please send us your full name and postcode in a DM.", lost)


def test_without_a_model_or_with_another_it_is_skipped(tmp_path: Path) -> None:
    eng = engine(tmp_path, {"check": {"means": "agency-leak"}})
    assert eng.explain(post("Hello"))[0].skipped
    assert eng.explain(post("Hello"), Context(embedder=BagEmbedder()))[0].skipped


def test_the_heads_are_those_that_the_check_names() -> None:
    assert shipped().topics == KNOWN == TOPICS
    assert (shipped().limits[0] <= shipped().limits[1]).all()
