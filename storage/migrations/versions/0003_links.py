"""Links that were handed out, so that one of them can be seen and revoked.

Revision ID: 0003
"""

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"


def upgrade() -> None:
    """One more table; a link made before stands in it from its next use on."""
    op.create_table(
        "links",
        sa.Column("id", sa.Text, primary_key=True),
        sa.Column("brand", sa.Text, sa.ForeignKey("brands.id"), nullable=False),
        sa.Column("person", sa.Text, nullable=False),
        sa.Column("purpose", sa.Text, nullable=False),
        sa.Column("case", sa.Integer),
        sa.Column("made_at", sa.BigInteger),
        sa.Column("expires_at", sa.BigInteger, nullable=False),
        sa.Column("last_used_at", sa.BigInteger),
        sa.Column("uses", sa.Integer, nullable=False, server_default="0"),
    )
    op.create_index("links_brand", "links", ["brand", "made_at"])
