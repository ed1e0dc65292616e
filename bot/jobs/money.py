"""The money meter: what platforms charge, and a budget that pulling stops before."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from bot.connectors.shared.site import MICRO, Prices
from bot.jobs.times import month
from bot.ports import AccountRef, Read
from bot.settings.accounts import Account
from storage.store import Store
from storage.views import Charge


def charges(prices: Prices, reads: Iterable[Read]) -> list[Charge]:
    """What the reads of one page cost. Free ones are left out."""
    priced = [(read, prices.micro(read.resource, owned=read.owned)) for read in reads]
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
        price = self.prices.micro(resource, owned=owned)
        if self.limit is None or not price:
            return None
        return max(self.left(), 0) // price + self.paid

    def left(self) -> int:
        """Millionths of a dollar left in this UTC month; never asked without a limit."""
        spent = self.store.streams.spent(self.account.key, month(self.now))
        return (self.limit or 0) - spent.micro_dollars


def budget_for(store: Store, account: Account, ref: AccountRef, prices: Prices, now: datetime) -> Budget:
    """The budget that brand.yaml gives an account."""
    limit = None if account.monthly_budget is None else round(account.monthly_budget * MICRO)
    return Budget(store=store, account=ref, limit=limit, prices=prices, now=now)
