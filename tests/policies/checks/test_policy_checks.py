"""Each kind of check on what it must find and what it must leave alone."""

from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest
from rule_fakes import BagEmbedder, WordScorer
from rule_helpers import NOW, engine, found, post, words
from rule_stage import flags

from policies.engine import Context
from policies.model.keys import PostKey
from policies.model.people import Person, Role
from policies.model.post import Media
from policies.needs import Need
from policies.view import PAID


@pytest.mark.parametrize(
    ("options", "text", "wanted"),
    [
        ({"shorteners": True}, "see bit.ly/abc", True),
        ({"shorteners": True}, "see https://t.co/abc", False),
        ({"plain_http": True}, "http://a.example.com", True),
        ({"like": ["harbourbakery.com"]}, "https://harb0urbakery.com/x", True),
        ({"like": ["harbourbakery.com"]}, "https://hаrbourbakery.com/x", True),
        ({"like": ["harbourbakery.com"]}, "harbourbakery.net", True),
        ({"like": ["harbourbakery.com"]}, "shop-harbourbakery.com", True),
        ({"like": ["harbourbakery.com"]}, "harbourbakery.com.account-check.net", True),
        ({"like": ["harbourbakery.co.uk"]}, "harbourbakery.org", True),
        ({"like": ["harbourbakery.com"]}, "harbourview.com", False),
        ({"like": ["harbourbakery.com"]}, "https://travel.com/harbourbakery.com", False),
        ({"like": ["harbourbakery.com"]}, "https://shop.harbourbakery.com", False),
        ({"only": ["a.com"]}, "https://b.a.com and https://nota.com", True),
        ({"only": ["a.com"]}, "https://b.a.com", False),
        ({"deny": ["rival.com"]}, "www.rival.com", True),
        ({}, "https://bank.com@evil.example", True),
        ({}, "http://[::1", True),
        ({}, "mail me@bank.com, version 1.2.3", False),
    ],
)
def test_links(tmp_path: Path, options: dict[str, Any], text: str, wanted: bool) -> None:
    assert flags(tmp_path, {"link": options}, text) is wanted


@pytest.mark.parametrize(
    ("kind", "text", "matched"),
    [
        ("card", "pay with 4111 1111 1111 1111 now", ["4111 1111 1111 1111"]),
        ("card", "4111 1111 1111 1112", []),
        ("iban", "to GB29 NWBK 6016 1331 9268 19", ["GB29 NWBK 6016 1331 9268 19"]),
        ("phone", "call (415) 555-2671", ["(415) 555-2671"]),
        ("phone", "order 12345678", []),
        ("email", "ask jane@example.org, please", ["jane@example.org"]),
        ("ssn", "it is 536-90-4399", ["536-90-4399"]),
        ("ssn", "000-12-3456", []),
        ("order", "your order #A-10293 left", ["order #A-10293"]),
        ("street", "at 12 Maple Street", ["12 Maple Street"]),
    ],
)
def test_personal_data(tmp_path: Path, kind: str, text: str, matched: list[str]) -> None:
    assert words(engine(tmp_path, {"check": {"pii": {"kinds": [kind]}}}), text) == matched


def test_own_details_are_allowed(tmp_path: Path) -> None:
    options = {"kinds": ["phone", "email"], "allow": ["+1 415 555 2671", "@brand.com"]}
    assert not flags(tmp_path, {"pii": options}, "+1 (415) 555-2671 or hello@brand.com")
    assert flags(tmp_path, {"pii": options}, "hello@brand.org")


@pytest.mark.parametrize(
    "text", ["(207) 555-0100", "207.555.0100", "1-207-555-0100", "+12075550100", "207\u00a0555\u20110100"]
)
def test_an_allowed_number_is_compared_as_a_number(tmp_path: Path, text: str) -> None:
    options = {"kinds": ["phone", "card", "iban"], "allow": ["+1 207 555 0100", "gb29nwbk60161331926819"]}
    assert not flags(tmp_path, {"pii": options}, f"Call us on {text}, or pay to GB29 NWBK 6016 1331 9268 19")
    assert flags(tmp_path, {"pii": options}, "Call us on (415) 555-2671")


@pytest.mark.parametrize("text", ["jane@brand.com.evil.org", "notjane@brand.com", "jane@notbrand.com"])
def test_an_address_that_only_contains_an_allowed_one_is_not_allowed(tmp_path: Path, text: str) -> None:
    options = {"kinds": ["email"], "allow": ["jane@brand.com", "@brand.com"][: 2 if "not" not in text else 1]}
    assert flags(tmp_path, {"pii": options}, f"Write to {text}")


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ("Your order 2075550143 has shipped", []),
        ("Ticket #4155552671 is with our team", []),
        ("Ref: 4155552671", []),
        ("your booking number is 4155552671", []),
        ("Order now: (415) 555-2671", ["(415) 555-2671"]),
        ("call 4155552671 tonight", ["4155552671"]),
    ],
)
def test_a_named_number_is_no_telephone(tmp_path: Path, text: str, wanted: list[str]) -> None:
    assert words(engine(tmp_path, {"check": {"pii": {"kinds": ["phone"]}}}), text) == wanted


def test_tone_is_skipped_rather_than_guessed(tmp_path: Path) -> None:
    eng = engine(tmp_path, {"check": {"tone": {"head": "sentiment", "label": "negative", "at_least": 0.6}}})
    scorer = WordScorer()
    reading, russian = scorer.read(["this is awful", "это ужасно"])
    assert found(eng, "this is awful", Context(reading=reading))[0].score == pytest.approx(0.9)
    for context in (Context(), Context(reading=russian)):
        explained = eng.explain(post("это ужасно"), context)[0]
        assert explained.skipped
        assert not explained.fired
    assert not found(eng, "fine", Context(reading=scorer.read(["fine"])[0]))


@pytest.mark.parametrize(
    ("options", "text", "wanted"),
    [
        ({"longer_than": 5}, "abcdef", True),
        ({"shorter_than": 5}, "@someone ok", True),
        ({"capitals_above": 0.5}, "OPEN ON SUNDAY", True),
        ({"capitals_above": 0.5}, "OK", False),
        ({"emoji_above": 1}, "👍👍", True),
        ({"emoji_above": 1}, "👨‍👩‍👧‍👦", False),
        ({"repeated_marks": True}, "really?!", True),
        ({"question_marks_above": 0}, "what", False),
        ({"hashtags_above": 1}, "#a #b", True),
        ({"grade_above": 12}, "The cat sat. " * 20, False),
        ({"grade_above": 12}, ("Notwithstanding considerable organisational incompatibility, " * 10), True),
    ],
)
def test_format(tmp_path: Path, options: dict[str, Any], text: str, wanted: bool) -> None:
    assert flags(tmp_path, {"format": options}, text) is wanted


SIMILAR = {
    "like": [
        "please write a review for us",
        "write us a nice review please",
        "a review please",
        "review us please",
    ],
    "unlike": ["thanks for the kind review", "we read the review", "the review was kind", "thanks so much"],
}


def test_similar_needs_a_model_and_says_so(tmp_path: Path) -> None:
    eng = engine(tmp_path, {"check": {"similar": SIMILAR}})
    assert Need.MEANING in eng.needs
    assert eng.explain(post("please write a review"))[0].skipped


def test_similar_finds_what_is_near_the_examples(tmp_path: Path) -> None:
    eng, embedder = engine(tmp_path, {"check": {"similar": SIMILAR}}), BagEmbedder()
    context = Context(embedder=embedder)
    finding = found(eng, "Good morning. Please write a review for us, Anna!", context)[0]
    assert finding.matched.startswith("Please write")
    assert not found(eng, "Thanks for the kind review of our bread.", context)
    asked = len(embedder.asked)
    found(eng, "Good morning. Please write a review for us, Anna!", context)
    assert len(embedder.asked) == asked  # what was embedded once is remembered


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ("Use my code A1", True),
        ("#ad Use my code A1", False),
        ("Use my code A1 " + "and so on " * 30 + "#ad", True),
        ("Use my code A1 #ad", False),
        ("Use my code A1 #one #two #three #four #ad", True),
    ],
)
def test_disclosure_must_be_near_the_top(tmp_path: Path, text: str, wanted: bool) -> None:
    check = {"all": [{"terms": ["my code"]}, {"disclosure": {}}]}
    assert flags(tmp_path, check, text) is wanted
    assert not flags(tmp_path, check, text, Context(labels=frozenset({PAID})))


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ("key AKIAIOSFODNN7EXAMPLE", True),
        ("ghp_" + "a1" * 20, True),
        ("-----BEGIN RSA PRIVATE KEY-----", True),
        ("postgres://joe:secret@db.example", True),
        ("the password is Hunter2000", True),
        ("the password is on the wall, ask us", False),
        ("50 % off with SUMMER2026", False),
    ],
)
def test_secrets(tmp_path: Path, text: str, wanted: bool) -> None:
    assert flags(tmp_path, {"secret": {}}, text) is wanted


@pytest.mark.parametrize(
    ("kind", "text", "wanted"),
    [
        ("refund", "We will refund you", True),
        ("refund", "We cannot refund you", False),
        ("free", "I'll send you one free of charge", True),
        ("discount", "20% off your next cut", True),
        ("date", "It will be ready by Friday", True),
        ("guarantee", "I promise", True),
        ("guarantee", "I'll ask the owner, I promise", False),
    ],
)
def test_promises(tmp_path: Path, kind: str, text: str, wanted: bool) -> None:
    assert flags(tmp_path, {"promise": {"kinds": [kind]}}, text) is wanted


def test_mentions_and_hashtags(tmp_path: Path) -> None:
    assert flags(tmp_path, {"mention": {"deny": ["Rival"]}}, "see @rival")
    assert not flags(tmp_path, {"mention": {"deny": ["Rival"]}}, "@rival hello", parent_id="0")
    assert flags(tmp_path, {"mention": {"more_than": 1}}, "@a and @b")
    assert flags(tmp_path, {"hashtag": {"deny": ["#Blessed"]}}, "so #BLESSED")
    assert flags(tmp_path, {"hashtag": {"require": ["#bread"]}}, "fresh")
    assert not flags(tmp_path, {"hashtag": {"more_than": 1}}, "#1 and #bread")


def test_language(tmp_path: Path) -> None:
    assert flags(tmp_path, {"language": {"only": ["en"]}}, "hola", lang="es")
    assert not flags(tmp_path, {"language": {"only": ["en"]}}, "hi", lang="en")
    eng = engine(tmp_path, {"check": {"language": {"only": ["en"]}}})
    assert eng.explain(post("hm"))[0].skipped


def test_spelling(tmp_path: Path) -> None:
    eng = engine(tmp_path, {"check": {"spelling": {"vocabulary": ["harbur"]}}})
    assert words(eng, "We recieve guests at harbur, Jhon and #definately") == ["recieve"]
    assert words(eng, "wir recieve", lang="de") == []


def test_media(tmp_path: Path) -> None:
    bare, good = Media(kind="image", url="u1"), Media(kind="image", url="u1", alt_text="A loaf on a table")
    assert flags(tmp_path, {"media": {"alt_missing": True}}, "x", media=(good, bare))
    assert not flags(tmp_path, {"media": {"alt_missing": True}}, "x", media=(good,))
    assert flags(tmp_path, {"media": {"alt_shorter_than": 30}}, "x", media=(good,))


def earlier(text: str, hours: float, number: int, parent: str | None = None) -> Any:
    key = PostKey(platform="x", account="brand", external_id=f"e{number}")
    return post(text, key=key, parent_id=parent, created_at=NOW - timedelta(hours=hours))


def test_cadence(tmp_path: Path) -> None:
    history = [earlier("a", n, n) for n in range(1, 4)]
    check = {"cadence": {"more_than": 3, "within": "1d"}}
    assert flags(tmp_path, check, "x", Context(history=history))
    assert not flags(tmp_path, check, "x", Context(history=history[:1]))
    assert flags(tmp_path, {"cadence": {"quiet": "11:00-13:00"}}, "x")
    assert flags(tmp_path, {"cadence": {"quiet": "22:00-12:30"}}, "x")
    assert flags(tmp_path, {"cadence": {"silent_for": "2d"}}, "x", Context(history=[earlier("a", 72, 1)]))


def test_canned_answers(tmp_path: Path) -> None:
    text = "Hi Anna, we are sorry for the trouble, please call the shop. ^TK"
    said = "Hi Bob, we are sorry for the trouble, please call the shop. ^JO"
    history = [earlier(f"@c{n} {said}", n, n, f"p{n}") for n in (1, 2, 3)]
    assert flags(tmp_path, {"canned": {}}, text, Context(history=history), parent_id="q")
    assert not flags(tmp_path, {"canned": {}}, text, Context(history=history[:2]), parent_id="q")


def test_signoff(tmp_path: Path) -> None:
    tom = Person(id="tk", name="Tom", role=Role.STAFF, marks=("^TK",), met_on=date(2026, 1, 1))
    new = Person(id="jo", name="Jo", role=Role.AGENCY, marks=("^JO",))
    context = Context(people=[tom, new])
    check = {"signoff": {"missing": True, "unknown": True, "not_met": True}}
    assert not flags(tmp_path, check, "Thanks ^TK", context)
    assert flags(tmp_path, check, "Thanks ^JO", context)
    assert flags(tmp_path, check, "Thanks ^ZZ", context)
    assert flags(tmp_path, check, "Thanks", context)


@pytest.mark.fault(18)
def test_no_check_costs_much_more_on_a_hurtful_text(tmp_path: Path) -> None:
    eng = engine(tmp_path, *(
        {"id": f"k{n}", "check": check}
        for n, check in enumerate((
            {"pii": {"kinds": ["phone", "email", "card", "iban", "ssn", "order", "street"]}},
            {"link": {"shorteners": True}}, {"secret": {}}, {"promise": {}}, {"disclosure": {}},
            {"terms": {"words": ["refund"], "disguised": True}}, {"format": {"emoji_above": 0}},
        ))
    ))  # fmt: skip
    for text in ("a" * 100_000, "1 " * 50_000, "a." * 50_000, "@a " * 33_000, "#a" * 50_000, "-" * 100_000):
        eng.check(post(text))  # the time limit of the suite ends it where this is quadratic
