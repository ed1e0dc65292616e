"""Lengths of time as people write them: 30m, 4h, 2d, 12w, or parts together, longest first, such as 1d 12h."""

from __future__ import annotations

import re
from datetime import timedelta
from typing import Annotated

from pydantic import BeforeValidator

_WRITTEN = re.compile(r"(?:(\d{1,5})w)?\s*(?:(\d{1,5})d)?\s*(?:(\d{1,5})h)?\s*(?:(\d{1,5})m)?")
LONGEST = timedelta(days=36_500)  #: nobody means more than a hundred years


def parse_duration(text: str) -> timedelta:
    """The length of time that a text names. Raises `ValueError`, which says how to write one."""
    match = _WRITTEN.fullmatch(text.strip())
    if not match or not any(match.groups()):
        raise ValueError(f"{text!r} is no length of time; write it like 30m, 2h or 1d")
    weeks, days, hours, minutes = (int(part or 0) for part in match.groups())
    length = timedelta(weeks=weeks, days=days, hours=hours, minutes=minutes)
    if length > LONGEST:
        raise ValueError(f"{text!r} is longer than a hundred years")
    return length


def written(length: timedelta) -> str:
    """A length of whole minutes as it is written: ``2h``, ``1d 12h``."""
    minutes, parts = int(length / timedelta(minutes=1)), []
    for unit, size in (("w", 10_080), ("d", 1_440), ("h", 60), ("m", 1)):
        if (unit != "w" or minutes % size == 0) and minutes >= size:
            parts.append(f"{minutes // size}{unit}")
            minutes %= size
    return " ".join(parts)


def _read(value: object) -> object:
    if isinstance(value, timedelta):
        return value
    if not isinstance(value, str):
        raise ValueError(f"{value!r} is no length of time; write it with its unit, like 30m, 2h or 1d")
    length = parse_duration(value)
    if not length:
        raise ValueError(f"{value!r} is no time at all; write it like 30m, 2h or 1d")
    return length


#: A field of settings and rules that is written so in YAML.
Duration = Annotated[timedelta, BeforeValidator(_read, json_schema_input_type=str)]
