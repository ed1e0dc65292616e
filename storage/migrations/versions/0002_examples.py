"""Examples that the owner wants remembered with a verdict.

Revision ID: 0002
"""

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"

_NUMBER = sa.BigInteger().with_variant(sa.Integer, "sqlite")


def upgrade() -> None:
    """One more table; nothing that is there changes."""
    op.create_table(
        "examples",
        sa.Column("id", _NUMBER, primary_key=True),
        sa.Column("verdict_id", _NUMBER, sa.ForeignKey("verdicts.id"), nullable=False),
        sa.Column("rule", sa.Text, nullable=False),
        sa.Column("sort", sa.Text, nullable=False),
        sa.Column("shown", sa.JSON, nullable=False),
        sa.UniqueConstraint("verdict_id", "rule", name="examples_identity"),
    )
