"""An archive in any order tells what happened in the order in which it did."""

from __future__ import annotations

import random
from datetime import timedelta

from replay_values import MONDAY, archive, line, minutes

from bot.replay.archive import seen
from policies.model.keys import AccountKey

POSTED = line("a", MONDAY, "Our bred is fresh.")
EDITED = line("a", MONDAY, "Our bread is fresh.", edited_at=MONDAY + minutes(10))
GONE = line("b", MONDAY + minutes(5), "Oops.", deleted_at=MONDAY + minutes(30))


def told(*lines: object) -> list[tuple[float, str, str, bool]]:
    """Minutes after the start, name, text and whether it is gone, of each change."""
    return [
        (
            (change.at - MONDAY) / minutes(1),
            change.post.key.external_id,
            change.post.text,
            change.post.deleted_at is not None,
        )
        for change in archive(*lines).changes  # type: ignore[arg-type]
    ]


def test_posts_edits_and_deletions_happen_at_their_times() -> None:
    assert told(POSTED, EDITED, GONE) == [
        (0, "a", "Our bred is fresh.", False),
        (5, "b", "Oops.", False),
        (10, "a", "Our bread is fresh.", False),
        (30, "b", "Oops.", True),
    ]


def test_the_order_of_the_lines_changes_nothing_not_even_edits_before_their_posts() -> None:
    lines = [POSTED, EDITED, GONE, line("c", MONDAY - minutes(1)), line("d", MONDAY + minutes(60))]
    expected = told(*lines)
    for seed in range(10):
        random.Random(seed).shuffle(lines)
        assert told(*lines) == expected


def test_an_edit_without_its_post_is_not_seen_before_it_was_written() -> None:
    assert told(EDITED) == [(10, "a", "Our bread is fresh.", False)]


def test_a_deletion_ends_a_post_whichever_line_tells_it_and_whatever_text_that_line_has() -> None:
    emptied = line("a", MONDAY, "", deleted_at=MONDAY + minutes(5))
    late = line("a", MONDAY, "Edited after it went.", edited_at=MONDAY + minutes(10))
    for lines in ([POSTED, emptied, late], [late, emptied, POSTED]):
        assert told(*lines) == [(0, "a", "Our bred is fresh.", False), (5, "a", "Our bred is fresh.", True)]


def test_a_deletion_before_its_post_takes_it_away_at_once() -> None:
    changes = archive(line("a", MONDAY, deleted_at=MONDAY - minutes(5))).changes
    assert [(change.at, bool(change.post.deleted_at)) for change in changes] == [
        (MONDAY, False),
        (MONDAY, True),
    ]


def test_lines_that_tell_nothing_are_left_out_with_their_numbers_and_reasons() -> None:
    other = line("a", MONDAY, "Another text, and nobody says when.")
    result = archive(POSTED, "{no json", other, POSTED, line("b", MONDAY, created_at="yesterday"))
    assert [change.post.text for change in result.changes] == ["Our bred is fresh."]
    assert [number for number, _ in result.left_out] == [2, 3, 5]
    assert "needs edited_at" in result.left_out[1][1]


def test_each_account_has_its_own_changes_and_the_one_that_spoke_first_comes_first() -> None:
    other = line("z", MONDAY - timedelta(days=1), platform="facebook", account="Crumb Bakery")
    by_account = archive(POSTED, EDITED, other).by_account()
    assert list(by_account) == [
        AccountKey(platform="facebook", handle="Crumb Bakery"),
        AccountKey(platform="x", handle="crumb"),
    ]
    mine = by_account[AccountKey(platform="x", handle="crumb")]
    assert [seen(mine, MONDAY + minutes(m)) for m in (-1, 0, 9, 10)] == [0, 1, 1, 2]
