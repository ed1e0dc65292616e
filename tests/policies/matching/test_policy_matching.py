"""Words and patterns: whole words in every script, disguise, spans, linear time (docs/faults.md, 18 and 20)."""

import json
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from rule_helpers import engine, found, words

from policies.engine import Engine
from policies.matching.fold import fold
from policies.matching.regex import BadPattern, compile_pattern
from policies.matching.words import forms

EVASIONS = {
    "cyrillic": "get your rеfund now",
    "greek": "get your rεfund nοw",
    "zero width": "get your re\u200bfu\u200dnd now",
    "soft hyphen": "get your re\u00adfund now",
    "full width": "get your ｒｅｆｕｎｄ now",
    "combining": "get your r\u0336e\u0336f\u0336u\u0336n\u0336d\u0336 now",
    "accents": "get your réfünd now",
    "mathematical": "get your 𝐫𝐞𝐟𝐮𝐧𝐝 now",
    "circled": "get your ⓡⓔⓕⓤⓝⓓ now",
    "small capitals": "get your ʀᴇғᴜɴᴅ now",
    "leet": "get your r3fund now",
    "spaced": "get your r e f u n d now",
    "dotted": "get your r.e.f.u.n.d now",
    "drawn out": "get your refuuuund now",
}


@pytest.fixture
def disguised(tmp_path: Path) -> Engine:
    return engine(tmp_path, {"check": {"terms": {"words": ["refund"], "disguised": True}}})


@pytest.mark.fault(20)
def test_evasions_are_caught(disguised: Engine) -> None:
    missed = [name for name, text in EVASIONS.items() if not found(disguised, text)]
    assert len(EVASIONS) == 14
    assert missed == []


@pytest.mark.parametrize("text", EVASIONS.values(), ids=EVASIONS.keys())
def test_spans_point_into_the_original(disguised: Engine, text: str) -> None:
    for finding in found(disguised, text):
        assert finding.matched == text[9 : len(text) - 4]


CLEAN = (
    "Возврат денег обсуждается с владельцем, звоните.",
    "Η επιστροφή χρημάτων γίνεται εντός ημερών.",
    "हमारी दुकान कल सुबह खुलेगी, आप सबका स्वागत है।",
    "いつもありがとうございます。明日の朝は休みです。",
    "متجرنا مفتوح غدا من التاسعة صباحا",
    "החנות פתוחה מחר בבוקר",
    "วันนี้ร้านเปิดเก้าโมงเช้า",
    "Unser Geschäft öffnet um 9 Uhr, 5 % Rabatt für Anna-Maria.",
    "Le café est ouvert, l'été arrive, 3 croissants pour 5 €.",
    "Nuestro niño pequeño está más contento que ayer.",
    "4 for 2 on 7 July, call 555 0100, room 101, flight BA 0175!",
    "우리 가게는 내일 아침 아홉 시에 문을 엽니다.",
)


@pytest.mark.fault(20)
def test_clean_texts_of_the_world_stay_clean(tmp_path: Path) -> None:
    rule = {
        "words": ["refund", "free", "sale", "idiot", "hate", "stop", "best", "cure", "bet", "no"],
        "disguised": True,
    }
    eng = engine(tmp_path, {"check": {"terms": rule}})
    assert [text for text in CLEAN if found(eng, text)] == []


@pytest.mark.shared_data
@pytest.mark.fault(20)
def test_disguise_flags_nothing_new_on_real_posts(tmp_path: Path, shared_data: Path) -> None:
    texts = [json.loads(line)["text"] for line in (shared_data / "care/posts.jsonl").open(encoding="utf-8")]
    rule = ["refund", "idiot", "lawyer", "voucher", "guarantee", "scam"]
    plain = engine(tmp_path, {"check": {"terms": rule}})
    keen = engine(tmp_path, {"check": {"terms": {"words": rule, "disguised": True}}})
    assert [t for t in texts if found(keen, t) and not found(plain, t)] == []


@pytest.mark.parametrize(
    ("terms", "text", "matched"),
    [
        (["refund"], "Refunds, refunded and REFUNDING", ["Refunds … refunded … REFUNDING"]),
        (["refund"], "refunder's prefund nonrefundable", []),
        (["can"], "we can't and cannot", []),
        (["client"], "our client's page", ["client"]),
        (["offre"], "l'offre du jour", ["offre"]),
        (["скидка"], "Скидка! скидками", ["Скидка"]),
        (["割引"], "今日は割引です", ["割引"]),
        (["thank you"], "thank\n  you", ["thank\n  you"]),
        (["guarant*"], "Guaranteed", ["Guaranteed"[:7]]),
        (["refund"], "see @refund and https://x.example/refund", []),
        (["straße"], "Auf der STRASSE", ["STRASSE"]),
    ],
)
def test_whole_words_in_every_script(tmp_path: Path, terms: list[str], text: str, matched: list[str]) -> None:
    assert words(engine(tmp_path, {"check": {"terms": terms}}), text) == matched


def test_allowed_phrases(tmp_path: Path) -> None:
    eng = engine(tmp_path, {"check": {"terms": {"words": ["free"], "allow": ["gluten free"]}}})
    assert words(eng, "Gluten free bread") == []
    assert words(eng, "Gluten free bread, free today") == ["free"]


@pytest.mark.parametrize("word", ["cherry", "wish", "stop", "make", "refund"])
def test_english_forms(word: str) -> None:
    wanted = {
        "cherry": {"cherries"},
        "wish": {"wishes", "wished", "wishing"},
        "stop": {"stopped", "stopping", "stops"},
        "make": {"makes", "making"},
        "refund": {"refunded"},
    }[word]
    assert wanted <= forms(word)


@given(st.text())
def test_folding_never_fails_and_spans_stay_inside(text: str) -> None:
    folded = fold(text)
    for start in range(len(folded.text)):
        span = folded.span(start, start + 1)
        assert 0 <= span.start <= span.end <= len(text)


@given(st.text(max_size=60))
def test_any_text_can_be_judged(text: str) -> None:
    eng = _any_text_engine()
    for finding in found(eng, text):
        assert all(0 <= span.start < span.end <= len(text) for span in finding.spans)


_ENGINES: list[Engine] = []


def _any_text_engine() -> Engine:
    if not _ENGINES:
        import tempfile

        rules = [
            {"id": "t1", "check": {"terms": {"words": ["a", "b c", "é"], "disguised": True}}},
            {"id": "t2", "check": {"pattern": r"\b\w+\d\b"}},
            {"id": "t3", "check": {"pattern": {"any": [r"\w\s\w"], "exact": True}}},
            {
                "id": "t4",
                "check": {"pii": {"kinds": ["phone", "email", "card", "iban", "ssn", "order", "street"]}},
            },
            {
                "id": "t5",
                "check": {"format": {"emoji_above": 0, "exclamations_above": 0, "shouted_words_above": 0}},
            },
            {"id": "t6", "check": {"link": {"shorteners": True, "plain_http": True}}},
        ]
        _ENGINES.append(engine(Path(tempfile.mkdtemp()), *rules))
    return _ENGINES[0]


@pytest.mark.parametrize(
    ("pattern", "said", "mend"),
    [
        ("a(?=b)", "look-ahead", "Write what follows"),
        ("a(?!b)", "look-ahead", "`unless`"),
        ("(?<=a)b", "look-behind", "Write what comes before"),
        ("(?<!a)b", "look-behind", "`unless`"),
        (r"(a)\1", "back-reference", "Write the repeated text out"),
        ("(?P<x>a)(?P=x)", "back-reference", "out"),
        ("(?>a)b", "atomic", "(?:"),
        ("a++", "possessive", "second sign"),
        ("(a", "never closed" if False else "not closed", "missing )"),
        ("*a", "nothing before", "\\*"),
        ("a{2000}", "too far", "1000"),
        ("[z-a]", "class or range", "upwards"),
        ("a*", "matches nothing", "required"),
    ],
)
@pytest.mark.fault(18)
def test_unsupported_patterns_say_how_to_rewrite(pattern: str, said: str, mend: str) -> None:
    with pytest.raises(BadPattern) as caught:
        compile_pattern(pattern)
    assert said in str(caught.value)
    assert mend in caught.value.mend


@pytest.mark.parametrize(
    ("pattern", "text", "matched"),
    [
        (r"\bcafé\b", "Le CAFÉ ici", ["CAFÉ"]),
        (r"\bскидка\b", "Новая скидка сегодня, скидками", ["скидка"]),
        (r"\w+ка\b", "скидка", ["скидка"]),
        (r"\bcaf\b", "café", []),
        (r"\b(read|reading)\b", "reading", ["reading"]),
        (r"refund", "r\u0335efund and RE\u200bFUND", ["r\u0335efund … RE\u200bFUND"]),
    ],
)
def test_patterns_know_every_script(tmp_path: Path, pattern: str, text: str, matched: list[str]) -> None:
    assert words(engine(tmp_path, {"check": {"pattern": pattern}}), text) == matched


HURTFUL = [r"(a+)+$x", r"(a|aa)+b", r"(\w+\s?)+!!", r"([a-z]+)*@@", r"(.*)(.*)(.*)x{3}y", r"^(\d+)*=$"]


@pytest.mark.fault(18)
@pytest.mark.timeout(20)  # an engine that goes back would need longer than the universe has
def test_patterns_that_hurt_backtracking_engines_are_linear(tmp_path: Path) -> None:
    rules = [{"id": f"h{n}", "check": {"pattern": pattern}} for n, pattern in enumerate(HURTFUL)]
    eng = engine(tmp_path, *rules)
    text = "a" * 100_000
    assert found(eng, text) == []  # a backtracking engine would not come back


def test_exact_patterns_see_capitals(tmp_path: Path) -> None:
    eng = engine(tmp_path, {"check": {"pattern": {"any": [r"\[[A-Z ]+\]"], "exact": True}}})
    assert words(eng, "Hi [CLIENT NAME] and [friends]") == ["[CLIENT NAME]"]


def test_lone_surrogates_do_no_harm(tmp_path: Path) -> None:
    eng = engine(tmp_path, {"check": {"terms": ["refund"]}}, {"id": "b-2", "check": {"pattern": "refund"}})
    assert words(eng, "\ud800 refund \udfff") == ["refund", "refund"]
