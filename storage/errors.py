"""What can go wrong with the store, each with what mends it."""

from __future__ import annotations

from policies.errors import OversightError


class StoreError(OversightError):
    """The store cannot do what was asked. Nothing of the call was kept."""


class StoreBusy(StoreError):
    """Another process held the store for longer than we wait."""


class StoreFull(StoreError):
    """The disk has no room left; it goes on by itself when there is room."""


class StoreUnreadable(StoreError):
    """The file is damaged, is no store, or may not be read or written."""


class StoreLocked(StoreError):
    """Another daemon works on this store."""


class SchemaTooOld(StoreError):
    """The store was made by an earlier version."""


class SchemaTooNew(StoreError):
    """The store was made by a later version."""


class SchemaMixed(StoreError):
    """The tables of the store are not those of its number; nothing was changed."""

    def __init__(self, why: str) -> None:
        super().__init__(
            f"The store is half migrated: {why}.",
            mend="Put back the backup from before the upgrade, then run: oversight migrate",
        )


class UnknownBrand(StoreError):
    """No brand has this name."""


class UnknownCase(StoreError):
    """The brand has no case of this number."""


class UnknownExample(StoreError):
    """The brand has no such example."""


class UnknownLink(StoreError):
    """The brand has handed out no such link."""


class UnknownPost(StoreError):
    """The store does not hold this post."""


class UnknownMessage(StoreError):
    """The outbox has no message of this number."""


class LeaseLost(StoreError):
    """The claim on a message ran out; somebody else may have it."""


class AccountTaken(StoreError):
    """The account belongs to another brand."""


class AuditBroken(StoreError):
    """The audit log was changed behind our back."""

    def __init__(self, seq: int) -> None:
        super().__init__(
            f"The audit log does not verify at entry {seq}.",
            mend="Restore a backup and compare it with this store.",
        )
        self.seq = seq  #: first entry whose hash does not follow
