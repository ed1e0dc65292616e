"""What platforms add to a text, what others are quoted with, and who speaks."""

from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
from rule_fakes import WordScorer
from rule_helpers import NOW, post
from rule_stage import flags

from policies.engine import Engine
from policies.loader import load
from policies.model.hours import ALWAYS
from policies.model.keys import PostKey
from policies.model.people import Person, Role
from policies.model.post import Direction, Kind, Media, Post
from policies.model.thread import Thread
from policies.served import as_read, is_tombstone, own_words
from policies.shipped import SHIPPED
from policies.signing import role_of
from policies.threads import conversations

SHIT = {"terms": ["shit"]}
PHOTO = (Media(kind="image", url="https://pbs.example/1.jpg"),)


def on(platform: str, number: str = "1") -> PostKey:
    return PostKey(platform=platform, account="brand", external_id=number)


@pytest.mark.parametrize(
    ("text", "role"),
    [
        ("We refund you. ^MJ https://t.co/abcDEF1234", Role.OWNER),
        ("We refund you. Maya https://t.co/a1 https://t.co/b2\n", Role.OWNER),
        ("We refund you. ^MJ pic.twitter.com/abc", Role.OWNER),
        ("We refund you. ^MJ\n\n\u200b", Role.OWNER),
        ("We refund you. ^TK https://t.co/abcDEF1234", Role.AGENCY),
        ("^MJ says hello https://t.co/abc", Role.AGENCY),
    ],
)
def test_a_mark_before_the_address_of_a_picture(text: str, role: Role) -> None:
    maya = Person(
        id="maya", name="Maya", role=Role.OWNER, email=None, marks=("^MJ", "Maya"), met_on=NOW.date()
    )
    assert role_of(text, (maya,)) is role


@pytest.mark.parametrize(
    ("text", "media", "wanted"),
    [
        ("Bread https://t.co/abc", PHOTO, False),
        ("Bread https://t.co/abc", (), True),
        ("Bread https://bit.ly/abc https://t.co/abc", PHOTO, True),
        ("https://t.co/abc is new", PHOTO, True),
        ("Bread https://t.co/abc", (Media(kind="gif", url=None),), False),
    ],
)
def test_the_address_of_the_own_picture_is_no_link(
    tmp_path: Path, text: str, media: tuple[Media, ...], wanted: bool
) -> None:
    assert flags(tmp_path, {"link": {"only": ["a.com"]}}, text, media=media) is wanted


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ("> the soup was shit\n\nWe are sorry", False),
        ("> fine soup\n\nNo, it was shit", True),
        ("&gt; shit soup\n&gt; and shit tea\nSorry!", False),
        (">!shit!< said the cook", True),
        ("You wrote \u201cthe soup was shit\u201d, and we are sorry.", False),
        ('Your review says "shit soup". We are sorry.', False),
        ("They called it 'shit' and left.", False),
        ("We wrote \u201cshit\u201d on the board", True),
    ],
)
def test_words_of_others(tmp_path: Path, text: str, wanted: bool) -> None:
    assert flags(tmp_path, SHIT, text, key=on("reddit"), kind=Kind.COMMENT, parent_id="0") is wanted


def test_a_quote_that_answers_nobody_is_own_words(tmp_path: Path) -> None:
    assert flags(tmp_path, SHIT, "> shit, we are open")


def test_a_shared_post_is_not_in_own_words() -> None:
    shared = post("RT @guest: WTF, what a cake\u2026")
    assert not own_words(shared).strip()
    assert own_words(replace(shared, key=on("reddit"))).strip()
    assert not own_words(post("what a cake", kind=Kind.SHARE)).strip()


@pytest.mark.parametrize(
    ("text", "seen"),
    [
        ("a\\_b", "a_b"),
        ("\\*\\*", "**"),
        ("&amp; &lt;3", "& <3"),
        ("&#x200B;#", "\u200b#"),
        ("&nbsp;x", "\u00a0x"),
        ("AT&T; c:\\dir &bogus;", "AT&T; c:\\dir &bogus;"),
    ],
)
def test_markdown_as_people_see_it(text: str, seen: str) -> None:
    read = as_read(post(text, key=on("reddit")))
    assert read.replace("\u2060", "") == seen
    assert len(read) == len(text)


@pytest.mark.parametrize(
    "text",
    [
        "[deleted]",
        "[removed]",
        "[unavailable]",
        "[ Removed by Reddit ]",
        "[deleted by user]",
        "[Removed by moderator]",
        "*[removed]*",
        "\\[deleted\\]",
        "[This post has been removed]",
        "[content removed by the moderators]",
        "[account deleted]",
        "[ Removed by Reddit on account of violating the [content policy](/help/contentpolicy). ]",
    ],
)
def test_tombstones(text: str) -> None:
    assert is_tombstone(text)


@pytest.mark.parametrize(
    "text",
    [
        "removed",
        "[removed] why?",
        "[deleted scene] is the best",
        "It was [deleted]",
        "[the post]",
        "[deleted scene]",
    ],
)
def test_no_tombstones(text: str) -> None:
    assert not is_tombstone(text)


def said(number: str, author: str, text: str, hours: float, parent: str | None = "0") -> Post:
    ours = author == "brand"
    return post(
        text, key=on("reddit", number), thread_id="0", parent_id=parent, author=author,
        kind=Kind.COMMENT if parent else Kind.POST, created_at=NOW + timedelta(hours=hours),
        direction=Direction.OUTBOUND if ours else Direction.INBOUND,
    )  # fmt: skip


def late(*posts: Post) -> str | None:
    """Whose post has waited longest past the promise."""
    everything = (said("0", "brand", "Our menu is here", 0, None), *posts)
    thread, now = Thread(thread_id="0", posts=everything), NOW + timedelta(hours=10)
    promise = timedelta(hours=2)
    found = conversations([thread], WordScorer().read, hours=ALWAYS, now=now, promise=promise)
    waiting = [one.asked for one in found if one.late(now)]
    return min(waiting, key=lambda post: post.created_at).key.external_id if waiting else None


@pytest.mark.parametrize(
    ("author", "text", "waits"),
    [
        ("bob", "Is it vegan?", True),
        ("bob", "Is it here: https://a.com/menu?", True),
        ("bob", "Booked at www.a.example/book?table=4", False),
        ("bob", "Booked at a.example/book?table=4", False),
        ("bob", "Booked at a.example/?table=4 thanks", False),
        ("bob", "Booked at https://a.example/?table=4.", False),
        ("bob", "> Is it vegan?\n\nI had the same", False),
        ("AutoModerator", "Have you read the rules?", False),
        ("cakes-ModTeam", "Have you read the rules?", False),
        ("RemindMeBot", "Shall I remind you?", False),
        ("helper", "Any questions? *I am a bot, write to the moderators.*", False),
        ("Talbot", "Is it vegan?", True),
        ("bob", "Do you think that I am a bot? Where is my order?", True),
        ("[deleted]", "[ Removed by Reddit ]", False),
    ],
)
def test_who_waits(author: str, text: str, waits: bool) -> None:
    assert late(said("1", author, text, 1)) == ("1" if waits else None)


def test_accounts_that_are_gone_are_as_many_people_as_posts() -> None:
    first, second = (
        said("1", "[deleted]", "Is it vegan?", 1),
        said("2", "[deleted]", "Where is my order?", 1.1),
    )
    assert late(first, second, said("3", "brand", "Yes, vegan.", 2, "1")) == "2"
    assert late(first, said("3", "brand", "Yes, vegan.", 2, "1")) is None


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ("f#cking rain", True),
        ("what sh*t", True),
        ("f*** it", True),
        ("a b*tch of a day", True),
        ("F**K!", True),
        ("**f** is a letter", False),
        ("C# and F# keys", False),
        ("5 * 5 is 25", False),
        ("s*n", False),
    ],
)
def test_masked_swear_words(text: str, wanted: bool) -> None:
    found = Engine(load([SHIPPED / "starter"])).check(post(text))
    assert ("swear-words" in {finding.rule for finding in found}) is wanted
