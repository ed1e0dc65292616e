"""What Reddit sends oddly is asked for again, and odd times end no pull."""

from __future__ import annotations

import responses
from reddit_stage import COMMENTS, comment, listing, names, pull

from bot.connectors.shared.unread import TRIES

INFO = "https://oauth.reddit.com/api/info/"


def test_what_could_not_be_read_is_asked_for_again_and_comes_late(net: responses.RequestsMock) -> None:
    net.get(COMMENTS, json=listing(comment(3), comment(2, body=None), comment(1)))
    (first,) = pull()
    assert [(note.code, note.count) for note in first.unchecked] == [("unreadable", 1)]
    net.replace("GET", COMMENTS, json=listing(comment(4), comment(3)))
    net.get(INFO, json=listing(comment(2)))
    assert names(pull(first.cursor)) == ["t1_00002", "t1_00004"]


def test_what_stays_unreadable_is_given_up_by_name_and_said_once(net: responses.RequestsMock) -> None:
    net.get(COMMENTS, json=listing(comment(3), comment(2, body=None)))
    net.get(INFO, json=listing(comment(2, body=None)))
    pages = pull()
    notes, cursor = [note for page in pages for note in page.unchecked], pages[-1].cursor
    for _ in range(TRIES + 3):
        pages = pull(cursor)
        notes += [note for page in pages for note in page.unchecked]
        cursor = pages[-1].cursor if pages else cursor
    assert [note.code for note in notes] == ["unreadable", "unreadable-left"]
    assert notes[-1].parts == {"ids": "t1_00002"}


def test_one_thing_of_another_age_does_not_end_the_reading(net: responses.RequestsMock) -> None:
    odd = [comment(7, created_utc=-5), comment(6, created_utc="soon"), comment(5, created_utc=1e18)]
    net.get(COMMENTS, json=listing(*odd, after="t1_00005"))
    net.get(COMMENTS, json=listing(comment(4)))
    assert names(pull()) == ["t1_00007", "t1_00006", "t1_00005", "t1_00004"]
