"""Words of a rule with letters hidden behind signs, and ordinary signs in ordinary texts."""

from time import process_time

import pytest

from policies.matching.fold import fold
from policies.matching.index import IndexBuilder

ONE_WORD = (
    "fuck* fck fcking shit shitty bullshit bastard asshole arsehole dickhead wanker crap crappy motherfucker cunt "
    "twat slut whore wtf stfu bitch bollocks goddamn free guarant*"
)
LISTED = (*ONE_WORD.split(), "piss off", "pissed off")

_BUILDER = IndexBuilder()
_SLOTS = {_BUILDER.word(word, disguised=True): word for word in LISTED}
_INDEX = _BUILDER.build()


def found(text: str) -> set[str]:
    return {_SLOTS[slot] for slot in _INDEX.scan(fold(text)).words}


@pytest.mark.parametrize(
    ("text", "word"),
    [
        ("mo****f***er", "motherfucker"),
        ("m**********r", "motherfucker"),
        ("m*therf*cker", "motherfucker"),
        ("@sshole", "asshole"),
        ("@$$hole", "asshole"),
        ("a**hole", "asshole"),
        ("@rsehole", "arsehole"),
        ("f***", "fuck*"),
        ("F*** off!", "fuck*"),
        ("f---", "fuck*"),
        ("f*****g cold", "fuck*"),
        ("f*ing cold", "fuck*"),
        ("f🤬k", "fuck*"),
        ("f—k yes", "fuck*"),
        ("f-ck yes", "fuck*"),
        ("f_ck", "fuck*"),
        ("f..k", "fuck*"),
        ("f#@k", "fuck*"),
        ("＊＊ f＊＊k", "fuck*"),
        ("**f**k**", "fuck*"),
        ("f * * k", "fuck*"),
        ("what the *uck", "fuck*"),
        ("$h!t", "shit"),
        ("a sh*t-show", "shit"),
        ("(sh**)", "shit"),
        ("sh💩t", "shit"),
        ("for s***'s sake", "shit"),
        ("bull****", "bullshit"),
        ("ba***rd", "bastard"),
        ("w_nker", "wanker"),
        ("tw-ts", "twat"),
        ("c**p soup", "crap"),
        ("cr*ppy", "crappy"),
        ("b****cks", "bollocks"),
        ("d!ckhead", "dickhead"),
        ("p!ssed off", "pissed off"),
        ("p*ss off", "piss off"),
        ("fr*e entry", "free"),
        ("we guar*ntee it", "guarant*"),
    ],
)
def test_every_way_to_hide_letters_is_seen_through(text: str, word: str) -> None:
    assert word in found(text)


@pytest.mark.parametrize(
    "text",
    [
        "s-it",
        "Can't? c?nt",
        "sh! The baby sleeps",
        "*hit* song",
        "the *rap night* is on",
        "*hit the road",
        "**Sh**ow me",
        "**T**ats and **F**all menu, **C**ups & **T**ea",
        "an A* student, C# and F#m, C++, R&B, a*b*c, A*A*B, 2*3=6",
        "a 5***** hotel ***",
        "#hit #rap @rap @hits",
        "Guess the cake: c___",
        "W--- what?",
        "wait...so, well... then",
        "w**kend, pl*nts, fl**r, b**k",
        "*t&c apply, prices from £5*",
        "__init__.py and _it_",
        "D*Face plays M*A*S*H",
        "bread** and kale*",
        "s/he and/or c/o, T*shirt, x-ray, coc-au-vin",
        "Liverpool 3*2, f-stop 2.8, b&b, wow!! ok",
    ],
)
def test_signs_of_ordinary_texts_hide_nothing(text: str) -> None:
    assert not found(text)


def test_the_masked_word_is_where_it_stands() -> None:
    text = "Ünder 🥐: mo****f***er, p*ss off — sh*t"
    folded = fold(text)
    spans = [folded.span(*stretch) for places in _INDEX.scan(folded).words.values() for stretch in places]
    assert {text[span.start : span.end] for span in spans} >= {"mo****f***er", "p*ss off", "sh*t"}


def test_a_plain_word_is_found_once() -> None:
    ((stretch,),) = _INDEX.scan(fold("Entry is free*")).words.values()
    assert stretch == (9, 13)


@pytest.mark.parametrize(
    "text",
    ["*a*a*a* ", "f*f*f*f*f*f* ", "s**", "f*k ", "a * ", "**a", "mo*o*o* "],
    ids=lambda text: text.strip(),
)
def test_hostile_signs_take_time_that_grows_with_the_text(text: str) -> None:
    def seconds(characters: int) -> float:
        begun = process_time()
        found((text * characters)[:characters])
        return process_time() - begun

    assert seconds(32_000) < 12 * seconds(8_000) + 0.2
