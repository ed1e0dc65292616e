"""The accounts in brand.yaml: what every one has, and what its platform adds."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta
from functools import cache
from typing import Annotated, Any, Literal, cast

from pydantic import AfterValidator, Field, GetCoreSchemaHandler, GetJsonSchemaHandler, create_model
from pydantic.json_schema import JsonSchemaValue
from pydantic_core import CoreSchema, core_schema

from bot.connectors import sites
from bot.connectors.shared.site import Options, Site
from bot.settings.fields import BrandPart, KeyName
from policies.durations import Duration
from policies.model.keys import AccountKey

SHORTEST_SILENCE = timedelta(hours=1)  #: no account is called silent before, however often it is pulled


class SecondLooks(BrandPart):
    """When known posts are looked at again for edits and deletions."""

    same_day: bool = Field(
        True, description="Look once more before midnight UTC, while what was read that day is paid for"
    )
    own: tuple[Duration, ...] = Field(
        (timedelta(minutes=10), timedelta(minutes=35), timedelta(hours=2), timedelta(hours=6)),
        description="Ages at which what the brand published is read once more; X charges once for each UTC day",
    )
    after: tuple[Duration, ...] = Field(
        (timedelta(days=7),),
        description="Ages at which each post is read once more; where reading is charged each costs a read per post",
    )


class Account(BrandPart):
    """One profile that we watch on one platform. What only that platform knows stands in its `Options`."""

    platform: str
    handle: str
    credentials: KeyName | None = Field(
        None, description="BAKERY reads keys like X_BAKERY_BEARER_TOKEN instead of X_BEARER_TOKEN"
    )
    every: Duration = Field(
        timedelta(minutes=5), description="How often it is pulled; what nobody wrote costs nothing to ask for"
    )
    first_days: int = Field(30, ge=1, le=365, description="How far back the first pull goes, in days")
    monthly_budget: float | None = Field(
        None, ge=0, description="US dollars a month for the platform's API; pulling stops before it is passed"
    )
    look_again: SecondLooks = SecondLooks()

    @property
    def key(self) -> AccountKey:
        """The identity of the account."""
        return AccountKey(platform=self.platform, handle=self.handle)

    @property
    def stale_after(self) -> timedelta:
        """Age of the last whole pull from which it is said that the account was not read."""
        return max(self.every * 4, SHORTEST_SILENCE)

    def options(self) -> dict[str, Any]:
        """What the connector is told: the platform's own entries, and those shared ones that concern reading."""
        ours = Account.model_fields.keys() - {"first_days", "credentials"}
        return self.model_dump(exclude=set(ours))


@cache
def account_model(site: Site) -> type[Account]:
    """What an account on this platform may say."""
    handle = Annotated[str, AfterValidator(site.handles.parse)]
    every = Field(site.every, description=Account.model_fields["every"].description)
    fields: dict[str, Any] = {
        "platform": (Literal[site.name], ...),
        "handle": (handle, ...),
        "every": (Duration, every),
    }
    bases: Any = (Account, site.options)
    return cast("type[Account]", create_model(f"{site.title}Account", __base__=bases, **fields))


def read_account(entry: object) -> Account:
    """One entry under ``accounts``. Raises `pydantic.ValidationError`."""
    known = {site.name: site for site in sites()}
    if not isinstance(entry, Mapping):
        return Account.model_validate(entry)
    site = known.get(str(entry.get("platform")))
    if site is None:
        return _of_no_site(tuple(known.values())).model_validate(entry)
    # Files of the time before sites had options of their own may name another's, which never did anything.
    others = {name for one in known.values() for name in one.options.model_fields}
    others -= site.options.model_fields.keys()
    return account_model(site).model_validate({k: v for k, v in entry.items() if k not in others})


@cache
def _of_no_site(all_sites: tuple[Site, ...]) -> type[Account]:
    """An account that names no platform of ours: whatever else is wrong with it is told together."""
    bases: Any = (Account, *dict.fromkeys(site.options for site in all_sites if site.options is not Options))
    names: Any = Literal[tuple(site.name for site in all_sites)]
    return cast("type[Account]", create_model("AccountSomewhere", __base__=bases, platform=(names, ...)))


class _BySite:
    """Validates an account by its platform, as the table of sites stands when it is read."""

    def __get_pydantic_core_schema__(self, source: Any, handler: GetCoreSchemaHandler) -> CoreSchema:
        return core_schema.no_info_plain_validator_function(read_account)

    def __get_pydantic_json_schema__(
        self, schema: CoreSchema, handler: GetJsonSchemaHandler
    ) -> JsonSchemaValue:
        kinds = [account_model(site) for site in sites()]
        return {"anyOf": [handler(kind.__pydantic_core_schema__) for kind in kinds]}


AnyAccount = Annotated[Account, _BySite()]
