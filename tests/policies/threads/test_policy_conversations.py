"""How each client of a thread stands."""

from datetime import time, timedelta
from zoneinfo import ZoneInfo

import pytest
from rule_fakes import WordScorer
from rule_helpers import NOW, talk

from policies.model.hours import ALWAYS, BusinessHours
from policies.model.people import Person, Role
from policies.model.thread import Thread
from policies.threads import Conversation, Standing, conversations

PROMISE = timedelta(hours=2)
MAYA = Person(id="maya", name="Maya", role=Role.OWNER, marks=("Maya",))


def stand(thread: Thread, hours_later: float = 3) -> list[Conversation]:
    now = NOW + timedelta(hours=hours_later)
    return conversations([thread], WordScorer().read, hours=ALWAYS, now=now, promise=PROMISE, people=[MAYA])


@pytest.mark.parametrize(
    ("said", "standing"),
    [
        ([("anna", "Are you open?", 0)], Standing.WAITING),
        ([("anna", "Are you open?", 0), ("brand", "Until six.", 1)], Standing.ANSWERED),
        ([("anna", "Are you open?", 0), ("brand", "Until six.", 1), ("anna", "Thanks!", 2)], Standing.CLOSED),
        ([("anna", "Where is my order?", 0), ("brand", "Please send us a DM.", 1)], Standing.MOVED),
        (
            [
                ("anna", "Where is it?", 0),
                ("brand", "Please send us a DM.", 1),
                ("anna", "I did. Well?", 2),
            ],
            Standing.WAITING,
        ),
        ([("brand", "New cake!", 0), ("anna", "it looks so good", 1)], Standing.CLOSED),
    ],
)
def test_where_a_conversation_stands(said: list[tuple[str, str, float]], standing: Standing) -> None:
    assert stand(talk(*said))[-1].standing is standing


def test_each_client_of_a_thread_has_their_own_conversation() -> None:
    thread = talk(("anna", "Open?", 0), ("brand", "Yes!", 1), ("bob", "And on Sunday?", 1.5))
    answered, waiting = stand(thread)
    assert (answered.asker, answered.first_answer) == ("anna", timedelta(hours=1))
    assert (waiting.asker, waiting.waited) == ("bob", timedelta(hours=1, minutes=30))
    assert waiting.late_at == waiting.asked.created_at + PROMISE


def test_the_owners_own_answer_settles_it() -> None:
    angry = ("anna", "Awful! My parcel is broken, I am furious", 0)
    (fobbed,) = stand(talk(angry, ("brand", "Sorry for the inconvenience.", 1)))
    assert (fobbed.complaint, fobbed.brushed_off, fobbed.needs_owner) == (True, True, True)
    (hers,) = stand(talk(angry, ("brand", "Sorry for the inconvenience. Maya", 1)))
    assert (hers.complaint, hers.brushed_off, hers.needs_owner) == (True, False, False)


def test_a_promise_runs_out_in_business_hours() -> None:
    office = BusinessHours(zone=ZoneInfo("UTC"), week={day: ((time(9), time(17)),) for day in range(5)})
    friday = NOW.replace(hour=16, minute=30) + timedelta(days=2)
    assert friday.weekday() == 4
    assert office.after(friday, PROMISE) == (friday + timedelta(days=3)).replace(hour=10, minute=30)
    assert office.elapsed(friday, office.after(friday, PROMISE) or friday) == PROMISE
    never = BusinessHours(zone=ZoneInfo("UTC"), week={})
    assert never.after(friday, PROMISE) is None


@pytest.mark.parametrize(
    "words", ["to the LIFE 😂", "Wunderbar, der Hund dankt auch", "Never saw a mackerel go so fast"]
)
def test_a_remark_is_not_late_whoever_leaves_it(words: str) -> None:
    (one,) = stand(talk(("anna", words, 0)), hours_later=9)
    assert (one.late_at, one.needs_owner) == (None, False)


@pytest.mark.parametrize(
    "words", ["Are you open?", "Kann man bei Ihnen parken? Danke", "Cancel it please", "i am still here"]
)
def test_a_question_or_a_wish_is_late_when_the_promise_runs_out(words: str) -> None:
    (one,) = stand(talk(("anna", words, 0)), hours_later=9)
    assert one.late_at is not None
    assert one.needs_owner


def test_a_client_whom_the_owner_answered_may_thank_her() -> None:
    angry = ("anna", "Awful! My parcel is broken, I am furious", 0)
    answer = ("brand", "I am so sorry, I have your parcel here and bring it at six. Maya", 1)
    (content,) = stand(talk(angry, answer, ("anna", "That is what I call an answer.", 2)))
    assert (content.by_owner, content.needs_owner) == (True, False)
    (asks,) = stand(talk(angry, answer, ("anna", "It is eight. Where are you?", 2)))
    assert not asks.by_owner
