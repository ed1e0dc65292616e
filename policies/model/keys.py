"""What names a thing for ever: an account, a stream of it, a conversation on it, a post."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True, order=True)
class AccountKey:
    """One profile on one platform; it belongs to one brand."""

    platform: str  #: lower-case platform name, for instance ``x`` or ``reddit``
    handle: str  #: as the platform's site writes it, without ``@`` or ``u/``

    def __str__(self) -> str:
        return f"{self.platform}/{self.handle}"


@dataclass(frozen=True, slots=True, kw_only=True, order=True)
class StreamKey:
    """One list of an account that is pulled separately, with its own cursor."""

    account: AccountKey
    stream: str  #: for instance ``own`` or ``mentions``

    def __str__(self) -> str:
        return f"{self.account}/{self.stream}"


@dataclass(frozen=True, slots=True, kw_only=True, order=True)
class ThreadKey:
    """One conversation, as one watched account sees it."""

    account: AccountKey
    thread_id: str  #: external id of the post that opened it

    def __str__(self) -> str:
        return f"{self.account}/{self.thread_id}"


@dataclass(frozen=True, slots=True, kw_only=True, order=True)
class PostKey:
    """One post, in whichever revision."""

    platform: str  #: lower-case platform name, for instance ``x`` or ``reddit``
    account: str  #: handle of the watched account, without ``@`` or ``u/``
    external_id: str  #: the platform's id; where an edit makes a new id (X), the first id of the chain

    @property
    def account_key(self) -> AccountKey:
        """The watched account that it was found on."""
        return AccountKey(platform=self.platform, handle=self.account)

    @classmethod
    def parse(cls, text: str) -> PostKey | None:
        """The key that is written so, None where none is: ``x/handle/id``."""
        parts = text.split("/", 2)
        if len(parts) != 3 or any(not part or " " in part for part in parts):
            return None
        return cls(platform=parts[0], account=parts[1], external_id=parts[2])

    def __str__(self) -> str:
        return f"{self.account_key}/{self.external_id}"
