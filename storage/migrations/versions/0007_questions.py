"""Findings that ask rather than say, times that cannot be as they were told, and a brand's own limits of topics.

Revision ID: 0007
"""

from datetime import UTC, datetime, timedelta

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"

#: Times that cannot be: told_at and the time at which a version was seen have them instead.
MOVED = {"posts": {"created_at", "deleted_at"}, "revisions": {"edited_at"}}
_EPOCH, _WEB = datetime(1970, 1, 1, tzinfo=UTC), datetime(1990, 1, 1, tzinfo=UTC)
_MICROSECOND, _AHEAD = timedelta(microseconds=1), timedelta(days=1)
_NUMBER = sa.BigInteger().with_variant(sa.Integer, "sqlite")


def upgrade() -> None:
    """One column more in two tables, and one table more; what was found so far was said, not asked."""
    op.add_column("findings", sa.Column("question", sa.Boolean, nullable=False, server_default=sa.false()))
    op.add_column("posts", sa.Column("told_at", sa.Text))
    op.create_table(
        "topic_limits",
        sa.Column("id", _NUMBER, primary_key=True),
        sa.Column("brand", sa.Text, sa.ForeignKey("brands.id"), nullable=False),
        sa.Column("topic", sa.Text, nullable=False),
        sa.Column("asked", sa.Float, nullable=False),
        sa.Column("said", sa.Float, nullable=False),
        sa.Column("made_at", sa.BigInteger, nullable=False),
        sa.Column("made_by", sa.Text, nullable=False),
        sa.Column("reason", sa.Text, nullable=False),
    )
    op.create_index("topic_limits_newest", "topic_limits", ["brand", "topic", "id"])
    _mend_times()


def _mend_times() -> None:
    """What was told and cannot be is kept as told; what counts is when we saw it, and its thread is assessed again."""
    conn, beyond = op.get_bind(), {"web": (_WEB - _EPOCH) // _MICROSECOND, "ahead": _AHEAD // _MICROSECOND}
    odd = "({0} < :web OR {0} > {1} + :ahead)".format
    found = sa.text(
        "SELECT id, brand, platform, account, thread_id, created_at FROM posts"  # noqa: S608 -- names of columns
        f" WHERE {odd('created_at', 'first_seen_at')}"
    )
    for row in conn.execute(found, beyond).all():
        told = _told(row.created_at)
        mend = sa.text("UPDATE posts SET told_at = :told, created_at = first_seen_at WHERE id = :id")
        conn.execute(mend, {"told": told, "id": row.id})
        again = sa.text(
            "INSERT INTO touched_threads (platform, account, thread_id, brand, times)"
            " VALUES (:platform, :account, :thread_id, :brand, 1) ON CONFLICT DO NOTHING"
        )
        names = ("platform", "account", "thread_id", "brand")
        conn.execute(again, {name: getattr(row, name) for name in names})
    seen = "coalesce(looked_at, first_seen_at)"
    gone = f"UPDATE posts SET deleted_at = {seen} WHERE {odd('deleted_at', seen)}"  # noqa: S608
    conn.execute(sa.text(gone), beyond)
    edited = f"UPDATE revisions SET edited_at = seen_at WHERE {odd('edited_at', 'seen_at')}"  # noqa: S608
    conn.execute(sa.text(edited), beyond)


def _told(micros: int) -> str:
    try:
        return (_EPOCH + micros * _MICROSECOND).isoformat()
    except OverflowError:
        return str(micros)
