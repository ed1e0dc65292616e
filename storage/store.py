"""What can be asked of the store and told to it, in the design's words.

Each public method is one transaction and may be called from any thread. ``now`` is UTC and always given.
Each raises `StoreBusy`, `StoreFull` or `StoreUnreadable` where the engine cannot do it; nothing is kept then.
"""

from __future__ import annotations

from types import TracebackType
from typing import Self

from storage._audit import Audit
from storage._brands import Brands
from storage._cases import Cases
from storage._due import Due
from storage._examples import Examples
from storage._judging import Judging
from storage._outbox import Outbox
from storage._pulling import Pulling
from storage._review import Review
from storage._state import State
from storage._watch import Watch


class Store(Brands, Pulling, Watch, Judging, Cases, Examples, Review, Outbox, Due, Audit, State):
    """Everything that we remember. Opened by `storage.engines.open_store`."""

    def __enter__(self) -> Self:
        """The store itself; leaving the block closes it."""
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Give back all connections."""
        self.close()
