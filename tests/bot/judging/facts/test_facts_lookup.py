"""Facts are found once, in bounded time, whatever a single address does."""

from __future__ import annotations

import threading
import time
from datetime import UTC, datetime, timedelta

from bot.judging.facts.lookup import NO_TIME, Lookup

NOW = datetime(2026, 6, 3, 12, tzinfo=UTC)


def test_a_fact_is_found_once_until_it_is_old() -> None:
    seen: list[str] = []

    def look(address: str) -> str:
        seen.append(address)
        return address.upper()

    lookup = Lookup(
        look, unknown=str, keep=lambda f: timedelta(hours=1 if f == "A" else 2), seconds=5, workers=2
    )
    assert lookup.of(["a", "b", "a"], NOW) == {"a": "A", "b": "B"}
    assert lookup.of(["a", "b"], NOW + timedelta(minutes=59)) == {"a": "A", "b": "B"}
    assert sorted(seen) == ["a", "b"]
    lookup.of(["a", "b"], NOW + timedelta(minutes=61))
    assert sorted(seen) == ["a", "a", "b"]
    assert lookup.of([], NOW) == {}


def test_what_hangs_is_unknown_and_holds_nothing_up() -> None:
    let_go = threading.Event()
    lookup = Lookup(
        lambda a: (a == "slow" and let_go.wait(20) and "late") or "quick",
        unknown=lambda reason: reason,
        keep=lambda _: timedelta(hours=1),
        seconds=0.3,
        workers=2,
    )
    started = time.monotonic()
    assert lookup.of(["slow", "a", "b"], NOW) == {"slow": NO_TIME, "a": "quick", "b": "quick"}
    assert time.monotonic() - started < 5
    let_go.set()
    while lookup.of(["slow"], NOW)["slow"] != "late":
        assert time.monotonic() - started < 20, "what came late is remembered"


def test_what_fails_is_unknown_and_takes_nothing_along() -> None:
    def look(address: str) -> str:
        if address == "bad":
            raise RuntimeError("a library tripped")
        return "fine"

    lookup = Lookup(look, unknown=lambda r: r, keep=lambda _: timedelta(hours=1), seconds=5, workers=1)
    assert lookup.of(["bad", "good"], NOW) == {"bad": "looking at it failed", "good": "fine"}


def test_memory_is_bounded() -> None:
    lookup = Lookup(str.upper, unknown=str, keep=lambda _: timedelta(hours=1), seconds=5, workers=1, most=3)
    lookup.of(map(str, range(10)), NOW)
    assert len(lookup._known) == 3
    lookup.of(["later"], NOW + timedelta(hours=2))
    assert list(lookup._known) == ["later"]
