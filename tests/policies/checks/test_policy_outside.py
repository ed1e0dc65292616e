"""Checks that must be told about the outside: where links lead, what stands in pictures."""

from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from rule_fakes import WordScorer
from rule_helpers import engine, found, post

from policies import casetest
from policies.engine import Context
from policies.facts import NOTHING, LinkState, PictureState, Wanted
from policies.model.post import Direction, Media, Post


def test_dead_links_are_judged_only_where_somebody_looked(tmp_path: Path) -> None:
    eng, url = engine(tmp_path, {"check": {"link": {"dead": True}}}), "https://a.com/x"
    gone, late = LinkState(alive=False, reason="it is gone"), LinkState(alive=None, reason="it is slow")
    assert eng.explain(post(url))[0].skipped
    (finding,) = found(eng, f"see {url} and https://b.com", Context(links={url: gone, "https://b.com": late}))
    assert finding.matched == url
    assert not found(eng, url, Context(links={url: LinkState(alive=True, status=200)}))
    unknown = eng.explain(post(url), Context(links={url: late}))[0]
    assert (unknown.skipped, unknown.reason) == (True, "a.com was not judged: it is slow")
    assert not eng.explain(post("no link"))[0].skipped


@pytest.mark.parametrize(
    ("written", "lands_on", "wanted"),
    [
        ("https://a.com/x", "https://b.com/", "the link leads on to b.com"),
        ("https://a.com/x", "https://www.a.com/y", None),
        ("https://a.com/x", None, None),
        ("https://a.com/x", "http://10.0.0.1/", "the link leads on to 10.0.0.1"),
        ("https://t.co/x", "https://a.com/", None),
    ],
)
def test_links_that_lead_on(tmp_path: Path, written: str, lands_on: str | None, wanted: str | None) -> None:
    eng = engine(tmp_path, {"check": {"link": {"redirects": True}}})
    known = Context(links={written: LinkState(alive=True, lands_on=lands_on)})
    explained = eng.explain(post(written), known)[0]
    assert (explained.reason if explained.fired else None) == wanted


def test_what_a_platforms_short_link_hides_is_judged_instead(tmp_path: Path) -> None:
    eng = engine(tmp_path, {"check": {"link": {"only": ["a.com"]}}})
    mine, theirs = (Media(kind="link", url=url) for url in ("https://a.com/x", "https://b.com/x"))
    assert not found(eng, "see https://t.co/abc", media=(mine,))
    (finding,) = found(eng, "see https://t.co/abc", media=(theirs,))
    assert finding.spans == ()
    assert "b.com is not on the list" in finding.message


def test_only_what_rules_in_force_ask_is_wanted(tmp_path: Path) -> None:
    dead, words = {"link": {"dead": True}}, {"media": {"words": ["beer"]}}
    media = (
        Media(kind="image", url="p1"),
        Media(kind="video", url="v1"),
        Media(kind="link", url="https://b.com"),
    )
    item = post("see a.com and https://a.com/x", media=media)
    both = Wanted(links=("a.com", "https://a.com/x", "https://b.com"), pictures=("p1",))
    inbound = replace(item, direction=Direction.INBOUND)

    def wanted(rule: dict[str, Any], item: Post = item) -> Wanted:
        return engine(tmp_path, rule).wanted(item)

    assert wanted({"check": {"any": [dead, words]}}) == both
    assert wanted({"check": {"terms": ["tea"]}, "unless": [{"any": [dead, words]}]}) == NOTHING, "no tea"
    assert wanted({"check": {"terms": ["see"]}, "unless": [{"any": [dead, words]}]}) == both
    assert wanted({"check": {"any": [dead, words]}}, inbound) == NOTHING
    assert wanted({"check": dead, "status": "retired"}) == NOTHING
    assert wanted({"check": {"link": {"plain_http": True}}}) == NOTHING
    assert wanted({"check": {"media": {"alt_missing": True}}}) == NOTHING


def test_words_in_pictures(tmp_path: Path) -> None:
    one, two = Media(kind="image", url="u1"), Media(kind="photo", url="u2")
    eng = engine(tmp_path, {"check": {"media": {"words": ["free beer"]}}})
    beer, tea = PictureState(words="Today:\nFREE BEER!"), PictureState(words="tea")
    assert eng.explain(post("x", media=(one,)))[0].reason == "nobody has read the words in the pictures"
    (finding,) = found(eng, "free beer", Context(pictures={"u1": beer}), media=(one,))
    assert (finding.spans, finding.message) == ((), "A rule: the picture says “FREE BEER”")
    (finding,) = found(eng, "x", Context(pictures={"u1": tea, "u2": beer}), media=(one, two))
    assert finding.message == "A rule: picture 2 of 2 says “FREE BEER”"
    assert not found(eng, "free beer", Context(pictures={"u1": tea}), media=(one,))
    unread = Context(pictures={"u1": tea, "u2": PictureState(words=None, reason="it is too large")})
    explained = eng.explain(post("x", media=(one, two)), unread)[0]
    assert (explained.skipped, explained.reason) == (True, "picture 2 of 2 was not read: it is too large")


@pytest.mark.parametrize(
    ("words", "inside", "wanted"),
    [
        ({"pattern": r"\d+% off"}, "Only today\n50% off", True),
        ({"pii": {"kinds": ["card"]}}, "pay with 4111 1111 1111 1111", True),
        ({"all": [{"terms": ["win"]}, {"not": {"terms": ["terms apply"]}}]}, "Win a cake", True),
        (
            {"all": [{"terms": ["win"]}, {"not": {"terms": ["terms apply"]}}]},
            "Win a cake\nTerms apply",
            False,
        ),
        ({"format": {"shorter_than": 3}}, "a long line", False),
        ("free beer", "free\nbeer", True),
    ],
)
def test_any_check_looks_into_pictures(tmp_path: Path, words: Any, inside: str, wanted: bool) -> None:
    known = Context(pictures={"u1": PictureState(words=inside)})
    assert (
        bool(
            found(
                engine(tmp_path, {"check": {"media": {"words": words}}}),
                "x",
                known,
                media=(Media(kind="image", url="u1"),),
            )
        )
        is wanted
    )


def test_tone_of_the_post_is_not_taken_for_that_of_its_picture(tmp_path: Path) -> None:
    eng = engine(
        tmp_path, {"check": {"media": {"words": {"tone": {"head": "sentiment", "label": "negative"}}}}}
    )
    item = post("awful", media=(Media(kind="image", url="u1"),))
    (reading,) = WordScorer().read(["awful"])
    known = Context(
        reading=reading, readings={item.key: reading}, pictures={"u1": PictureState(words="nice")}
    )
    assert eng.explain(item, known)[0].skipped


def test_cases_say_what_stands_in_pictures_and_where_links_lead(tmp_path: Path) -> None:
    url = "https://a.com/x"
    cases = {
        "flag": [
            {"text": "x", "pictures": ["tea", "free beer"]},
            {"text": f"see {url}", "links": {url: "dead"}},
            {"text": f"see {url}", "links": {url: "https://b.com"}},
        ],
        "ok": [
            {"text": "free beer", "pictures": ["tea"], "alt": ["A cup"]},
            {"text": f"see {url}", "links": {url: url}},
            {"text": "see nothing"},
        ],
    }
    check = {"any": [{"media": {"words": ["free beer"]}}, {"link": {"dead": True, "redirects": True}}]}
    report = casetest.run(engine(tmp_path, {"check": check, "cases": cases}).rulebook)
    assert [str(miss) for miss in report.misses] == []
    assert report.skipped == ()
    assert report.ok
