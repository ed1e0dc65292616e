"""Links that were handed out, as far as they must be remembered."""

from __future__ import annotations

from datetime import datetime

import sqlalchemy as sa

from storage.database import Mode, Part, upsert
from storage.schema import revoked_links


class Links(Part):
    """Which links open nothing any more."""

    def revoke(self, link_id: str, *, now: datetime) -> None:
        """Let a link open nothing any more."""
        row = {"link_id": link_id, "at": now}
        with self._db.write(Mode.PROMISED) as conn:
            conn.execute(upsert(conn, revoked_links).values(row).on_conflict_do_nothing())

    def is_revoked(self, link_id: str) -> bool:
        """Whether the link was revoked."""
        return bool(
            self._db.rows(sa.select(revoked_links.c.link_id).where(revoked_links.c.link_id == link_id))
        )
