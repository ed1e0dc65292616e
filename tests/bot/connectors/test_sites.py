"""What is known of each platform, and what the settings make of it."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import pytest

from bot.connectors import SITES, edits_for, shown_handle, site_of, sites, title_of
from bot.connectors.shared.site import Handles
from bot.errors import ConfigError
from bot.ports import AccountRef
from bot.settings.accounts import read_account
from bot.settings.service import Environment, known_names
from policies.platforms import PLATFORMS

MASTODON = Handles(pattern=r"[A-Za-z0-9_]+@[a-z0-9.-]+\.[a-z]+", hint="write it like baker@social.example")


@pytest.mark.parametrize("platform", SITES)
def test_each_site_says_what_the_rest_of_the_program_asks(platform: str) -> None:
    site = site_of(platform)
    assert (site.name, site.folder) == (platform, SITES[platform])
    assert site.title
    assert site.address.startswith("https://")
    assert {stream.inbound for stream in site.streams} == {False, True}
    assert len({stream.name for stream in site.streams}) == len(site.streams)
    assert platform in PLATFORMS, "rules may name it"
    assert {f"{site.prefix}{name.upper()}" for name in site.keys.model_fields} <= set(known_names())


@pytest.mark.parametrize(
    ("platform", "typed", "handle"),
    [("x", "@Juniper_Rye", "Juniper_Rye"), ("x", " juniper ", "juniper"), ("reddit", "u/juniper", "juniper"),
     ("reddit", "/u/juniper-rye", "juniper-rye"), ("reddit", "@juniper", "juniper")],
)  # fmt: skip
def test_a_handle_is_kept_without_what_stands_in_front(platform: str, typed: str, handle: str) -> None:
    assert site_of(platform).handles.parse(typed) == handle


def test_a_handle_may_have_an_at_sign_inside() -> None:
    assert MASTODON.parse("@baker@social.example") == "baker@social.example"
    assert MASTODON.parse("baker@social.example") == "baker@social.example"
    assert MASTODON.show("baker@social.example") == "@baker@social.example"
    with pytest.raises(ValueError, match=r"write it like baker@social\.example"):
        MASTODON.parse("@baker")


def test_platforms_and_handles_are_shown_as_people_write_them() -> None:
    assert [title_of(name) for name in ("x", "reddit", "youtube", "mastodon")] == [
        "X",
        "Reddit",
        "YouTube",
        "Mastodon",
    ]
    assert [shown_handle(name, "juniper") for name in ("x", "reddit", "google")] == [
        "@juniper",
        "u/juniper",
        "@juniper",
    ]


def test_what_nobody_has_said_of_a_platform_is_taken_to_change_for_ever() -> None:
    assert edits_for("x") == timedelta(minutes=30)
    assert edits_for("reddit") is None
    assert edits_for("facebook") is None


def test_an_account_has_the_options_of_its_platform() -> None:
    x = read_account({"platform": "x", "handle": "juniper", "owned": False})
    reddit = read_account({"platform": "reddit", "handle": "juniper", "subreddits": ["portlandmaine"]})
    assert (x.options()["owned"], "subreddits" in x.options()) == (False, False)
    assert reddit.options() == {"subreddits": ("portlandmaine",), "first_days": 30, "credentials": None}


def test_an_older_file_may_name_options_of_another_platform() -> None:
    """They were taken everywhere before each site had its own, and did nothing."""
    account = read_account({"platform": "reddit", "handle": "juniper", "owned": True, "author_names": False})
    assert "owned" not in account.options()


def test_prices_are_the_sites_unless_a_setting_says_otherwise(tmp_path: Path) -> None:
    plain = Environment(tmp_path, {}).prices()
    assert {name: prices for name, prices in plain.items() if prices.post} == {"x": plain["x"]}
    assert plain["x"].micro("post", owned=True) == 1_000
    changed = Environment(tmp_path, {"OVERSIGHT_X_PRICE_OWNED": "0.002"}).prices()
    assert changed["x"].micro("post", owned=True) == 2_000
    assert changed["x"].micro("user", owned=False) == plain["x"].micro("user", owned=False)
    with pytest.raises(ConfigError, match="OVERSIGHT_X_PRICE_POST"):
        Environment(tmp_path, {"OVERSIGHT_X_PRICE_POST": "cheap"}).prices()


@pytest.mark.parametrize("site", sites(), ids=lambda site: site.name)
def test_a_connector_pulls_the_streams_that_its_site_names(site: object, tmp_path: Path) -> None:
    values = {
        "X_BEARER_TOKEN": "a",
        "REDDIT_CLIENT_ID": "a",
        "REDDIT_CLIENT_SECRET": "a",
        "REDDIT_REFRESH_TOKEN": "a",
    }
    found = site_of(getattr(site, "name", ""))
    connector = found.connect(Environment(tmp_path, values).credentials(found.name, None))
    account = AccountRef(brand="b", platform=found.name, handle="juniper")
    assert connector.streams(account) == tuple(stream.name for stream in found.streams)
