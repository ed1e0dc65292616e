"""Reads the import format: one post per line as JSON. A bad line is reported, the rest is kept."""

from __future__ import annotations

import json
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
    "source",
    "raw",
    "author_name",
)
_KNOWN = frozenset(REQUIRED + OPTIONAL)
MAX_LINE = 4_000_000  #: characters; longer lines are refused before parsing


class BadLine(ValueError):
    """One line cannot be read as a post."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """One line of an import: a post, or what is wrong with it."""

    number: int  #: counted from 1
    post: Post | None
    problem: str = ""


def read_lines(lines: Iterable[str]) -> Iterator[Line]:
    """Read lines one by one; empty ones are passed over."""
    for number, text in enumerate(lines, start=1):
        if not text.strip():
            continue
        try:
            yield Line(number=number, post=parse_line(text))
        except BadLine as error:
            yield Line(number=number, post=None, problem=str(error))


def parse_line(text: str) -> Post:
    """One post. Raises `BadLine` with the reason and the mend."""
    if len(text) > MAX_LINE:
        raise BadLine(f"the line is longer than {MAX_LINE:,} characters")
    try:
        data = json.loads(text)
    except (json.JSONDecodeError, RecursionError) as error:
        raise BadLine(f"is no JSON ({error})") from error
    if not isinstance(data, dict):
        raise BadLine("must be a JSON object")
    missing = [name for name in REQUIRED if data.get(name) is None]
    if missing:
        raise BadLine(f"lacks {', '.join(missing)}")
    unknown = sorted(set(data) - _KNOWN)
    if unknown:
        raise BadLine(f"has unknown fields {', '.join(unknown)}; known are {', '.join(sorted(_KNOWN))}")
    return _post(data)


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
        raw=data["raw"] if isinstance(data.get("raw"), dict) else {},
    )


def _text(data: Mapping[str, Any], name: str) -> str:
    value = data[name]
    if not isinstance(value, str):
        raise BadLine(f"{name} must be text, not {type(value).__name__}")
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
        raise BadLine(f"{name} is {data[name]!r}; it must be one of {choices}") from None


def _instant(data: Mapping[str, Any], name: str) -> datetime:
    try:
        value = datetime.fromisoformat(_text(data, name))
    except ValueError as error:
        raise BadLine(f"{name} is {data[name]!r}; write it like 2026-11-22T18:00:00Z") from error
    if value.tzinfo is None:
        raise BadLine(f"{name} has no time zone; end it with Z for UTC")
    return value.astimezone(UTC)


def _list(data: Mapping[str, Any], name: str) -> list[Any]:
    value = data.get(name) or []
    if not isinstance(value, list):
        raise BadLine(f"{name} must be a list")
    return value


def _media(item: object) -> Media:
    if not isinstance(item, dict) or not isinstance(item.get("kind"), str):
        raise BadLine('each of media must be an object with a "kind"')
    return Media(
        kind=item["kind"], url=_optional_text(item, "url"), alt_text=_optional_text(item, "alt_text")
    )
