"""What every ``normalize`` needs to read a payload that a stranger wrote."""

from __future__ import annotations

from copy import deepcopy
from datetime import UTC, datetime
from typing import Any, TypeVar

from pydantic import BaseModel, ConfigDict, SecretStr, ValidationError

REPLACEMENT = "\ufffd"
MAX_DEPTH = 100  #: levels of nesting that a payload may have; real ones have about ten


class UnreadableItem(ValueError):
    """The platform sent an item in a shape that we cannot read. The other items of the page are kept."""


class Shape(BaseModel):
    """A part of a payload: what we read is typed, what we do not know is ignored."""

    model_config = ConfigDict(frozen=True, extra="ignore", coerce_numbers_to_str=True)


S = TypeVar("S", bound=Shape)


def shaped(model: type[S], payload: object) -> S:
    """A payload as its model. Raises `UnreadableItem` where it does not fit."""
    try:
        return model.model_validate(payload)
    except ValidationError as error:
        first = error.errors(include_url=False, include_input=False)[0]
        where = ".".join(str(part) for part in first["loc"]) or "item"
        raise UnreadableItem(f"{where}: {first['msg']}") from None


def kept(model: type[S], payload: object) -> S:
    """A payload as its model, without those of its optional parts that are not what they should be.

    Raises `UnreadableItem` where what is needed does not fit.
    """
    part = payload
    for _ in range(MAX_DEPTH):
        try:
            return model.model_validate(part)
        except ValidationError as error:
            part = _without(part, {_at_fault(one["loc"], one["type"]) for one in _errors(error)})
    raise UnreadableItem("nothing in it fits")


def _errors(error: ValidationError) -> list[Any]:
    return list(error.errors(include_url=False, include_input=False, include_context=False))


def _at_fault(place: tuple[int | str, ...], kind: str) -> tuple[int | str, ...]:
    """The part to leave out: where something needed is missing, what it is missing from."""
    return place[:-1] if kind == "missing" else place


def _without(payload: object, places: set[tuple[int | str, ...]]) -> object:
    """A copy without the parts at these places, each named by the way to it."""
    copy: Any = deepcopy(payload)
    ways = {_there(copy, place) for place in places}
    if () in ways:
        raise UnreadableItem("something that is needed is missing or not what it should be")
    for way in sorted(ways, key=lambda keys: [(isinstance(key, int), key) for key in keys], reverse=True):
        holder = copy
        for key in way[:-1]:
            holder = holder[key]
        del holder[way[-1]]
    return copy


def _there(value: Any, place: tuple[int | str, ...]) -> tuple[int | str, ...]:
    """As far as the way leads through a payload: a model names its own parts behind that."""
    for steps, key in enumerate(place):
        if not _has(value, key):
            return place[:steps]
        value = value[key]
    return place


def _has(value: Any, key: int | str) -> bool:
    if isinstance(value, list):
        return isinstance(key, int) and key < len(value)
    return isinstance(value, dict) and key in value


def clean(value: Any, depth: int = 0) -> Any:
    """The same JSON value in text that can be stored.

    Lone surrogates have no UTF-8 form (JSON allows them, RFC 8259 §8.2) and PostgreSQL takes no NUL: both become
    U+FFFD, in keys too. Raises `UnreadableItem` for nesting that no platform means.
    """
    if isinstance(value, str):
        return _storable(value)
    if depth > MAX_DEPTH:
        raise UnreadableItem("nested too deeply")
    if isinstance(value, dict):
        return {_storable(str(key)): clean(item, depth + 1) for key, item in value.items()}
    if isinstance(value, list):
        return [clean(item, depth + 1) for item in value]
    return value


def _storable(text: str) -> str:
    whole = text.encode("utf-16-le", "surrogatepass").decode("utf-16-le", "replace")
    return whole.replace("\0", REPLACEMENT)


def moment(epoch: float) -> datetime:
    """Seconds since 1970 as UTC. Raises `UnreadableItem` for a time outside the calendar."""
    try:
        return datetime.fromtimestamp(epoch, UTC)
    except (ValueError, OverflowError, OSError):
        raise UnreadableItem(f"{epoch!r} is no time") from None


def reveal(secret: SecretStr | str | None) -> str | None:
    """A secret's text, None where there is none."""
    text = secret.get_secret_value() if isinstance(secret, SecretStr) else secret
    return text or None
