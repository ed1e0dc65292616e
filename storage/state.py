"""Small values that must outlive the process."""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa

from storage.database import Mode, Part, upsert
from storage.schema import state


class State(Part):
    """JSON values by key."""

    def get(self, key: str) -> Any | None:
        """A JSON value, None where there is none."""
        with self._db.read() as conn:
            return conn.scalar(sa.select(state.c.value).where(state.c.key == key))

    def set(self, key: str, value: Any) -> None:
        """Keep a JSON value; None forgets it."""
        with self._db.write(Mode.PROMISED) as conn:
            if value is None:
                conn.execute(sa.delete(state).where(state.c.key == key))
                return
            statement = upsert(conn, state).values(key=key, value=value)
            conn.execute(statement.on_conflict_do_update(index_elements=["key"], set_={"value": value}))
