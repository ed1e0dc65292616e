"""What every job is handed: the store, the brands and the ways in and out. Built in wiring, nowhere else."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import partial
from pathlib import Path
from threading import Event
from typing import TypeVar

from bot.connectors.shared.site import Prices
from bot.judging.facts.find import Facts
from bot.letters.readers import LetterWriter
from bot.letters.sealed import unsealed
from bot.links import LinkMaker
from bot.logs import spared
from bot.ports import AccountRef, Channel, Connector
from bot.queue.port import Job, Queue
from bot.settings.accounts import Account
from bot.settings.brand import Brand
from bot.settings.service import Service
from policies.engine import Engine
from policies.model.keys import AccountKey
from policies.scoring import Embedder, Scorer
from storage.errors import StoreError
from storage.store import Store
from storage.views import IssuedLink, OutMessage

Item = TypeVar("Item")
Made = TypeVar("Made")


@dataclass(frozen=True, slots=True, kw_only=True)
class Intervals:
    """How often work comes up by itself. Pulling has its own rhythm in brand.yaml."""

    check: timedelta = timedelta(minutes=5)  #: pulling wakes it at once; this is the safety net
    watch: timedelta = timedelta(
        minutes=5
    )  #: judging and a promise that runs out wake it; this is the safety net
    outbox: timedelta = timedelta(seconds=30)
    look_again: timedelta = timedelta(minutes=5)  #: asks the platform only where a look is due
    prune: timedelta = timedelta(days=1)
    learn: timedelta = timedelta(hours=1)  #: a verdict wakes it at once; this is the safety net


@dataclass(frozen=True, slots=True, kw_only=True)
class Work:
    """Everything a job may use."""

    home: Path  #: home folder
    store: Store
    queue: Queue
    service: Service
    prices: Mapping[str, Prices]  #: what reading costs, by platform
    brands: Mapping[str, Brand]  #: by brand id
    engines: Mapping[str, Engine]  #: by brand id
    scorer: Scorer
    embedder: Embedder | None
    facts: Facts  #: what rules ask about links and pictures
    connect: Callable[[AccountRef], Connector]  #: raises TokenDead where keys are missing
    channel: Channel
    link: LinkMaker
    address_of: Callable[[IssuedLink], str]  #: of a link that was made before, the same again
    clock: Callable[[], datetime]  #: UTC
    exchanges: Scorer | None = (
        None  #: reads what `policies.threads.exchange` makes; None: tone and words decide
    )
    intervals: Intervals = Intervals()
    #: set once the service stops: jobs look at it between two things that they store, and are due at once again
    stopping: Event = field(default_factory=Event)

    @property
    def letters(self) -> LetterWriter:
        """Writes letters to the people of a brand."""
        return LetterWriter(store=self.store, sender=self.service.mail_from, link=self.link)

    def unsealed(self, message: OutMessage) -> bytes:
        """A message as it leaves: its readers' own links have their keys."""
        brand = self.brands.get(message.brand)
        readers = {p.id for p in brand.people if p.email in message.recipients} if brand else set()

        def address(link_id: str) -> str | None:
            link = self.store.links.get(link_id)
            theirs = link is not None and link.brand == message.brand and link.person in readers
            return self.address_of(link) if link and theirs else None

        return unsealed(message.body, address)

    def account(self, key: AccountKey) -> tuple[Account, AccountRef]:
        """What brand.yaml says of an account, and the account as connectors know it. Raises `KeyError`."""
        for brand in self.brands.values():
            for account in brand.accounts:
                if account.key == key:
                    return account, brand.account_ref(account)
        raise KeyError(key)


@dataclass(frozen=True, slots=True, kw_only=True)
class Done:
    """How a job ended, and when it is due again."""

    next_due_at: datetime  #: UTC
    error: str | None = None  #: what went wrong, with the mend
    wakes: tuple[Job, ...] = ()  #: what is due now because of this


def back_off(failures: int, base: timedelta, most: timedelta) -> timedelta:
    """Wait after so many failures in a row: doubles from the base up to the most."""
    doubled: int = 2 ** min(failures, 16)
    return min(base * doubled, most)


def each_apart(
    items: Sequence[Item],
    make: Callable[[Sequence[Item]], list[Made]],
    instead: Callable[[Item], list[Made]],
    name: Callable[[Item], str],
) -> list[Made]:
    """What ``make`` makes of all items; where it fails, of each alone, so that one that nobody foresaw keeps no other.

    ``instead`` stands for those at which it fails again; ``name`` is what the log calls one. Where it fails at each, it
    is not the items: its first error is raised, as is any of the store's.
    """
    try:
        return make(items)
    except StoreError:
        raise
    except Exception as error:
        alone = [_alone(item, make, name) for item in items]
        if all(made is None for made in alone):
            raise error from None
        return [
            one
            for item, made in zip(items, alone, strict=True)
            for one in (instead(item) if made is None else made)
        ]


def _alone(
    item: Item, make: Callable[[Sequence[Item]], list[Made]], name: Callable[[Item], str]
) -> list[Made] | None:
    def nothing() -> list[Made] | None:
        return None

    return spared(name(item), partial(make, [item]), nothing)
