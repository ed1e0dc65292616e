"""Notes about what was not checked name their sentence by a code; those from before keep the sentence itself.

Revision ID: 0005
"""

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"


def upgrade() -> None:
    """Two more columns, empty in old rows."""
    op.add_column("unchecked", sa.Column("code", sa.Text, nullable=False, server_default=""))
    op.add_column("unchecked", sa.Column("parts", sa.Text, nullable=False, server_default="{}"))
