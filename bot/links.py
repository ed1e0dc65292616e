"""Signed links: each names one person and one purpose, and ends by itself.

A link is exchanged for a cookie of the same reach, signed apart, so that neither works in the other's place.
The time of the signature comes from the caller: nothing here reads a clock.
"""

from __future__ import annotations

import hashlib
import secrets
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from enum import StrEnum
from typing import Any
from urllib.parse import urlsplit

from itsdangerous import BadData, Signer, URLSafeSerializer

from bot.errors import ConfigError
from policies.errors import OversightError
from policies.model.people import Role
from storage.views import IssuedLink

_LONGEST = 2_000  #: characters of a token that we look at; ours are near 200
_SHORTEST_KEY = 16  #: characters of a signing key
_SIGNER: dict[str, Any] = {"digest_method": hashlib.sha256, "key_derivation": "hmac"}


class Purpose(StrEnum):
    """What a link opens."""

    QUEUE = "queue"  #: the agency's queue
    DESK = "desk"  #: the owner's desk
    CASE = "case"  #: one case and nothing else, for the owner

    @property
    def role(self) -> Role:
        """Who may come in by it."""
        return Role.AGENCY if self is Purpose.QUEUE else Role.OWNER

    @classmethod
    def of(cls, role: Role) -> Purpose | None:
        """What opens for somebody of this role; None for staff, who have no page."""
        return {Role.AGENCY: cls.QUEUE, Role.OWNER: cls.DESK}.get(role)


#: (brand id, person id, purpose, case number or None) -> address
LinkMaker = Callable[[str, str, str, int | None], str]


@dataclass(frozen=True, slots=True, kw_only=True)
class Grant:
    """What a link or its cookie allows."""

    brand: str
    person: str  #: id on the brand's roster
    purpose: Purpose
    link_id: str  #: for revoking
    expires_at: datetime  #: UTC, whole seconds
    case: int | None = None  #: number of the case that it begins at; for the purpose ``case``, the only one

    def issued(self, made_at: datetime | None) -> IssuedLink:
        """What is remembered of it: never the token, which alone opens."""
        return IssuedLink(
            id=self.link_id,
            brand=self.brand,
            person=self.person,
            purpose=self.purpose.value,
            case=self.case,
            made_at=made_at,
            expires_at=self.expires_at,
        )


def granted(link: IssuedLink) -> Grant:
    """What a link that was handed out allows."""
    return Grant(
        brand=link.brand,
        person=link.person,
        purpose=Purpose(link.purpose),
        case=link.case,
        link_id=link.id,
        expires_at=link.expires_at,
    )


class LinkRefused(OversightError):
    """The link opens nothing: tampered with, expired, revoked, or made for something else.

    Which of them it was is not said, neither here nor on the page.
    """

    def __init__(self) -> None:
        super().__init__("This link does not open anything.", mend="Ask for a new one.")


class Links:
    """Makes and opens links. The newest key signs; every key given opens."""

    def __init__(self, keys: Sequence[str], base_url: str) -> None:
        """``keys`` newest first; ``base_url`` is the address people see, without a path.

        Raises `ConfigError` where a key is short or the address is no plain http(s) one.
        """
        if not keys or any(len(key) < _SHORTEST_KEY for key in keys):
            raise ConfigError(
                f"A signing key needs {_SHORTEST_KEY} characters or more.",
                mend="Make one with: python -c 'import secrets; print(secrets.token_urlsafe(32))'",
            )
        self.origin = _origin(base_url)  #: scheme, host and port of our own pages
        self._keys = list(reversed(keys))  # itsdangerous signs with the last

    def __repr__(self) -> str:
        return f"Links({self.origin})"

    def grant(
        self,
        *,
        brand: str,
        person: str,
        purpose: Purpose,
        now: datetime,
        lifetime: timedelta,
        case: int | None = None,
    ) -> Grant:
        """What a new link is to allow. The purpose ``case`` needs a ``case``; the others may begin at one."""
        if case is None and purpose is Purpose.CASE:
            raise ValueError("a link to one case needs the case number")
        return Grant(
            brand=brand,
            person=person,
            purpose=purpose,
            case=case,
            link_id=secrets.token_urlsafe(9),
            expires_at=(now + lifetime).astimezone(UTC).replace(microsecond=0),
        )

    def address(self, grant: Grant) -> str:
        """The link that allows it."""
        return f"{self.origin}/l/{self._sign(grant, 'link')}"

    def open(
        self,
        token: str,
        *,
        now: datetime,
        is_revoked: Callable[[str], bool],
        purposes: Sequence[Purpose] = tuple(Purpose),
    ) -> Grant:
        """What a link's token allows. Raises `LinkRefused` for whatever is wrong with it."""
        for purpose in purposes:
            grant = self._read(token, purpose, "link")
            if grant:
                return _still_good(grant, now, is_revoked)
        raise LinkRefused

    def cookie(self, grant: Grant) -> str:
        """The value that a browser keeps in exchange for a link."""
        return self._sign(grant, "cookie")

    def resume(
        self, value: str, purpose: Purpose, *, now: datetime, is_revoked: Callable[[str], bool]
    ) -> Grant:
        """What a cookie allows. Raises `LinkRefused` as `open` does."""
        grant = self._read(value, purpose, "cookie")
        if not grant:
            raise LinkRefused
        return _still_good(grant, now, is_revoked)

    def form_token(self, grant: Grant) -> str:
        """What a form of ours carries to show that the page it stood on was ours."""
        return self._form_signer().get_signature(_form_subject(grant)).decode()

    def is_form_token(self, grant: Grant, token: str) -> bool:
        """Whether a form was ours and made for this grant."""
        return self._form_signer().verify_signature(_form_subject(grant), token.encode())

    def _form_signer(self) -> Signer:
        return Signer(self._keys, salt="oversight.form", **_SIGNER)

    def _serializer(self, purpose: Purpose, carrier: str) -> URLSafeSerializer:
        salt = f"oversight.{carrier}.{purpose}"
        return URLSafeSerializer(self._keys, salt=salt, signer_kwargs=_SIGNER)

    def _sign(self, grant: Grant, carrier: str) -> str:
        payload = {
            "b": grant.brand,
            "p": grant.person,
            "u": grant.purpose.value,
            "c": grant.case,
            "i": grant.link_id,
            "x": int(grant.expires_at.timestamp()),
        }
        return str(self._serializer(grant.purpose, carrier).dumps(payload))

    def _read(self, token: str, purpose: Purpose, carrier: str) -> Grant | None:
        if len(token) > _LONGEST or not token.isascii():
            return None
        try:
            payload = self._serializer(purpose, carrier).loads(token)
        except BadData:
            return None
        return _grant(payload)


def _grant(payload: dict[str, Any]) -> Grant:
    return Grant(
        brand=payload["b"],
        person=payload["p"],
        purpose=Purpose(payload["u"]),
        case=payload["c"],
        link_id=payload["i"],
        expires_at=datetime.fromtimestamp(payload["x"], UTC),
    )


def _still_good(grant: Grant, now: datetime, is_revoked: Callable[[str], bool]) -> Grant:
    if now >= grant.expires_at or is_revoked(grant.link_id):
        raise LinkRefused
    return grant


def _form_subject(grant: Grant) -> bytes:
    parts = (grant.link_id, grant.purpose, grant.brand, grant.person, str(grant.case or ""))
    return "\x1f".join(parts).encode()


def _origin(base_url: str) -> str:
    parts = urlsplit(base_url)
    plain = not (parts.path.strip("/") or parts.query or parts.fragment or parts.username)
    if parts.scheme not in {"http", "https"} or not parts.hostname or not plain:
        raise ConfigError(
            "The address of the pages is not usable.",
            mend="Give scheme and host only, for instance https://oversight.example.com",
        )
    return f"{parts.scheme}://{parts.netloc}".lower()


def link_maker(
    links: Links,
    *,
    lifetime: timedelta,
    clock: Callable[[], datetime],
    remember: Callable[[IssuedLink], None],
) -> LinkMaker:
    """Issues links for one person and one purpose; each is remembered before it is given out."""

    def link(brand: str, person: str, purpose: str, case: int | None) -> str:
        now = clock()
        grant = links.grant(
            brand=brand, person=person, purpose=Purpose(purpose), case=case, now=now, lifetime=lifetime
        )
        remember(grant.issued(now))
        return links.address(grant)

    return link
