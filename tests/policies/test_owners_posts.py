"""The owner's posts are hers: however she signs, and wherever the platform says that it was she."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from rule_helpers import NOW, engine, found, post, talk

from policies.engine import Context
from policies.model.hours import ALWAYS
from policies.model.people import Person, Role
from policies.model.post import Direction
from policies.scoring import HeadScore, Reading
from policies.signing import author_of, by_owner, role_of
from policies.threads import conversations

NELL = Person(
    id="nell", name="Nell Varga", role=Role.OWNER, marks=("^NV",), accounts=("facebook/Nell Varga",)
)
ROSTER = (
    NELL,
    Person(id="joe", name="Joe Brandt", role=Role.OWNER, marks=("Joey", "Joey x")),
    Person(id="ida", name="Ida", role=Role.STAFF, marks=("Ida",)),
    Person(id="rk", name="Rob Kern", role=Role.AGENCY, marks=("^RK",)),
)


@pytest.mark.parametrize(
    "text",
    [
        "We refund you. ^NV",
        "We refund you. ^nv 💛",
        "We refund you ^NV🥐 #bread #rye https://t.co/a1 https://t.co/b2",
        "We refund you. Nell",
        "We refund you. Nell.",
        "We refund you. Nell xx",
        "We refund you. Joey x",
        "We refund you! Nell Varga",
        "We refund you. - Nell",
        "We refund you —\u200aNell",
        "We refund you tonight–Joey",
        "We refund you 🥐 Nell",
        "We refund you (come and ask) Nell",
        "We refund you. (Nell)",
        "We refund you\n\nNell",
        "We refund you\nNell, owner",
        "We refund you.\n\nNell Varga, owner of the Mill",
        "We refund you.\nNell (founder)",
        "We refund you. Kind regards, Nell",
        "We refund you.\nWith love\nJoey",
        "Te devolvemos el dinero. Un saludo, Nell",
        "Wir erstatten es. Liebe Grüße Nell",
        "We refund you.\nNell\n\nEdit: a word was missing",
        "We refund you. ~ Nell\nPS bring the tin",
        "Read https://mill.example/refund Nell",
        "Nell here, the owner. The refund is on its way",
        "Tom, it is Nell, the owner. I will refund you tonight.",
        "Tom, this is Nell, I own the mill. You get a refund.",
        "Ich bin Nell, die Inhaberin. Es tut mir leid.",
        "nell@mill.example\nNell",
    ],
)
def test_she_signed_it(text: str) -> None:
    assert role_of(text, ROSTER) is Role.OWNER


@pytest.mark.parametrize(
    "text",
    [
        "We'll ask Nell",
        "We'll ask Joey",
        "Come by and see Joey x",
        "Thank you so much, Nell",
        "Happy birthday, Nell",
        "Thanks Nell!",
        "Nobody beats our Nell",
        "Our baker tonight (Nell)",
        "Half-Nell",
        "Photo: Nell",
        "At the counter today:\nNell",
        "The oven is Nell's",
        "“Bread is patience.” — Nell",
        '"Bread is patience."\nNell Varga, owner #bread',
        "This is Nell's sourdough, I had two",
        "This is Nell, our owner, at four. I took the picture",
        "Meet Nell, owner of the Mill",
        "Nell, owner of the Mill, was on the radio",
        "Nell has it now. ^RK",
        "Refunds are Nell's. She has it. Rob",
        "It is Nell, she said, and I laughed. ^RK",
        "We refund you. Nell ^RK",
        "We refund you. Ida",
        "",
        "@nell",
    ],
)
def test_it_merely_speaks_of_her(text: str) -> None:
    assert role_of(text, ROSTER) is not Role.OWNER


def test_what_others_write_is_theirs_whatever_name_stands_in_it() -> None:
    ours, theirs = post("Bring it back. Nell"), post("Bring it back. Nell", direction=Direction.INBOUND)
    assert by_owner(ours, ROSTER)
    assert author_of(theirs, ROSTER) is None
    assert author_of(post("RT @nell: bring it back. Nell"), ROSTER) is None
    quoted = post("> Bring it back. Nell\n\nWe did", parent_id="0", key=replace(ours.key, platform="reddit"))
    assert author_of(quoted, ROSTER) is None
    quoted_last = replace(quoted, text="We did\n\n> Bring it back. Nell")
    assert author_of(quoted_last, ROSTER) is None


def test_two_of_one_name_are_told_apart_by_their_marks() -> None:
    second = Person(id="nell2", name="Nell Ortiz", role=Role.AGENCY, marks=("^NO",))
    assert role_of("We refund you. Nell", (*ROSTER, second)) is Role.AGENCY
    assert role_of("We refund you. Nell Varga", (*ROSTER, second)) is Role.OWNER


@pytest.mark.parametrize("field", ["author", "source"])
def test_the_platform_says_that_it_was_she(field: str) -> None:
    key = replace(post("x").key, platform="facebook")
    changes: dict[str, Any] = {field: "Nell Varga"}
    assert by_owner(post("We refund you", key=key, **changes), ROSTER)
    assert not by_owner(post("We refund you", **changes), ROSTER), "another platform's Nell Varga is nobody's"


REFUND = {"check": {"terms": ["refund"]}}


@pytest.mark.parametrize(
    ("rule", "hers", "agencys"),
    [
        (REFUND, False, True),
        ({**REFUND, "applies": {"author": "anybody"}}, True, True),
        ({**REFUND, "applies": {"author": "owner"}}, True, False),
        ({**REFUND, "applies": {"direction": "both"}}, False, True),
        ({"check": {"pii": {"kinds": ["card", "phone"]}}}, True, True),
        ({"check": {"pii": {"kinds": ["phone"]}}}, False, True),
        ({"check": {"secret": {}}}, True, True),
        ({"check": {"any": [{"terms": ["nothing"]}, {"secret": {}}]}}, True, True),
        ({"check": {"link": {}}}, True, True),
        ({"check": {"link": {"only": ["mill.example"]}}}, False, True),
    ],
)
def test_rules_are_about_the_others_unless_they_say_so(
    tmp_path: Path, rule: dict[str, Any], hers: bool, agencys: bool
) -> None:
    said = "A refund to 4111 1111 1111 1111, +44 20 7946 0958, password: hunter2024, http://185.22.31.9/win"
    rules, known = engine(tmp_path, rule), Context(people=ROSTER)
    assert bool(found(rules, f"{said}\nNell", known)) is hers
    assert bool(found(rules, f"{said} ^RK", known)) is agencys
    assert bool(found(rules, said, known)) is agencys


def test_a_rule_for_both_sides_is_for_clients_of_any_name(tmp_path: Path) -> None:
    rules = engine(tmp_path, {**REFUND, "applies": {"direction": "both"}})
    assert found(rules, "I want a refund. Nell", Context(people=ROSTER), direction=Direction.INBOUND)


def _upset(texts: Any) -> list[Reading]:
    def head(label: str, *others: str) -> HeadScore:
        return HeadScore(label=label, scores={label: 0.95, **dict.fromkeys(others, 0.02)}, unsure=False)

    heads = {
        "sentiment": head("negative", "positive"),
        "complaint": head("complaint"),
        "emotion": head("anger"),
    }
    return [Reading(language="en", readable=True, heads=heads) for _ in texts]


@pytest.mark.parametrize(("answer", "brushed"), [("Noted. ^RK", True), ("Noted. Nell", False)])
def test_her_answer_is_the_best_and_never_a_brush_off(answer: str, brushed: bool) -> None:
    thread = talk(("tom", "The bread was mouldy and nobody cared", 0), ("brand", answer, 1))
    (one,) = conversations(
        [thread], _upset, hours=ALWAYS, now=NOW.replace(hour=20), promise=NOW - NOW, people=ROSTER
    )
    assert (one.brushed_off, one.needs_owner) == (brushed, brushed)
    assert one.answer is not None


def test_what_she_answers_from_her_own_account_is_an_answer_and_asks_for_none() -> None:
    nell = replace(NELL, accounts=("x/nell_bakes",))
    thread = talk(
        ("tom", "Where is my bread? I have waited for an hour", 0),
        ("nell_bakes", "Is it late? On its way", 1),
    )
    (one,) = conversations(
        [thread], _upset, hours=ALWAYS, now=NOW.replace(hour=20), promise=NOW - NOW, people=(nell,)
    )
    assert (one.asker, one.standing.value, one.needs_owner) == ("tom", "answered", False)
