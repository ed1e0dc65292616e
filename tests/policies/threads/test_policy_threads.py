"""Who waits, who is upset, who was brushed off."""

from datetime import time, timedelta
from zoneinfo import ZoneInfo

import pytest
from rule_fakes import WordScorer
from rule_helpers import NOW, talk

from policies.model.hours import ALWAYS, BusinessHours
from policies.model.thread import Thread
from policies.threads import (
    Conversation,
    conversations,
    first_answers,
    is_brush_off,
    says_something,
)
from policies.threads.answers import waiting_for

PROMISE = timedelta(hours=2)
WEEKDAYS = BusinessHours(zone=ZoneInfo("UTC"), week={day: ((time(9), time(17)),) for day in range(5)})


def stand(thread: Thread, hours_later: float, hours: BusinessHours = ALWAYS) -> Conversation:
    """How whoever is in most trouble stands so long after the beginning."""
    now = NOW + timedelta(hours=hours_later)
    return conversations([thread], WordScorer().read, hours=hours, now=now, promise=PROMISE)[-1]


def judged(thread: Thread, hours_later: float = 3) -> Conversation | None:
    one = stand(thread, hours_later)
    return one if one.needs_owner else None


def test_somebody_waits_too_long() -> None:
    found = judged(talk(("anna", "Are you open on Monday?", 0)))
    assert found is not None
    assert (found.waited, found.complaint) == (timedelta(hours=3), False)
    assert judged(talk(("anna", "Are you open on Monday?", 0)), 1) is None


def test_somebody_upset_counts_at_once() -> None:
    found = judged(talk(("anna", "This is terrible, the cup is broken", 0)), 0.1)
    assert found is not None
    assert found.complaint


@pytest.mark.parametrize(
    ("words", "waits"),
    [
        ("Thanks!", False),
        ("Great, thank you so much, have a good day", False),
        ("@brand 👍", False),
        ("Thanks for nothing", True),
        ("Thanks, but it still does not work", True),
        ("ok and when?", True),
        ("The number is 12", True),
    ],
)
def test_a_closing_line_waits_for_nothing(words: str, waits: bool) -> None:
    thread = talk(("anna", "Where is it?", 0), ("brand", "On its way.", 1), ("anna", words, 2))
    assert (waiting_for("anna", thread, ALWAYS, NOW + timedelta(hours=9), {}) is not None) is waits


def test_praise_under_our_own_post_waits_for_nothing() -> None:
    thread = talk(("brand", "New cake!", 0), ("anna", "it looks so good", 1))
    assert waiting_for("anna", thread, ALWAYS, NOW + timedelta(days=1), {}) is None


def test_only_opening_hours_count() -> None:
    thread = talk(("anna", "Are you open?", 4.5))  # Wednesday 16:30
    assert not stand(thread, 21, WEEKDAYS).needs_owner
    late = stand(thread, 23, WEEKDAYS)
    assert late.needs_owner
    assert late.waited == timedelta(hours=2, minutes=30)


def test_an_answer_to_one_is_none_to_the_other() -> None:
    thread = talk(("anna", "Open?", 0), ("brand", "Yes!", 1), ("bob", "And on Sunday?", 1.5))
    found = waiting_for("bob", thread, ALWAYS, NOW + timedelta(hours=5), {})
    assert found is not None
    assert found.post.author == "bob"
    assert waiting_for("anna", thread, ALWAYS, NOW + timedelta(hours=5), {}) is None


def test_brushed_off_and_mended() -> None:
    angry = ("anna", "Awful! My parcel is broken, I am furious", 0)
    found = judged(talk(angry, ("brand", "Sorry for the inconvenience.", 1)))
    assert found is not None
    assert found.brushed_off
    assert judged(talk(angry, ("brand", "Sorry! Which parcel is it? I'll call you.", 1))) is None


def test_first_answers_are_timed_in_business_hours() -> None:
    thread = talk(
        ("anna", "Open?", 0), ("brand", "Yes!", 1), ("anna", "Thanks!", 2), ("brand", "Welcome!", 3)
    )
    assert [answer.waited for answer in first_answers(thread, ALWAYS)] == [timedelta(hours=1)]


@pytest.mark.parametrize(
    ("empty", "hours"),
    [
        ("Thank you for your feedback, we value it!", 5),
        ("Please DM us.", 5),
        ("So sorry! Could you send us a private message with the details?", 5),
        ("Yes!", 1),
        ("We are open until six.", 1),
    ],
)
def test_a_phrase_or_a_way_to_private_is_no_first_answer(empty: str, hours: int) -> None:
    thread = talk(
        ("anna", "My cake was cut, who can help?", 0), ("brand", empty, 1), ("brand", "Maya is on it.", 5)
    )
    (answer,) = first_answers(thread, ALWAYS, says_something)
    assert answer.waited == timedelta(hours=hours)


@pytest.mark.parametrize("text", ["Noted.", "Thank you for your feedback.", "Sorry you feel that way."])
def test_phrases(text: str) -> None:
    assert is_brush_off(text)
    assert not is_brush_off(text + " Could you send us the order number?")
