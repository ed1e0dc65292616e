"""The whole conversation around a flagged post: before it and after it, with edits and deletions, in order."""

from __future__ import annotations

import re
from datetime import timedelta

from starlette.testclient import TestClient
from web_client import enter
from web_seed import ANNA, NOW, finding, judge, post, save

from bot.links import Links, Purpose
from policies.model.post import Direction, Post
from storage.store import Store


def said(number: int, words: str, **more: object) -> Post:
    return post(number, words, thread="1", direction=Direction.INBOUND, author="mara_k", **more)  # type: ignore[arg-type]


def shown(client: TestClient, links: Links, store: Store, posts: list[Post], about: Post) -> str:
    """The conversation on the page of a case about one of these posts."""
    save(store, posts)
    (number,) = judge(store, about, [finding(about, "guarantee")])
    page = client.get(f"{enter(client, links, ANNA, Purpose.DESK)}/case/{number}").text
    return page.partition('<h2 id="talk">')[2].partition('<h2 id="history">')[0]


def test_what_came_after_stands_behind_what_came_before(
    client: TestClient, links: Links, store: Store
) -> None:
    reply = post(2, "We guarantee a refund.", thread="1")
    talk = shown(client, links, store, [said(1, "Squashed again."), reply, said(3, "I wait then.")], reply)
    assert talk.index("Squashed again.") < talk.index("guarantee a refund") < talk.index("I wait then.")
    here = re.findall(r'<li class="[^"]* here">.*?</li>', talk, re.DOTALL)
    assert len(here) == 1
    assert "guarantee a refund" in here[0]
    assert "This post" in here[0]


def test_edits_and_deletions_stand_where_they_happened(
    client: TestClient, links: Links, store: Store
) -> None:
    reply = post(2, "We guarantee a refund.", thread="1")
    angry = said(3, "You liars.")
    save(store, [said(1, "Squashed again."), reply, angry])
    save(store, [said(1, "Squashed AGAIN.", edited_at=NOW - timedelta(minutes=30))])
    store.posts.mark_deleted([angry.key], now=NOW)
    talk = shown(client, links, store, [said(4, "Thank you.")], reply)
    gone = "[deleted by its author on 22 November 2026"
    order = ["Squashed again.", "guarantee a refund", gone, "Thank you.", "changed it", "deleted it"]
    assert [talk.index(words) for words in order] == sorted(talk.index(words) for words in order)
    assert "You liars" not in talk, "X demands that the words of others go with their posts"
    assert re.search(r"<del>.*again.*</del><ins>.*AGAIN.*</ins>", talk)


def test_a_long_conversation_is_folded_around_the_post(
    client: TestClient, links: Links, store: Store
) -> None:
    reply = post(50, "We guarantee a refund.", thread="1")
    posts = [said(n, f"word {n}.") for n in (*range(1, 50), *range(51, 100))]
    talk = shown(client, links, store, [*posts, reply], reply)
    assert "Show 46 earlier messages" in talk
    assert "Show 43 later messages" in talk
    open_part = re.sub(r"<details>.*?</details>", "", talk, flags=re.DOTALL)
    assert re.findall(r"word (\d+)\.", open_part) == [*map(str, range(47, 50)), *map(str, range(51, 57))]
    assert "There is more of it" not in talk


def test_a_conversation_that_no_page_can_hold_says_so(client: TestClient, links: Links, store: Store) -> None:
    reply = post(500, "We guarantee a refund.", thread="1")
    talk = shown(client, links, store, [*(said(n, f"word {n}.") for n in range(1, 200)), reply], reply)
    assert "There is more of it on X." in talk
    assert "word 1." not in talk


def test_a_post_on_its_own_has_no_conversation(client: TestClient, links: Links, store: Store) -> None:
    alone = post(1, "We guarantee a refund.")
    assert shown(client, links, store, [alone], alone) == ""


def test_numbers_that_must_not_leak_are_masked_in_it_too(
    client: TestClient, links: Links, store: Store
) -> None:
    reply = post(2, "We guarantee a refund.", thread="1")
    talk = shown(client, links, store, [said(1, "My card is 4111 1111 1111 1111."), reply], reply)
    assert "•••• •••• •••• 1111" in talk
    assert "4111" not in talk
