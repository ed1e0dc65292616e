"""Links that were handed out: which there are, how they are used, and which open nothing any more."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

import sqlalchemy as sa

from storage import audit
from storage.columns import instant
from storage.database import Mode, Part, upsert
from storage.errors import UnknownLink
from storage.schema import links, revoked_links
from storage.views import IssuedLink

VISIT = timedelta(minutes=30)  #: pages opened within this time of the first are one use


class IssuedLinks(Part):
    """What people come in by."""

    def put(self, link: IssuedLink) -> None:
        """Remember a new link."""
        with self._db.write(Mode.PULLED) as conn:
            conn.execute(upsert(conn, links).values(_row(link)).on_conflict_do_nothing())

    def find(self, brand: str) -> list[IssuedLink]:
        """The links of a brand that are remembered, the newest first; expired and revoked ones too."""
        query = sa.select(links, revoked_links.c.at.label("revoked_at")).outerjoin(
            revoked_links, revoked_links.c.link_id == links.c.id
        )
        newest = (links.c.made_at.desc(), links.c.expires_at.desc(), links.c.id)
        return [
            IssuedLink(**row) for row in self._db.dicts(query.where(links.c.brand == brand).order_by(*newest))
        ]

    def get(self, link_id: str) -> IssuedLink | None:
        """A link that is remembered; None where it is not."""
        found = self._db.dicts(sa.select(links).where(links.c.id == link_id))
        return IssuedLink(**found[0]) if found else None

    def used(self, link: IssuedLink, *, now: datetime) -> datetime:
        """Note that somebody came in by it, unless their visit is noted already; when the visit began, UTC."""
        last = links.c.last_used_at
        begun = (last <= instant(now)) & (last > instant(now - VISIT))
        seen = {"last_used_at": now, "uses": links.c.uses + 1}
        with self._db.write(Mode.PULLED) as conn:
            first = upsert(conn, links).values({**_row(link), "last_used_at": now, "uses": 1})
            conn.execute(
                first.on_conflict_do_update(
                    index_elements=["id"], set_=seen, where=last.is_(None) | sa.not_(begun)
                )
            )
            visit: datetime = conn.execute(sa.select(last).where(links.c.id == link.id)).scalar_one()
            return visit

    def revoke(self, brand: str, link_id: str, *, now: datetime) -> None:
        """Let a link, and whatever was exchanged for it, open nothing any more. Raises `UnknownLink`."""
        with self._db.write(Mode.PROMISED) as conn:
            known = sa.select(links.c.person).where(links.c.id == link_id, links.c.brand == brand)
            person = conn.scalar(known)
            if person is None:
                raise UnknownLink(f"{brand!r} has no link {link_id!r}.", mend="See `oversight link list`.")
            row = {"link_id": link_id, "at": now}
            statement = upsert(conn, revoked_links).values(row).on_conflict_do_nothing()
            if conn.execute(statement).rowcount:
                line = audit.Line(
                    actor="operator",
                    action="link revoked",
                    subject=f"{brand}/link/{link_id}",
                    detail={"person": person},
                )
                audit.append(conn, [line], now=now)

    def is_revoked(self, link_id: str) -> bool:
        """Whether the link was revoked."""
        return bool(
            self._db.rows(sa.select(revoked_links.c.link_id).where(revoked_links.c.link_id == link_id))
        )


def _row(link: IssuedLink) -> Mapping[str, Any]:
    return {
        "id": link.id,
        "brand": link.brand,
        "person": link.person,
        "purpose": link.purpose,
        "case": link.case,
        "made_at": link.made_at,
        "expires_at": link.expires_at,
    }
