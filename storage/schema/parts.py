"""What tables are made of."""

from __future__ import annotations

import sqlalchemy as sa

from storage.columns import Number, OutsideText, Time

metadata = sa.MetaData()


def table(name: str, *parts: sa.schema.SchemaItem) -> sa.Table:
    """A table of the store."""
    return sa.Table(name, metadata, *parts)


def ref(name: str, target: str, *, primary_key: bool = False) -> sa.Column[int]:
    """A reference to a row of another table."""
    return sa.Column(name, Number, sa.ForeignKey(target), nullable=False, primary_key=primary_key)


def brand(*, primary_key: bool = False) -> sa.Column[str]:
    """The brand that a row belongs to."""
    return sa.Column("brand", sa.Text, sa.ForeignKey("brands.id"), nullable=False, primary_key=primary_key)


def text(name: str, *, primary_key: bool = False, nullable: bool = False) -> sa.Column[str]:
    """Text from outside."""
    return sa.Column(name, OutsideText, nullable=nullable, primary_key=primary_key)


def time(name: str, *, nullable: bool = False) -> sa.Column[object]:
    """A UTC instant."""
    return sa.Column(name, Time, nullable=nullable)


def count(name: str, start: int | None = 0) -> sa.Column[int]:
    """A whole number that starts at ``start``; None: always given."""
    default = None if start is None else str(start)
    return sa.Column(name, sa.Integer, nullable=False, server_default=default)
