"""The heads that read what a client said together with what they were answered."""

from __future__ import annotations

from pathlib import Path

import pytest

from bot.judging.scorers.exchanges import OnnxExchanges
from bot.judging.scorers.folder import ModelBroken
from bot.judging.scorers.onnx import OnnxScorer
from policies.scoring import Reading
from policies.threads.exchange import exchange, parts_of


@pytest.fixture(scope="module")
def exchanges(scorer: OnnxScorer) -> OnnxExchanges:
    """The shipped heads, on the open tone model."""
    return OnnxExchanges(scorer=scorer)


def chance(reading: Reading, head: str) -> float:
    return next(iter(reading.heads[head].scores.values()))


def test_parts_are_found_again_and_a_post_alone_has_no_answer() -> None:
    assert parts_of(exchange("Where is it?", "On its way.")) == ("Where is it?", "On its way.")
    assert parts_of("Where is it?") == ("Where is it?", "")


def test_danger_and_praise_are_told_apart(exchanges: OnnxExchanges) -> None:
    told = (
        "My son is in hospital after eating your nut free cake, his throat closed up.",
        "The police should arrest this cake, it is criminally good 😂",
    )
    danger, praise = exchanges.read([exchange(text, "") for text in told])
    assert chance(danger, "grave") > 0.5 > chance(praise, "grave")
    assert chance(danger, "owner") > 0.5 > chance(praise, "owner")


def test_a_language_that_the_model_does_not_know_is_unread(exchanges: OnnxExchanges) -> None:
    (reading,) = exchanges.read([exchange("Wir haben die Sache heute unserem Rechtsanwalt übergeben.", "")])
    assert (reading.language, reading.readable, reading.heads) == ("de", False, {})


def test_nothing_and_much_are_read_too(exchanges: OnnxExchanges) -> None:
    assert len(exchanges.read([exchange("", ""), exchange("help " * 5_000, "sorry " * 5_000)])) == 2
    assert exchanges.read([]) == []


def test_an_altered_file_is_refused(tmp_path: Path) -> None:
    with pytest.raises(ModelBroken):
        OnnxExchanges(tmp_path)


def test_the_answer_belongs_to_what_is_read(exchanges: OnnxExchanges) -> None:
    said = "Third broken order in a row, I want my money back."
    fob, help_ = exchanges.read(
        [
            exchange(said, "Thank you for your feedback."),
            exchange(said, "I have refunded all three today, Anna, and Tom brings you fresh ones at five."),
        ]
    )
    assert chance(fob, "brushed_off") > chance(help_, "brushed_off")
