"""Ordinary words, words in disguise, gaps of templates and quoted people, as the shipped packs take them."""

from functools import cache

import pytest
from rule_helpers import post

from policies.engine import Engine
from policies.loader import load
from policies.matching.index import IndexBuilder
from policies.model.keys import PostKey
from policies.shipped import SHIPPED
from policies.view import EMPTY, View


@cache
def shipped() -> Engine:
    return Engine(load([SHIPPED / "starter", SHIPPED / "relationships"]))


def rules(text: str, platform: str = "x") -> set[str]:
    return {
        finding.rule
        for finding in shipped().check(
            post(text, key=PostKey(platform=platform, account="brand", external_id="1"))
        )
    }


@pytest.mark.parametrize(
    "text",
    [
        "Losers' bracket starts at 8",
        "Winner and loser of the match shake hands",
        "Send in the clowns tonight at 8",
        "Sore losers anonymous: board games at 7",
        "A poetry evening on the pathetic fallacy",
        "A bitch named Luna won the dog show",
        "The bastard cut is a pattern of file teeth",
        "The right wing of the plane",
        "Chicken: left wing or right wing, both hot",
        "Our right wing scored twice on Sunday",
        "The republican era in Rome, a lecture",
        "You are crazy good, thanks for last night",
        "Options 1-3 are vegan",
        "Take 2: we open again",
        "Image: Anna Miller",
        "Approved: our licence for the terrace",
        "It goes live at midnight on Steam",
        "Please approve the cookies on our page",
        "[Giveaway] [US-ME] Win a loaf",
        "[Mod approved] We hire a baker",
        "The ferry runs again [UPDATE]",
        "Any tips for the last boss [PS4]",
    ],
)
def test_ordinary_words_are_fine(text: str) -> None:
    assert not rules(text)


@pytest.mark.parametrize(
    ("text", "rule"),
    [
        ("You are all losers", "insult"),
        ("Some people are just losers, ignore them", "insult"),
        ("Such a bunch of clowns", "insult"),
        ("Your review is pathetic", "insult"),
        ("Pathetic. Learn to cook.", "insult"),
        ("You are crazy if you believe that", "insult"),
        ("What a bitch", "swear-words"),
        ("The right-wing nutjobs ruin this town", "party-politics"),
        ("The left wing wants your money", "party-politics"),
        ("Option 2: Sun's out, buns out", "working-notes"),
        ("Image: a woman with a loaf", "working-notes"),
        ("Please approve by Friday", "working-notes"),
    ],
)
def test_what_is_meant_so_is_found(text: str, rule: str) -> None:
    assert rule in rules(text)


@pytest.mark.parametrize(
    "text",
    [
        "f_ck this",
        "fck this weather",
        "f🤬k",
        "f—k yes",
        "s#!t",
        "c**p soup",
        "ph*ck",
        "f..k",
        "b****cks",
        "as$hole",
        "sh*ite",
        "s**te",
        "fuc*ing",
        "what a c*ck",
        "f---",
    ],
)
def test_letters_behind_any_sign_are_swear_words(text: str) -> None:
    assert "swear-words" in rules(text)


@pytest.mark.parametrize(
    "text",
    ["Can't? c?nt", "sh! The baby sleeps", "s-it", "Liverpool 3*2", "f-stop 2.8", "b&b", "wow!! ok"],
)
def test_signs_beside_letters_hide_nothing(text: str) -> None:
    assert "swear-words" not in rules(text)


@pytest.mark.parametrize(
    "text",
    [
        "Only [PRICE] this week",
        "Get [X]% off",
        "Use code [CODE] at checkout",
        "Join us at [TIME] on [DAY]",
        "It costs $[AMOUNT]",
        "Call [phone number] today",
        "Follow [@HANDLE]",
        "[FIRSTNAME], happy birthday",
        "Try our new [FLAVOUR]!",
        "Hi $firstname, welcome",
        "Hi ___, thanks",
        "Meet us at [location]",
        "We'll be in [TOWN] on [WEEKDAY]",
    ],
)
def test_gaps_of_a_template_are_found(text: str) -> None:
    assert "template-remains" in rules(text)


@pytest.mark.parametrize(
    "text",
    [
        "Anna writes: 'what a crap place'. We hear you, Anna.",
        "„Was für ein shit“, wrote Tom. Sorry, Tom!",
        "«merde, this is shit» is what you wrote; we are sorry",
        "Our worst review: “Shitty coffee, 1 star.” We framed it.",
        "One guest called our soup “crappy” and us “idiots”. Point taken.",
        '"This is bullshit" is what one customer told us.',
        "‘Complete shit’, as one reviewer wrote.",
        "Words of the week from a guest: “bloody shit parking”",
        'Lena: "This soup is shit." Chef: "More salt?"',
        "Overheard today.\nTom, 7: “What a crap castle!”",
        "Mr Brown: ‘the queue is bullshit’. We opened a second till.",
        "A guest at table 4: “shit, that is hot”. Sorry!",
        "My dad: «no crap on my pizza»",
        "Mary Ann Smith: 'I was pissed off.' We called her.",
    ],
)
def test_quoted_people_do_not_speak_for_the_brand(text: str) -> None:
    assert not rules(text) & {"swear-words", "insult"}


@pytest.mark.parametrize(
    "text",
    [
        "We say “shit happens” and move on",
        "“This is shit” is how we feel",
        "Our new slogan: “Fuck it, eat cake”",
    ],
)
def test_own_words_in_quotation_marks_are_own_words(text: str) -> None:
    assert "swear-words" in rules(text)


@pytest.mark.parametrize("sign", ["&#x200B;", "&amp;#x200B;", "&#8203;", "&amp;#8203;", "&#xfeff;"])
def test_an_entity_is_no_hashtag_however_often_it_was_escaped(sign: str) -> None:
    assert "too-many-hashtags" not in rules(f"{sign} a " * 7, platform="reddit")


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ("[Giveaway] Win a loaf", "Win a loaf"),
        ("[EU][Hiring] A baker", "A baker"),
        ("[OC]", "[OC]"),
        ("[A picture of our team on the new terrace] Hi", "[A picture of our team on the new terrace] Hi"),
        ("Win [this] loaf", "Win [this] loaf"),
    ],
)
def test_tags_before_a_title_are_not_compared_by_meaning(text: str, wanted: str) -> None:
    view = View(post(text), EMPTY, IndexBuilder().build())
    assert view.plain(view.sentences[0]) == wanted


@pytest.mark.parametrize(
    "text",
    [
        "We: “this is shit”",
        "Motto of the day: “shit happens”",
        "Our answer: “piss off”",
        "Reminder: “no crap, please”",
    ],
)
def test_what_the_brand_puts_in_quotes_itself_is_its_own(text: str) -> None:
    assert "swear-words" in rules(text)
