"""X on loopback."""

from bot.connectors.loopback.fake import FakeClass
from bot.connectors.x.fake.api import XFake

FAKE: FakeClass = XFake
