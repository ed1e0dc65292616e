"""The money meter: what platforms charge, and a budget that pulling stops before."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from bot.jobs.times import month
from bot.ports import AccountRef, Read
from bot.settings.brand import Account
from bot.settings.service import Service
from storage.store import Store
from storage.views import Charge

MICRO = 1_000_000  #: millionths of a dollar in a dollar


@dataclass(frozen=True, slots=True, kw_only=True)
class Prices:
    """What one platform charges, millionths of a US dollar for each resource."""

    post: int = 0
    owned: int = 0
    user: int = 0

    @classmethod
    def of(cls, platform: str, service: Service) -> Prices:
        """Prices from the settings. Only X charges for reading."""
        if platform != "x":
            return cls()
        return cls(
            post=round(service.x_price_post * MICRO),
            owned=round(service.x_price_owned * MICRO),
            user=round(service.x_price_user * MICRO),
        )

    def of_resource(self, resource: str, *, owned: bool) -> int:
        """Price of one resource, millionths of a dollar."""
        if resource == "user":
            return self.user
        return self.owned if owned else self.post

    def charges(self, reads: Iterable[Read]) -> list[Charge]:
        """What the reads of one page cost. Free ones are left out."""
        priced = [(read, self.of_resource(read.resource, owned=read.owned)) for read in reads]
        return [Charge(resource=r.resource, id=r.id, micro_dollars=price) for r, price in priced if price]


@dataclass(frozen=True, slots=True, kw_only=True)
class Budget:
    """How much an account may still read this month. Asks the store each time, so a restart changes nothing."""

    store: Store
    account: AccountRef
    limit: int | None  #: millionths of a dollar a month; None is no limit
    prices: Prices
    now: datetime
    paid: int = 0  #: resources about to be read that this UTC day has paid for

    def reads(self, resource: str, *, owned: bool) -> int | None:
        """How many more resources of this sort the budget allows; None where nothing limits it."""
        price = self.prices.of_resource(resource, owned=owned)
        if self.limit is None or not price:
            return None
        return max(self.left(), 0) // price + self.paid

    def left(self) -> int:
        """Millionths of a dollar left in this UTC month; never asked without a limit."""
        spent = self.store.spent(self.account.platform, self.account.handle, month(self.now))
        return (self.limit or 0) - spent.micro_dollars


def budget_for(store: Store, account: Account, ref: AccountRef, prices: Prices, now: datetime) -> Budget:
    """The budget that brand.yaml gives an account."""
    limit = None if account.monthly_budget is None else round(account.monthly_budget * MICRO)
    return Budget(store=store, account=ref, limit=limit, prices=prices, now=now)
