"""A case is of a kind and about a subject; so far all were about one post.

Revision ID: 0004
"""

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"

_NUMBER = sa.BigInteger().with_variant(sa.Integer, "sqlite")


def upgrade() -> None:
    """Every case that there is becomes one of the kind ``post``, with the post's key as its subject."""
    op.create_table(
        "cases_new",
        sa.Column("id", _NUMBER, primary_key=True),
        sa.Column("brand", sa.Text, sa.ForeignKey("brands.id"), nullable=False),
        sa.Column("kind", sa.Text, nullable=False),
        sa.Column("subject", sa.Text, nullable=False),
        sa.Column("post_id", _NUMBER, sa.ForeignKey("posts.id")),
        sa.Column("state", sa.Text, nullable=False),
        sa.Column("closed_by", sa.Text),
        sa.Column("rank", sa.Integer, nullable=False),
        sa.Column("opened_at", sa.BigInteger, nullable=False),
        sa.Column("updated_at", sa.BigInteger, nullable=False),
        sa.Column("due_at", sa.BigInteger),
        sa.UniqueConstraint("brand", "kind", "subject", name="cases_subject"),
    )
    op.execute(
        "INSERT INTO cases_new"
        " (id, brand, kind, subject, post_id, state, closed_by, rank, opened_at, updated_at)"
        " SELECT cases.id, cases.brand, 'post', platform || '/' || account || '/' || external_id, post_id, state,"
        " closed_by, rank, opened_at, updated_at FROM cases JOIN posts ON posts.id = cases.post_id"
    )
    op.drop_table("cases")
    op.rename_table("cases_new", "cases")
    op.create_index("cases_queue", "cases", ["brand", "state", "rank", "opened_at"])
    op.create_index("cases_post", "cases", ["post_id"])
