"""The platforms on loopback with a scripted brand, a clock to turn, faults on demand and a money meter.

    with Sandbox(load_story("bakery"), SandboxClock(noon)) as box:
        box.url("x"), box.fake("x").keys, box.environment()
        box.clock.advance(timedelta(hours=1))
        box.faults.add(Fault(kind=FaultKind.UNAVAILABLE, platform="x", times=2))
        box.meter.bill("x")["micro_dollars"]

For the demo and for tests only: connectors never import it.
"""

from bot.connectors.loopback.clock import SandboxClock
from bot.connectors.loopback.faults import Fault, FaultKind
from bot.connectors.loopback.meter import Bill, Meter
from bot.connectors.loopback.story import (
    Delete,
    Edit,
    Event,
    Photo,
    Profile,
    Publish,
    Remove,
    Story,
    StoryError,
)
from bot.sandbox.loading import load_story, read_story
from bot.sandbox.sandbox import Sandbox
from bot.sandbox.synthetic import replies, story_of, timeline

__all__ = [
    "Bill",
    "Delete",
    "Edit",
    "Event",
    "Fault",
    "FaultKind",
    "Meter",
    "Photo",
    "Profile",
    "Publish",
    "Remove",
    "Sandbox",
    "SandboxClock",
    "Story",
    "StoryError",
    "load_story",
    "read_story",
    "replies",
    "story_of",
    "timeline",
]
