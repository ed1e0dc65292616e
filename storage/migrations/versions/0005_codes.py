"""Notes of what was not checked, and of what keeps a stream from being read, name their sentence by a code.

Those from before keep the sentence itself.

Revision ID: 0005
"""

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"


def upgrade() -> None:
    """Two more columns each, empty in old rows."""
    for table in ("unchecked", "streams"):
        op.add_column(table, sa.Column("code", sa.Text, nullable=False, server_default=""))
        op.add_column(table, sa.Column("parts", sa.Text, nullable=False, server_default="{}"))
