"""The first release. Its tables come from schema.py, so nothing is left to do.

Revision ID: 0001
"""

revision = "0001"
down_revision = None


def upgrade() -> None:
    """Nothing came before."""
