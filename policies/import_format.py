"""The import format: posts as JSON objects, one a line (docs/design.md, 5). A bad line is reported, the rest is kept.

Import, replay and export need every field of `REQUIRED`. Where posts are only judged, a line needs no more than its
text, may say more than we know of, and `Fill` says the rest.
"""

from __future__ import annotations

import json
import math
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from enum import StrEnum
from typing import Any, TypeVar

from policies.model.keys import PostKey
from policies.model.post import Direction, Kind, Media, Post

Choice = TypeVar("Choice", bound=StrEnum)

REQUIRED = ("platform", "account", "external_id", "direction", "kind", "author", "created_at", "text")
OPTIONAL = (
    "thread_id",
    "parent_id",
    "edited_at",
    "deleted_at",
    "lang",
    "permalink",
    "media",
    "stars",
    "source",
    "raw",
    "author_name",
)
FIELDS = frozenset(REQUIRED + OPTIONAL)
MAX_LINE = 4_000_000  #: characters; longer lines are refused before parsing
YEARS = range(1990, 2100)  #: outside of them no post was published, and sums of times may leave the calendar
LONGEST_QUOTE = 60  #: characters of a value that a reason repeats


class BadLine(ValueError):
    """One line cannot be read as a post."""


@dataclass(frozen=True, slots=True, kw_only=True)
class PostLine:
    """One line of a file: a post, or what is wrong with it."""

    number: int  #: counted from 1
    post: Post | None
    problem: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Fill:
    """What stands in where a line of posts to judge says nothing."""

    number: int  #: names the post where it has no id
    now: datetime  #: UTC; when it was published

    def complete(self, data: Mapping[str, Any]) -> dict[str, Any]:
        """What we know of among the fields, and everything else that is required but a text."""
        given = {name: value for name, value in data.items() if name in FIELDS and value is not None}
        parent = given.get("parent_id")
        fallback = {
            "platform": "draft",
            "account": "brand",
            "external_id": self.number,
            "thread_id": parent or given.get("external_id"),
            "direction": Direction.OUTBOUND,
            "kind": Kind.REPLY if parent else Kind.POST,
            "author": given.get("account", "brand"),
            "created_at": self.now.isoformat(),
        }
        return fallback | given


def read_lines(lines: Iterable[bytes | str], *, now: datetime | None = None) -> Iterator[PostLine]:
    """Read lines one by one; empty ones are passed over. With ``now`` (UTC) a line needs no more than its text."""
    for number, raw in enumerate(lines, start=1):
        if not raw.strip():
            continue
        try:
            yield PostLine(number=number, post=read_post(raw, Fill(number=number, now=now) if now else None))
        except BadLine as error:
            yield PostLine(number=number, post=None, problem=str(error))


def read_post(line: bytes | str, fill: Fill | None = None) -> Post:
    """One post. Raises `BadLine` with the reason and the mend."""
    return post_of(_only(_checked(line).strip()), fill)


def post_of(data: object, fill: Fill | None = None) -> Post:
    """The post that a decoded object is. Raises `BadLine`."""
    if not isinstance(data, dict):
        raise BadLine("must be a JSON object")
    if fill:
        data = fill.complete(data)
    missing = [name for name in REQUIRED if data.get(name) is None]
    if missing:
        raise BadLine(f"lacks {', '.join(missing)}")
    unknown = sorted(set(data) - FIELDS)
    if unknown:
        raise BadLine(
            f"has unknown fields {_short(', '.join(unknown))}; known are {', '.join(sorted(FIELDS))}"
        )
    return _post(data)


def post_of_text(text: str, fill: Fill) -> Post:
    """A post that is nothing but text."""
    return _post(fill.complete({"text": text}))


def characters(written: bytes) -> str:
    """The text of bytes, without the mark that some editors put in front. Raises `BadLine` where they are no UTF-8."""
    try:
        return written.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise BadLine("is not UTF-8") from error


def _checked(line: bytes | str) -> str:
    line = characters(line) if isinstance(line, bytes) else line
    if len(line) > MAX_LINE:
        raise BadLine(f"is longer than {MAX_LINE:,} characters")
    return line


def decoded(text: str, start: int) -> tuple[Any, int]:
    """The JSON value that begins at a place, and where it ends. Raises `BadLine`.

    Halves of surrogate pairs, which JSON can name (RFC 8259, 8.2) and UTF-8 cannot, become replacement characters.
    """
    try:
        value, end = _JSON.raw_decode(text, start)
    except RecursionError as error:
        raise BadLine("is nested too deep") from error
    except json.JSONDecodeError as error:
        raise BadLine(f"is no JSON ({error.msg}, column {error.colno})") from error
    except ValueError as error:  # ours, and Python's own for numbers of thousands of digits
        reason = "a number has too many digits" if "digits" in str(error) else error
        raise BadLine(f"is no JSON ({reason})") from error
    return (_encodable(value) if "\\u" in text[start:end] else value), end


def _only(text: str) -> Any:
    value, end = decoded(text, 0)
    if end < len(text):
        raise BadLine(f"is no JSON (something follows in column {end + 1})")
    return value


def _encodable(value: Any) -> Any:
    if isinstance(value, str):
        return value.encode("utf-16-le", "surrogatepass").decode("utf-16-le", "replace")
    if isinstance(value, list):
        return [_encodable(item) for item in value]
    if isinstance(value, dict):
        return {_encodable(name): _encodable(item) for name, item in value.items()}
    return value


def _no_number(name: str) -> None:
    raise ValueError(f"{name} is no number there")


def _finite(written: str) -> float:
    number = float(written)
    if math.isinf(number):
        raise ValueError(f"{_quoted(written)} is too large a number")
    return number


_JSON = json.JSONDecoder(parse_constant=_no_number, parse_float=_finite)


def _quoted(value: object) -> str:
    return _short(repr(value))


def _short(text: str) -> str:
    return text if len(text) <= LONGEST_QUOTE else f"{text[:LONGEST_QUOTE]}…"


def _post(data: Mapping[str, Any]) -> Post:
    external_id = _identifier(data, "external_id")
    return Post(
        key=PostKey(
            platform=_identifier(data, "platform").lower(),
            account=_identifier(data, "account").removeprefix("@"),
            external_id=external_id,
        ),
        thread_id=_optional_identifier(data, "thread_id") or external_id,
        parent_id=_optional_identifier(data, "parent_id"),
        direction=_choice(Direction, data, "direction"),
        kind=_choice(Kind, data, "kind"),
        author=_text(data, "author"),
        created_at=_instant(data, "created_at"),
        text=_text(data, "text"),
        author_name=_optional_text(data, "author_name"),
        edited_at=_instant(data, "edited_at") if data.get("edited_at") else None,
        deleted_at=_instant(data, "deleted_at") if data.get("deleted_at") else None,
        lang=_optional_text(data, "lang"),
        permalink=_optional_text(data, "permalink"),
        media=tuple(_media(item) for item in _list(data, "media")),
        source=_optional_text(data, "source"),
        raw=_raw(data),
    )


def _raw(data: Mapping[str, Any]) -> dict[str, Any]:
    """What the platform sent; stars stand there, since only reviews have them."""
    raw = data["raw"] if isinstance(data.get("raw"), dict) else {}
    stars = data.get("stars")
    if stars is None:
        return raw
    if isinstance(stars, bool) or not isinstance(stars, int | float) or not 0 <= stars <= 5:
        raise BadLine(f"stars is {_quoted(stars)}; it must be a number from 0 to 5")
    return {**raw, "stars": stars}


#: What JSON's values are called, by the types that they become.
_KINDS = {bool: "true or false", int: "a number", float: "a number", list: "a list", dict: "an object"}


def _text(data: Mapping[str, Any], name: str) -> str:
    value = data[name]
    if not isinstance(value, str):
        raise BadLine(f"{name} must be text, not {_KINDS.get(type(value), 'nothing')}")
    return value


def _optional_text(data: Mapping[str, Any], name: str) -> str | None:
    return None if data.get(name) is None else _text(data, name)


def _identifier(data: Mapping[str, Any], name: str) -> str:
    value = data[name]
    text = str(value) if isinstance(value, int) and not isinstance(value, bool) else value
    if not isinstance(text, str) or not text.strip() or len(text) > 300:
        raise BadLine(f"{name} must be a short text")
    return text.strip()


def _optional_identifier(data: Mapping[str, Any], name: str) -> str | None:
    return None if data.get(name) is None else _identifier(data, name)


def _choice(kind: type[Choice], data: Mapping[str, Any], name: str) -> Choice:
    try:
        return kind(data[name])
    except ValueError:
        choices = ", ".join(item.value for item in kind)
        raise BadLine(f"{name} is {_quoted(data[name])}; it must be one of {choices}") from None


def _instant(data: Mapping[str, Any], name: str) -> datetime:
    try:
        value = datetime.fromisoformat(_text(data, name))
    except ValueError as error:
        raise BadLine(f"{name} is {_quoted(data[name])}; write it like 2026-11-22T18:00:00Z") from error
    if value.tzinfo is None:
        raise BadLine(f"{name} has no time zone; end it with Z for UTC")
    if value.year not in YEARS:
        raise BadLine(f"{name} is {_quoted(data[name])}; no post is of the year {value.year}")
    return value.astimezone(UTC)


def _list(data: Mapping[str, Any], name: str) -> list[Any]:
    value = [] if data.get(name) is None else data[name]
    if not isinstance(value, list):
        raise BadLine(f"{name} must be a list")
    return value


def _media(item: object) -> Media:
    if not isinstance(item, dict) or not isinstance(item.get("kind", "image"), str):
        raise BadLine('each of media must be an object whose "kind" is a text')
    return Media(
        kind=item.get("kind", "image"),
        url=_optional_text(item, "url"),
        alt_text=_optional_text(item, "alt_text"),
    )
