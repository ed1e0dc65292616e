"""Marks at the end of texts, and whose they are."""

from __future__ import annotations

import pytest

from policies.model.people import Person, Role
from policies.signing import stranger_of

ROSTER = (
    Person(id="maya", name="Maya", role=Role.OWNER, marks=("Maya", "- Maya")),
    Person(id="tk", name="Tomás", role=Role.AGENCY, marks=("^TK",)),
)


@pytest.mark.parametrize(
    ("text", "mark"),
    [
        ("Come by! ^LB", "^LB"),
        ("Come by!\n^J \n", "^J"),
        ("Come by! ^TK", None),
        ("Come by! Maya", None),
        ("Come by! - Maya", None),
        ("Open daily - Saturday", None),
        ("Rated 5*BEST", None),
        ("See you *LB", None),
        ("^LB says hello", None),
        ("Two ^2", None),
        ("", None),
    ],
)
def test_a_stranger_signs_as_the_roster_does(text: str, mark: str | None) -> None:
    assert stranger_of(text, ROSTER) == mark


def test_nobody_is_a_stranger_where_nobody_signs_with_initials() -> None:
    assert stranger_of("Come by! ^LB", ROSTER[:1]) is None
    assert stranger_of("Come by! ^LB", ()) is None
