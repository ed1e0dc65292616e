"""What the fault tests stand on: a home folder over a sandbox, and a store's content as comparable data."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path
from typing import Any

from bot.connectors.x.client import XCredentials
from bot.connectors.x.connector import XConnector
from bot.jobs.work import Intervals, Work
from bot.ports import AccountRef, Channel, Connector, Delivery, Receipt
from bot.sandbox import Sandbox
from bot.settings.home import Home, load_home
from bot.settings.starter import write_home
from bot.wiring import build_work, opened_store
from policies.scoring import HeadScore, Reading

KEY = "a-key-that-is-only-for-tests"
#: Tables whose rows must be the same after a crash as without one; the others hold times of work and row numbers.
SAME = {
    "posts": "SELECT platform, account, external_id, direction, author, deleted_at, revision FROM posts",
    "revisions": "SELECT p.external_id, r.number, r.text FROM revisions r JOIN posts p ON p.id = r.post_id",
    "findings": "SELECT fingerprint, rule, severity, gone_at IS NULL FROM findings",
    "cases": "SELECT p.external_id, c.state FROM cases c JOIN posts p ON p.id = c.post_id",
    "charges": "SELECT platform, resource, id, day, micro_dollars FROM charges",
    "cursors": "SELECT platform, account, stream, cursor FROM streams",
    "outbox": "SELECT key, kind FROM outbox WHERE kind = 'digest'",  # how alerts are grouped hangs on the moment
    "alerts": "SELECT fingerprint, letter FROM alerts",
    "digests": "SELECT brand, slot FROM digests",
}


def brand_file(**changes: Any) -> dict[str, Any]:
    """brand.yaml of the synthetic stories' business, pulled every hour."""
    return {
        "brand": "example",
        "name": "Example",
        "time_zone": "America/New_York",
        "accounts": [{"platform": "x", "handle": "examplebrand", "every": "1h"}],
        "people": [
            {"id": "owner", "name": "Olive", "role": "owner", "email": "olive@example.org"},
            {"id": "agency", "name": "Ann", "role": "agency", "email": "ann@example.org"},
        ],
        "digest": {"times": ["18:00"]},
        **changes,
    }


def make_home(path: Path, env: Mapping[str, str], *brands: Mapping[str, Any]) -> Home:
    """A home folder with these settings, read back."""
    write_home(path, env={"OVERSIGHT_LINK_KEYS": KEY, **env}, brands=brands or [brand_file()])
    return load_home(path, process={})


def environment(box: Sandbox, smtp: int, listen: int) -> dict[str, str]:
    """Settings of a service on loopback: the platforms of a sandbox, a mail server and pages on these ports."""
    return {
        **box.environment(),
        "OVERSIGHT_SMTP_HOST": "127.0.0.1",
        "OVERSIGHT_SMTP_PORT": str(smtp),
        "OVERSIGHT_SMTP_SECURITY": "none",
        "OVERSIGHT_MAIL_FROM": "oversight@example.org",
        "OVERSIGHT_LISTEN_PORT": str(listen),
        "OVERSIGHT_BASE_URL": f"http://127.0.0.1:{listen}",
    }


class PlainScorer:
    """Reads tone by two words, so that what is tested does not hang on a model."""

    version = "plain-1"
    heads: Mapping[str, tuple[str, ...]] = {"sentiment": ("negative", "neutral", "positive")}

    def read(self, texts: Sequence[str]) -> list[Reading]:
        """One reading per text."""
        return [self._one(text) for text in texts]

    def _one(self, text: str) -> Reading:
        label = "negative" if "bad" in text else "positive" if "good" in text else "neutral"
        scores = {name: 0.9 if name == label else 0.05 for name in self.heads["sentiment"]}
        head = HeadScore(label=label, scores=scores, unsure=False)
        return Reading(language="en", readable=True, heads={"sentiment": head})


class KeptMail:
    """A channel that keeps what it is given."""

    name = "email"

    def __init__(self, delivery: Delivery = Delivery.SENT) -> None:
        self.delivery = delivery
        self.sent: list[bytes] = []

    def send(self, recipients: Sequence[str], message: bytes, before_data: Callable[[], None]) -> Receipt:
        """Keep the message."""
        before_data()
        self.sent.append(message)
        return Receipt(delivery=self.delivery, detail="kept")


@contextmanager
def working(
    home: Home,
    clock: Callable[[], datetime],
    *,
    x_url: str = "",
    channel: Channel | None = None,
    intervals: Intervals | None = None,
) -> Iterator[Work]:
    """The jobs' surroundings with the plain scorer and, where given, X at another address."""
    with opened_store(home) as store:
        work = build_work(home, store, clock=clock, intervals=intervals, models=(PlainScorer(), None))
        changes: dict[str, Any] = {}
        if channel:
            changes["channel"] = channel
        if x_url:
            changes["connect"] = lambda _: x_connector(x_url)
        yield _replaced(work, changes)


def _replaced(work: Work, changes: Mapping[str, Any]) -> Work:
    from dataclasses import replace

    return replace(work, **changes)


def x_connector(url: str) -> Connector:
    """The real X connector against a sandbox."""
    return XConnector(XCredentials(bearer_token="sandbox-x-bearer"), base_url=url)


def x_account(handle: str = "examplebrand") -> AccountRef:
    """The synthetic stories' account."""
    return AccountRef(brand="example", platform="x", handle=handle)


def content(store_path: Path) -> dict[str, list[tuple[Any, ...]]]:
    """What must be equal in two stores that lived through the same."""
    with sqlite3.connect(store_path) as connection:
        return {name: sorted(connection.execute(query).fetchall(), key=repr) for name, query in SAME.items()}


def sound(store_path: Path) -> bool:
    """SQLite's own check of the file."""
    with sqlite3.connect(store_path) as connection:
        return bool(connection.execute("PRAGMA integrity_check").fetchone()[0] == "ok")
