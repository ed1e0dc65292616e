"""Loopback X and Reddit with a scripted brand, a clock to turn, faults on demand and a money meter.

    with Sandbox(load_story("bakery"), SandboxClock(noon)) as box:
        box.x_url, box.reddit_url, box.x_credentials, box.reddit_credentials
        box.clock.advance(timedelta(hours=1))
        box.faults.add(Fault(kind=FaultKind.UNAVAILABLE, platform=Platform.X, times=2))
        box.meter.x()["micro_dollars"]

For the demo and for tests only: connectors never import it.
"""

from bot.connectors.loopback.clock import SandboxClock
from bot.connectors.loopback.credentials import RedditCredentials, XCredentials
from bot.connectors.loopback.faults import Fault, FaultKind
from bot.connectors.loopback.meter import Bill, Meter, Rates
from bot.connectors.loopback.story import (
    Delete,
    Edit,
    Event,
    Photo,
    Platform,
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
    "Platform",
    "Profile",
    "Publish",
    "Rates",
    "RedditCredentials",
    "Remove",
    "Sandbox",
    "SandboxClock",
    "Story",
    "StoryError",
    "XCredentials",
    "load_story",
    "read_story",
    "replies",
    "story_of",
    "timeline",
]
