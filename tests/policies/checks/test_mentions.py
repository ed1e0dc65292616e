"""Who is named, by each platform's own rules."""

from pathlib import Path

import pytest
from rule_stage import flags

from policies.model.keys import PostKey

RIVAL = {"mention": {"deny": ["rival_bakery"]}}


def on(platform: str) -> PostKey:
    return PostKey(platform=platform, account="brand", external_id="1")


@pytest.mark.parametrize(
    "text",
    [  # what twitter-text's conformance data calls a mention
        "ask @rival_bakery",
        ".@rival_bakery look at this",
        "great.@rival_bakery",
        "\uff20rival_bakery look",
        "RT@rival_bakery look",
        "RT:@rival_bakery look",
        "\u306e@rival_bakery\u306b",
        "(@rival_bakery)",
        "a/@rival_bakery",
        "@rival_bakery's window",
        "@rival_bakery.hello",
        "@rival_bakery/bakers",
        "\u00e9t\u00e9@rival_bakery",
        "look:@Rival_Bakery!",
    ],
)
def test_a_mention_on_x(tmp_path: Path, text: str) -> None:
    assert flags(tmp_path, RIVAL, text)


@pytest.mark.parametrize(
    "text",
    [
        "anna@rival_bakery",
        "$@rival_bakery",
        "@@rival_bakery",
        "&@rival_bakery",
        "START@rival_bakery",
        "@rival_bakery@host",
        "@rival_bakery\u00e9",
        "@rival_bakery://x",
        "https://medium.example/@rival_bakery",
        "medium.com/@rival_bakery",
        "@rival_bakery_of_the_old_town",
    ],
)
def test_no_mention_on_x(tmp_path: Path, text: str) -> None:
    assert not flags(tmp_path, RIVAL, text)


@pytest.mark.parametrize(
    ("platform", "text", "wanted"),
    [
        ("reddit", "ask u/rival\\_bakery", True),
        ("reddit", "ask /u/Rival_Bakery.", True),
        ("reddit", "(u/rival_bakery)", True),
        ("reddit", "menu/rival_bakery", False),
        ("reddit", "u/rival\\_bakery2", False),
        ("mastodon", "hi @rival_bakery@food.example", True),
        ("instagram", "\u306e@rival_bakery\u306b", True),
        ("instagram", "@rival_bakery.", True),
        ("instagram", "@rival_bakery.berlin", False),
    ],
)
def test_mentions_elsewhere(tmp_path: Path, platform: str, text: str, wanted: bool) -> None:
    assert flags(tmp_path, RIVAL, text, key=on(platform)) is wanted


def test_words_beside_a_name_of_another_script_are_words(tmp_path: Path) -> None:
    assert flags(tmp_path, {"terms": ["\u6700\u60aa"]}, "\u306e@rival_bakery\u6700\u60aa")
