"""Reddit on loopback."""

from bot.connectors.loopback.fake import FakeClass
from bot.connectors.reddit.fake.api import RedditFake

FAKE: FakeClass = RedditFake
