"""What a platform shows on a post, told by what it sent."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import pytest

from bot.judging.surroundings import labels_of
from policies.import_format import Fill, post_of_text
from policies.model.post import Post


def sent(platform: str, raw: dict[str, Any]) -> Post:
    plain = post_of_text("Buns!", Fill(number=1, now=datetime(2026, 6, 3, tzinfo=UTC)))
    return replace(plain, key=replace(plain.key, platform=platform), raw=raw)


@pytest.mark.parametrize(
    ("platform", "raw", "labels"),
    [
        ("reddit", {"kind": "t3", "data": {"promoted": True}}, {"paid"}),
        ("reddit", {"kind": "t3", "data": {"promoted": False, "is_created_from_ads_ui": None}}, set()),
        ("reddit", {"data": "odd"}, set()),
        ("x", {"data": {"promoted": True}}, set()),
        ("instagram", {"labels": ["paid", 5, "branch opening"]}, {"paid", "branch opening"}),
        ("instagram", {"labels": "paid"}, set()),
        ("x", {}, set()),
    ],
)
def test_labels_come_from_the_sites_fields_and_from_an_imports_list(
    platform: str, raw: dict[str, Any], labels: set[str]
) -> None:
    assert labels_of(sent(platform, raw)) == labels
