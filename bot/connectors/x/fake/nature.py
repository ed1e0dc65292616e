"""What is X's own about posts and people: snowflakes, edits that make ids, nobody who removes."""

from __future__ import annotations

from datetime import datetime

from bot.connectors.loopback.story import Edit, Event, Profile, Remove
from bot.connectors.loopback.world import Item, person_number, unix_milliseconds
from bot.connectors.x.site import EDIT_WINDOW

SNOWFLAKE_EPOCH_MS = 1_288_834_974_657
"""Zero of X's ids, in Unix milliseconds (X's documentation of snowflakes)."""
MAX_EDITS = 5
"""How often a post may be edited (edit_controls.edits_remaining starts here)."""


class XNature:
    """See `bot.connectors.loopback.world.Nature`."""

    edits_make_ids = True
    titled = False

    def bare_id(self, at: datetime, sequence: int) -> str:
        """A snowflake: milliseconds and a counter."""
        return str((unix_milliseconds(at) - SNOWFLAKE_EPOCH_MS << 22) + sequence)

    def external_id(self, item: Item, bare_id: str) -> str:  # noqa: ARG002 -- X writes it as it is
        """A bare number, one for each version."""
        return bare_id

    def person_id(self, profile: Profile) -> str:
        """Digits."""
        return user_id(profile)

    def objection(self, event: Event, item: Item) -> str | None:
        """X refuses late and too many edits, and has no moderators."""
        if isinstance(event, Remove):
            return "X has no moderators; use delete"
        if isinstance(event, Edit) and event.at - item.first.at > EDIT_WINDOW:
            return "X refuses an edit more than 30 minutes after publishing"
        if isinstance(event, Edit) and len(item.versions) > MAX_EDITS:
            return "X refuses a sixth edit"
        return None


def user_id(profile: Profile) -> str:
    """Somebody's id on X."""
    return str(1_000_000_000 + person_number(profile))
