"""Archives for the tests of this folder, and the service over them with a scorer that needs no model."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterable, Mapping
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from bot.replay.archive import Archive, archive_of
from bot.replay.events import Event
from bot.replay.stage import live, staged
from bot.settings.brand import Brand
from bot.settings.home import load_home
from policies.import_format import read_lines

sys.path.append(str(Path(__file__).parents[2] / "faults"))
from fault_stage import PlainScorer

MONDAY = datetime(2026, 11, 2, 9, tzinfo=UTC)
CARD = "Your card 4111 1111 1111 1111 is noted."  #: critical in the starter pack
PHOTO = "[CLIENT NAME] Cozy up this winter."  #: a breach there: words left from a template


def line(name: str, at: datetime, text: str = "Fresh bread today.", **more: Any) -> dict[str, Any]:
    """One line of an archive."""
    return {
        "platform": "x",
        "account": "crumb",
        "external_id": name,
        "direction": "outbound",
        "kind": "post",
        "author": "crumb",
        "created_at": at.isoformat(),
        "text": text,
        **{key: value.isoformat() if isinstance(value, datetime) else value for key, value in more.items()},
    }


def archive(*lines: Mapping[str, Any] | str) -> Archive:
    """What these lines tell."""
    return archive_of(read_lines(one if isinstance(one, str) else json.dumps(one) for one in lines))


def brand(**changes: Any) -> Brand:
    """A brand with one account and the pack that needs no model."""
    return Brand.model_validate(
        {
            "brand": "crumb",
            "name": "Crumb",
            "time_zone": "Europe/London",
            "accounts": [{"platform": "x", "handle": "crumb"}],
            "policies": ["starter"],
            "people": [
                {"id": "maya", "name": "Maya", "role": "owner", "email": "maya@example.org"},
                {"id": "tom", "name": "Tom", "role": "agency", "email": "tom@example.org"},
            ],
            "digest": {"times": ["18:00"]},
            **changes,
        }
    )


def replayed(told: Archive, folder: Path, config: Brand | None = None) -> list[Event]:
    """All events of an archive."""
    home = load_home(folder, process={})
    with staged(told, config or brand(), home, (PlainScorer(), None)) as stage:
        return list(live(stage))


def of(events: Iterable[Event], name: str) -> list[Event]:
    """The events of one name."""
    return [event for event in events if event.event == name]


def minutes(number: float) -> timedelta:
    """So many."""
    return timedelta(minutes=number)
