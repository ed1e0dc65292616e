"""What X bills, and steering over HTTP."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from functools import partial

import pytest
import requests
from sandbox_clients import Open, x_client

from bot.connectors.shared.site import Prices
from bot.connectors.x.fake.api import XFake
from bot.sandbox import FaultKind, Sandbox, SandboxClock, replies, timeline
from bot.sandbox.synthetic import BRAND, EPOCH


def read(box: Sandbox, **options: object) -> None:
    x_client(box).get_users_tweets(box.brand_id("x"), **options)


def test_a_post_is_billed_once_a_day(open_box: Open) -> None:
    box = open_box(*timeline(7), at=datetime(2026, 10, 20, 23, 50, tzinfo=UTC))
    read(box)
    read(box)
    same_day = box.meter.bill("x")
    assert (same_day["requests"], same_day["billed"]["owned"], same_day["repeated"]) == (2, 7, 7)
    assert same_day["micro_dollars"] == 7_000
    box.clock.advance(timedelta(minutes=20))
    read(box)
    assert box.meter.bill("x")["days"] == {"2026-10-20": 7_000, "2026-10-21": 7_000}


def test_owned_others_and_users_are_priced_apart(open_box: Open) -> None:
    (root,) = timeline(1)
    box = open_box(root, *replies(2, to=root))
    client = x_client(box)
    client.get_tweet(box.external_id("p0"))
    client.get_users_mentions(box.brand_id("x"), expansions="author_id")
    bill = box.meter.bill("x")
    assert bill["billed"] == {"owned": 1, "post": 2, "user": 1}
    assert bill["micro_dollars"] == 1_000 + 2 * 5_000 + 10_000
    assert bill["posts"] == 3


def test_included_posts_are_billed_too(open_box: Open) -> None:
    (root,) = timeline(1)
    box = open_box(root, *replies(1, to=root))
    x_client(box).get_tweet(box.external_id("p0.r0"), expansions="referenced_tweets.id")
    assert box.meter.bill("x")["billed"] == {"owned": 1, "post": 1, "user": 0}


def test_nothing_new_missing_and_refused_cost_nothing(open_box: Open) -> None:
    box = open_box(*timeline(1))
    read(box, since_id=box.external_id("p0"))
    x_client(box).get_tweets([1, 2, 3])
    requests.get(f"{box.url('x')}/2/users/by/username/{BRAND}", timeout=20)
    bill = box.meter.bill("x")
    assert (bill["requests"], bill["micro_dollars"], bill["served"]) == (3, 0, 0)


def test_reset_and_other_rates(open_box: Open) -> None:
    box = open_box(*timeline(2), fakes={"x": partial(XFake, prices=Prices(owned=0.000003))})
    read(box)
    assert box.meter.bill("x")["micro_dollars"] == 6
    box.meter.reset()
    assert (box.meter.bill("x")["micro_dollars"], box.meter.bill("x")["requests"]) == (0, 0)
    read(box)
    assert box.meter.bill("x")["micro_dollars"] == 6


def test_clock_over_http(open_box: Open) -> None:
    box = open_box(at=EPOCH)
    url = f"{box.url('reddit')}/_sandbox/clock"
    assert requests.get(url, timeout=20).json() == {"now": EPOCH.isoformat()}
    requests.post(url, json={"advance": 90}, timeout=20)
    assert box.clock.now() == EPOCH + timedelta(seconds=90)
    requests.post(url, json={"set": "2026-11-01T05:00:00+00:00"}, timeout=20)
    assert box.clock.now() == datetime(2026, 11, 1, 5, tzinfo=UTC)
    assert requests.post(url, json={"set": "2026-11-01T05:00:00"}, timeout=20).status_code == 400
    assert requests.post(url, json={}, timeout=20).status_code == 400


def test_faults_over_http(open_box: Open) -> None:
    box = open_box()
    url = f"{box.url('x')}/_sandbox/faults"
    requests.post(url, json={"kind": "unavailable", "platform": "x", "times": 2}, timeout=20)
    (fault,) = box.faults.armed()
    assert (fault.kind, fault.platform, fault.times) == (FaultKind.UNAVAILABLE, "x", 2)
    assert requests.get(url, timeout=20).json()[0]["kind"] == "unavailable"
    for wrong in ({"kind": "earthquake"}, {"kind": "drop", "times": "two"}, {"kind": "drop", "speed": 1}, []):
        assert requests.post(url, json=wrong, timeout=20).status_code == 400
    assert requests.delete(url, timeout=20).json() == []


def test_meter_over_http_and_uncounted(open_box: Open) -> None:
    box = open_box(*timeline(1))
    read(box)
    url = f"{box.url('x')}/_sandbox/meter"
    assert requests.get(url, timeout=20).json() == box.meter.bill("x")
    assert box.meter.bill("x")["requests"] == 1
    assert requests.post(url, timeout=20).json()["micro_dollars"] == 0


def test_clock_refuses_naive_and_backward() -> None:
    clock = SandboxClock(EPOCH)
    with pytest.raises(ValueError, match="zone"):
        clock.set(datetime(2026, 1, 1))  # noqa: DTZ001
    with pytest.raises(ValueError, match="forward"):
        clock.advance(timedelta(seconds=-1))
    assert clock() == EPOCH


def test_large_timelines_and_empty_accounts(open_box: Open) -> None:
    big = open_box(*timeline(10_000, every=timedelta(seconds=1)))
    read(big, max_results=100)
    assert big.meter.bill("x")["posts"] == 100
    empty = open_box()
    read(empty)
    assert empty.meter.bill("x")["posts"] == 0


def test_a_taken_port_is_an_error(open_box: Open) -> None:
    port = int(open_box().url("x").rsplit(":", 1)[1])
    with pytest.raises(OSError):
        open_box(ports={"x": port})
