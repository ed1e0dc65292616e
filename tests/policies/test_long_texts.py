"""A text of any length takes little time and room: what is judged and shown of it has an end, and that is said."""

from __future__ import annotations

import time
from collections.abc import Callable
from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import pytest

from bot.letters.excerpt import excerpt
from bot.web import text as page
from policies.campaigns import Campaign, campaign_of
from policies.engine import Context, Engine
from policies.loader import load
from policies.masking import LONGEST_MASKED, masked
from policies.model.keys import PostKey
from policies.model.post import Direction, Kind, Post
from policies.model.thread import Thread
from policies.served import LONGEST_JUDGED, as_read, is_long, own_words
from policies.shipped import SHIPPED, shipped_packs
from policies.threads import is_brush_off, waits_for_answer

SIZE = 2_000_000
CAMPAIGN = Campaign(name="a", hashtags=("#b",), links=("c",))
CARD = "4111 1111 1111 1111"
UNITS = {
    "words": "We promise a full refund today and you must reply at once. ",
    "cards": f"{CARD} ",
    "links": "https://a.example/x ",
    "accents": "a\u0301\u0302",
    "blanks": " ",
    "controls": "\x1b",
}


def post(text: str, platform: str = "x") -> Post:
    return Post(
        key=PostKey(platform=platform, account="crumb", external_id="1"),
        thread_id="0",
        parent_id="0",
        direction=Direction.OUTBOUND,
        kind=Kind.REPLY,
        author="crumb",
        created_at=datetime(2026, 11, 1, tzinfo=UTC),
        text=text,
    )


@pytest.fixture(scope="module")
def engine() -> Engine:
    made = Engine(load([SHIPPED / name for name in shipped_packs()]))
    list(made.check_many([(post("Warm up."), Context())]))
    return made


def spent(work: Callable[[], object]) -> float:
    """Seconds of the processor."""
    started = time.process_time()
    work()
    return time.process_time() - started


@pytest.mark.parametrize("unit", UNITS.values(), ids=UNITS.keys())
def test_two_million_characters_are_judged_masked_and_shown_in_no_time(unit: str, engine: Engine) -> None:
    text = (unit * (SIZE // len(unit) + 1))[:SIZE]
    one = post(text, "reddit")
    works: dict[str, Callable[[], object]] = {
        "judged": lambda: list(engine.check_many([(one, Context())])),
        "answers": lambda: waits_for_answer(one, Thread(thread_id="0", posts=(one,))),
        "empty": lambda: is_brush_off(own_words(one)),
        "campaign": lambda: campaign_of(one, [CAMPAIGN], ZoneInfo("UTC")),
        "masked": lambda: masked(text),
        "page": lambda: page.folded(masked(text), limit=3000),
        "evidence": lambda: page.inert(text),
        "changes": lambda: page.word_diff(text, text[1:]),
        "letter": lambda: excerpt(text),
    }
    slow = {name: seconds for name, work in works.items() if (seconds := spent(work)) > 2}
    assert not slow


def test_what_lies_behind_is_not_judged_and_not_shown() -> None:
    one = post("a" * LONGEST_JUDGED + CARD)
    assert is_long(one)
    assert not is_long(post("a" * LONGEST_JUDGED))
    assert len(as_read(one)) == len(own_words(one)) == LONGEST_JUDGED
    for start in range(LONGEST_MASKED - 30, LONGEST_MASKED + 3):
        shown = masked("a" * (start - 1) + " " + CARD + " and more 12")
        assert len(shown) == start + len(CARD) + len(" and more 12")
        assert sum(sign.isdigit() for sign in shown) <= 4, "no more than the last four digits"
    assert "password" not in masked("a " * LONGEST_MASKED + "the password is hunter22")


def test_a_page_shows_the_beginning_and_says_how_much_there_is() -> None:
    shown = str(page.inert("b" * (page.MOST_SHOWN + 1234)))
    assert shown.count("b") < page.MOST_SHOWN + 50
    assert "1,234 more characters" in shown
