"""How each client stands is kept, and what people hear at once need not be a finding.

Revision ID: 0006
"""

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"

_NUMBER = sa.BigInteger().with_variant(sa.Integer, "sqlite")


def upgrade() -> None:
    """Two more tables, and alerts with a column more; conversations of the last month are assessed anew."""
    _conversations()
    _touched()
    _alerts()


def _conversations() -> None:
    flags = ("complaint", "needs_owner", "brushed_off", "grave")
    op.create_table(
        "conversations",
        sa.Column("id", _NUMBER, primary_key=True),
        sa.Column("brand", sa.Text, sa.ForeignKey("brands.id"), nullable=False),
        *(sa.Column(name, sa.Text, nullable=False) for name in ("platform", "account", "thread_id", "asker")),
        sa.Column("standing", sa.Text, nullable=False),
        *(sa.Column(name, sa.Boolean, nullable=False) for name in flags),
        sa.Column("reason", sa.Text),
        *(
            sa.Column(name, _NUMBER, sa.ForeignKey("posts.id"), nullable=False)
            for name in ("asked_id", "latest_id")
        ),
        *(sa.Column(name, _NUMBER, sa.ForeignKey("posts.id")) for name in ("answer_id", "newest_answer_id")),
        sa.Column("asked_at", sa.BigInteger, nullable=False),
        sa.Column("latest_at", sa.BigInteger, nullable=False),
        sa.Column("waits_since", sa.BigInteger),
        sa.Column("late_at", sa.BigInteger),
        sa.Column("business_s", sa.BigInteger),
        sa.Column("case_id", _NUMBER, sa.ForeignKey("cases.id")),
        sa.Column("crisis_id", _NUMBER, sa.ForeignKey("conversations.id")),
        sa.Column("assessed_at", sa.BigInteger, nullable=False),
        sa.Column("scorer_version", sa.Text, nullable=False),
        sa.UniqueConstraint("platform", "account", "thread_id", "asker", name="conversations_identity"),
    )
    op.create_index("conversations_late", "conversations", ["brand", "late_at"])
    op.create_index("conversations_latest", "conversations", ["brand", "latest_at"])
    op.create_index("conversations_case", "conversations", ["case_id"])


def _touched() -> None:
    op.create_table(
        "touched_threads",
        *(sa.Column(name, sa.Text, primary_key=True) for name in ("platform", "account", "thread_id")),
        sa.Column("brand", sa.Text, sa.ForeignKey("brands.id"), nullable=False),
        sa.Column("times", sa.Integer, nullable=False, server_default="0"),
    )
    op.create_index("touched_threads_brand", "touched_threads", ["brand"])
    op.execute(
        "INSERT INTO touched_threads (platform, account, thread_id, brand, times)"
        " SELECT DISTINCT platform, account, thread_id, brand, 1 FROM posts"
        " WHERE created_at >= (SELECT max(created_at) FROM posts) - 2678400000000"  # the last 31 days
    )


def _alerts() -> None:
    op.create_table(
        "alerts_new",
        sa.Column("fingerprint", sa.Text, primary_key=True),
        sa.Column("letter", sa.Text, nullable=False, server_default="alert"),
        sa.Column("brand", sa.Text, sa.ForeignKey("brands.id"), nullable=False),
        sa.Column("case_id", _NUMBER, sa.ForeignKey("cases.id"), nullable=False),
        sa.Column("raised_at", sa.BigInteger, nullable=False),
        sa.Column("message_id", _NUMBER, sa.ForeignKey("outbox.id")),
    )
    op.execute(
        "INSERT INTO alerts_new (fingerprint, brand, case_id, raised_at, message_id)"
        " SELECT fingerprint, brand, case_id, raised_at, message_id FROM alerts"
    )
    op.drop_table("alerts")
    op.rename_table("alerts_new", "alerts")
    op.create_index("alerts_brand", "alerts", ["brand", "message_id"])
