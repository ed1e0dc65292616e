"""Column types that mean the same on SQLite and PostgreSQL."""

from __future__ import annotations

import json
import re
from datetime import UTC, datetime, timedelta
from typing import Any

import sqlalchemy as sa

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MICROSECOND = timedelta(microseconds=1)
# NUL ends text for SQLite's functions and is refused by PostgreSQL; lone surrogates have no UTF-8 form.
_UNSAFE = re.compile("[\x00\x10\ud800-\udfff]")
_ESCAPED = re.compile("\x10([0-9a-f]{4})")


def to_micros(at: datetime) -> int:
    """Microseconds since 1970 in UTC. Raises `ValueError` for a time without zone."""
    if at.tzinfo is None:
        raise ValueError("times need a zone")
    return (at - _EPOCH) // _MICROSECOND


def from_micros(micros: int) -> datetime:
    """The UTC time of so many microseconds since 1970."""
    return _EPOCH + timedelta(microseconds=micros)


def escape_text(text: str) -> str:
    """Text that each engine can hold: DLE (U+0010) and four hex digits stand for what it cannot."""
    return _UNSAFE.sub(lambda found: f"\x10{ord(found[0]):04x}", text)


def unescape_text(text: str) -> str:
    """The opposite of `escape_text`."""
    return _ESCAPED.sub(lambda found: chr(int(found[1], 16)), text) if "\x10" in text else text


_BIGGEST = 2**63 - 1  #: what an engine's integers go up to
_NOTHING = -1  #: rows are numbered from 1


class Time(sa.types.TypeDecorator[datetime]):
    """A UTC instant, kept as whole microseconds since 1970."""

    impl = sa.BigInteger
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Any) -> int | None:  # noqa: ARG002
        """Datetime to microseconds."""
        return None if value is None else to_micros(value)

    def process_result_value(self, value: int | None, dialect: Any) -> datetime | None:  # noqa: ARG002
        """Microseconds to datetime."""
        return None if value is None else from_micros(value)


class OutsideText(sa.types.TypeDecorator[str]):
    """Text from outside: comes back equal, with NUL and lone surrogates."""

    impl = sa.Text
    cache_ok = True

    def process_bind_param(self, value: str | None, dialect: Any) -> str | None:  # noqa: ARG002
        """As the engine can hold it."""
        return None if value is None else escape_text(value)

    def process_result_value(self, value: str | None, dialect: Any) -> str | None:  # noqa: ARG002
        """As it was given to us."""
        return None if value is None else unescape_text(value)


class SortedJson(sa.types.TypeDecorator[dict[str, Any]]):
    """A JSON object as text, its keys in order: the same object is the same text, so that it can be grouped by."""

    impl = sa.Text
    cache_ok = True

    def process_bind_param(self, value: dict[str, Any] | None, dialect: Any) -> str | None:  # noqa: ARG002
        """Object to text."""
        return None if value is None else json.dumps(value, sort_keys=True)

    def process_result_value(self, value: str | None, dialect: Any) -> dict[str, Any] | None:  # noqa: ARG002
        """Text to object."""
        return None if value is None else json.loads(value)


def instant(at: datetime) -> sa.ColumnElement[datetime]:
    """A time inside an expression, where no column says how it is kept."""
    return sa.literal(at, Time())


class RowNumber(sa.types.TypeDecorator[int]):
    """An integer key that SQLite numbers by itself. A number that no row can have finds none."""

    impl = sa.BigInteger
    cache_ok = True

    def load_dialect_impl(self, dialect: Any) -> sa.types.TypeEngine[Any]:
        """SQLite numbers only what is called INTEGER."""
        return dialect.type_descriptor(sa.Integer() if dialect.name == "sqlite" else sa.BigInteger())  # type: ignore[no-any-return]

    def process_bind_param(self, value: int | None, dialect: Any) -> int | None:  # noqa: ARG002
        """The number, or one that nothing has."""
        return value if value is None or -_BIGGEST <= value <= _BIGGEST else _NOTHING


Number = RowNumber()
#: a JSON value; Python None is NULL
Json = sa.JSON(none_as_null=True)
