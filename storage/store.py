"""What can be asked of the store and told to it, by subject.

Each public method of a subject is one transaction and may be called from any thread. ``now`` is UTC and always
given. Each raises `StoreBusy`, `StoreFull` or `StoreUnreadable` where the engine cannot do it; nothing is kept then.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from types import TracebackType
from typing import Self

from storage.audit import Audit
from storage.brands import Brands
from storage.cases import Cases
from storage.conversations import Conversations
from storage.database import Backend, Database, OneRead
from storage.digests import Digests
from storage.examples import Examples
from storage.exports import Exports
from storage.judgements import Judgements
from storage.limits import KnownLimits
from storage.links import IssuedLinks
from storage.looks import Looks
from storage.news import News
from storage.outbox import Outbox
from storage.periods import Periods
from storage.posts import Posts
from storage.questions import Questions
from storage.state import State
from storage.streams import Streams
from storage.told import Tellings
from storage.upkeep import Upkeep
from storage.verdicts import Verdicts


class Subjects:
    """Everything that we remember, each thing in its place."""

    def __init__(self, db: Database) -> None:
        self.brands = Brands(db)  #: accounts, people and policies in force
        self.posts = Posts(db)  #: with their history and conversations
        self.told = Tellings(db)  #: what was said around a post
        self.streams = Streams(db)  #: cursors, health, money
        self.looks = Looks(db)  #: which posts are read once more
        self.judgements = Judgements(db)  #: what rules and model say
        self.cases = Cases(db)
        self.conversations = Conversations(db)  #: how clients stand
        self.questions = Questions(db)  #: to the owner, about what is likely
        self.verdicts = Verdicts(db)  #: whether the rules were right
        self.limits = KnownLimits(db)  #: from where topics are asked about and said
        self.examples = Examples(db)  #: what the owner wants remembered
        self.periods = Periods(db)  #: what the digest says of a while
        self.digests = Digests(db)
        self.news = News(db)  #: what people must hear at once
        self.outbox = Outbox(db)
        self.links = IssuedLinks(db)
        self.audit = Audit(db)
        self.state = State(db)  #: small values
        self.exports = Exports(db)
        self.upkeep = Upkeep(db)


class Store(Subjects):
    """Opened by `storage.engines.open_store`."""

    def __init__(self, backend: Backend) -> None:
        super().__init__(Database(backend))
        self.backend = backend
        self.database = Database(
            backend
        )  #: transactions for tables that another room keeps, such as the queue

    @property
    def path(self) -> Path | None:
        """File of an embedded store."""
        return self.backend.path

    @contextmanager
    def snapshot(self) -> Iterator[Subjects]:
        """All subjects as they are at one moment, whatever is written meanwhile. Only read."""
        with self.database.read() as conn:
            yield Subjects(OneRead(self.backend, conn))

    def close(self) -> None:
        """Give back all connections."""
        self.backend.engine.dispose()

    def __enter__(self) -> Self:
        """The store itself; leaving the block closes it."""
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Give back all connections."""
        self.close()
