"""When the owner is asked about a client, and when the case is raised, closed and opened again."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest
from rule_fakes import WordScorer
from rule_helpers import NOW, talk

from policies.model.cases.conversation import ConversationAction, ConversationState
from policies.model.finding import Severity
from policies.model.hours import ALWAYS
from policies.threads.asking import NOTHING, AtOnce, KnownCase, asking
from policies.threads.conversations import Concern, Conversation, Standing, conversations

PROMISE = timedelta(hours=2)
SOON, LATER = NOW + timedelta(hours=1), NOW + timedelta(hours=3)
OPEN, CLOSED = ConversationState.OPEN, ConversationState.CLOSED
SAID_MORE = ConversationAction.SAID_MORE


def stands(*said: tuple[str, str, float], now=LATER, **more: object) -> Conversation:
    (one,) = conversations([talk(*said)], WordScorer().read, hours=ALWAYS, now=now, promise=PROMISE)
    return replace(one, **more)  # type: ignore[arg-type]


def grave(**more: object) -> Conversation:
    return stands(
        ("anna", "The lid cut my hand, I am in hospital", 0), grave=True, reason=Concern.DANGER, **more
    )


def waits(**more: object) -> Conversation:
    return stands(("anna", "Are you open?", 0), **more)


def case(state=OPEN, severity=Severity.WARN, *, by_machine: bool = False) -> KnownCase:
    return KnownCase(state=state, severity=severity, by_machine=by_machine)


@pytest.mark.parametrize(
    ("one", "severity", "tells"),
    [
        (grave(), Severity.CRITICAL, AtOnce.ALERT),
        (waits(), Severity.WARN, AtOnce.REMINDER),
        (waits(needs_owner=True, reason=Concern.OWNER), Severity.BREACH, AtOnce.REMINDER),
    ],
)
def test_a_case_is_opened_and_told(one: Conversation, severity: Severity, tells: AtOnce) -> None:
    asks = asking(one, None, now=LATER)
    assert (asks.opens, asks.severity, asks.tells) == (True, severity, tells)


def test_nobody_is_asked_about_who_waits_within_the_promise() -> None:
    one = stands(("anna", "Are you open?", 0), now=SOON)
    assert asking(one, None, now=SOON) == NOTHING


def test_history_is_not_told() -> None:
    """An import or a first pull brings what nobody could have told in time."""
    two_days = NOW + timedelta(days=2)
    assert asking(grave(), None, now=two_days) == NOTHING
    assert asking(waits(), None, now=two_days) == NOTHING
    assert asking(waits(needs_owner=True, reason=Concern.UPSET), None, now=two_days) == NOTHING


def test_a_wait_over_the_weekend_is_told_when_the_promise_runs_out() -> None:
    monday = NOW + timedelta(days=3)
    late = waits(late_at=monday - timedelta(minutes=1))
    assert asking(late, None, now=monday).tells is AtOnce.REMINDER


def test_who_was_moved_to_private_is_asked_of_the_agency() -> None:
    said = [("anna", "Awful! It is broken, I am furious", 0), ("brand", "Please send us a DM.", 1)]
    one = stands(*said, reason=Concern.PRIVATE, needs_owner=True, standing=Standing.MOVED)
    asks = asking(one, None, now=LATER)
    assert (asks.opens, asks.step, asks.tells) == (True, ConversationAction.ASK_HOW, None)


def test_an_open_case_rises_and_only_what_cannot_wait_is_told_again() -> None:
    worse = asking(waits(needs_owner=True, reason=Concern.UPSET), case(), now=LATER)
    assert (worse.severity, worse.tells) == (Severity.BREACH, None)
    worst = asking(grave(), case(), now=LATER)
    assert (worst.severity, worst.tells) == (Severity.CRITICAL, AtOnce.ALERT)
    assert asking(grave(), case(severity=Severity.CRITICAL), now=LATER) == NOTHING


def test_who_only_waited_is_settled_by_a_real_answer() -> None:
    answered = stands(("anna", "Are you open?", 0), ("brand", "Until six.", 2.5))
    assert asking(answered, case(), now=LATER).step is ConversationAction.SETTLED
    for graver in (Severity.BREACH, Severity.CRITICAL):
        assert asking(answered, case(severity=graver), now=LATER) == NOTHING
    empty = replace(answered, brushed_off=True)
    assert asking(empty, case(), now=LATER) == NOTHING


def test_a_move_to_private_is_no_answer() -> None:
    moved = stands(("anna", "Where is my order?", 0), ("brand", "Please send us a DM.", 2.5))
    assert asking(moved, case(), now=LATER).step is ConversationAction.ASK_HOW
    assert asking(moved, case(ConversationState.ASKED), now=LATER) == NOTHING


def test_a_settled_case_is_opened_again_by_what_cannot_wait() -> None:
    settled = case(CLOSED, Severity.CRITICAL)
    assert asking(grave(), settled, now=LATER) == NOTHING, "nothing new was said"
    again = asking(grave(), settled, now=LATER, fresh=grave())
    assert (again.step, again.tells) == (SAID_MORE, AtOnce.ALERT)
    late = asking(waits(), settled, now=LATER, fresh=waits())
    assert (late.step, late.tells) == (SAID_MORE, AtOnce.REMINDER)
    upset = waits(needs_owner=True, reason=Concern.UPSET, late_at=None)
    assert asking(upset, settled, now=LATER, fresh=upset) == NOTHING, "the owner has decided"
    by_itself = asking(upset, case(CLOSED, by_machine=True), now=LATER, fresh=upset)
    assert by_itself.step is SAID_MORE
