"""Findings that ask rather than say, times that cannot be as they were told, and a brand's own limits of topics.

Revision ID: 0007
"""

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"

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
