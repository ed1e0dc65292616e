"""The first brand.yaml pulls as often as money allows, and says what that costs."""

from __future__ import annotations

from datetime import timedelta

from bot.settings.accounts import SHORTEST_SILENCE, read_account
from bot.settings.starter import brand_text


def test_each_account_says_what_its_pulls_cost() -> None:
    accounts = [{"platform": name, "handle": "bakery", "every": "5m"} for name in ("x", "reddit")]
    lines = [
        line for line in brand_text({"brand": "bakery", "accounts": accounts}).splitlines() if "every" in line
    ]
    assert "a pull that finds nothing is free; X charges $0.005 for each post" in lines[0]
    assert "Reddit charges nothing" in lines[1]


def test_an_account_is_pulled_every_few_minutes_and_called_silent_after_an_hour() -> None:
    account = read_account({"platform": "x", "handle": "bakery"})
    assert account.every <= timedelta(minutes=5)
    assert account.stale_after == SHORTEST_SILENCE
    seldom = account.model_copy(update={"every": timedelta(hours=3)})
    assert seldom.stale_after == timedelta(hours=12)
